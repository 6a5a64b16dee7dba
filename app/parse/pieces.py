"""Pieces of a field's content: lines of paragraphs and whole blocks."""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.parse.lines import Line
from app.parse.markdown import Block

Piece = Line | Block
"""A line of a paragraph, or a whole block."""
_SENTENCE = re.compile(r"[。！？!?…]$|[a-z)\d]\.$")
_NAME_SEPARATORS = "、，,；;|｜/／·"
_MAX_NAMES_CHARS = 60


def piece_lines(pieces: Iterable[Piece]) -> Iterator[Line]:
    """Yield the text lines of `pieces`, one for each line or bullet."""
    for piece in pieces:
        if isinstance(piece, Line):
            yield piece
        elif piece.children:
            yield from piece_lines(piece.children)
        else:
            for line in piece.lines:
                yield line.cut(0)


def names_a_group(block: Block) -> bool:
    """Return whether a bullet is text above content of its own."""
    if block.kind != "item" or len(block.children) < 2:
        return False
    return block.children[0].kind == "paragraph"


def ends_names(line: Line, above: Sequence[Piece]) -> bool:
    """Return whether a line below names is a sentence, not more names.

    After a separator at the end of the line above more names follow.
    """
    last = above[-1] if above else None
    if not isinstance(last, Line) or last.text[-1:] in _NAME_SEPARATORS:
        return False
    if _SENTENCE.search(line.text):
        return True
    separated = any(mark in line.text for mark in _NAME_SEPARATORS)
    return len(line.text) > _MAX_NAMES_CHARS and not separated
