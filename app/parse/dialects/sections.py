"""The layout of thematic sections with labelled items: `##` section, `###` item, `**label**` field.

Nothing of that is taken for granted: section headings are found by the vocabulary at whatever level they stand, items are
the headings below them, and what fits nowhere is kept as notes.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replaced

from app.parse.draft import Body, Container, Insight, Item, Passage, Section, SectionKind, Span
from app.parse.fields import ItemReader
from app.parse.inline import Lead, read_label, read_lead, unwrapped
from app.parse.lines import Line
from app.parse.markdown import Block, Document
from app.parse.parts import PartsReader, is_footer
from app.parse.vocabulary import Part, field_name, is_container, is_pointer, part_name, section_kind

_PART_SECTION: dict[Part, SectionKind] = {
    "watchlist": "editorial",
    "readings": "resources",
    "background": "resources",
    "keywords": "resources",
}


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
    first: int
    blurb: Passage | None = None
    notes: list[Passage] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True)
class _Group:
    """A heading (None: what stands before the first) and the blocks below it."""

    heading: Block | None
    blocks: list[Block]


class _Reader:
    def __init__(self, document: Document, blocks: list[Block]) -> None:
        self.document = document
        self.definitions = dict(_definitions(blocks))
        self.parts = PartsReader(document)
        self.preamble: list[Passage] = []
        self.heading: Passage | None = None
        self.insight: list[Insight] = []
        blocks = [block for block in blocks if not self._taken(block)]
        self.level = _section_level(blocks)
        self.blocks = [_promoted(block, self.level) for block in blocks]

    def body(self) -> Body:
        head, *groups = _split(self.blocks, self.level, exact=False)
        if not groups or self._is_flat(groups):
            implicit = _Group(None, [])
            sections = [self._section(implicit, 1, [b for g in [head, *groups] for b in _with_heading(g)])] if groups else []
            if not groups:
                self._preamble(head.blocks)
        else:
            self._preamble(head.blocks)
            if groups[0].heading and self._is_title(groups):
                title, groups = groups[0], groups[1:]
                self.heading = _title(title.heading)
                self._preamble(title.blocks)
            sections = [self._section(group, at, group.blocks) for at, group in enumerate(groups, 1)]
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
            self.parts.labels.extend(Passage("", line.span) for line in block.lines)
        else:
            return False
        return True

    def _is_title(self, groups: list[_Group]) -> bool:
        """Whether the first heading is the document's title: the only one of the highest level, and no section's name."""
        first = groups[0].heading
        if first is None or first.level != 1 or section_kind(first.lines[0].text) or part_name(first.lines[0].text):
            return False
        return len(groups) > 1 and not _has_fields(groups[0].blocks)

    def _is_flat(self, groups: list[_Group]) -> bool:
        """Whether the headings are items themselves, under no sections."""
        named = any(g.heading and (section_kind(g.heading.lines[0].text) or part_name(g.heading.lines[0].text)) for g in groups)
        return not named and any(_has_fields(list(_own(g.blocks))) for g in groups)

    def _preamble(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            if block.kind == "heading" and block.level == 1 and self.heading is None:
                self.heading = _title(block)
            elif block.kind == "rule":
                self._rule(block)
            elif block.lines:
                self.preamble.append(Passage(*self.document.slice(block.lines[0], block.lines[-1])))

    def _rule(self, block: Block) -> None:
        self.parts.labels.extend(Passage("", line.span) for line in block.lines)

    def _section(self, group: _Group, position: int, blocks: list[Block]) -> Section:
        title = _title(group.heading) if group.heading else Passage("", blocks[0].lines[0].cut(0, 0).span)
        part = part_name(title.text)
        kind = section_kind(title.text) or (_PART_SECTION[part] if part else section_kind(title.text, loose=True)) or "other"
        draft = _SectionDraft(kind, title, title.span.first_line)
        groups = _split(blocks, _item_level(blocks), exact=False)
        if part:
            self._part(part, groups[0].blocks, draft)
        elif kind == "editorial":
            self._insight(groups[0])
        else:
            self._preface(groups[0].blocks, draft, None)
        for below in groups[1:]:
            self._group(below, draft)
        last = max([title.span.last_line, *(block.last for block in blocks)])
        return Section(
            position, kind, title, self.document.span(draft.first, last), draft.blurb, tuple(draft.notes), tuple(draft.containers), tuple(draft.items)
        )  # fmt: skip

    def _group(self, group: _Group, draft: _SectionDraft) -> None:
        """A heading within a section: a special part, an insight, a container, or an item."""
        assert group.heading
        title = _title(group.heading)
        part = part_name(title.text)
        itemlike = _has_fields(group.blocks)
        if part and not itemlike:
            self.parts.labels.append(title)
            self._part(part, group.blocks, draft)
        elif draft.kind == "editorial" and not itemlike:
            self._insight(group)
        elif (bullets := _bullets(group.blocks)) and not itemlike and (is_container(title.text) or bullets.sourced):
            draft.containers.append(Container(title, len(draft.items)))
            self._preface(group.blocks, draft, title.text, bullets_are_items=True)
        elif draft.kind == "resources" and not itemlike:
            draft.containers.append(Container(title, len(draft.items)))
            self._notes(group.blocks, draft)
        elif is_container(title.text) and not itemlike:
            draft.containers.append(Container(title, len(draft.items)))
            self._preface(group.blocks, draft, title.text, bullets_are_items=True)
        else:
            self._item(title, group.blocks, draft)

    def _item(self, title: Passage, blocks: list[Block], draft: _SectionDraft) -> None:
        reader = ItemReader(self.document, self.definitions)
        if link := _title_link(title):
            reader.sources.append(link)
        reader.read(self._without_parts(blocks, draft))
        last = max([title.span.last_line, *(block.last for block in blocks if block.kind != "rule")])
        span = self.document.span(title.span.first_line, last)
        shown = replaced(title, text=link.label) if link and link.label else title
        draft.items.append(reader.item("full", len(draft.items) + 1, None, shown, span))

    def _without_parts(self, blocks: list[Block], draft: _SectionDraft) -> list[Block]:
        """`blocks` less a watch list (or the like) that stands in their midst under a label of its own."""
        kept, at = [], 0
        while at < len(blocks):
            taken = self._labelled_part(blocks, at, draft)
            if not taken:
                kept.append(blocks[at])
            at += taken or 1
        return kept

    def _labelled_part(self, blocks: Sequence[Block], at: int, draft: _SectionDraft) -> int:
        """How many blocks from `at` on a label such as **關注清單** and its list take; they are read."""
        block = blocks[at]
        if block.kind != "paragraph" or not block.lines:
            return 0
        label = read_label(block.lines[-1] if len(block.lines) > 1 and not read_label(block.lines[0]) else block.lines[0])
        if not label or not (label.marked or label.colon) or not (part := part_name(label.text)):
            return 0
        if block.lines[0].number != label.rest.number:
            return 0
        self.parts.labels.append(Passage(label.text, label.span))
        own = [line for line in (label.rest, *block.lines[1:]) if line.text]
        listed = at + 1 < len(blocks) and blocks[at + 1].kind == "list"
        self._part(part, [*([Block("paragraph", tuple(own))] if own else []), *([blocks[at + 1]] if listed else [])], draft)
        return 2 if listed else 1

    def _part(self, part: Part, blocks: Iterable[Block], draft: _SectionDraft) -> None:
        rest = self.parts.read(part, blocks)
        self._notes(rest, draft)

    def _notes(self, blocks: Iterable[Block], draft: _SectionDraft) -> None:
        for block in blocks:
            if block.kind == "rule":
                self._rule(block)
            elif block.kind == "heading":
                draft.containers.append(Container(_title(block), len(draft.items)))
            elif block.kind == "list":
                for item in block.children:
                    draft.notes.append(self._bullet_note(item))
            elif block.lines:
                draft.notes.append(self._note(block))

    def _note(self, block: Block) -> Passage:
        if len(block.lines) == 1:
            return Passage(unwrapped(block.lines[0]).text, block.lines[0].span)
        return Passage(*self.document.slice(block.lines[0], block.lines[-1]))

    def _bullet_note(self, item: Block) -> Passage:
        first = item.children[0].lines[0] if item.children and item.children[0].lines else item.lines[0]
        if item.first == item.last:
            return Passage(unwrapped(first).text, item.lines[0].span)
        text, span = self.document.slice(first, item.lines[-1])
        return Passage(text, span)

    def _preface(self, blocks: list[Block], draft: _SectionDraft, parent: str | None, *, bullets_are_items: bool = False) -> None:
        """What stands under a section's or container's heading itself: blurb, bullets that are items, notes."""
        at = 0
        sourced = (found := _bullets(blocks)) is not None and (found.sourced or bullets_are_items)
        while at < len(blocks):
            block = blocks[at]
            if taken := self._labelled_part(blocks, at, draft):
                at += taken
                continue
            if block.kind == "list" and sourced:
                for item in block.children:
                    self._bullet(item, draft, parent)
            elif block.kind == "paragraph" and parent is None and draft.blurb is None and not draft.notes and not draft.items:
                draft.blurb = self._note(block)
            else:
                self._notes([block], draft)
            at += 1

    def _bullet(self, item: Block, draft: _SectionDraft, parent: str | None) -> None:
        """A bold-titled bullet is an item; one that only points elsewhere, or has no title, is a note."""
        lead = _lead(item)
        body = item.children[1:]
        own = item.children[0].lines if item.children else ()
        plain = bool(lead and not lead.linked and not lead.rest.text and not body and len(own) == 1)
        pointing = not _names_source(item) and is_pointer(" ".join(line.text.strip() for line in item.lines))
        if lead is None or plain or pointing:
            draft.notes.append(self._bullet_note(item))
            return
        reader = ItemReader(self.document, self.definitions, bullet=True)
        title = Passage(unwrapped(lead.title).text, lead.title.span)
        if lead.linked and (link := _link_of(item.children[0].lines[0])):
            reader.sources.append(link)
        opening = tuple(line for line in (lead.rest, *item.children[0].lines[1:]) if line.text)
        reader.read([*([Block("paragraph", opening)] if opening else []), *_unbulleted(body)])
        span = self.document.span(item.first, item.last)
        draft.items.append(reader.item("bullet", len(draft.items) + 1, parent, title, span))

    def _insight(self, group: _Group) -> None:
        """A passage of the editor's, the watch list in its midst taken out."""
        title = _title(group.heading) if group.heading else None
        draft = _SectionDraft("editorial", Passage("", Span(0, 0, 0, 0)), 0)
        runs: list[list[Block]] = [[]]
        at = 0
        while at < len(group.blocks):
            block = group.blocks[at]
            if taken := self._labelled_part(group.blocks, at, draft):
                runs.append([])
                at += taken
                continue
            if block.kind == "rule":
                self._rule(block)
                runs.append([])
            elif block.lines:
                runs[-1].append(block)
            at += 1
        texts = [Passage(*self.document.slice(run[0].lines[0], run[-1].lines[-1])) for run in runs if run] + draft.notes
        if title or texts:
            self.insight.append(Insight(title, texts[0] if texts else None))
        self.insight.extend(Insight(None, text) for text in texts[1:])


