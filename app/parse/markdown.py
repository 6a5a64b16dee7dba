"""A document as lines and blocks. The only file that knows the Markdown library.

Block structure comes from markdown-it; text never does: every block points at its lines, and text
is cut from the document itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.tree import SyntaxTreeNode

from app.parse.comments import mask_comments
from app.parse.draft import TextSpan
from app.parse.inline import begins_label
from app.parse.lines import (
    Line,
    cut_lines,
    unbroken,
)

BlockKind = Literal[
    "heading",
    "paragraph",
    "list",
    "item",
    "quote",
    "code",
    "table",
    "rule",
    "definition",
    "blank",
]

# Deeper than any reader nests; what is deeper is kept line by line.
_MAX_NESTING = 40
_BULLET = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s")
# A mark of a quote at the head of a line, behind the markers of lists around it.
_QUOTE_MARK = re.compile(r"((?:[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+){0,40}[ \t]*)>[ \t]?")
_DEFINITION = re.compile(r"\[[^\]\n]+\]:\s*\S+")
_UNDERLINE = re.compile(r"(?:=+|-{4,})")
_MIN_HEADING_LINES = 2
_KINDS: dict[str, BlockKind] = {
    "heading": "heading",
    "paragraph": "paragraph",
    "bullet_list": "list",
    "ordered_list": "list",
    "list_item": "item",
    "blockquote": "quote",
    "fence": "code",
    "code_block": "code",
    "table": "table",
    "hr": "rule",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A block with its visible lines and the blocks inside.

    Markers of lists, headings and quotes are cut off the lines. Blocks of kind `blank` have lines
    with nothing but the marks of a quote.
    """

    kind: BlockKind
    lines: tuple[Line, ...]
    level: int = 0
    children: tuple["Block", ...] = ()
    marker: Line | None = None
    """A list item's line from its marker on; an importance that a dialect found beside a title."""

    @property
    def first(self) -> int:
        """The number of the first line; 0 without any."""
        if self.lines:
            return self.lines[0].number
        return self.marker.number if self.marker else 0

    @property
    def last(self) -> int:
        """The number of the last line."""
        last = self.first
        if self.lines:
            last = max(last, self.lines[-1].number)
        if self.children:
            last = max(last, self.children[-1].last)
        return last


class MarkdownDocument:
    """The decoded text of a document without its comments, and its lines."""

    def __init__(self, text: str) -> None:
        self.text = mask_comments(text)
        self.lines = cut_lines(self.text)
        self.comment_lines: frozenset[int] = frozenset()
        """Numbers of the lines that hold only comments."""
        self.quote_depths: dict[int, int] = {}
        """The number of quotes around each line that is in any, by line; `blocks` counts them."""
        if self.text != text:
            self.comment_lines = _emptied_lines(cut_lines(text), self.lines)

    def line(self, number: int) -> Line:
        """Return the whole line `number`, counted from 1."""
        return self.lines[number - 1]

    def span(self, first: int, last: int) -> TextSpan:
        """Return the span of the whole lines `first` to `last`."""
        return TextSpan(
            first,
            last,
            self.line(first).start,
            self.line(last).end,
        )

    def slice(self, first: Line, last: Line) -> tuple[str, TextSpan]:
        """Return the text from the start of one stretch to the end of another, and its span.

        The text is verbatim but for the marks of quotes; trailing spaces are left out, line ends
        are LF. The span has the marks.
        """
        text = self.text[first.start : last.end].rstrip()
        span = TextSpan(
            first.number,
            last.number,
            first.start,
            first.start + len(text),
        )
        text = unbroken(text)
        return (self._unquoted(text, first) if self.quote_depths else text), span

    def without_quote_marks(self, line: Line) -> Line:
        """Return a stretch of a line without the marks of quotes at its start."""
        text = self._unquoted(line.text, line)
        return line.cut(len(line.text) - len(text)) if line.text.endswith(text) else line

    def _unquoted(self, text: str, first: Line) -> str:
        """Return text that begins with the stretch `first`, without the marks of its quotes.

        Code may have such marks of its own: as many are taken as there are quotes around a line.
        """
        rows = text.split("\n")
        line_start = self.line(first.number).start
        has_marks = not self.text[line_start : first.start].strip()
        for index, row in enumerate(rows):
            if index == 0 and not has_marks:
                continue
            for _ in range(self.quote_depths.get(first.number + index, 0)):
                row = _QUOTE_MARK.sub(r"\1", row, count=1) if _QUOTE_MARK.match(row) else row
            rows[index] = row
        return "\n".join(rows).rstrip()

    def blocks(self, *, after: int = 0) -> list[Block]:
        """Return the top-level blocks in order, from below line `after` on.

        Every line that is not blank is in exactly one of them.
        """
        offset = after
        while offset < len(self.lines) and not self.lines[offset].text.strip():
            offset += 1
        text = "\n".join(line.text for line in self.lines[offset:])
        root = SyntaxTreeNode(_parser().parse(text))
        self.quote_depths.clear()
        blocks = [_block(self, node, offset) for node in root.children if node.map]
        blocks.extend(
            _missed(
                self,
                blocks,
                offset + 1,
                len(self.lines),
            )
        )
        blocks.sort(key=lambda block: block.first)
        return list(_setext(blocks))


