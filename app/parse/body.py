"""The body of a document while it is being read: sections, special parts and the rest."""

from collections.abc import (
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import dataclass, field

from app.parse.blocktext import (
    block_text,
    bullet_text,
)
from app.parse.draft import (
    Body,
    Container,
    InsightDraft,
    ItemDraft,
    Passage,
    SectionDraft,
    SourceLink,
)
from app.parse.footer import is_footer
from app.parse.headings import (
    Group,
    heading_title,
    is_bold,
)
from app.parse.inline import unwrapped
from app.parse.kinds import Part
from app.parse.lines import Line
from app.parse.markdown import Block, MarkdownDocument
from app.parse.parts import (
    PartsReader,
    continues_part,
    part_label,
    parted_at_labels,
)
from app.parse.section_kinds import SectionKind
from app.parse.sources import read_sources
from app.parse.vocabulary import (
    names_document_part,
    part_name,
)

PART_SECTIONS: dict[Part, SectionKind] = {
    "watchlist": "editorial",
    "readings": "resources",
    "background": "resources",
    "keywords": "resources",
}
_MAX_BOLD_HEADING_CHARS = 44


@dataclass
class SectionBuilder:
    """A section while it is being read."""

    kind: SectionKind
    title: Passage
    blurb: Passage | None = None
    notes: list[Passage] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    items: list[ItemDraft] = field(default_factory=list)

    def finished(
        self,
        document: MarkdownDocument,
        position: int,
        last_line: int,
    ) -> SectionDraft:
        """Return the section, spanning from its title to `last_line`."""
        first_line = self.title.span.first_line
        return SectionDraft(
            position=position,
            kind=self.kind,
            title=self.title,
            span=document.span(
                first_line,
                max(
                    last_line,
                    self.title.span.last_line,
                ),
            ),
            blurb=self.blurb,
            notes=tuple(self.notes),
            containers=tuple(self.containers),
            items=tuple(self.items),
        )

    def open_container(self, title: Passage) -> None:
        """Start a container before the next item."""
        self.containers.append(Container(title, len(self.items)))


class BodyDraft:
    """Collects everything of a body; readers of every layout put in what they recognise."""

    def __init__(
        self,
        document: MarkdownDocument,
        definitions: dict[str, str],
    ) -> None:
        self.document = document
        self.definitions = definitions
        self.parts = PartsReader(document, definitions)
        self.heading: Passage | None = None
        self.preamble: list[Passage] = []
        self.insight: list[InsightDraft] = []

    def finished(self, sections: Iterable[SectionDraft]) -> Body:
        """Return the body with `sections`."""
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

    def take_outside(self, block: Block) -> bool:
        """Take a footer or link definition; return whether `block` was one.

        Footers and link definitions belong to no section, wherever they are.
        """
        if is_footer(block):
            self.parts.read_footer(block)
            return True
        if block.kind == "definition":
            self.add_labels(block)
            return True
        return False

    def add_labels(self, block: Block) -> None:
        """Account for the lines of a block that say nothing of their own."""
        for line in block.lines:
            self.parts.labels.append(Passage(line.text.strip(), line.span))

    def add_rule(self, block: Block) -> None:
        """Account for the lines of a horizontal rule."""
        for line in block.lines:
            self.parts.labels.append(Passage("", line.span))

    def add_preamble(self, blocks: Iterable[Block]) -> None:
        """Take text of no section; its first heading of level 1 is the document's."""
        for block in blocks:
            if block.kind == "heading" and block.level == 1 and self.heading is None:
                self.heading = heading_title(block)
            elif block.kind == "rule":
                self.add_rule(block)
            elif block.lines:
                self.preamble.append(block_text(self.document, block))

    def add_notes(
        self,
        blocks: Iterable[Block],
        section: SectionBuilder,
    ) -> None:
        """Take text of a section that belongs to no item."""
        for block in blocks:
            if block.kind == "rule":
                self.add_rule(block)
            elif block.kind == "blank":
                self.add_labels(block)
            elif block.kind == "heading":
                section.open_container(heading_title(block))
            elif block.kind == "list":
                for bullet in block.children:
                    section.notes.append(bullet_text(self.document, bullet))
            elif block.lines:
                section.notes.append(block_text(self.document, block))

    def add_part(
        self,
        part: Part,
        blocks: Iterable[Block],
        section: SectionBuilder,
    ) -> None:
        """Take the entries of one special part, and of those labelled in its midst."""
        pieces = list(parted_at_labels(blocks))
        index = 0
        while index < len(pieces):
            count = self.add_labelled_part(pieces, index, section)
            if not count:
                self.add_notes(
                    self.parts.read(part, [pieces[index]]),
                    section,
                )
            index += count or 1

    def add_labelled_part(
        self,
        blocks: Sequence[Block],
        index: int,
        section: SectionBuilder,
    ) -> int:
        """Take a label such as **關注清單** with its list; return how many blocks that were."""
        label = part_label(blocks[index])
        part = part_name(label.text) if label else None
        if not label or not part:
            return 0
        self.parts.labels.append(Passage(label.text, label.span))
        lines = [
            line
            for line in (
                label.rest,
                *blocks[index].lines[1:],
            )
            if line.text
        ]
        end = index + 1
        while end < len(blocks):
            block = blocks[end]
            follows = not lines and continues_part(part, blocks[index + 1 : end], block)
            if block.kind != "list" and not follows:
                break
            end += 1
        content = [Block("paragraph", tuple(lines))] if lines else []
        self.add_part(
            part,
            [*content, *blocks[index + 1 : end]],
            section,
        )
        return end - index

    def without_parts(
        self,
        blocks: list[Block],
        section: SectionBuilder,
    ) -> Iterator[Block]:
        """Yield `blocks` without the special parts whose label refers to the whole document."""
        index = 0
        while index < len(blocks):
            label = part_label(blocks[index])
            count = 0
            if label and names_document_part(label.text):
                count = self.add_labelled_part(blocks, index, section)
            if not count:
                yield blocks[index]
            index += count or 1

    def add_resources(
        self,
        blocks: Iterable[Block],
        section: SectionBuilder,
    ) -> None:
        """Take lists of links as readings; the rest becomes notes."""
        pieces = list(parted_at_labels(blocks))
        index = 0
        while index < len(pieces):
            block = pieces[index]
            count = self.add_labelled_part(pieces, index, section)
            if not count:
                linked = block.kind == "list" and all(
                    map(
                        _first_link,
                        block.children,
                    )
                )
                rest = self.parts.read("readings", [block]) if linked else [block]
                self.add_notes(rest, section)
            index += count or 1

    def add_insight(self, group: Group, section: SectionBuilder) -> None:
        """Take a passage of the editor's; a watch list in its midst is taken out."""
        title = heading_title(group.heading) if group.heading else None
        runs: list[tuple[Passage | None, list[Block]]] = [(title, [])]
        pieces = list(parted_at_labels(group.blocks))
        index = 0
        while index < len(pieces):
            block = pieces[index]
            count = self.add_labelled_part(pieces, index, section)
            if count:
                runs.append((None, []))
            elif block.kind == "rule":
                runs.append((None, []))
                self.add_rule(block)
            elif subtitle := _bold_heading(block):
                runs.append((subtitle, []))
            elif block.lines:
                runs[-1][1].append(block)
            index += count or 1
        for subtitle, run in runs:
            self._add_insight_run(subtitle, run)

    def _add_insight_run(
        self,
        title: Passage | None,
        run: list[Block],
    ) -> None:
        text: Passage | None = None
        if run:
            verbatim, span = self.document.slice(
                _text_start(run[0]),
                run[-1].lines[-1],
            )
            text = Passage(verbatim, span)
        if title or text:
            self.insight.append(InsightDraft(title, text))


def first_target(line: Line) -> SourceLink | None:
    """Return the first source of a line that has a target."""
    return next(
        (link for link in read_sources(line) if link.target),
        None,
    )


def _first_link(bullet: Block) -> SourceLink | None:
    first = bullet.children[0] if bullet.children else None
    if first is None or first.kind != "paragraph" or not first.lines:
        return None
    return first_target(first.lines[0])


def _bold_heading(block: Block) -> Passage | None:
    """Return the text of a lone short line in bold or black brackets."""
    if block.kind != "paragraph" or len(block.lines) != 1:
        return None
    line = block.lines[0]
    if not is_bold(line) or len(line.text) > _MAX_BOLD_HEADING_CHARS:
        return None
    if line.text.rstrip("*_")[-1] in "。.！!":
        return None
    return Passage(unwrapped(line).text, line.span)


def _text_start(block: Block) -> Line:
    first = block.lines[0]
    return first.cut(0) if block.kind in ("paragraph", "heading") else first