@dataclass(frozen=True)
class _Bullets:
    sourced: bool


def _bullets(blocks: Iterable[Block]) -> _Bullets | None:
    """Whether the lists among `blocks` have titled bullets, and whether one of those names a source of its own."""
    titled = [item for block in blocks if block.kind == "list" for item in block.children if _lead(item)]
    if not titled:
        return None
    return _Bullets(any(_names_source(item) for item in titled))


def _names_source(item: Block) -> bool:
    """Whether a bullet has a line labelled as its source, or closes with a link."""
    for block in _unbulleted(item.children[1:]):
        for line in block.lines:
            label = read_label(line)
            if label and (label.marked or label.colon) and field_name(label.text) == "sources":
                return True
    lead = _lead(item)
    own = item.children[0].lines
    return bool(lead and (lead.linked or any(_TAIL_LINK.search(line.text) for line in own)))


_TAIL_LINK = re.compile(r"\]\([^()\s]+\)[）)\s。.]*$|(?:來源|来源|source)s?[：:]", re.IGNORECASE)


def _lead(item: Block) -> Lead | None:
    first = item.children[0] if item.children else None
    return read_lead(first.lines[0]) if first and first.kind == "paragraph" and first.lines else None


def _unbulleted(blocks: Iterable[Block]) -> list[Block]:
    """Blocks below a bullet, the bullets of lists taken as paragraphs: there the list is only indentation."""
    flat: list[Block] = []
    for block in blocks:
        if block.kind == "list":
            flat.extend(child for item in block.children for child in item.children)
        else:
            flat.append(block)
    return flat


