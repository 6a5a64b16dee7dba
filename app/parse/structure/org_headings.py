"""Headings as Org mode and AsciiDoc write them: `** Name`, `== Name`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.parse.lines import Line
from app.parse.markdown import Block

_HEADING = re.compile(r"^(?P<stars>\*{2,6}|={1,6})[ \t]+(?P<title>\S.*)$")
_TODO = re.compile(r"^(?:TODO|DONE)\s+(?=\S)")
_TAGS = re.compile(r"\s+:(?:[\w@#%]+:)+\s*$")
_MIN_HEADINGS = 2


def with_org_headings(blocks: list[Block]) -> list[Block]:
    """Return `blocks` with `** Name` or `== Name` lines as headings, where there are two or more.

    Then a bullet `* Name` directly above one is a heading of the first level.
    """
    count = 0
    for block in blocks:
        lines = block.lines if block.kind in ("paragraph", "list") else ()
        count += sum(_heading(line.cut(0)) is not None for line in lines)
    return list(_split(blocks)) if count >= _MIN_HEADINGS else blocks


def _heading(line: Line) -> Block | None:
    match = _HEADING.match(line.text)
    if match is None or "**" in match["title"]:
        return None
    title = line.cut(*match.span("title"))
    if todo := _TODO.match(title.text):
        title = title.cut(todo.end())
    if tags := _TAGS.search(title.text):
        title = title.cut(0, tags.start())
    return Block("heading", (title,), level=len(match["stars"])) if title.text else None


def _is_starred(line: Line) -> bool:
    return line.text[:1] == "*" and _heading(line) is not None


def _split(blocks: Iterable[Block]) -> Iterator[Block]:
    pending: Block | None = None
    for block in blocks:
        if pending:
            yield from _list_above(pending, block)
            pending = None
        if block.kind == "paragraph":
            yield from _split_paragraph(block)
        elif block.kind == "list":
            pending = block
        else:
            yield block
    if pending:
        yield from _list_above(pending, None)


def _split_paragraph(block: Block) -> Iterator[Block]:
    run: list[Line] = []
    for line in block.lines:
        heading = _heading(line)
        if heading is None:
            run.append(line)
            continue
        if run:
            yield replace(block, lines=tuple(run))
        run = []
        yield heading
    if run:
        yield replace(block, lines=tuple(run))


def _list_above(block: Block, below: Block | None) -> Iterator[Block]:
    """Yield a list; its bullets that stand directly above `** Name` become headings."""
    follows = bool(below and below.kind == "paragraph" and _is_starred(below.lines[0]))
    bullets: list[Block] = []
    for index, item in enumerate(block.children):
        first = item.children[0] if item.children else None
        lines = first.lines if first and first.kind == "paragraph" else ()
        inside = len(lines) > 1 and _is_starred(lines[1])
        last = follows and index == len(block.children) - 1 and len(lines) == 1
        if not (inside or last) or not (item.marker and item.marker.text.lstrip()[:1] == "*"):
            bullets.append(item)
            continue
        if bullets:
            yield _list_of(block, bullets)
        bullets = []
        yield Block("heading", lines[:1], level=1)
        if first and inside:
            yield from _split_paragraph(replace(first, lines=lines[1:]))
        yield from item.children[1:]
    if bullets:
        yield _list_of(block, bullets)


def _list_of(block: Block, bullets: list[Block]) -> Block:
    lines: list[Line] = []
    for bullet in bullets:
        lines.extend(bullet.lines)
    return replace(block, lines=tuple(lines), children=tuple(bullets))
