"""A document as lines and blocks. The only file that knows the Markdown library.

Block structure comes from markdown-it; text never does: every block points at the lines it stands on, and text is cut
from the document itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.front_matter import front_matter_plugin

from app.parse.draft import Span
from app.parse.inline import begins_label
from app.parse.lines import Line, cut_lines, unbroken

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
    "front_matter",
    "blank",
]

# Deeper than any reader nests; what lies below is kept line by line.
_MAX_NESTING = 40
_BULLET = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s")
_DEFINITION = re.compile(r"\[[^\]\n]+\]:\s*\S+")
_UNDERLINE = re.compile(r"(?:=+|-{4,})")
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
    "front_matter": "front_matter",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A block with its visible lines (markers of lists, headings and quotes cut off) and the blocks inside it.

    Of kind `blank` are lines that hold nothing but the marks of a quote.
    """

    kind: BlockKind
    lines: tuple[Line, ...]
    level: int = 0
    children: tuple["Block", ...] = ()
    marker: Line | None = None
    """Of a list item: the line its marker stands on, from the marker on."""

    @property
    def first(self) -> int:
        return self.lines[0].number if self.lines else self.marker.number if self.marker else 0

    @property
    def last(self) -> int:
        return max(
            [
                self.first,
                *(line.number for line in self.lines[-1:]),
                *(child.last for child in self.children[-1:]),
            ]
        )


class Document:
    """The decoded text of a document, and its lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = cut_lines(text)

    def line(self, number: int) -> Line:
        """The whole line `number`, counted from 1."""
        return self.lines[number - 1]

    def span(self, first: int, last: int) -> Span:
        """The span of the whole lines `first` to `last`."""
        return Span(first, last, self.line(first).start, self.line(last).end)

    def slice(self, first: Line, last: Line) -> tuple[str, Span]:
        """Verbatim text from the start of one stretch to the end of another, trailing blanks left out, line ends as LF."""
        text = self.text[first.start : last.end].rstrip()
        return unbroken(text), Span(first.number, last.number, first.start, first.start + len(text))

    def blocks(self, *, front_matter: bool = True, after: int = 0) -> list[Block]:
        """Top-level blocks in order, from below line `after` on. Every non-blank line stands in exactly one of them."""
        offset = next(
            (i for i, line in enumerate(self.lines) if i >= after and line.text.strip()), after
        )
        text = "\n".join(line.text for line in self.lines[offset:])
        root = SyntaxTreeNode(_parser(front_matter).parse(text))
        blocks = [_block(self, node, offset) for node in root.children if node.map]
        found = sorted(
            [*blocks, *_missed(self, blocks, offset + 1, len(self.lines))],
            key=lambda block: block.first,
        )
        return list(_setext(found))


def _parser(front_matter: bool) -> MarkdownIt:
    # Indented code is switched off: a deeply indented bullet is a bullet. Setext headings too: `來源…` above `---` is no title.
    parser = MarkdownIt("js-default", {"linkify": False, "maxNesting": _MAX_NESTING}).disable(
        ["code", "lheading", "reference"]
    )
    # Only blocks are asked for; what stands in a line is read in `inline.py`.
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.block.ruler.before("paragraph", "label", _label, {"alt": ["paragraph", "blockquote"]})
    parser.block.ruler.at("paragraph", _paragraph)
    parser.block.ruler.at("table", _table, {"alt": ["paragraph"]})
    return parser.use(front_matter_plugin) if front_matter else parser


def _label(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A labelled line directly below a bullet or quote, no longer indented or marked as part of it, belongs to neither."""
    outside = state.parentType == "blockquote" or state.sCount[first] < state.blkIndent
    return silent and outside and begins_label(_row(state, first))


