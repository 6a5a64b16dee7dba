"""The fields of an item: the content under each label, whatever form the labels take."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from app.parse.draft import (
    Cell,
    Details,
    Field,
    Importance,
    ItemDraft,
    Node,
    Passage,
    SourceLink,
    TextSpan,
)
from app.parse.field_rows import field_rows
from app.parse.inline import (
    Label,
    read_cells,
    read_label,
    split_labels,
    unwrapped,
)
from app.parse.kinds import FieldName, ItemKind
from app.parse.lines import Line
from app.parse.markdown import Block, MarkdownDocument
from app.parse.nodes import block_nodes
from app.parse.pieces import Piece, ends_names, names_a_group, piece_lines
from app.parse.ratings import is_rated_field, read_importance
from app.parse.sources import (
    named_sources,
    only_links,
    read_closing,
    read_sources,
    source_list,
)
from app.parse.stated_fields import StatedField, StatedFields
from app.parse.titles import title_key
from app.parse.vocabulary import (
    is_pointer,
    is_pointer_label,
    says_only_where,
    undecorated,
)

_LISTED: tuple[FieldName, ...] = (
    "technical",
    "applications",
    "takeaways",
)
_ONE_LINE: tuple[StatedField, ...] = ("entities", "importance", "sources", "tags")


@dataclass
class _Open:
    """The field being read: its name (None: unlabelled), its label, and its pieces so far."""

    name: StatedField | None = None
    label: Label | None = None
    pieces: list[Piece] = field(default_factory=list)


class ItemReader:
    """Reads the blocks of one item, block by block, into its fields.

    `fields` are what a dialect says of them; `repeated_labels` are the keys of labels that
    come again in the document, which makes them fields.
    """

    def __init__(
        self,
        document: MarkdownDocument,
        definitions: dict[str, str],
        *,
        bullet: bool = False,
        fields: StatedFields | None = None,
        repeated_labels: frozenset[str] = frozenset(),
    ) -> None:
        self.document = document
        self.fields = fields or StatedFields()
        self.repeated_labels = repeated_labels
        # Below a bullet each paragraph or bullet without a label is a text of its own.
        self.bullet = bullet
        self.definitions = definitions
        self.current = _Open()
        self.summary: list[Passage] = []
        self.nodes: dict[str, list[Node]] = {name: [] for name in _LISTED}
        self.importance: Importance | None = None
        self.entities: list[Cell] = []
        self.sources: list[SourceLink] = []
        self.extra: list[Field] = []
        self.labels: list[Passage] = []
        self.known: set[StatedField] = set()

    def read(self, blocks: Iterable[Block]) -> None:
        """Take `blocks` that follow each other in the document."""
        for block in blocks:
            self._block(block)

    def read_above(self, lines: Iterable[Line]) -> None:
        """Take lines that a dialect finds above the item's title: fields, sources or text."""
        for line in lines:
            label = self._label(line, begins=True)
            links = named_sources(line, self.definitions) or source_list(line, self.definitions)
            if label:
                self._open(label)
            elif links or only_links(line, self.definitions):
                self.sources.extend(links or read_sources(line, self.definitions))
            else:
                self._put(line)
            self._close()

    def item(
        self,
        kind: ItemKind,
        position: int,
        parent: str | None,
        title: Passage,
        span: TextSpan,
    ) -> ItemDraft:
        """Return the item read so far, under `title`."""
        self._close()
        if kind == "full" and self._only_points_elsewhere():
            kind = "stub"
        else:
            self._take_opening_text(kind)
            if not self.sources and self.summary:
                self._take_closing_sources()
        details = Details(*(tuple(self.nodes[name]) for name in _LISTED))
        return ItemDraft(
            kind=kind,
            position=position,
            parent=parent,
            title=title,
            span=span,
            summary=tuple(self.summary),
            details=details,
            importance=self.importance,
            entities=tuple(self.entities),
            sources=tuple(self.sources),
            extra=tuple(self.extra),
            labels=tuple(self.labels),
        )

    def _only_points_elsewhere(self) -> bool:
        if self.known - {"summary"} or self.sources or self.entities:
            return False
        entries: list[Passage | Field] = [
            *self.summary,
            *self.extra,
        ]
        texts = [entry.text for entry in entries]
        return bool(texts) and all(map(says_only_where, texts))

    def _take_opening_text(self, kind: ItemKind) -> None:
        """Make text under no label, before all others, the summary."""
        while self.extra and self.extra[0].label is None and (not self.summary or kind == "bullet"):
            lead = self.extra.pop(0)
            self.summary.append(Passage(lead.text, lead.span))

    def _take_closing_sources(self) -> None:
        """Take the sources that the summary closes with, where no field names any."""
        last = self.summary[-1]
        row = self.document.line(last.span.last_line)
        text = last.text.rpartition("\n")[2]
        start = row.text.rfind(text)
        if start < 0:
            return
        closing = read_closing(
            row.cut(start, start + len(text)),
            self.definitions,
        )
        if not closing:
            return
        self.sources.extend(closing.links)
        if closing.label:
            self.labels.append(
                Passage(
                    closing.label.text,
                    closing.label.span,
                )
            )
        words = closing.text
        if words.text and is_pointer_label(words.text):
            # `論文: https://…` says nothing but where.
            self.labels.append(Passage(words.text, words.span))
            words = words.cut(len(words.text))
        if words.text != text.strip():
            above = last.text[: len(last.text) - len(text)]
            rest = (above + words.text).rstrip()
            self.summary[-1:] = [Passage(rest, last.span)] if rest else []

    def _read_label(self, line: Line) -> Label | None:
        return self.fields.label(line) or read_label(line)

    def _is_repeated(self, label: Label) -> bool:
        """Return whether a label comes again below other headings of the document."""
        if not label.colon or not self.repeated_labels:
            return False
        return title_key(label.text) in self.repeated_labels

    def _block(self, block: Block) -> None:
        if block.kind == "paragraph":
            self._paragraph(block)
        elif block.kind == "heading":
            line = block.lines[0]
            self._open(
                Label(
                    line.text,
                    line.span,
                    line.cut(len(line.text)),
                    True,
                    False,
                )
            )
        elif block.kind in {"rule", "definition"}:
            self._close()
            for line in block.lines:
                self.labels.append(
                    Passage(
                        "" if block.kind == "rule" else line.text,
                        line.span,
                    )
                )
        elif block.kind == "blank":
            for line in block.lines:
                self.labels.append(Passage("", line.span))
        elif block.kind == "list" and any(map(self._bullet_label, block.children)):
            self._labelled_list(block)
        elif block.kind == "table" and self._field_table(block):
            self._close()
        elif block.kind == "quote" and block.children and self._starts_field(block.children[0]):
            self.read(block.children)
        else:
            self._put(block)

    def _field_table(self, block: Block) -> bool:
        """Take a table whose rows are fields; return whether it was one."""
        rows = field_rows(block)
        if len(rows) < 2:
            return False
        for line in block.lines:
            self.labels.append(Passage("", line.span))
        for label in rows:
            self._open(label)
        return True

    def _paragraph(self, block: Block) -> None:
        if self._takes_bare_links(block):
            return
        fresh = True
        lines: list[Line] = []
        for row in block.lines:
            lines.extend(split_labels(row))
        for line in lines:
            label = self._label(line, begins=fresh)
            if label:
                self._open(label)
                fresh = False
            elif line.text and self._takes_source_list(line):
                fresh = True
            elif line.text:
                aside = self._is_aside(line)
                if self.current.label and not self.current.pieces and line.text[0] in ":：":
                    line = line.cut(1)
                self._put(line, new_block=fresh or aside)
                fresh = False

    def _takes_source_list(self, line: Line) -> bool:
        """Take a line that is nothing but names with an address each; return whether it was one."""
        if self.current.name == "sources":
            return False
        links = source_list(line, self.definitions)
        if not links:
            return False
        self.sources.extend(links)
        if self.current.name in _ONE_LINE:
            self._close()
        self.labels.append(Passage("", line.span))
        return True

    def _takes_bare_links(self, block: Block) -> bool:
        """Take links alone below a list: they are the item's sources, label or not."""
        if self.current.name not in _LISTED or not self.current.pieces:
            return False
        if not all(only_links(line, self.definitions) for line in block.lines):
            return False
        self._close()
        for line in block.lines:
            self.sources.extend(read_sources(line, self.definitions))
        return True

    def _is_aside(self, line: Line) -> bool:
        """Return whether a line without a link ends a field of one line: emphasised, or a sentence.

        A sentence below names or sources is text; below an importance it is the reason.
        """
        if self.current.name not in _ONE_LINE:
            return False
        sentence = self.current.name != "importance" and ends_names(line, self.current.pieces)
        if not sentence and unwrapped(line).text == line.text:
            return False
        return not any(link.target for link in read_sources(line))

    def _label(self, line: Line, *, begins: bool) -> Label | None:
        """Return the label that `line` begins a field with, known or plainly meant as one."""
        label = self._read_label(line)
        if not label:
            return None
        if is_rated_field(label.text, label.rest.text) and label.colon:
            return label
        if name := self.fields.name(label.text):
            if not (label.marked or label.colon or label.alone):
                return None
            if undecorated(label.text) in self.fields.words:
                return label
            weak = label.weak and self.current.name in _LISTED and name != "sources"
            return None if weak and not self._alike(label) else label
        if self._is_repeated(label):
            return label
        if not label.is_plain or line.text[:1] in "[「『【" or is_pointer(label.text):
            return None
        return None if self._is_content(begins) else label

    def _is_content(self, begins: bool) -> bool:
        """Return whether bold words are content of the open field.

        They lead paragraphs of a list field, too, and lines in the midst of a text.
        """
        if not begins:
            return self.current.name not in _ONE_LINE
        if self.current.name not in _LISTED:
            return False
        opening = self.current.pieces[:1]
        return all(isinstance(piece, Line) and piece.text.startswith("*") for piece in opening)

    def _alike(self, label: Label) -> bool:
        """Return whether `label` is written as the open field's: plain, with a colon."""
        opened = self.current.label
        return bool(opened and not opened.marked and opened.colon and label.colon)

    def _bullet_label(self, bullet: Block) -> Label | None:
        first = bullet.children[0] if bullet.children else None
        if first is None or first.kind != "paragraph" or not first.lines:
            return None
        label = self._read_label(first.lines[0])
        if not label:
            return None
        if is_rated_field(label.text, label.rest.text):
            return label
        if not self.fields.name(label.text):
            return label if self._is_repeated(label) else None
        if label.weak and not self._is_repeated(label):
            return None
        if not (label.marked or label.colon or label.alone):
            return None
        return None if self.current.name in _LISTED and not label.marked else label

    def _starts_field(self, block: Block) -> bool:
        if block.kind != "paragraph" or not block.lines:
            return False
        label = self._read_label(block.lines[0])
        if not label or not self.fields.name(label.text):
            return False
        return label.marked or label.colon or label.alone

    def _labelled_list(self, block: Block) -> None:
        for bullet in block.children:
            label = self._bullet_label(bullet)
            if label is None:
                self._put(
                    Block(
                        "list",
                        bullet.lines,
                        children=(bullet,),
                    )
                )
                continue
            self._open(label)
            paragraph, *others = bullet.children
            for line in paragraph.lines[1:]:
                self._put(line)
            for child in others:
                # Content of this bullet whatever it begins with, unless it is labelled again.
                self._block(child)
        self._close()

    def _open(self, label: Label) -> None:
        self._close()
        rated = label.colon and is_rated_field(label.text, label.rest.text)
        name = "importance" if rated else self.fields.name(label.text)
        self.current = _Open(name, label)
        self.labels.append(Passage(label.text, label.span))
        if label.rest.text:
            self.current.pieces.append(label.rest)
        if rated:
            self._close()

    def _put(
        self,
        piece: Piece,
        *,
        new_block: bool = True,
    ) -> None:
        """Add content to the open field; the next block closes one that fits a line."""
        unlabelled = self.current.name is None and self.current.label is None
        apart = self.current.name in _ONE_LINE or (self.bullet and unlabelled)
        if apart and self.current.pieces and new_block:
            self._close()
        self.current.pieces.append(piece)

    def _close(self) -> None:
        name, label, pieces = (
            self.current.name,
            self.current.label,
            self.current.pieces,
        )
        self.current = _Open()
        if name:
            self.known.add(name)
        if not pieces:
            return
        if name == "summary":
            self.summary.append(Passage(*self._text(pieces)))
        elif name in _LISTED:
            self.nodes[name].extend(self._nodes(pieces))
        elif name == "entities":
            for line in piece_lines(pieces):
                self.entities.extend(read_cells(line))
        elif name == "sources":
            self._read_sources(pieces)
        elif name == "importance" and self.importance is None:
            self.importance = read_importance(*self._text(pieces), self.fields.levels)
        else:
            text, span = self._text(pieces)
            self.extra.append(
                Field(
                    label.text if label else None,
                    text,
                    span,
                )
            )

    def _read_sources(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if isinstance(piece, Block) and names_a_group(piece):
                self._read_source_group(piece)
            elif isinstance(piece, Block) and piece.children:
                self._read_sources(piece.children)
            else:
                for line in piece_lines([piece]):
                    self.sources.extend(read_sources(line, self.definitions))

    def _read_source_group(self, bullet: Block) -> None:
        """Read `- 官方：` above links of its own: it names a group of sources, not one."""
        opening = bullet.children[0]
        pieces: list[Piece] = []
        for line in opening.lines:
            if any(link.target for link in read_sources(line, self.definitions)):
                pieces.append(line)
            else:
                self.labels.append(Passage(line.text, line.span))
        self._read_sources([*pieces, *bullet.children[1:]])

    def _text(self, pieces: Sequence[Piece]) -> tuple[str, TextSpan]:
        """Return the document from the first piece to the last, verbatim.

        Emphasis over the whole of one line is markup.
        """
        first, last = pieces[0], pieces[-1]
        if len(pieces) == 1 and isinstance(first, Line):
            return unwrapped(first).text, first.span
        start = first if isinstance(first, Line) else first.lines[0].cut(0)
        end = last if isinstance(last, Line) else last.lines[-1]
        return self.document.slice(start, end)

    def _nodes(self, pieces: Sequence[Piece]) -> Iterator[Node]:
        run: list[Line] = []
        for piece in pieces:
            if isinstance(piece, Line):
                run.append(piece)
                continue
            if run:
                yield Node(*self._text(run))
                run = []
            yield from block_nodes(self.document, piece)
        if run:
            yield Node(*self._text(run))
