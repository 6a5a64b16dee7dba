"""The visible text of whole blocks, with the lines it stands on."""

import re

from app.parse.draft import Passage
from app.parse.inline import unwrapped
from app.parse.markdown import Block, MarkdownDocument

_QUOTE_MARK = re.compile(r"\n[ \t]*>[ \t]?")


def bullet_text(document: MarkdownDocument, bullet: Block) -> Passage:
    """Return the whole text of a bullet, without its marker."""
    first = bullet.lines[0]
    if bullet.children and bullet.children[0].lines:
        first = bullet.children[0].lines[0]
    if bullet.first == bullet.last:
        return Passage(
            unwrapped(first).text,
            bullet.lines[0].span,
        )
    text, span = document.slice(first, bullet.lines[-1])
    return Passage(text, span)


def block_text(document: MarkdownDocument, block: Block) -> Passage:
    """Return the whole text of a block.

    Emphasis over a whole line and the marks of a quote are left out.
    """
    lines = block.lines
    if block.kind == "quote" and block.children:
        lines = block.children[0].lines[:1] + block.lines[-1:]
    if len(block.lines) == 1:
        return Passage(
            unwrapped(lines[0]).text,
            block.lines[0].span,
        )
    text, span = document.slice(lines[0], lines[-1])
    if block.kind == "quote":
        text = _QUOTE_MARK.sub("\n", text)
    return Passage(text, span)
