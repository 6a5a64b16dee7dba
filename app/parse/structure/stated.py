"""Titles that a dialect states: lines that become headings, and the lines above an item."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.parse.dialects.described import Dialect
from app.parse.lines import Line
from app.parse.markdown import Block

STATED_ITEM_LEVEL = 8
"""Level of the headings that `item.line` of a dialect finds."""
_SECTION_LEVEL = 2


def with_stated_titles(blocks: Iterable[Block], dialect: Dialect | None) -> Iterator[Block]:
    """Yield `blocks`, the titles that a dialect finds in lines and list items as headings.

    What is inside such an item of a list follows its heading. So do the lines directly above an
    item's title that `item.before` matches.
    """
    if dialect is None:
        yield from blocks
        return
    titled = _with_titles(blocks, dialect) if dialect.states_titles else blocks
    yield from _with_lines_before(titled, dialect) if dialect.line_before else titled


def _with_titles(blocks: Iterable[Block], dialect: Dialect) -> Iterator[Block]:
    for block in blocks:
        if block.kind == "paragraph":
            yield from _split_at_titles(block, dialect)
        elif block.kind == "list":
            yield from _list_split_at_titles(block, dialect)
        elif block.kind == "quote" and _has_titles(block, dialect):
            yield from _with_titles(block.children, dialect)
        else:
            yield block


def _with_lines_before(blocks: Iterable[Block], dialect: Dialect) -> Iterator[Block]:
    above: Block | None = None
    for block in blocks:
        if above and block.kind == "heading" and _is_item_level(block.level, dialect):
            start = len(above.lines)
            while start and dialect.stands_before(above.lines[start - 1].text):
                start -= 1
            if start:
                yield replace(above, lines=above.lines[:start])
            yield block
            if start < len(above.lines):
                yield replace(above, lines=above.lines[start:])
            above = None
            continue
        if above:
            yield above
        above = block if block.kind == "paragraph" else None
        if above is None:
            yield block
    if above:
        yield above


def _is_item_level(level: int, dialect: Dialect) -> bool:
    if dialect.item_line:
        return level == STATED_ITEM_LEVEL
    return dialect.level in (None, level)


def _has_titles(block: Block, dialect: Dialect) -> bool:
    if block.kind == "paragraph":
        return any(map(dialect.titled, block.lines))
    return any(_has_titles(child, dialect) for child in block.children)


def _split_at_titles(block: Block, dialect: Dialect) -> Iterator[Block]:
    run: list[Line] = []
    for line in block.lines:
        stated = dialect.titled(line)
        if stated is None:
            run.append(line)
            continue
        if run:
            yield replace(block, lines=tuple(run))
        level = STATED_ITEM_LEVEL if stated.is_item else _SECTION_LEVEL
        yield Block("heading", (stated.title,), level=level, marker=stated.importance)
        run = list(stated.rest)
    if run:
        yield replace(block, lines=tuple(run))


def _list_split_at_titles(block: Block, dialect: Dialect) -> Iterator[Block]:
    run: list[Block] = []
    for item in block.children:
        first = item.children[0] if item.children else item
        if not first.lines or dialect.titled(first.lines[0]) is None:
            run.append(item)
            continue
        if run:
            yield _part_of_list(block, run)
        run = []
        yield from _split_at_titles(first, dialect)
        yield from _with_titles(item.children[1:], dialect)
    if run:
        yield _part_of_list(block, run)


def _part_of_list(block: Block, items: Sequence[Block]) -> Block:
    lines: list[Line] = []
    for item in items:
        lines.extend(item.lines)
    return replace(block, lines=tuple(lines), children=tuple(items))
