"""Wrappers of news: HTML lists, callouts around a section, names above a headline."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from app.parse.lines import Line
from app.parse.markdown import Block

_HEADING = re.compile(
    r"^\s*<h(?P<level>[1-6])\b[^<>]{0,200}>(?P<title>.{1,500}?)</h(?P=level)>\s*$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*<li\b[^<>]{0,200}>\s*(?=\S)", re.IGNORECASE)
_CLOSED_BULLET = re.compile(r"\s*</li>\s*$", re.IGNORECASE)
_LIST_TAG = re.compile(r"^\s*</?(?:ul|ol|li)\b[^<>]{0,200}>\s*$", re.IGNORECASE)
_CALLOUT = re.compile(r"^\[![A-Za-z][\w-]{0,30}\][+-]?\s*(?=\S)")
_LINK = re.compile(r"\]\((?!#)[^()\s]|https?://|<a\s", re.IGNORECASE)
_ARROWS = re.compile(r"^>>{1,2}\s?(?=[^>\s].{0,40}$)")
_MIN_BULLETS = 2
_MIN_NAMES = 2
_MAX_LEVEL = 6


def with_html_lists(block: Block) -> Iterator[Block]:
    """Yield a paragraph; `<h2>` lines become headings and `<li>` lines bullets."""
    if not any(_HEADING.match(line.text) or _BULLET.match(line.text) for line in block.lines):
        yield block
        return
    run: list[Line] = []
    bullets: list[list[Line]] = []
    for line in block.lines:
        heading = _HEADING.match(line.text)
        bullet = _BULLET.match(line.text)
        if heading or (bullet and not bullets):
            yield from _collected(block, run, bullets)
            run, bullets = [], []
        if heading:
            title = line.cut(*heading.span("title"))
            yield Block("heading", (title,), level=int(heading["level"]))
        elif bullet:
            bullets.append([line])
        elif bullets and not _LIST_TAG.match(line.text):
            bullets[-1].append(line)
        elif bullets and "</" in line.text:
            yield from _collected(block, run, bullets)
            run, bullets = [line], []
        else:
            run.append(line)
    yield from _collected(block, run, bullets)


def _collected(block: Block, run: list[Line], bullets: list[list[Line]]) -> Iterator[Block]:
    if run:
        yield replace(block, lines=tuple(run))
    if not bullets:
        return
    items: list[Block] = []
    lines: list[Line] = []
    for first, *others in bullets:
        match = _BULLET.match(first.text)
        end = _CLOSED_BULLET.search(first.text, max(0, len(first.text) - 12))
        text = first.cut(match.end() if match else 0, end.start() if end else None)
        paragraph = Block("paragraph", (text, *others))
        items.append(
            Block(
                "item",
                (first, *others),
                children=(paragraph,),
                marker=first,
            )
        )
        lines.extend((first, *others))
    yield Block("list", tuple(lines), children=tuple(items))


def arrowed_section(block: Block) -> tuple[Line, tuple[Line, ...]] | None:
    """Return a name after `>>` and the lines below, which Markdown takes for a nested quote."""
    first, *others = block.lines
    match = _ARROWS.match(first.text)
    if match is None or not others or any(line.text[:1] == ">" for line in others):
        return None
    return first.cut(match.end()), tuple(others)


def section_callout(block: Block) -> Line | None:
    """Return the title of a callout around a list of news, each bullet with a source."""
    opening, *others = block.children or (block,)
    if opening.kind != "paragraph" or len(opening.lines) != 1 or not others:
        return None
    match = _CALLOUT.match(opening.lines[0].text)
    bullets: list[Block] = []
    for child in others:
        bullets.extend(child.children if child.kind == "list" else [])
    if match is None or len(bullets) < _MIN_BULLETS:
        return None
    for bullet in bullets:
        if not any(_LINK.search(line.text) for line in bullet.lines):
            return None
    return opening.lines[0].cut(match.end())


def with_raised_names(blocks: list[Block]) -> list[Block]:
    """Return `blocks`; low headings that only name what the next, higher heading tells go above it.

    So `### Channel` directly above `## Headline`, again and again, becomes a section.
    """
    names = _low_names(blocks)
    texts = {blocks[index].lines[0].text for index in names}
    if len(texts) < _MIN_NAMES or len(texts) * 2 < len(names):
        return blocks
    level = blocks[names[0] + 1].level
    beside = sum(block.kind == "heading" and block.level == level for block in blocks)
    if len(names) * 2 < beside:
        return blocks
    changed = [lowered(block, level) for block in blocks]
    for index in names:
        changed[index] = replace(blocks[index], level=level)
    return changed


def _low_names(blocks: list[Block]) -> list[int]:
    """Return the indexes of headings directly above a higher one."""
    indexes: list[int] = []
    for index, (block, below) in enumerate(pairwise(blocks)):
        if block.kind != "heading" or below.kind != "heading":
            continue
        if below.level < block.level < _MAX_LEVEL:
            indexes.append(index)
    return indexes


def lowered(block: Block, level: int) -> Block:
    """Return a heading of `level` or below it one level lower, any other block unchanged."""
    if block.kind != "heading" or not level <= block.level < _MAX_LEVEL:
        return block
    return replace(block, level=block.level + 1)