def _definitions(blocks: Iterable[Block]) -> Iterable[tuple[str, str]]:
    for block in blocks:
        if block.kind == "definition":
            for line in block.lines:
                name, _, target = line.text[1:].partition("]:")
                yield name.strip().lower(), target.split()[0].strip("<>")


def _section_level(blocks: list[Block]) -> int:
    """The highest heading level at which the vocabulary knows a section; else the highest but a lone title's."""
    headings = [block for block in blocks if block.kind == "heading"]
    known = [h.level for h in headings if section_kind(h.lines[0].text)]
    if known:
        return min(known)
    levels = sorted({h.level for h in headings})
    if len(levels) > 1 and levels[0] == 1 and sum(h.level == 1 for h in headings) == 1:
        return levels[1]
    return levels[0] if levels else 2


def _item_level(blocks: list[Block]) -> int:
    """The highest heading level within a section that is no field's label."""
    return min((b.level for b in blocks if b.kind == "heading" and not field_name(b.lines[0].text)), default=7)


def _promoted(block: Block, level: int) -> Block:
    """A lone line in bold or brackets that names a section is its heading; so is such a heading at a lower level."""
    if block.kind == "heading" and block.level > level and section_kind(block.lines[0].text) and not part_name(block.lines[0].text):
        return replaced(block, level=level) if not field_name(block.lines[0].text) else block
    if block.kind == "paragraph" and len(block.lines) == 1 and section_kind(text := block.lines[0].text):
        wrapped = unwrapped(block.lines[0]).text != text or text[:1] + text[-1:] in ("【】", "〔〕", "「」", "《》")
        return replaced(block, kind="heading", level=level) if wrapped and not field_name(text) else block
    return block


