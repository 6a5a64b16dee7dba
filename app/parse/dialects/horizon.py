"""The layout of ranked links: `## [title](url) ⭐️ 9.0/10`, a paragraph, where found, tags.

A table of contents and anchors are around the items; there are no sections.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from app.parse.blocktext import block_text
from app.parse.draft import Body, Field, Importance, ItemDraft, Passage, SectionDraft, Stats
from app.parse.fields import ItemReader
from app.parse.headings import (
    Group,
    heading_title,
    split_at,
)
from app.parse.inline import (
    read_cells,
    read_label,
    read_lead,
)
from app.parse.lines import Line
from app.parse.links import link_definitions
from app.parse.markdown import Block, MarkdownDocument
from app.parse.sources import read_sources
from app.parse.vocabulary import (
    importance_level,
    undecorated,
)

_RATING = re.compile(r"(?:[⭐★]\ufe0f?\s*)+(?P<label>\d+(?:\.\d+)?\s*/\s*10)\s*$")
_ANCHOR = re.compile(
    r"(?:<a\s+(?:id|name)=[^<>]*>\s*</a>\s*)+",
    re.IGNORECASE,
)
_CONTENTS = re.compile(r"\]\(#[^()\s]*\)")
_TAGS = {"標籤", "标签", "tags", "tag"}
_GATHERED = re.compile(
    r"(?:從|从|from)\s*(?P<n>\d{1,6})\s*(?:條|条|篇|則|则|items|articles)",
    re.IGNORECASE,
)
_ITEM_LEVEL = 2
_SEARCHED_CHARS = 400


def matches(document: MarkdownDocument, blocks: list[Block]) -> bool:
    """Return whether most headings of the second level end with a rating."""
    headings = rated = 0
    for block in blocks:
        if block.kind == "heading" and block.level == _ITEM_LEVEL:
            headings += 1
            rated += bool(_RATING.search(block.lines[0].text[-40:]))
    return rated * 2 > headings


def read(document: MarkdownDocument, blocks: list[Block]) -> Body:
    """Return the whole of a document below its front matter."""
    labels: list[Passage] = []
    head, *groups = split_at(_without_layout(blocks, labels), _ITEM_LEVEL)
    definitions = dict(link_definitions(blocks))
    heading: Passage | None = None
    while groups and groups[0].heading and groups[0].heading.level == 1:
        first = groups.pop(0)
        if heading:
            head.blocks.append(_heading(first))
        heading = heading or heading_title(_heading(first))
        head.blocks.extend(first.blocks)
    preamble = [block_text(document, block) for block in head.blocks if block.lines]
    items: list[ItemDraft] = []
    for group in groups:
        items.append(
            _item(
                document,
                definitions,
                group,
                len(items) + 1,
            )
        )
    return Body(
        heading=heading,
        preamble=tuple(preamble),
        sections=(_section(document, groups, items),),
        stats=Stats(articles=_article_count(preamble)),
        labels=tuple(labels),
    )


def _section(
    document: MarkdownDocument,
    groups: list[Group],
    items: list[ItemDraft],
) -> SectionDraft:
    title = heading_title(_heading(groups[0]))
    first = title.span.first_line
    start = title.span._replace(
        end=title.span.start,
        last_line=first,
    )
    last = first
    for group in groups:
        for block in (
            _heading(group),
            *group.blocks,
        ):
            last = max(last, block.last)
    return SectionDraft(
        position=1,
        kind="headlines",
        title=Passage("", start),
        span=document.span(first, last),
        items=tuple(items),
    )


def _article_count(
    preamble: list[Passage],
) -> int | None:
    for passage in preamble:
        match = _GATHERED.search(passage.text[:_SEARCHED_CHARS])
        if match:
            return int(match["n"])
    return None


def _heading(group: Group) -> Block:
    assert group.heading
    return group.heading


def _without_layout(blocks: list[Block], labels: list[Passage]) -> Iterator[Block]:
    """Yield `blocks` less rules, anchors, link definitions and the table of contents.

    Their lines go to `labels`.
    """
    for block in blocks:
        if not _is_layout(block):
            yield block
            continue
        for line in block.lines:
            text = "" if block.kind == "rule" else line.text.strip()
            labels.append(Passage(text, line.span))


def _is_layout(block: Block) -> bool:
    if block.kind == "list":
        return all(_CONTENTS.search(bullet.lines[0].text) for bullet in block.children)
    if block.kind == "paragraph":
        return all(_ANCHOR.fullmatch(line.text) for line in block.lines)
    return block.kind in ("rule", "definition")


def _item(
    document: MarkdownDocument,
    definitions: dict[str, str],
    group: Group,
    position: int,
) -> ItemDraft:
    reader = ItemReader(document, definitions)
    heading = _heading(group)
    line = heading.lines[0]
    # Only the end of a heading is searched: a hostile one is all stars.
    if rating := _RATING.search(line.text, max(0, len(line.text) - 60)):
        label = line.cut(*rating.span("label"))
        level = importance_level(label.text)
        reader.importance = Importance(
            level,
            label.text,
            None,
            label.span,
        )
        line = line.cut(0, rating.start())
    lead = read_lead(line)
    linked = lead is not None and lead.linked
    if linked:
        reader.sources.extend(read_sources(line, definitions)[:1])
    text = lead.title.text if lead and linked else line.text
    title = Passage(text, heading.lines[0].span)
    places: list[Field] = []
    for block in group.blocks:
        if not _takes(reader, block, places, definitions):
            reader.read([block])
    last = max(
        [
            heading.last,
            *(block.last for block in group.blocks),
        ]
    )
    span = document.span(heading.first, last)
    item = reader.item("full", position, None, title, span)
    return replace(item, extra=(*item.extra, *places))


def _takes(
    reader: ItemReader,
    block: Block,
    places: list[Field],
    definitions: dict[str, str],
) -> bool:
    """Take a line of tags, or of where the item was found; return whether `block` was one.

    The latter is `site · user · day · [discussion](url)`.
    """
    if block.kind != "paragraph" or len(block.lines) != 1:
        return False
    line: Line = block.lines[0]
    label = read_label(line)
    if label and label.marked and undecorated(label.text) in _TAGS:
        reader.labels.append(Passage(label.text, label.span))
        for cell in read_cells(label.rest):
            if text := cell.text.lstrip("#＃"):
                reader.entities.append(replace(cell, text=text))
        return True
    if line.text.count(" · ") < 2 or (label and label.marked):
        return False
    places.append(Field(None, line.text, line.span))
    for link in read_sources(line, definitions):
        if link.target and link.label:
            reader.sources.append(link)
    return True
