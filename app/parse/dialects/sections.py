"""The layout of thematic sections with labelled items: `##` section, `###` item, `**label**` field.

Section headings are found by the vocabulary at whatever level they have, items are the headings
below, and what fits nowhere is kept as notes.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.parse.blocktext import (
    block_text,
    bullet_text,
)
from app.parse.body import PART_SECTIONS, BodyDraft, SectionBuilder, first_target
from app.parse.bullets import (
    bullet_lead,
    is_news,
    names_source,
    titled,
    unbulleted,
)
from app.parse.draft import Body, ItemDraft, Passage, SectionDraft, SourceLink
from app.parse.fields import ItemReader
from app.parse.footer import is_footer
from app.parse.headings import (
    Group,
    groups_below,
    has_fields,
    heading_title,
    item_level,
    own_blocks,
    promoted,
    section_level,
    split_at,
    with_bold_titles,
)
from app.parse.inline import (
    Lead,
    read_label,
    read_lead,
    unwrapped,
)
from app.parse.lines import Line
from app.parse.links import link_definitions
from app.parse.markdown import Block, MarkdownDocument
from app.parse.parts import parted_at_labels
from app.parse.section_kinds import SectionKind
from app.parse.sources import links_in
from app.parse.vocabulary import (
    field_name,
    is_container,
    part_name,
    section_kind,
)

_DAY = re.compile(r"20\d{2}\s*[-/.年]\s*\d{1,2}")
_DEEPEST = 6


def read(document: MarkdownDocument, blocks: list[Block]) -> Body:
    """Return the whole of a document below its front matter; any document can be read so."""
    return _Reader(document, blocks).body()


class _Reader:
    def __init__(
        self,
        document: MarkdownDocument,
        blocks: list[Block],
    ) -> None:
        self.document = document
        self.definitions = dict(link_definitions(blocks))
        self.draft = BodyDraft(document, self.definitions)
        blocks, self.closing = _split_at_footer(blocks)
        blocks = [block for block in blocks if not self.draft.take_outside(block)]
        self.level = section_level(blocks)
        self.blocks = list(promoted(blocks, self.level))

    def body(self) -> Body:
        head, *groups = split_at(self.blocks, self.level)
        sections: list[SectionDraft] = []
        if not groups:
            self.draft.add_preamble(head.blocks)
        elif _is_flat(groups):
            blocks = _ungrouped([head, *groups])
            title = Passage(
                "",
                blocks[0].lines[0].cut(0, 0).span,
            )
            sections = [self._section(title, 1, blocks)]
        else:
            self.draft.add_preamble(head.blocks)
            if groups[0].heading and self._is_title(groups):
                self.draft.heading = heading_title(groups[0].heading)
                self.draft.add_preamble(groups.pop(0).blocks)
            for position, group in enumerate(groups, 1):
                if group.heading:
                    title = heading_title(group.heading)
                    sections.append(
                        self._section(
                            title,
                            position,
                            group.blocks,
                        )
                    )
        left = [block for block in self.closing if not self.draft.take_outside(block)]
        self.draft.add_preamble(left)
        return self.draft.finished(sections)

    def _is_title(self, groups: Sequence[Group]) -> bool:
        """Return whether the first heading is the document's title.

        It is of level 1 or has a day in it, and is above sections, not items.
        """
        first = groups[0]
        assert first.heading
        above_sections = first.heading.level < self.level or not _is_named(first.title)
        titular = first.heading.level == 1 or bool(_DAY.search(first.title))
        if not titular or not above_sections or len(groups) < 2:
            return False
        return not has_fields(first.blocks) and len(split_at(first.blocks, _DEEPEST)) == 1

    def _section(
        self,
        title: Passage,
        position: int,
        blocks: list[Block],
    ) -> SectionDraft:
        part = part_name(title.text)
        section = SectionBuilder(_kind_of(title.text), title)
        if item_level(blocks) > _DEEPEST:
            blocks = list(with_bold_titles(blocks))
        head, *groups = groups_below(blocks)
        if part:
            self.draft.add_part(part, head.blocks, section)
        elif section.kind == "editorial":
            self.draft.add_insight(head, section)
        elif section.kind == "resources":
            self.draft.add_resources(head.blocks, section)
        else:
            parent = title.text if is_container(title.text) else None
            self._preface(
                head.blocks,
                section,
                parent,
                blurb=True,
            )
        for group in groups:
            self._group(group, section)
        last = max([0, *(block.last for block in blocks)])
        return section.finished(self.document, position, last)

    def _group(self, group: Group, section: SectionBuilder) -> None:
        """Read a heading within a section: a special part, an insight, a container, or an item."""
        assert group.heading
        title = heading_title(group.heading)
        if has_fields(group.blocks):
            self._fielded_group(title, group, section)
        elif part := part_name(title.text):
            self.draft.parts.labels.append(title)
            self.draft.add_part(part, group.blocks, section)
        elif section.kind == "editorial":
            self.draft.add_insight(group, section)
        elif section.kind == "resources":
            section.open_container(title)
            self.draft.add_resources(group.blocks, section)
        elif is_container(title.text) or any(map(names_source, titled(group.blocks))):
            section.open_container(title)
            self._preface(group.blocks, section, title.text)
        else:
            self._item(title, group.blocks, section)

    def _fielded_group(
        self,
        title: Passage,
        group: Group,
        section: SectionBuilder,
    ) -> None:
        below = _items_below(group)
        if not below:
            self._item(title, group.blocks, section)
            return
        section.open_container(title)
        self._preface(below[0].blocks, section, title.text)
        for item in below[1:]:
            assert item.heading
            self._item(
                heading_title(item.heading),
                item.blocks,
                section,
                parent=title.text,
            )

    def _item(
        self,
        title: Passage,
        blocks: list[Block],
        section: SectionBuilder,
        parent: str | None = None,
    ) -> None:
        reader = ItemReader(self.document, self.definitions)
        if link := _title_link(title):
            reader.sources.append(link)
            title = replace(title, text=link.label or title.text)
        item_blocks, following = _split_at_rule(blocks)
        notes: list[Block] = []
        for block in following:
            if block.kind == "rule":
                self.draft.add_rule(block)
            else:
                notes.append(block)
        reader.read(self.draft.without_parts(item_blocks, section))
        last = max(
            [
                title.span.last_line,
                *(b.last for b in item_blocks if b.kind != "rule"),
            ]
        )
        span = self.document.span(title.span.first_line, last)
        position = len(section.items) + 1
        section.items.append(
            reader.item(
                "full",
                position,
                parent,
                title,
                span,
            )
        )
        self.draft.add_notes(notes, section)

    def _preface(
        self,
        blocks: Iterable[Block],
        section: SectionBuilder,
        parent: str | None,
        *,
        blurb: bool = False,
    ) -> None:
        """Read the direct contents of a section or container: blurb, notes, bullets as items."""
        pieces = list(parted_at_labels(blocks))
        news = parent is not None or any(map(names_source, titled(pieces)))
        index = 0
        while index < len(pieces):
            block = pieces[index]
            count = self.draft.add_labelled_part(pieces, index, section)
            if not count:
                if block.kind == "list" and news:
                    for bullet in block.children:
                        self._bullet(bullet, section, parent)
                elif blurb and block.kind in ("paragraph", "quote") and _is_empty(section):
                    section.blurb = block_text(self.document, block)
                else:
                    self.draft.add_notes([block], section)
            index += count or 1

    def _bullet(
        self,
        bullet: Block,
        section: SectionBuilder,
        parent: str | None,
    ) -> None:
        """Read a titled bullet as an item; one that only points elsewhere is a note."""
        lead = bullet_lead(bullet)
        if lead is None or not is_news(bullet):
            section.notes.append(bullet_text(self.document, bullet))
            return
        reader = ItemReader(
            self.document,
            self.definitions,
            bullet=True,
        )
        lines = bullet.children[0].lines
        if lead.linked and (link := first_target(lines[0])):
            reader.sources.append(link)
        opening = _opening_lines(lead, lines)
        if opening:
            reader.read([Block("paragraph", opening)])
        reader.read(unbulleted(bullet.children[1:]))
        title = Passage(
            unwrapped(lead.title).text,
            lead.title.span,
        )
        span = self.document.span(bullet.first, bullet.last)
        item = reader.item(
            "bullet",
            len(section.items) + 1,
            parent,
            title,
            span,
        )
        section.items.append(item if item.sources else self._with_inline_links(item, opening))

    def _with_inline_links(self, item: ItemDraft, opening: Iterable[Line]) -> ItemDraft:
        """Return `item` with the links of its sentence: a short item cites in its text."""
        links: list[SourceLink] = []
        for line in opening:
            links.extend(links_in(line, self.definitions))
        return replace(item, sources=tuple(links))


def _kind_of(title: str) -> SectionKind:
    part = part_name(title)
    by_part = PART_SECTIONS[part] if part else None
    return section_kind(title) or by_part or section_kind(title, loose=True) or "other"


def _is_empty(section: SectionBuilder) -> bool:
    return section.blurb is None and not section.notes and not section.items


def _opening_lines(lead: Lead, lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(line for line in (lead.rest, *lines[1:]) if line.text)


def _ungrouped(
    groups: Iterable[Group],
) -> list[Block]:
    blocks: list[Block] = []
    for group in groups:
        if group.heading:
            blocks.append(group.heading)
        blocks.extend(group.blocks)
    return blocks


def _is_flat(groups: Sequence[Group]) -> bool:
    """Return whether the headings are items themselves, under no sections."""
    if any(_is_named(group.title) for group in groups):
        return False
    return any(has_fields(list(own_blocks(group.blocks))) for group in groups)


def _split_at_footer(
    blocks: list[Block],
) -> tuple[list[Block], list[Block]]:
    """Split at the closing footer; a closing line below the footer belongs to no section."""
    first = len(blocks)
    for index in range(len(blocks) - 1, -1, -1):
        if blocks[index].kind == "heading":
            break
        if is_footer(blocks[index]):
            first = index
    return blocks[:first], blocks[first:]


def _is_named(title: str) -> bool:
    return bool(section_kind(title) or part_name(title))


def _items_below(group: Group) -> list[Group]:
    """Return the preface of a heading and the items below; nothing where it is an item itself."""
    below = groups_below(group.blocks)
    if has_fields(below[0].blocks):
        return []
    with_fields = [g for g in below[1:] if has_fields(g.blocks)]
    bare = all(block.kind == "rule" for block in below[0].blocks)
    if len(with_fields) > 1 or (with_fields and bare):
        return below
    return []


def _split_at_rule(
    blocks: list[Block],
) -> tuple[list[Block], list[Block]]:
    """Split an item's blocks from the section's: those below a rule with no field any more.

    Each side is looked at once, so many rules cost no more than their number.
    """
    fields = [has_fields([block]) for block in blocks]
    if not any(fields):
        return blocks, []
    first = fields.index(True)
    last = len(fields) - 1 - fields[::-1].index(True)
    for index in range(max(first, last) + 1, len(blocks)):
        if blocks[index].kind == "rule":
            texts = [block for block in blocks[index:] if block.kind != "rule"]
            if all(map(_is_plain_text, texts)):
                return blocks[:index], blocks[index:]
            return blocks, []
    return blocks, []


def _is_plain_text(block: Block) -> bool:
    return block.kind in (
        "paragraph",
        "quote",
    ) and not _field_like(block)


def _field_like(block: Block) -> bool:
    label = read_label(block.lines[0]) if block.kind == "paragraph" and block.lines else None
    if label is None:
        return False
    return bool(label.marked or field_name(label.text) or part_name(label.text))


def _title_link(
    title: Passage,
) -> SourceLink | None:
    """Return the link a heading consists of, if it does: `[Title](url)`."""
    start = title.span.start
    line = Line(
        title.span.first_line,
        start,
        start + len(title.text),
        title.text,
    )
    lead = read_lead(line)
    if lead and lead.linked and not lead.rest.text:
        return first_target(line)
    return None
