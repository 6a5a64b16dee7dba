"""The layout of thematic sections with labelled items: `##` section, `###` item, `**label**` field.

Nothing of that is taken for granted: section headings are found by the vocabulary at whatever level they stand, items are
the headings below them, and what fits nowhere is kept as notes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.parse.bullets import (
    block_text,
    bullet_lead,
    bullet_text,
    is_news,
    names_source,
    titled,
    unbulleted,
)
from app.parse.draft import (
    Body,
    Container,
    Insight,
    Item,
    Passage,
    Section,
    SectionKind,
    SourceLink,
)
from app.parse.fields import ItemReader
from app.parse.headings import (
    Group,
    groups_below,
    has_fields,
    heading_title,
    is_bold,
    item_level,
    own_blocks,
    promoted,
    section_level,
    split_at,
    with_bold_titles,
)
from app.parse.inline import read_label, read_lead, unwrapped
from app.parse.lines import Line
from app.parse.markdown import Block, Document
from app.parse.parts import PartsReader, continues_part, is_footer, part_label, parted_at_labels
from app.parse.sources import link_definitions, links_in, read_sources
from app.parse.vocabulary import (
    field_name,
    is_container,
    names_document_part,
    part_name,
    section_kind,
)
from app.parse.words import Part

_PART_SECTION: dict[Part, SectionKind] = {
    "watchlist": "editorial",
    "readings": "resources",
    "background": "resources",
    "keywords": "resources",
}
_DAY = re.compile(r"20\d{2}\s*[-/.年]\s*\d{1,2}")


def matches(document: Document, blocks: list[Block]) -> bool:
    """Any document can be read this way."""
    return True


def read(document: Document, blocks: list[Block]) -> Body:
    """The whole of a document below its front matter."""
    return _Reader(document, blocks).body()


@dataclass
class _SectionDraft:
    """A section while it is being read."""

    kind: SectionKind
    title: Passage
    blurb: Passage | None = None
    notes: list[Passage] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


class _Reader:
    def __init__(self, document: Document, blocks: list[Block]) -> None:
        self.document = document
        self.definitions = dict(link_definitions(blocks))
        self.parts = PartsReader(document, self.definitions)
        self.preamble: list[Passage] = []
        self.heading: Passage | None = None
        self.insight: list[Insight] = []
        blocks, self.after = _parted_at_footer(blocks)
        blocks = [block for block in blocks if not self._taken(block)]
        self.level = section_level(blocks)
        self.blocks = list(promoted(blocks, self.level))

    def body(self) -> Body:
        head, *groups = split_at(self.blocks, self.level)
        sections: list[Section] = []
        if not groups:
            self._preamble(head.blocks)
        elif self._is_flat(groups):
            blocks = [
                b for g in [head, *groups] for b in ([g.heading] if g.heading else []) + g.blocks
            ]
            sections = [self._section(Passage("", blocks[0].lines[0].cut(0, 0).span), 1, blocks)]
        else:
            self._preamble(head.blocks)
            if groups[0].heading and self._is_title(groups):
                self.heading = heading_title(groups[0].heading)
                self._preamble(groups.pop(0).blocks)
            sections = [
                self._section(heading_title(g.heading), at, g.blocks)
                for at, g in enumerate(groups, 1)
                if g.heading
            ]
        self._preamble(block for block in self.after if not self._taken(block))
        parts = self.parts
        return Body(
            heading=self.heading,
            preamble=tuple(self.preamble),
            sections=tuple(sections),
            insight=tuple(self.insight),
            watchlist=tuple(parts.watchlist),
            readings=tuple(parts.readings),
            background=tuple(parts.background),
            keywords=tuple(parts.keywords),
            stats=parts.stats(),
            labels=tuple(parts.labels),
        )

    def _taken(self, block: Block) -> bool:
        """Footers and link definitions stand outside the sections, wherever they are."""
        if is_footer(block):
            self.parts.read_footer(block)
        elif block.kind == "definition":
            self.parts.labels.extend(Passage(line.text, line.span) for line in block.lines)
        else:
            return False
        return True

    def _is_title(self, groups: Sequence[Group]) -> bool:
        """Whether the first heading is the document's title: of level 1 or with its day in it, and above sections, not items."""
        first = groups[0]
        assert first.heading
        above_sections = first.heading.level < self.level or not _is_named(first.title)
        titular = first.heading.level == 1 or bool(_DAY.search(first.title))
        return (
            titular
            and above_sections
            and len(groups) > 1
            and not has_fields(first.blocks)
            and len(split_at(first.blocks, 6)) == 1
        )

    def _is_flat(self, groups: Sequence[Group]) -> bool:
        """Whether the headings are items themselves, under no sections."""
        return not any(_is_named(g.title) for g in groups) and any(
            has_fields(list(own_blocks(g.blocks))) for g in groups
        )

    def _preamble(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            if block.kind == "heading" and block.level == 1 and self.heading is None:
                self.heading = heading_title(block)
            elif block.kind == "rule":
                self._rule(block)
            elif block.lines:
                self.preamble.append(block_text(self.document, block))

    def _rule(self, block: Block) -> None:
        self.parts.labels.extend(Passage("", line.span) for line in block.lines)

    def _section(self, title: Passage, position: int, blocks: list[Block]) -> Section:
        part = part_name(title.text)
        kind = (
            section_kind(title.text)
            or (_PART_SECTION[part] if part else section_kind(title.text, loose=True))
            or "other"
        )
        draft = _SectionDraft(kind, title)
        if item_level(blocks) > 6:
            blocks = list(with_bold_titles(blocks))
        head, *groups = groups_below(blocks)
        if part:
            self._part(part, head.blocks, draft)
        elif kind == "editorial":
            self._insight(head, draft)
        elif kind == "resources":
            self._resources(head.blocks, draft)
        else:
            self._preface(
                head.blocks, draft, title.text if is_container(title.text) else None, blurb=True
            )
        for below in groups:
            self._group(below, draft)
        last = max([title.span.last_line, *(block.last for block in blocks)])
        return Section(
            position, kind, title, self.document.span(title.span.first_line, last),
            draft.blurb, tuple(draft.notes), tuple(draft.containers), tuple(draft.items),
        )  # fmt: skip

    def _group(self, group: Group, draft: _SectionDraft) -> None:
        """A heading within a section: a special part, an insight, a container, or an item."""
        assert group.heading
        title = heading_title(group.heading)
        if has_fields(group.blocks):
            below = _items_below(group)
            if not below:
                self._item(title, group.blocks, draft)
                return
            draft.containers.append(Container(title, len(draft.items)))
            self._preface(below[0].blocks, draft, title.text)
            for item in below[1:]:
                assert item.heading
                self._item(heading_title(item.heading), item.blocks, draft, parent=title.text)
        elif part := part_name(title.text):
            self.parts.labels.append(title)
            self._part(part, group.blocks, draft)
        elif draft.kind == "editorial":
            self._insight(group, draft)
        elif draft.kind == "resources":
            draft.containers.append(Container(title, len(draft.items)))
            self._resources(group.blocks, draft)
        elif is_container(title.text) or any(
            names_source(bullet) for bullet in titled(group.blocks)
        ):
            draft.containers.append(Container(title, len(draft.items)))
            self._preface(group.blocks, draft, title.text)
        else:
            self._item(title, group.blocks, draft)

    def _item(
        self, title: Passage, blocks: list[Block], draft: _SectionDraft, parent: str | None = None
    ) -> None:
        reader = ItemReader(self.document, self.definitions)
        if link := _title_link(title):
            reader.sources.append(link)
            title = replace(title, text=link.label or title.text)
        own, after = _parted_at_rule(blocks)
        after_all = [block for block in after if not self._rule_or_none(block)]
        reader.read(self._without_parts(own, draft))
        last = max([title.span.last_line, *(block.last for block in own if block.kind != "rule")])
        span = self.document.span(title.span.first_line, last)
        draft.items.append(reader.item("full", len(draft.items) + 1, parent, title, span))
        self._notes(after_all, draft)

    def _rule_or_none(self, block: Block) -> bool:
        if block.kind == "rule":
            self._rule(block)
        return block.kind == "rule"

    def _without_parts(self, blocks: list[Block], draft: _SectionDraft) -> Iterator[Block]:
        """`blocks` less a watch list (or the like) that stands in their midst under a label that speaks of the whole document."""
        at = 0
        while at < len(blocks):
            label = part_label(blocks[at])
            taken = (
                self._labelled_part(blocks, at, draft)
                if label and names_document_part(label.text)
                else 0
            )
            if not taken:
                yield blocks[at]
            at += taken or 1

    def _labelled_part(self, blocks: Sequence[Block], at: int, draft: _SectionDraft) -> int:
        """How many blocks from `at` on a label such as **關注清單** and its list take; they are read."""
        label = part_label(blocks[at])
        part = part_name(label.text) if label else None
        if not label or not part:
            return 0
        self.parts.labels.append(Passage(label.text, label.span))
        own = [line for line in (label.rest, *blocks[at].lines[1:]) if line.text]
        end = at + 1
        while end < len(blocks) and (
            blocks[end].kind == "list"
            or (not own and continues_part(part, blocks[at + 1 : end], blocks[end]))
        ):
            end += 1
        self._part(
            part, [*([Block("paragraph", tuple(own))] if own else []), *blocks[at + 1 : end]], draft
        )
        return end - at

    def _part(self, part: Part, blocks: Iterable[Block], draft: _SectionDraft) -> None:
        """The entries of one special part, and of those labelled in its midst."""
        parted, at = list(parted_at_labels(blocks)), 0
        while at < len(parted):
            taken = self._labelled_part(parted, at, draft)
            if not taken:
                self._notes(self.parts.read(part, [parted[at]]), draft)
            at += taken or 1

    def _resources(self, blocks: Iterable[Block], draft: _SectionDraft) -> None:
        """Lists of links are readings, under whatever heading; the rest is kept as notes."""
        parted, at = list(parted_at_labels(blocks)), 0
        while at < len(parted):
            block = parted[at]
            taken = self._labelled_part(parted, at, draft)
            if not taken:
                linked = block.kind == "list" and all(_first_link(item) for item in block.children)
                self._notes(self.parts.read("readings", [block]) if linked else [block], draft)
            at += taken or 1

    def _notes(self, blocks: Iterable[Block], draft: _SectionDraft) -> None:
        for block in blocks:
            if block.kind == "rule":
                self._rule(block)
            elif block.kind == "heading":
                draft.containers.append(Container(heading_title(block), len(draft.items)))
            elif block.kind == "list":
                draft.notes.extend(bullet_text(self.document, item) for item in block.children)
            elif block.lines:
                draft.notes.append(block_text(self.document, block))

    def _preface(
        self,
        blocks: Iterable[Block],
        draft: _SectionDraft,
        parent: str | None,
        *,
        blurb: bool = False,
    ) -> None:
        """What stands under a section's or container's heading itself: blurb, bullets that are items, notes."""
        parted, at = list(parted_at_labels(blocks)), 0
        news = parent is not None or any(names_source(bullet) for bullet in titled(parted))
        while at < len(parted):
            block = parted[at]
            if taken := self._labelled_part(parted, at, draft):
                at += taken
                continue
            if block.kind == "list" and news:
                for item in block.children:
                    self._bullet(item, draft, parent)
            elif (
                block.kind in ("paragraph", "quote")
                and blurb
                and draft.blurb is None
                and not draft.notes
                and not draft.items
            ):
                draft.blurb = block_text(self.document, block)
            else:
                self._notes([block], draft)
            at += 1

    def _bullet(self, item: Block, draft: _SectionDraft, parent: str | None) -> None:
        """A bold-titled bullet is an item; one that only points elsewhere, or has no title, is a note."""
        lead = bullet_lead(item)
        if lead is None or not is_news(item):
            draft.notes.append(bullet_text(self.document, item))
            return
        reader = ItemReader(self.document, self.definitions, bullet=True)
        own = item.children[0].lines
        if lead.linked and (link := _link_of(own[0])):
            reader.sources.append(link)
        opening = tuple(line for line in (lead.rest, *own[1:]) if line.text)
        reader.read(
            [*([Block("paragraph", opening)] if opening else []), *unbulleted(item.children[1:])]
        )
        title = Passage(unwrapped(lead.title).text, lead.title.span)
        read = reader.item(
            "bullet", len(draft.items) + 1, parent, title, self.document.span(item.first, item.last)
        )
        if not read.sources:
            # A short item cites in its sentence.
            read = replace(
                read,
                sources=tuple(
                    link for line in opening for link in links_in(line, self.definitions)
                ),
            )
        draft.items.append(read)

    def _insight(self, group: Group, draft: _SectionDraft) -> None:
        """A passage of the editor's, the watch list in its midst taken out."""
        title = heading_title(group.heading) if group.heading else None
        runs: list[tuple[Passage | None, list[Block]]] = [(title, [])]
        parted, at = list(parted_at_labels(group.blocks)), 0
        while at < len(parted):
            block = parted[at]
            taken = self._labelled_part(parted, at, draft)
            if taken or block.kind == "rule":
                runs.append((None, []))
                if not taken:
                    self._rule(block)
            elif named := _bold_heading(block):
                runs.append((named, []))
            elif block.lines:
                runs[-1][1].append(block)
            at += taken or 1
        for named, run in runs:
            text = (
                Passage(*self.document.slice(_text_start(run[0]), run[-1].lines[-1]))
                if run
                else None
            )
            if named or text:
                self.insight.append(Insight(named, text))


def _bold_heading(block: Block) -> Passage | None:
    """A lone short line in bold or black brackets that stands for a heading."""
    line = block.lines[0] if block.kind == "paragraph" and len(block.lines) == 1 else None
    return (
        Passage(unwrapped(line).text, line.span)
        if line
        and is_bold(line)
        and len(line.text) <= 44
        and line.text.rstrip("*_")[-1] not in "。.！!"
        else None
    )


def _text_start(block: Block) -> Line:
    return block.lines[0].cut(0) if block.kind in ("paragraph", "heading") else block.lines[0]


def _parted_at_footer(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """What stands above the closing footer, and from it on: a closing line below it is no section's any more."""
    first = len(blocks)
    for at in range(len(blocks) - 1, -1, -1):
        if blocks[at].kind == "heading":
            break
        first = at if is_footer(blocks[at]) else first
    return blocks[:first], blocks[first:]


def _is_named(title: str) -> bool:
    return bool(section_kind(title) or part_name(title))


def _items_below(group: Group) -> list[Group]:
    """The items a heading gathers under headings of their own, after what stands before them; none where it is an item itself."""
    below = groups_below(group.blocks)
    fielded = [g for g in below[1:] if has_fields(g.blocks)]
    bare = not any(block.kind != "rule" for block in below[0].blocks)
    return (
        below
        if not has_fields(below[0].blocks) and (len(fielded) > 1 or (fielded and bare))
        else []
    )


def _parted_at_rule(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """An item's blocks, and those below a rule that hold no field any more: they are the section's."""
    for at, block in enumerate(blocks):
        if block.kind == "rule" and has_fields(blocks[:at]) and not has_fields(blocks[at:]):
            texts = [b for b in blocks[at:] if b.kind != "rule"]
            if all(b.kind in ("paragraph", "quote") and not _field_like(b) for b in texts):
                return blocks[:at], blocks[at:]
            return blocks, []
    return blocks, []


def _field_like(block: Block) -> bool:
    label = read_label(block.lines[0]) if block.kind == "paragraph" and block.lines else None
    return bool(label and (label.marked or field_name(label.text) or part_name(label.text)))


def _first_link(item: Block) -> SourceLink | None:
    own = item.children[0].lines if item.children and item.children[0].kind == "paragraph" else ()
    return _link_of(own[0]) if own else None


def _link_of(line: Line) -> SourceLink | None:
    return next((link for link in read_sources(line) if link.target), None)


def _title_link(title: Passage) -> SourceLink | None:
    """The link a heading consists of, if it does: `[Title](url)`."""
    line = Line(
        title.span.first_line, title.span.start, title.span.start + len(title.text), title.text
    )
    lead = read_lead(line)
    return _link_of(line) if lead and lead.linked and not lead.rest.text else None
