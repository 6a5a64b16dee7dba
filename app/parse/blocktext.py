"""The visible text of whole blocks, with its lines."""

from app.parse.draft import Passage
from app.parse.inline import unwrapped
from app.parse.markdown import Block, MarkdownDocument


def bullet_text(document: MarkdownDocument, bullet: Block) -> Passage:
    """Return the whole text of a bullet, without its marker and the marks of quotes."""
    first = bullet.lines[0]
    head = bullet
    while head.children and head.children[0].lines and head.kind in ("item", "quote"):
        head = head.children[0]
        first = head.lines[0]
    if bullet.first == bullet.last:
        first = document.without_quote_marks(first)
        return Passage(
            unwrapped(first).text,
            bullet.lines[0].span,
        )
    text, span = document.slice(first, bullet.lines[-1])
    return Passage(text, span)


def block_text(document: MarkdownDocument, block: Block) -> Passage:
    """Return the whole text of a block.

    Emphasis over a whole line and the marks of quotes are left out.
    """
    lines = block.lines
    if block.kind == "quote" and block.children:
        lines = block.children[0].lines[:1] + block.lines[-1:]
    if len(block.lines) == 1:
        line = document.without_quote_marks(lines[0])
        return Passage(
            unwrapped(line).text,
            block.lines[0].span,
        )
    text, span = document.slice(lines[0], lines[-1])
    return Passage(text, span)
