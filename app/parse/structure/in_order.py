"""Sources listed at the end of a document, given to the items in their order."""

import re
from dataclasses import replace

from app.parse.draft import Body, ItemDraft, SectionDraft, SourceLink
from app.parse.references import (
    References,
    block_lines,
    text_links,
)
from app.parse.structure.tree import Branch
from app.parse.titles import title_key

_SHINGLE_CHARS = 2
_MIN_LIKENESS = 0.18
_MIN_LISTED = 2


def with_listed_sources(body: Body, root: Branch, references: References) -> Body:
    """Return `body` with the closing list of sources spread over its items.

    Only where no item names a source itself: the n-th source is the n-th item's; where the numbers
    differ, each source goes to the item whose words it shares.
    """
    items: list[ItemDraft] = []
    for section in body.sections:
        items.extend(section.items)
    links = _listed_links(root, references)
    if len(items) < _MIN_LISTED or len(links) < _MIN_LISTED:
        return body
    if any(source.target for item in items for source in item.sources):
        return body
    groups = _group_titles(root, references)
    if groups:
        owners = [_likest(groups.get(link.span.start) or _words_of(link), items) for link in links]
    elif len(links) == len(items):
        owners = list(range(len(items)))
    else:
        owners = [_likest(_words_of(link), items) for link in links]
    return _spread(body, links, owners)


def _listed_links(root: Branch, references: References) -> list[SourceLink]:
    """Return the first link of every line of the last reference list."""
    listed: list[SourceLink] = []
    groups: set[int] = set()
    for branch in root.walk():
        if branch.apparatus != "references" or id(branch) in groups:
            continue
        groups.update(id(child) for child in branch.walk())
        links: list[SourceLink] = []
        for line in block_lines(branch.all_blocks()):
            links.extend(text_links(line, references)[:1])
        listed = links or listed
    return listed


def _group_titles(root: Branch, references: References) -> dict[int, str]:
    """Return the title of the group that a listed source is in, by the source's start.

    Groups are headings below the list's heading, each named as an item is.
    """
    titles: dict[int, str] = {}
    for branch in root.walk():
        if branch.apparatus != "references" or not branch.children:
            continue
        for child in branch.children:
            for line in block_lines(child.all_blocks()):
                for link in text_links(line, references)[:1]:
                    titles[link.span.start] = child.text
    return titles


def _words_of(link: SourceLink) -> str:
    return f"{link.label or ''} {_address_words(link.target or '')}"


def _spread(
    body: Body,
    links: list[SourceLink],
    owners: list[int],
) -> Body:
    sections: list[SectionDraft] = []
    index = 0
    for section in body.sections:
        items: list[ItemDraft] = []
        for item in section.items:
            references = [link for link, owner in zip(links, owners, strict=True) if owner == index]
            items.append(
                replace(
                    item,
                    sources=(*item.sources, *references),
                )
            )
            index += 1
        sections.append(replace(section, items=tuple(items)))
    return replace(body, sections=tuple(sections))


def _likest(text: str, items: list[ItemDraft]) -> int:
    """Return the index of the item that shares most with a source's words, or -1."""
    best, highest = -1, _MIN_LIKENESS
    words = _shingles(text)
    for index, item in enumerate(items):
        story = " ".join(
            [
                item.title.text,
                *(passage.text for passage in item.summary),
            ]
        )
        shared = len(words & _shingles(story[:1_000]))
        likeness = shared / (len(words) or 1)
        if likeness > highest:
            best, highest = index, likeness
    return best


def _address_words(address: str) -> str:
    return re.sub(r"https?://[^/]*|[^\w]+|\d+", " ", address)


def _shingles(text: str) -> set[str]:
    key = title_key(text)
    return {key[start : start + _SHINGLE_CHARS] for start in range(len(key) - 1)}
