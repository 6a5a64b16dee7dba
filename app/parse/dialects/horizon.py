"""The layout of ranked links: `## [title](url) ⭐️ 9.0/10`, a paragraph, a line on where it was found, a line of tags.

A table of contents and anchors stand around the items; there are no sections.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from app.parse.blocktext import block_text
from app.parse.draft import (
    Body,
    Field,
    Importance,
    Item,
    Passage,
    Section,
    Stats,
)
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
from app.parse.markdown import Block, Document
from app.parse.sources import link_definitions, read_sources
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


def matches(document: Document, blocks: list[Block]) -> bool:
    """Whether the headings of the second level, most of them at least, end with a rating."""
    titles = [
        block.lines[0].text for block in blocks if block.kind == "heading" and block.level == 2
    ]
    rated = sum(bool(_RATING.search(title[-40:])) for title in titles)
    return rated * 2 > len(titles)


def read(document: Document, blocks: list[Block]) -> Body:
    """The whole of a document below its front matter."""
    labels: list[Passage] = []
    head, *groups = split_at(_without_layout(blocks, labels), 2)
    definitions = dict(link_definitions(blocks))
    heading: Passage | None = None
    while groups and groups[0].heading and groups[0].heading.level == 1:
        first = groups.pop(0)
        if heading:
            head.blocks.append(_heading(first))
        heading = heading or heading_title(_heading(first))
        head.blocks.extend(first.blocks)
    preamble = tuple(block_text(document, block) for block in head.blocks if block.lines)
    counts = [match for text in preamble if (match := _GATHERED.search(text.text[:400]))]
    items = tuple(_item(document, definitions, group, at) for at, group in enumerate(groups, 1))
    title = heading_title(_heading(groups[0]))
    start = replace(
        title.span,
        end=title.span.start,
        last_line=title.span.first_line,
    )
    last = max(block.last for group in groups for block in [_heading(group), *group.blocks])
    return Body(
        heading=heading,
        preamble=preamble,
        sections=(
            Section(
                1,
                "headlines",
                Passage("", start),
                document.span(title.span.first_line, last),
                items=items,
            ),
        ),
        stats=Stats(articles=int(counts[0]["n"]) if counts else None),
        labels=tuple(labels),
    )


def _heading(group: Group) -> Block:
    assert group.heading
    return group.heading


def _without_layout(blocks: list[Block], labels: list[Passage]) -> Iterator[Block]:
    """`blocks` less rules, anchors, link definitions and the table of contents, whose lines go to `labels`."""
    for block in blocks:
        contents = block.kind == "list" and all(
            _CONTENTS.search(item.lines[0].text) for item in block.children
        )
        anchors = block.kind == "paragraph" and all(
            _ANCHOR.fullmatch(line.text) for line in block.lines
        )
        if contents or anchors or block.kind in ("rule", "definition"):
            labels.extend(
                Passage(
                    "" if block.kind == "rule" else line.text.strip(),
                    line.span,
                )
                for line in block.lines
            )
        else:
            yield block


def _item(
    document: Document,
    definitions: dict[str, str],
    group: Group,
    position: int,
) -> Item:
    reader = ItemReader(document, definitions)
    heading = _heading(group)
    line = heading.lines[0]
    # Only the end of a heading is searched: a hostile one is all stars.
    if rating := _RATING.search(line.text, max(0, len(line.text) - 60)):
        label = line.cut(*rating.span("label"))
        reader.importance = Importance(
            importance_level(label.text),
            label.text,
            None,
            label.span,
        )
        line = line.cut(0, rating.start())
    lead = read_lead(line)
    if lead and lead.linked:
        reader.sources.extend(read_sources(line, definitions)[:1])
    title = Passage(
        lead.title.text if lead and lead.linked else line.text,
        heading.lines[0].span,
    )
    found: list[Field] = []
    for block in group.blocks:
        if not _takes(reader, block, found, definitions):
            reader.read([block])
    last = max(
        [
            heading.last,
            *(block.last for block in group.blocks),
        ]
    )
    item = reader.item(
        "full",
        position,
        None,
        title,
        document.span(heading.first, last),
    )
    return replace(item, extra=item.extra + tuple(found))


def _takes(
    reader: ItemReader,
    block: Block,
    found: list[Field],
    definitions: dict[str, str],
) -> bool:
    """Whether `block` is a line of tags, or of where the item was found: `site · user · day · [discussion](url)`."""
    if block.kind != "paragraph" or len(block.lines) != 1:
        return False
    line: Line = block.lines[0]
    label = read_label(line)
    if label and label.marked and undecorated(label.text) in _TAGS:
        reader.labels.append(Passage(label.text, label.span))
        cells = [(cell, cell.text.lstrip("#＃")) for cell in read_cells(label.rest)]
        reader.entities.extend(replace(cell, text=text) for cell, text in cells if text)
        return True
    if line.text.count(" · ") < 2 or (label and label.marked):
        return False
    found.append(Field(None, line.text, line.span))
    reader.sources.extend(
        link for link in read_sources(line, definitions) if link.target and link.label
    )
    return True