def _table(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A row of cells above a row of dashes, and the rows below: the library's rule cuts cells, which nobody asks for."""
    if (
        first + 1 >= last
        or state.sCount[first + 1] < state.blkIndent
        or "|" not in _row(state, first)
    ):
        return False
    dashes = set(_row(state, first + 1))
    if not {"-", "|"} <= dashes <= set("|:- \t"):
        return False
    if silent:
        return True
    end = first + 2
    while end < last and state.sCount[end] >= state.blkIndent and "|" in _row(state, end):
        end += 1
    state.push("table_open", "table", 1).map = [first, end]
    state.push("table_close", "table", -1)
    state.line = end
    return True


def _row(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _paragraph(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """The library's rule, but for one thing: a bullet ends a paragraph however far it is indented."""
    terminators = state.md.block.ruler.getRules("paragraph")
    parent, state.parentType = state.parentType, "paragraph"
    end = first + 1
    while end < state.lineMax and not state.isEmpty(end):
        deep = state.sCount[end] - state.blkIndent > 3
        if deep and _BULLET.match(state.src, state.bMarks[end] + state.tShift[end]):
            break
        # Lines below zero are those a quote has already taken in.
        if (
            not deep
            and state.sCount[end] >= 0
            and any(rule(state, end, state.lineMax, True) for rule in terminators)
        ):
            break
        end += 1
    state.push("paragraph_open", "p", 1).map = [first, end]
    inline = state.push("inline", "", 0)
    inline.map, inline.content = (
        [first, end],
        state.getLines(first, end, state.blkIndent, False).strip(),
    )
    state.push("paragraph_close", "p", -1)
    state.line, state.parentType = end, parent
    return True


def _block(document: Document, node: SyntaxTreeNode, offset: int) -> Block:
    assert node.map
    kind = _KINDS.get(node.type, "paragraph")
    first, last = node.map[0] + offset, min(node.map[1] + offset, len(document.lines))
    rows = document.lines[first:last]
    while rows and not rows[-1].text.strip() and kind not in ("code", "front_matter"):
        rows = rows[:-1]
    if kind in ("list", "item", "quote"):
        children = [_block(document, child, offset) for child in node.children if child.map]
        marker = rows[0].cut(_indent(rows[0].text)) if kind == "item" and rows else None
        end = first + len(rows)
        if kind == "item" and marker:
            # An item whose own line holds nothing but the marker still keeps that line.
            children += _missed(document, children, first + 2, end)
        elif kind == "quote":
            children += [
                replace(b, kind="blank") if not b.lines[0].text.strip("> ") else b
                for b in _missed(document, children, first + 1, end)
            ]
        return Block(
            kind,
            tuple(rows),
            children=tuple(sorted(children, key=lambda block: block.first)),
            marker=marker,
        )
    if kind == "heading":
        text = node.children[0].content if node.children else ""
        return Block(kind, (_locate(rows[0], text),), level=int(node.tag[1]))
    if kind == "paragraph":
        content = (node.children[0].content if node.children else "").split("\n")
        lines = tuple(
            _locate(row, text) for row, text in zip(rows, content, strict=False)
        ) or tuple(rows)
        return Block(
            "definition" if all(_DEFINITION.match(line.text) for line in lines) else kind, lines
        )
    return Block(kind, tuple(rows))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _locate(row: Line, text: str) -> Line:
    """Where `text`, as the library returned it, stands in its line; the whole line where it cannot be found."""
    wanted = text.strip()
    at = row.text.replace("\0", "\ufffd").rfind(wanted)
    return (
        row.cut(at, at + len(wanted))
        if at >= 0 and wanted
        else row.cut(0)
        if wanted
        else row.cut(len(row.text))
    )


def _missed(document: Document, blocks: list[Block], first: int, last: int) -> list[Block]:
    """Lines that no block holds (the library drops what is nested too deep) as paragraphs of their own."""
    held = {n for block in blocks for n in range(block.first, block.last + 1)}
    rows = [
        document.line(n)
        for n in range(first, last + 1)
        if n not in held and document.line(n).text.strip()
    ]
    return [Block("paragraph", (row.cut(0),)) for row in rows]


def _setext(blocks: list[Block]) -> Iterator[Block]:
    """A lone line directly above `====` or a longer `----` is a heading after all."""
    at = 0
    while at < len(blocks):
        block = blocks[at]
        below = blocks[at + 1] if at + 1 < len(blocks) else None
        if (
            block.kind == "paragraph"
            and len(block.lines) == 2
            and set(block.lines[1].text) == {"="}
        ):
            yield replace(block, kind="heading", level=1)
        elif (
            block.kind == "paragraph"
            and len(block.lines) == 1
            and below
            and below.kind == "rule"
            and below.first == block.last + 1
            and _UNDERLINE.fullmatch(below.lines[0].text.strip())
        ):
            yield Block("heading", (*block.lines, *below.lines), level=2)
            at += 1
        else:
            yield block
        at += 1