def _emptied_lines(before: Sequence[Line], after: Sequence[Line]) -> frozenset[int]:
    numbers: set[int] = set()
    for old, new in zip(before, after, strict=True):
        if old.text.strip() and not new.text.strip():
            numbers.add(new.number)
    return frozenset(numbers)


def _parser() -> MarkdownIt:
    # Indented code is switched off: a deeply indented bullet is a bullet. So are setext headings:
    # `來源…` above `---` is no title.
    parser = MarkdownIt(
        "js-default",
        {
            "linkify": False,
            "maxNesting": _MAX_NESTING,
        },
    )
    parser.disable(["code", "lheading", "reference"])
    # Only blocks are asked for; `inline.py` reads the lines.
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.block.ruler.before(
        "paragraph",
        "label",
        _label,
        {"alt": ["paragraph", "blockquote"]},
    )
    parser.block.ruler.at("paragraph", _paragraph)
    parser.block.ruler.at("table", _table, {"alt": ["paragraph"]})
    return parser


def _label(
    state: StateBlock,
    first: int,
    last: int,
    silent: bool,
) -> bool:
    """End a bullet or quote before a labelled line that is not indented or marked any more."""
    outside = state.parentType == "blockquote" or state.sCount[first] < state.blkIndent
    return silent and outside and begins_label(_row(state, first))


def _table(
    state: StateBlock,
    first: int,
    last: int,
    silent: bool,
) -> bool:
    """Take a row of cells above a row of dashes, and the rows below.

    The library's rule cuts cells, which nobody asks for.
    """
    if first + 1 >= last or state.sCount[first + 1] < state.blkIndent:
        return False
    if "|" not in _row(state, first):
        return False
    dashes = set(_row(state, first + 1))
    if not {"-", "|"} <= dashes <= set("|:- \t"):
        return False
    if silent:
        return True
    end = first + 2
    while end < last and state.sCount[end] >= state.blkIndent and "|" in _row(state, end):
        end += 1
    state.push("table_open", "table", 1).map = [
        first,
        end,
    ]
    state.push("table_close", "table", -1)
    state.line = end
    return True


