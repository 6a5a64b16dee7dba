"""A decided plan becomes the body of a draft."""

from collections.abc import (
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import replace

from app.parse.blocktext import block_text
from app.parse.body import BodyDraft, SectionBuilder
from app.parse.draft import Body, Field, ItemDraft, Passage, SectionDraft, SourceLink, TextSpan
from app.parse.fields import ItemReader
from app.parse.headings import Group
from app.parse.kinds import ItemKind
from app.parse.lines import Line
from app.parse.links import DOMAIN
from app.parse.markdown import Block, MarkdownDocument
from app.parse.ratings import is_rated_field, read_importance
from app.parse.references import (
    block_lines,
    text_links,
    unique_links,
)
from app.parse.section_kinds import SectionKind
from app.parse.stated_fields import StatedFields
from app.parse.structure.choice import (
    Plan,
    Structure,
)
from app.parse.structure.leads import read_lead, text_after
from app.parse.structure.rows import is_number_head
from app.parse.structure.section_titles import branch_kind, heading_passage, stated_title
from app.parse.structure.tree import Branch
from app.parse.structure.units import Unit
from app.parse.titles import (
    Title,
    opening_of,
    opening_title,
)
from app.parse.vocabulary import field_name, part_name

_MAX_TITLE_CHARS = 2_000


def read_plan(
    document: MarkdownDocument,
    structure: Structure,
    plan: Plan,
    sections: Sequence[Branch],
    labels: Iterable[Passage],
) -> Body:
    """Return the body of a document read by `plan`; `sections` are its top headings."""
    reader = _PlanReader(document, structure, plan)
    reader.draft.parts.labels.extend(labels)
    return reader.body(sections)


class _PlanReader:
    def __init__(
        self,
        document: MarkdownDocument,
        structure: Structure,
        plan: Plan,
    ) -> None:
        self.document = document
        self.structure = structure
        self.plan = plan
        self.references = structure.references
        self.dialect = structure.dialect
        self.fields = self.dialect.fields if self.dialect else StatedFields()
        self.levels = self.fields.levels
        self.draft = BodyDraft(document, self.references.definitions)

    def body(self, branches: Sequence[Branch]) -> Body:
        """Return the whole body; blocks above the sections are the preamble."""
        sections = list(self._head(branches))
        flat: SectionBuilder | None = None
        last = 0
        for branch in branches:
            if self.plan.role(branch) == "item":
                # Items under no section have one without a title.
                flat = flat or self._untitled(branch)
                self._heading_item(branch, flat, None)
                last = branch.last
                continue
            if flat is not None:
                sections.append(
                    flat.finished(
                        self.document,
                        len(sections) + 1,
                        last,
                    )
                )
                flat = None
            sections.append(self._section(branch, len(sections) + 1))
        if flat is not None:
            sections.append(
                flat.finished(
                    self.document,
                    len(sections) + 1,
                    last,
                )
            )
        return self.draft.finished(sections)

    def _untitled(self, branch: Branch) -> SectionBuilder:
        start = self.document.line(branch.first).cut(0).span
        empty = TextSpan(
            start.first_line,
            start.first_line,
            start.start,
            start.start,
        )
        return SectionBuilder("headlines", Passage("", empty))

    def _head(self, branches: Sequence[Branch]) -> Iterator[SectionDraft]:
        """Take the blocks above the first section: the document's heading and its preamble.

        Units there are a section without a title.
        """
        inside = {id(branch) for branch in branches}
        position = 0
        for branch in self.structure.root.walk():
            if id(branch) in inside:
                return
            if branch.heading and branch.title:
                passage = heading_passage(branch)
                if self.draft.heading is None:
                    self.draft.heading = passage
                else:
                    self.draft.preamble.append(passage)
                for title in branch.other_titles:
                    self.draft.preamble.append(
                        Passage(
                            title.line.text,
                            title.line.span,
                        )
                    )
            if self.plan.role(branch) != "units":
                self._outside(branch.blocks)
                continue
            section = self._untitled(branch)
            self._units(branch, section, None)
            position += 1
            yield section.finished(self.document, position, branch.last)

    def _outside(self, blocks: Iterable[Block]) -> None:
        left = [block for block in blocks if not self.draft.take_outside(block)]
        self.draft.add_preamble(left)

    def _section(self, branch: Branch, position: int) -> SectionDraft:
        section = SectionBuilder(
            self._kind(branch),
            heading_passage(branch),
        )
        self._other_titles(branch, section)
        self._content(branch, section, None)
        return section.finished(self.document, position, branch.last)

    def _kind(self, branch: Branch) -> SectionKind:
        stated = self.dialect.section_kind(branch.text) if self.dialect else None
        return stated or branch_kind(branch)

    def _other_titles(self, branch: Branch, section: SectionBuilder) -> None:
        for title in branch.other_titles:
            section.notes.append(Passage(title.line.text, title.line.span))

    def _content(
        self,
        branch: Branch,
        section: SectionBuilder,
        parent: str | None,
    ) -> None:
        """Read what is below a heading that is no item."""
        role = self.plan.role(branch)
        blocks = branch.blocks
        if self.structure.is_whole(branch):
            blocks = list(branch.all_blocks())
        blocks = [block for block in blocks if not self.draft.take_outside(block)]
        if role == "units":
            self._units(branch, section, parent)
        else:
            self._prose(branch, blocks, section)
        if self.structure.is_whole(branch):
            return
        for child in branch.children:
            if self.plan.role(child) == "item":
                self._heading_item(child, section, parent)
            elif self.structure.is_field(child):
                section.open_container(heading_passage(child))
                self.draft.add_notes(child.all_blocks(), section)
            else:
                title = heading_passage(child)
                section.open_container(title)
                self._other_titles(child, section)
                self._content(child, section, title.text)

    def _prose(
        self,
        branch: Branch,
        blocks: list[Block],
        section: SectionBuilder,
    ) -> None:
        """Read text that holds no item: a special part, the editor's words, readings or notes."""
        part = part_name(branch.text)
        if part:
            self.draft.add_part(part, blocks, section)
        elif section.kind == "editorial":
            self.draft.add_insight(Group(None, blocks), section)
        elif section.kind == "resources":
            self.draft.add_resources(blocks, section)
        else:
            self._preface(blocks, section)

    def _preface(
        self,
        blocks: list[Block],
        section: SectionBuilder,
    ) -> None:
        for block in blocks:
            fresh = section.blurb is None and not section.notes and not section.items
            if fresh and block.kind in (
                "paragraph",
                "quote",
            ):
                section.blurb = block_text(self.document, block)
            else:
                self.draft.add_notes([block], section)

    def _units(
        self,
        branch: Branch,
        section: SectionBuilder,
        parent: str | None,
    ) -> None:
        """Read the units below a heading; blocks between them are its notes."""
        categories: set[Passage] = set()
        unit_list = self.plan.lists[id(branch)]
        for piece in unit_list.pieces:
            if isinstance(piece, Unit) and piece.category:
                categories.add(piece.category)
        opened = {category.span.start for category in categories}
        for piece in unit_list.pieces:
            if isinstance(piece, Unit):
                own_parent = piece.category.text if piece.category else parent
                self._unit_item(piece, section, own_parent)
            elif self._is_category(piece, opened, section):
                continue
            elif not self.draft.take_outside(piece):
                self._preface([piece], section)

    def _is_category(
        self,
        block: Block,
        opened: set[int],
        section: SectionBuilder,
    ) -> bool:
        """Open a container where `block` is the name of a group of units."""
        if block.kind != "paragraph" or len(block.lines) != 1:
            return False
        line = block.lines[0]
        if not any(line.start <= start <= line.end for start in opened):
            return False
        lead = read_lead(line, self.references)
        text = lead.title.text if lead else opening_title(line.text)
        section.open_container(Passage(text, line.span))
        return True

    def _heading_item(
        self,
        branch: Branch,
        section: SectionBuilder,
        parent: str | None,
    ) -> None:
        assert branch.title
        title = stated_title(branch, self.references) or branch.title
        title = self._described(self._with_stated_importance(branch, title))
        reader = self._item_reader(bullet=False)
        blocks = list(branch.all_blocks())
        item_blocks: list[Block] = []
        for block in self.draft.without_parts(blocks, section):
            if not self.draft.take_outside(block):
                item_blocks.append(block)
        start = branch.title.line.number
        above = [block for block in item_blocks if block.first < start]
        reader.read_above(block_lines(above))
        reader.read(item_blocks[len(above) :])
        span = self.document.span(branch.first, branch.last)
        item = self._finished(
            reader,
            "full",
            title,
            item_blocks,
            section,
            parent,
            span,
        )
        others = tuple(Passage(other.text, other.line.span) for other in branch.other_titles)
        section.items.append(replace(item, alternative_titles=others))

    def _item_reader(self, *, bullet: bool) -> ItemReader:
        return ItemReader(
            self.document,
            self.references.definitions,
            bullet=bullet,
            fields=self.fields,
            repeated_labels=self.structure.labels,
        )

    def _unit_item(
        self,
        unit: Unit,
        section: SectionBuilder,
        parent: str | None,
    ) -> None:
        if unit.form == "row":
            self._row_item(unit, section, parent)
            return
        kind: ItemKind = "full" if unit.form == "callout" else "bullet"
        reader = self._item_reader(bullet=True)
        title, blocks = self._unit_content(unit)
        title = self._described(title)
        reader.read(blocks)
        span = self.document.span(unit.first, unit.last)
        item = self._finished(
            reader,
            kind,
            title,
            blocks,
            section,
            parent,
            span,
        )
        section.items.append(item)

    def _described(self, title: Title) -> Title:
        """Return a title as the dialect's pattern finds it in the item's first line."""
        pattern = self.dialect.title if self.dialect else None
        if pattern is None:
            return title
        line = self.document.line(title.line.number)
        match = pattern.search(line.text[:_MAX_TITLE_CHARS])
        if match is None or not match["title"]:
            return title
        if match.groupdict().get("importance"):
            title = self._with_importance(title, line.cut(*match.span("importance")))
        return replace(title, text=match["title"].strip())

    def _with_stated_importance(self, branch: Branch, title: Title) -> Title:
        """Return a title with the importance that `item.line` of a dialect found beside it."""
        beside = branch.heading.marker if branch.heading else None
        return self._with_importance(title, beside) if beside else title

    def _with_importance(self, title: Title, label: Line) -> Title:
        return replace(title, importance=read_importance(label.text, label.span, self.levels))

    def _unit_content(self, unit: Unit) -> tuple[Title, list[Block]]:
        """Return the title of a unit and the blocks below, the title's words taken out."""
        blocks: list[Block] = []
        for block in unit.blocks:
            if block.kind in ("item", "quote"):
                blocks.extend(block.children)
            else:
                blocks.append(block)
        first = blocks[0]
        if unit.title is None:
            return Title(
                opening_of(first.lines),
                first.lines[0],
            ), blocks
        if first.kind == "heading":
            return unit.title, blocks[1:]
        opening = self._after_title(unit.title, first)
        return unit.title, [*opening, *blocks[1:]]

    def _after_title(self, title: Title, first: Block) -> list[Block]:
        """Return the first paragraph of a unit without its title."""
        lines: list[Line] = []
        for line in first.lines:
            if line.number < title.line.number:
                continue
            if line.number == title.line.number:
                lead = read_lead(line, self.references)
                rest = lead.rest if lead else None
                if rest is None:
                    end = title.line.end - line.start
                    rest = text_after(line, end)
                if rest.text:
                    lines.append(rest)
            elif not lines and line.text.startswith(": "):
                lines.append(line.cut(2))
            else:
                lines.append(line)
        return [replace(first, lines=tuple(lines))] if lines else []

    def _row_item(
        self,
        unit: Unit,
        section: SectionBuilder,
        parent: str | None,
    ) -> None:
        title = unit.title
        assert title
        summary: list[Passage] = []
        extra: list[Field] = []
        number = title.number
        importance = title.importance
        for head, cell in unit.cells:
            name = field_name(head.text)
            if name == "summary":
                summary.append(cell)
            elif importance is None and (
                name == "importance" or is_rated_field(head.text, cell.text)
            ):
                importance = read_importance(cell.text, cell.span, self.levels)
            elif number is None and cell.text.isdecimal() and is_number_head(head.text):
                number = cell
            else:
                extra.append(Field(head.text or None, cell.text, cell.span))
        span = self.document.span(unit.first, unit.last)
        section.items.append(
            ItemDraft(
                kind="bullet",
                position=len(section.items) + 1,
                parent=parent,
                title=title.passage,
                span=span,
                summary=tuple(summary),
                importance=importance,
                sources=unique_links(title.links),
                extra=tuple(extra),
                number=number,
                anchor=title.anchor,
            )
        )

    def _finished(
        self,
        reader: ItemReader,
        kind: ItemKind,
        title: Title,
        blocks: Sequence[Block],
        section: SectionBuilder,
        parent: str | None,
        span: TextSpan,
    ) -> ItemDraft:
        position = len(section.items) + 1
        item = reader.item(
            kind,
            position,
            parent,
            title.passage,
            span,
        )
        sources = self._sources(title, item.sources, blocks)
        extra = item.extra
        if title.note:
            extra = (
                *extra,
                Field(
                    None,
                    title.note.text,
                    title.note.span,
                ),
            )
        return replace(
            item,
            importance=item.importance or title.importance,
            sources=sources,
            extra=extra,
            number=title.number,
            anchor=title.anchor,
        )

    def _sources(
        self,
        title: Title,
        labelled: Sequence[SourceLink],
        blocks: Sequence[Block],
    ) -> tuple[SourceLink, ...]:
        """Return title links, labelled sources and the links of the text, each target once."""
        links = list(title.links)
        unlinked: list[SourceLink] = []
        for link in labelled:
            resolved = self.references.resolve(link.target)
            if resolved:
                links.append(replace(link, target=resolved))
            elif link.target is None or DOMAIN.fullmatch(link.target):
                unlinked.append(link)
        for line in block_lines(blocks):
            links.extend(text_links(line, self.references))
        return unique_links([*links, *unlinked])
