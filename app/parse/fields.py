"""The fields of an item: what stands under which label, whatever form the labels take."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.parse.draft import Cell, Details, Field, Importance, Item, Node, Passage, SourceLink, Span
from app.parse.inline import Label, read_cells, read_importance, read_label, split_labels, unwrapped
from app.parse.lines import Line
from app.parse.markdown import Block, Document
from app.parse.sources import only_links, read_closing, read_sources
from app.parse.vocabulary import field_name, is_pointer, says_only_where, undecorated
from app.parse.kinds import FieldName, ItemKind

# A piece of a field's content: a line of a paragraph, or a whole block.
Piece = Line | Block
_LISTED: tuple[FieldName, ...] = ("technical", "applications", "takeaways")
_ONE_LINE: tuple[FieldName, ...] = ("entities", "importance", "sources")
_LONGEST_UNKNOWN_LABEL = 24
_SENTENCE = re.compile(r"[。！!；;]|[：:]\s*\S|\.$")


@dataclass
class _Open:
    """The field being read: its name (None: unlabelled), its label, and what has come so far."""

    name: FieldName | None = None
    label: Label | None = None
    pieces: list[Piece] = field(default_factory=list)


class ItemReader:
    """Reads the blocks of one item, block by block, into its fields."""

    def __init__(
        self,
        document: Document,
        definitions: dict[str, str],
        *,
        bullet: bool = False,
        words: Mapping[str, FieldName] | None = None,
    ) -> None:
        self.document = document
        self.words = words or {}
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
        self.known: set[FieldName] = set()

    def _field_name(self, label: str) -> FieldName | None:
        return self.words.get(undecorated(label)) or field_name(label)

    def read(self, blocks: Iterable[Block]) -> None:
        """Take in `blocks` that follow each other in the document."""
        for block in blocks:
            self._block(block)

    def item(
        self, kind: ItemKind, position: int, parent: str | None, title: Passage, span: Span
    ) -> Item:
        """The item read so far, under `title`."""
        self._close()
        bare = not (self.known - {"summary"} or self.sources or self.entities)
        said: list[Passage | Field] = [*self.summary, *self.extra]
        if kind == "full" and bare and said and all(says_only_where(text.text) for text in said):
            kind = "stub"
        else:
            # Text under no label, before all others, is what the item says.
            while (
                self.extra
                and self.extra[0].label is None
                and (not self.summary or kind == "bullet")
            ):
                lead = self.extra.pop(0)
                self.summary.append(Passage(lead.text, lead.span))
            if not self.sources and self.summary:
                self._take_closing_sources()
        return Item(
            kind, position, parent, title, span, tuple(self.summary), Details(*(tuple(self.nodes[name]) for name in _LISTED)),
            self.importance, tuple(self.entities), tuple(self.sources), tuple(self.extra), tuple(self.labels),
        )  # fmt: skip

    def _take_closing_sources(self) -> None:
        """Where no field names sources, those the summary closes with are the item's."""
        last = self.summary[-1]
        row = self.document.line(last.span.last_line)
        text = last.text.rpartition("\n")[2]
        at = row.text.rfind(text)
        closing = read_closing(row.cut(at, at + len(text)), self.definitions) if at >= 0 else None
        if not closing:
            return
        self.sources.extend(closing.links)
        if closing.label:
            self.labels.append(Passage(closing.label.text, closing.label.span))
        if closing.text.text != text.strip():
            kept = (last.text[: len(last.text) - len(text)] + closing.text.text).rstrip()
            self.summary[-1:] = [Passage(kept, last.span)] if kept else []

    def _block(self, block: Block) -> None:
        if block.kind == "paragraph":
            self._paragraph(block)
        elif block.kind == "heading":
            self._open(
                Label(
                    block.lines[0].text,
                    block.lines[0].span,
                    block.lines[0].cut(len(block.lines[0].text)),
                    True,
                    False,
                )
            )
        elif block.kind in {"rule", "definition"}:
            self._close()
            self.labels.extend(
                Passage("" if block.kind == "rule" else line.text, line.span)
                for line in block.lines
            )
        elif block.kind == "blank":
            self.labels.extend(Passage("", line.span) for line in block.lines)
        elif block.kind == "list" and any(self._bullet_label(item) for item in block.children):
            self._labelled_list(block)
        elif block.kind == "table" and len(rows := _field_rows(block)) > 1:
            self.labels.extend(Passage("", row.span) for row in block.lines)
            for label in rows:
                self._open(label)
            self._close()
        elif block.kind == "quote" and block.children and self._starts_field(block.children[0]):
            self.read(block.children)
        else:
            self._put(block)

    def _paragraph(self, block: Block) -> None:
        fresh = True
        if (
            self.current.name in _LISTED
            and self.current.pieces
            and all(only_links(line, self.definitions) for line in block.lines)
        ):
            # Links alone below a list are the item's sources, label or not.
            self._close()
            self.sources.extend(
                link for line in block.lines for link in read_sources(line, self.definitions)
            )
            return
        for line in (piece for row in block.lines for piece in split_labels(row)):
            label = self._label(line, begins=fresh)
            if label:
                self._open(label)
                fresh = False
            elif line.text:
                aside = (
                    self.current.name in _ONE_LINE
                    and unwrapped(line).text != line.text
                    and not any(link.target for link in read_sources(line))
                )
                if self.current.label and not self.current.pieces and line.text[0] in ":：":
                    line = line.cut(1)
                self._put(line, new_block=fresh or aside)
                fresh = False

    def _label(self, line: Line, *, begins: bool) -> Label | None:
        """The label `line` begins a field with: one of the vocabulary, or an unknown one plainly meant as such."""
        label = read_label(line)
        if not label:
            return None
        if name := self._field_name(label.text):
            stands_out = label.marked or label.colon or label.alone
            weak = (
                label.weak
                and self.current.name in _LISTED
                and name != "sources"
                and not self._alike(label)
            )
            return label if stands_out and not weak else None
        plainly = (
            label.marked
            and (label.colon or label.alone)
            and len(label.text) <= _LONGEST_UNKNOWN_LABEL
            and not _SENTENCE.search(label.text)
        )
        if not plainly or line.text[:1] in "[「『【" or is_pointer(label.text):
            return None
        # Bold words lead paragraphs of a list field, too, and lines in the midst of a text.
        opening = self.current.pieces[:1]
        leads = [isinstance(piece, Line) and piece.text.startswith("*") for piece in opening]
        content = (
            self.current.name in _LISTED and all(leads)
            if begins
            else self.current.name not in _ONE_LINE
        )
        return None if content else label

    def _alike(self, label: Label) -> bool:
        """Whether `label` is written as the label of the open field is: plain, with a colon."""
        opened = self.current.label
        return bool(opened and not opened.marked and opened.colon and label.colon)

    def _bullet_label(self, item: Block) -> Label | None:
        first = item.children[0] if item.children and item.children[0].kind == "paragraph" else None
        label = read_label(first.lines[0]) if first and first.lines else None
        if (
            not label
            or not self._field_name(label.text)
            or not (label.marked or label.colon or label.alone)
        ):
            return None
        return None if label.weak or (self.current.name in _LISTED and not label.marked) else label

    def _starts_field(self, block: Block) -> bool:
        label = read_label(block.lines[0]) if block.kind == "paragraph" and block.lines else None
        return bool(
            label and self._field_name(label.text) and (label.marked or label.colon or label.alone)
        )

    def _labelled_list(self, block: Block) -> None:
        for item in block.children:
            label = self._bullet_label(item)
            if label is None:
                self._put(Block("list", item.lines, children=(item,)))
                continue
            self._open(label)
            paragraph, *others = item.children
            for line in paragraph.lines[1:]:
                self._put(line)
            for child in others:
                # Content of this bullet whatever it begins with, unless it is labelled again.
                self._block(child)
        self._close()

    def _open(self, label: Label) -> None:
        self._close()
        self.current = _Open(self._field_name(label.text), label)
        self.labels.append(Passage(label.text, label.span))
        if label.rest.text:
            self.current.pieces.append(label.rest)

    def _put(self, piece: Piece, *, new_block: bool = True) -> None:
        """Add content to the open field; one that fits a line is closed by the next block, unless that is its list."""
        apart = self.current.name in _ONE_LINE or (
            self.bullet and self.current.name is None and self.current.label is None
        )
        if apart and self.current.pieces and new_block:
            self._close()
        self.current.pieces.append(piece)

    def _close(self) -> None:
        name, label, pieces = self.current.name, self.current.label, self.current.pieces
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
            self.entities.extend(cell for line in _lines(pieces) for cell in read_cells(line))
        elif name == "sources":
            self._read_sources(pieces)
        elif name == "importance" and self.importance is None:
            text, span = self._text(pieces)
            self.importance = read_importance(text, span)
        else:
            text, span = self._text(pieces)
            self.extra.append(Field(label.text if label else None, text, span))

    def _read_sources(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if (
                isinstance(piece, Block)
                and piece.kind == "item"
                and len(piece.children) > 1
                and (own := piece.children[0]).kind == "paragraph"
            ):
                # `- 官方：` above links of its own names a group of sources, not one.
                named = [
                    line
                    for line in own.lines
                    if not any(link.target for link in read_sources(line, self.definitions))
                ]
                self.labels.extend(Passage(line.text, line.span) for line in named)
                self._read_sources(
                    [*(line for line in own.lines if line not in named), *piece.children[1:]]
                )
            elif isinstance(piece, Block) and piece.children:
                self._read_sources(piece.children)
            else:
                for line in _lines([piece]):
                    self.sources.extend(read_sources(line, self.definitions))

    def _text(self, pieces: Sequence[Piece]) -> tuple[str, Span]:
        """The document from the first piece to the last, verbatim; emphasis over the whole of one line is markup."""
        if len(pieces) == 1 and isinstance(pieces[0], Line):
            return unwrapped(pieces[0]).text, pieces[0].span
        first, last = pieces[0], pieces[-1]
        return self.document.slice(
            first if isinstance(first, Line) else first.lines[0].cut(0),
            last if isinstance(last, Line) else last.lines[-1],
        )

    def _nodes(self, pieces: Sequence[Piece]) -> Iterator[Node]:
        run: list[Line] = []
        for piece in [*pieces, None]:
            if isinstance(piece, Line):
                run.append(piece)
                continue
            if run:
                yield Node(*self._text(run))
                run = []
            if piece is not None:
                yield from block_nodes(self.document, piece)


def _field_rows(block: Block) -> list[Label]:
    """The rows of a table whose every first cell is a field's label and the rest its content; none of any other table."""
    found: list[Label] = []
    for row in (line.cut(0) for line in block.lines):
        inner = row.cut(len(row.text) - len(row.text.lstrip("| ")), len(row.text.rstrip("| ")))
        name, bar, _ = inner.text.partition("|")
        if bar and field_name(name):
            label = inner.cut(0, len(name))
            found.append(Label(label.text, row.span, inner.cut(len(name) + 1), True, True))
        elif set(row.text) - set("|:- "):
            return []
    return found


def _lines(pieces: Iterable[Piece]) -> Iterator[Line]:
    """The text lines of `pieces`, one for each line or bullet."""
    for piece in pieces:
        if isinstance(piece, Line):
            yield piece
        elif piece.children:
            yield from _lines(piece.children)
        else:
            yield from (line.cut(0) for line in piece.lines)


def block_nodes(document: Document, block: Block) -> Iterator[Node]:
    """A list as its bullets, nested ones kept nested; any other block as one node, verbatim."""
    if block.kind == "list":
        for item in block.children:
            yield _item_node(document, item)
    elif block.lines:
        text, span = document.slice(block.lines[0].cut(0), block.lines[-1])
        yield Node(text, span)


def _item_node(document: Document, item: Block) -> Node:
    own = [child for child in item.children if child.kind == "paragraph"]
    nested = tuple(
        node
        for child in item.children
        if child not in own[:1]
        for node in block_nodes(document, child)
    )
    if own and own[0] is item.children[0]:
        text, span = document.slice(own[0].lines[0], own[0].lines[-1])
        return Node(text, span, nested)
    nested = tuple(node for child in item.children for node in block_nodes(document, child))
    marker = item.marker or item.lines[0]
    return Node("", marker.span, nested)


def count_known_fields(item: Item) -> int:
    """Return how many fields of the vocabulary an item labels."""
    names = {field_name(label.text) for label in item.labels if label.text}
    return len(names - {None})