def _row(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _paragraph(
    state: StateBlock,
    first: int,
    last: int,
    silent: bool,
) -> bool:
    """Apply the library's rule, but let a bullet end a paragraph however far it is indented."""
    terminators = state.md.block.ruler.getRules("paragraph")
    parent = state.parentType
    state.parentType = "paragraph"
    end = first + 1
    while end < state.lineMax and not state.isEmpty(end):
        deep = state.sCount[end] - state.blkIndent > 3
        if deep and _BULLET.match(
            state.src,
            state.bMarks[end] + state.tShift[end],
        ):
            break
        # A quote has taken in the lines below zero already.
        shallow = not deep and state.sCount[end] >= 0
        if shallow and any(rule(state, end, state.lineMax, True) for rule in terminators):
            break
        end += 1
    state.push("paragraph_open", "p", 1).map = [
        first,
        end,
    ]
    inline = state.push("inline", "", 0)
    inline.map = [first, end]
    inline.content = state.getLines(first, end, state.blkIndent, False).strip()
    state.push("paragraph_close", "p", -1)
    state.line = end
    state.parentType = parent
    return True


def _block(
    document: MarkdownDocument,
    node: SyntaxTreeNode,
    offset: int,
) -> Block:
    assert node.map
    kind = _KINDS.get(node.type, "paragraph")
    first, last = (
        node.map[0] + offset,
        min(
            node.map[1] + offset,
            len(document.lines),
        ),
    )
    rows = document.lines[first:last]
    while rows and kind != "code" and not rows[-1].text.strip():
        rows = rows[:-1]
    if kind in ("list", "item", "quote"):
        return _nested_block(document, node, offset, kind, rows)
    if kind == "heading":
        text = node.children[0].content if node.children else ""
        return Block(
            kind,
            (_locate(rows[0], text),),
            level=int(node.tag[1]),
        )
    if kind == "paragraph":
        return _paragraph_block(node, rows)
    return Block(kind, tuple(rows))


def _nested_block(
    document: MarkdownDocument,
    node: SyntaxTreeNode,
    offset: int,
    kind: BlockKind,
    rows: list[Line],
) -> Block:
    assert node.map
    children = [_block(document, child, offset) for child in node.children if child.map]
    first = node.map[0] + offset
    end = first + len(rows)
    marker: Line | None = None
    if kind == "item" and rows:
        marker = rows[0].cut(_indent(rows[0].text))
        # An item whose own line has nothing but the marker still keeps that line.
        children.extend(_missed(document, children, first + 2, end))
    elif kind == "quote":
        depths = document.quote_depths
        for number in range(first + 1, end + 1):
            depths[number] = depths.get(number, 0) + 1
        for block in _missed(document, children, first + 1, end):
            bare = not block.lines[0].text.strip("> ")
            children.append(replace(block, kind="blank") if bare else block)
    children.sort(key=lambda block: block.first)
    return Block(
        kind,
        tuple(rows),
        children=tuple(children),
        marker=marker,
    )


def _paragraph_block(node: SyntaxTreeNode, rows: list[Line]) -> Block:
    content = (node.children[0].content if node.children else "").split("\n")
    lines = tuple(_locate(row, text) for row, text in zip(rows, content, strict=False))
    lines = lines or tuple(rows)
    defines = all(_DEFINITION.match(line.text) for line in lines)
    return Block(
        "definition" if defines else "paragraph",
        lines,
    )


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _locate(row: Line, text: str) -> Line:
    """Return the stretch of a line that the library returned as `text`, or the whole line."""
    content = text.strip()
    if not content:
        return row.cut(len(row.text))
    start = row.text.replace("\0", "\ufffd").rfind(content)
    if start < 0:
        return row.cut(0)
    return row.cut(start, start + len(content))


def _missed(
    document: MarkdownDocument,
    blocks: list[Block],
    first: int,
    last: int,
) -> list[Block]:
    """Return the lines of no block as paragraphs: the library drops what is nested too deep."""
    numbers: set[int] = set()
    for block in blocks:
        numbers.update(range(block.first, block.last + 1))
    missed: list[Block] = []
    for number in range(first, last + 1):
        if number not in numbers and document.line(number).text.strip():
            missed.append(
                Block(
                    "paragraph",
                    (document.line(number).cut(0),),
                )
            )
    return missed


def _setext(blocks: list[Block]) -> Iterator[Block]:
    """Yield `blocks`; a lone line directly above `====` or a longer `----` is a heading."""
    index = 0
    while index < len(blocks):
        block = blocks[index]
        below = blocks[index + 1] if index + 1 < len(blocks) else None
        if _is_double_ruled(block):
            yield replace(block, kind="heading", level=1)
        elif below and _is_underlined(block, below):
            yield Block(
                "heading",
                (*block.lines, *below.lines),
                level=2,
            )
            index += 1
        else:
            yield block
        index += 1


def _is_double_ruled(block: Block) -> bool:
    if block.kind != "paragraph" or len(block.lines) != _MIN_HEADING_LINES:
        return False
    return set(block.lines[1].text) == {"="}


def _is_underlined(block: Block, below: Block) -> bool:
    if block.kind != "paragraph" or len(block.lines) != 1 or below.kind != "rule":
        return False
    if below.first != block.last + 1:
        return False
    return _UNDERLINE.fullmatch(below.lines[0].text.strip()) is not None
