"""Headings of labelled layouts: the document's title, its sections, its items."""

from collections.abc import (
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import dataclass, replace

from app.parse.draft import Passage, TextSpan
from app.parse.inline import read_label, unwrapped
from app.parse.kinds import FieldName
from app.parse.lines import Line
from app.parse.markdown import Block
from app.parse.vocabulary import (
    field_name,
    part_name,
    section_kind,
)

# A section's name below the sections' level is a section only where headings follow it; inside
# these sections it never is.
_PROSE_SECTIONS = ("editorial", "resources")
_TELLING: tuple[FieldName, ...] = (
    "summary",
    "entities",
    "importance",
    "sources",
    "technical",
    "applications",
)
_BRACKETED = ("【】", "〔〕", "「」", "《》")
_BOLD_MARKS = ("**", "__")
_DEEPEST = 7


@dataclass(frozen=True)
class Group:
    """A heading (None: the part before the first) and the blocks below it."""

    heading: Block | None
    blocks: list[Block]

    @property
    def title(self) -> str:
        """The heading as written, empty without one."""
        return self.heading.lines[0].text if self.heading else ""


def heading_title(heading: Block) -> Passage:
    """Return a heading without emphasis around it, its span over the whole."""
    first, last = (
        heading.lines[0],
        heading.lines[-1],
    )
    span = TextSpan(
        first.number,
        last.number,
        first.start,
        last.end,
    )
    return Passage(unwrapped(first).text, span)


def split_at(blocks: Iterable[Block], level: int) -> list[Group]:
    """Split `blocks` at headings of `level` and above; the first group has no heading."""
    groups = [Group(None, [])]
    for block in blocks:
        if block.kind == "heading" and block.level <= level:
            groups.append(Group(block, []))
        else:
            groups[-1].blocks.append(block)
    return groups


def section_level(blocks: list[Block]) -> int:
    """Return the highest heading level at which the vocabulary knows a section.

    Without one it is the highest level, a lone title's left out.
    """
    headings = [block for block in blocks if block.kind == "heading"]
    levels = sorted({heading.level for heading in headings})
    if not levels:
        return 2
    known: list[int] = []
    for heading in headings:
        if section_kind(heading.lines[0].text):
            known.append(heading.level)
    lone_title = _has_lone_title(headings, levels)
    if known and lone_title and known.count(levels[1]) > 1:
        return levels[1]
    if known:
        return min(known)
    return levels[1] if lone_title else levels[0]


def _has_lone_title(headings: Sequence[Block], levels: Sequence[int]) -> bool:
    if len(levels) < 2 or levels[0] != 1 or headings[0].level != 1:
        return False
    titles = [heading for heading in headings if heading.level == 1]
    return len(titles) == 1


def item_level(blocks: list[Block]) -> int:
    """Return the highest heading level among `blocks` that is no field's label; 7 without one."""
    highest = _DEEPEST
    for block in blocks:
        if block.kind == "heading" and not field_name(block.lines[0].text):
            highest = min(highest, block.level)
    return highest


def promoted(blocks: list[Block], level: int) -> Iterator[Block]:
    """Yield `blocks`; section names that are no heading of `level` are made one.

    Such a name is a lone line in bold or brackets, or a lower heading with another of its level
    directly below it.
    """
    structured = any(_is_known_section(block, level) for block in blocks)
    current: str | None = None
    for index, block in enumerate(blocks):
        kind: str | None = None
        if block.kind in ("heading", "paragraph") and block.lines:
            kind = section_kind(block.lines[0].text)
        if block.kind == "heading" and block.level <= level:
            current = kind
        elif kind:
            inside_prose = structured and current in _PROSE_SECTIONS
            if not inside_prose and _stands_for_heading(blocks, index):
                current = kind
                block = replace(
                    block,
                    kind="heading",
                    level=level,
                )
        yield block


def _is_known_section(block: Block, level: int) -> bool:
    if block.kind != "heading" or block.level > level:
        return False
    return section_kind(block.lines[0].text) is not None


def _stands_for_heading(blocks: Sequence[Block], index: int) -> bool:
    block = blocks[index]
    text = block.lines[0].text
    if field_name(text) or part_name(text) or len(block.lines) > 1:
        return False
    if block.kind == "paragraph":
        emphasised = text[:2] in _BOLD_MARKS and unwrapped(block.lines[0]).text != text
        return emphasised or text[:1] + text[-1:] in _BRACKETED
    # A deeper heading below makes it a part of its section; one of its own level is an item whose
    # level slipped.
    below = _next_content(blocks, index)
    if below is None or below.kind != "heading" or below.level != block.level:
        return False
    return not field_name(below.lines[0].text)


def _next_content(blocks: Sequence[Block], index: int) -> Block | None:
    """Return the next block that is neither a rule nor a blurb."""
    for block in blocks[index + 1 :]:
        if block.kind != "rule" and not _is_blurb(block):
            return block
    return None


def _is_blurb(block: Block) -> bool:
    if block.kind != "paragraph" or len(block.lines) != 1:
        return False
    return unwrapped(block.lines[0]).text != block.lines[0].text


def groups_below(
    blocks: list[Block],
) -> list[Group]:
    """Return the part of a section before all other headings, then one group an item.

    Items may be of any level.
    """
    head, *groups = split_at(blocks, item_level(blocks))
    if any(map(_is_item_heading, head.blocks)):
        head, *deeper = groups_below(head.blocks)
        groups = [*deeper, *groups]
    return [head, *groups]


def _is_item_heading(block: Block) -> bool:
    return block.kind == "heading" and not field_name(block.lines[0].text)


def with_bold_titles(
    blocks: list[Block],
) -> Iterator[Block]:
    """Yield `blocks`; lone bold lines above fields are made headings.

    Some dailies write the titles of their items so.
    """
    for index, block in enumerate(blocks):
        first, rest = (
            block.lines[:1],
            block.lines[1:],
        )
        below = [replace(block, lines=rest)] if rest else blocks[index + 1 : index + 2]
        if not _is_bold_title(block, below):
            yield block
            continue
        yield Block("heading", first, level=_DEEPEST - 1)
        if rest:
            yield below[0]


def _is_bold_title(block: Block, below: Sequence[Block]) -> bool:
    if block.kind != "paragraph" or not is_bold(block.lines[0]):
        return False
    if has_fields([replace(block, lines=block.lines[:1])]):
        return False
    return has_fields(below)


def is_bold(line: Line) -> bool:
    """Return whether a line is in bold as a whole, or in black brackets."""
    if line.text[:1] + line.text[-1:] == "【】":
        return True
    return line.text[:2] in _BOLD_MARKS and unwrapped(line) != line


def own_blocks(
    blocks: Iterable[Block],
) -> Iterator[Block]:
    """Yield the blocks before the first heading."""
    for block in blocks:
        if block.kind == "heading":
            return
        yield block


def has_fields(blocks: Iterable[Block]) -> bool:
    """Return whether a line, bullet or heading among `blocks` is labelled as an item's field."""
    for block in blocks:
        for line in _opening_lines(block):
            if _is_field(line, block):
                return True
    return False


def _opening_lines(block: Block) -> Iterator[Line]:
    if block.kind in ("paragraph", "heading"):
        yield from block.lines
    elif block.kind == "list":
        for bullet in block.children:
            if bullet.children and bullet.children[0].kind == "paragraph":
                yield bullet.children[0].lines[0]
    elif block.kind == "quote":
        for child in block.children:
            yield from _opening_lines(child)


def _is_field(line: Line, block: Block) -> bool:
    label = read_label(line)
    if not label:
        return False
    alone = label.alone and block.kind in (
        "heading",
        "paragraph",
    )
    if not (label.marked or label.colon or alone):
        return False
    name = field_name(label.text)
    if name not in _TELLING:
        return False
    return not label.weak or (block.kind != "list" and name in ("summary", "sources"))
