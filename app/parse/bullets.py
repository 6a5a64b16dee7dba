"""Bullets of labelled layouts that are items: their titles and their own sources."""

import re
from collections.abc import Iterable, Iterator

from app.parse.inline import (
    Lead,
    read_label,
    read_lead,
)
from app.parse.lines import Line
from app.parse.markdown import Block
from app.parse.vocabulary import (
    field_name,
    is_pointer,
)

_TAIL_LINK = re.compile(
    r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)[）)\s。.]*$"
    r"|(?:來源|来源|source)s?[：:]|https?://\S+$",
    re.IGNORECASE,
)
_TAIL_CHARS = 2_000


def bullet_lead(bullet: Block) -> Lead | None:
    """Return the bold or linked title a bullet begins with."""
    first = bullet.children[0] if bullet.children else None
    if first is None or first.kind != "paragraph" or not first.lines:
        return None
    return read_lead(first.lines[0])


def names_source(bullet: Block) -> bool:
    """Return whether a bullet has a line labelled as its source, or closes with a link."""
    below: list[Line] = []
    for block in unbulleted(bullet.children):
        below.extend(block.lines)
    for line in below[1:]:
        label = read_label(line)
        if label and (label.marked or label.colon) and field_name(label.text) == "sources":
            return True
    lead = bullet_lead(bullet)
    if lead is None:
        return False
    return lead.linked or any(
        map(
            _closes_with_link,
            bullet.children[0].lines,
        )
    )


def _closes_with_link(line: Line) -> bool:
    return _TAIL_LINK.search(line.text[-_TAIL_CHARS:]) is not None


def is_news(bullet: Block) -> bool:
    """Return whether a bullet has a title and text under it, here and not elsewhere."""
    lead = bullet_lead(bullet)
    if lead is None:
        return False
    longer = len(bullet.children) > 1 or len(bullet.children[0].lines) > 1
    if not (lead.linked or lead.rest.text or longer):
        return False
    text = " ".join(line.text.strip() for line in bullet.lines)
    return names_source(bullet) or not is_pointer(text)


def titled(blocks: Iterable[Block]) -> list[Block]:
    """Return the bullets among `blocks` that begin with a title."""
    bullets: list[Block] = []
    for block in blocks:
        if block.kind == "list":
            bullets.extend(bullet for bullet in block.children if bullet_lead(bullet))
    return bullets


def unbulleted(
    blocks: Iterable[Block],
) -> Iterator[Block]:
    """Yield the blocks below a bullet, bullets of lists as paragraphs.

    There a list is only indentation.
    """
    for block in blocks:
        if block.kind == "list":
            for bullet in block.children:
                yield from bullet.children
        else:
            yield block
