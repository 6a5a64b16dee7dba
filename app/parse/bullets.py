"""Bullets that are items: their titles, their own sources, what stands below them."""

import re
from collections.abc import Iterable, Iterator

from app.parse.inline import Lead, read_label, read_lead
from app.parse.markdown import Block
from app.parse.vocabulary import field_name, is_pointer

_TAIL_LINK = re.compile(
    r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)[）)\s。.]*$|(?:來源|来源|source)s?[：:]|https?://\S+$",
    re.IGNORECASE,
)


def bullet_lead(item: Block) -> Lead | None:
    """The bold or linked title a bullet begins with."""
    first = item.children[0] if item.children else None
    return (
        read_lead(first.lines[0]) if first and first.kind == "paragraph" and first.lines else None
    )


def names_source(item: Block) -> bool:
    """Whether a bullet has a line labelled as its source, or closes with a link."""
    below = [line for block in unbulleted(item.children) for line in block.lines]
    for line in below[1:]:
        label = read_label(line)
        if label and (label.marked or label.colon) and field_name(label.text) == "sources":
            return True
    lead = bullet_lead(item)
    return bool(
        lead
        and (
            lead.linked
            or any(_TAIL_LINK.search(line.text[-2_000:]) for line in item.children[0].lines)
        )
    )


def is_news(item: Block) -> bool:
    """Whether a bullet has a title and says something under it, here and not elsewhere."""
    lead = bullet_lead(item)
    if lead is None:
        return False
    bare = not (
        lead.linked or lead.rest.text or len(item.children) > 1 or len(item.children[0].lines) > 1
    )
    return not bare and (
        names_source(item) or not is_pointer(" ".join(line.text.strip() for line in item.lines))
    )


def titled(blocks: Iterable[Block]) -> list[Block]:
    """The bullets among `blocks` that begin with a title."""
    return [
        item
        for block in blocks
        if block.kind == "list"
        for item in block.children
        if bullet_lead(item)
    ]


def unbulleted(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks below a bullet, the bullets of lists taken as paragraphs: there the list is only indentation."""
    for block in blocks:
        if block.kind == "list":
            yield from (child for item in block.children for child in item.children)
        else:
            yield block