def _split(blocks: Iterable[Block], level: int, *, exact: bool) -> list[_Group]:
    """`blocks` parted at headings of `level` (or above, unless `exact`); the first group has no heading."""
    groups = [_Group(None, [])]
    for block in blocks:
        if block.kind == "heading" and (block.level == level or (not exact and block.level < level)):
            groups.append(_Group(block, []))
        else:
            groups[-1].blocks.append(block)
    return groups


def _with_heading(group: _Group) -> list[Block]:
    return [*([group.heading] if group.heading else []), *group.blocks]


def _own(blocks: Iterable[Block]) -> Iterable[Block]:
    """The blocks before the first heading."""
    for block in blocks:
        if block.kind == "heading":
            return
        yield block


def _has_fields(blocks: Iterable[Block]) -> bool:
    """Whether a line, bullet or heading among `blocks` is labelled as an item's summary, entities, importance or sources."""
    for block in blocks:
        lines: list[Line] = list(block.lines) if block.kind in ("paragraph", "heading") else []
        if block.kind == "list":
            lines = [item.children[0].lines[0] for item in block.children if item.children and item.children[0].lines and not item.children[0].children]
        for line in lines:
            label = read_label(line)
            if not label or not (label.marked or label.colon or block.kind == "heading") or label.weak:
                continue
            if field_name(label.text) in ("summary", "entities", "importance", "sources", "technical", "applications"):
                return True
    return False


def _title(heading: Block | None) -> Passage:
    assert heading
    line = unwrapped(heading.lines[0])
    first, last = heading.lines[0], heading.lines[-1]
    return Passage(line.text, Span(first.number, last.number, first.start, last.end))


def _link_of(line: Line):  # type: ignore[no-untyped-def]
    from app.parse.sources import read_sources

    return next((link for link in read_sources(line) if link.target), None)


def _title_link(title: Passage):  # type: ignore[no-untyped-def]
    """The link a heading consists of, if it does: `[Title](url)`."""
    lead = read_lead(Line(title.span.first_line, title.span.start, title.span.start + len(title.text), title.text))
    if not lead or not lead.linked or lead.rest.text:
        return None
    return _link_of(Line(title.span.first_line, title.span.start, title.span.start + len(title.text), title.text))
