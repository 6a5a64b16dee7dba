"""What the headings of a document are: its title, its sections, its items."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.parse.draft import Passage, Span
from app.parse.inline import read_label, unwrapped
from app.parse.kinds import FieldName
from app.parse.lines import Line
from app.parse.markdown import Block
from app.parse.vocabulary import (
    field_name,
    part_name,
    section_kind,
)

# A heading below the sections' level that names a section is one only where other headings follow it; in these it never is.
_PROSE_SECTIONS = ("editorial", "resources")
_TELLING: tuple[FieldName, ...] = (
    "summary",
    "entities",
    "importance",
    "sources",
    "technical",
    "applications",
)


@dataclass(frozen=True)
class Group:
    """A heading (None: what stands before the first) and the blocks below it."""

    heading: Block | None
    blocks: list[Block]

    @property
    def title(self) -> str:
        """The heading as it stands, empty without one."""
        return self.heading.lines[0].text if self.heading else ""


def heading_title(heading: Block) -> Passage:
    """A heading without emphasis around it, its span over the whole."""
    first, last = heading.lines[0], heading.lines[-1]
    return Passage(
        unwrapped(first).text,
        Span(first.number, last.number, first.start, last.end),
    )


def split_at(blocks: Iterable[Block], level: int) -> list[Group]:
    """`blocks` parted at headings of `level` and above; the first group has no heading."""
    groups = [Group(None, [])]
    for block in blocks:
        if block.kind == "heading" and block.level <= level:
            groups.append(Group(block, []))
        else:
            groups[-1].blocks.append(block)
    return groups


def section_level(blocks: list[Block]) -> int:
    """The highest heading level at which the vocabulary knows a section; else the highest but a lone title's."""
    headings = [block for block in blocks if block.kind == "heading"]
    levels = sorted({h.level for h in headings})
    lone_title = (
        len(levels) > 1
        and levels[0] == 1
        and headings[0].level == 1
        and sum(h.level == 1 for h in headings) == 1
    )
    known = [h.level for h in headings if section_kind(h.lines[0].text)]
    if known and lone_title and known.count(levels[1]) > 1:
        return levels[1]
    if known:
        return min(known)
    return levels[1] if lone_title else levels[0] if levels else 2


def item_level(blocks: list[Block]) -> int:
    """The highest heading level among `blocks` that is no field's label; 7 without one."""
    return min(
        (b.level for b in blocks if b.kind == "heading" and not field_name(b.lines[0].text)),
        default=7,
    )


def promoted(blocks: list[Block], level: int) -> Iterator[Block]:
    """`blocks`, the section names among them that are no heading of `level` made one.

    That is a lone line in bold or brackets, and a lower heading with another of its level directly below it.
    """
    structured = any(
        b.kind == "heading" and b.level <= level and section_kind(b.lines[0].text) for b in blocks
    )
    inside: str | None = None
    for at, block in enumerate(blocks):
        kind = (
            section_kind(block.lines[0].text)
            if block.kind in ("heading", "paragraph") and block.lines
            else None
        )
        if block.kind == "heading" and block.level <= level:
            inside = kind
        elif (
            kind
            and not (structured and inside in _PROSE_SECTIONS)
            and _stands_for_heading(block, blocks[at + 1 :])
        ):
            inside, block = (
                kind,
                replace(block, kind="heading", level=level),
            )
        yield block


def _stands_for_heading(block: Block, following: Iterable[Block]) -> bool:
    text = block.lines[0].text
    if field_name(text) or part_name(text) or len(block.lines) > 1:
        return False
    if block.kind == "paragraph":
        return (text[:2] in ("**", "__") and unwrapped(block.lines[0]).text != text) or text[
            :1
        ] + text[-1:] in (
            "【】",
            "〔〕",
            "「」",
            "《》",
        )
    below = next(
        (b for b in following if b.kind != "rule" and not _is_blurb(b)),
        None,
    )
    # A deeper heading below makes it a part of its section; one of its own level, an item that has slipped.
    return (
        below is not None
        and below.kind == "heading"
        and below.level == block.level
        and not field_name(below.lines[0].text)
    )


def _is_blurb(block: Block) -> bool:
    return (
        block.kind == "paragraph"
        and len(block.lines) == 1
        and unwrapped(block.lines[0]).text != block.lines[0].text
    )


def groups_below(blocks: list[Block]) -> list[Group]:
    """What stands below a section's heading: the part before all other headings, then one group an item, whatever its level."""
    head, *groups = split_at(blocks, item_level(blocks))
    if any(
        block.kind == "heading" and not field_name(block.lines[0].text) for block in head.blocks
    ):
        head, *deeper = groups_below(head.blocks)
        groups = [*deeper, *groups]
    return [head, *groups]


def with_bold_titles(
    blocks: list[Block],
) -> Iterator[Block]:
    """`blocks`, each lone bold line above fields made a heading: some dailies set their items' titles so."""
    for at, block in enumerate(blocks):
        first, rest = block.lines[:1], block.lines[1:]
        below = [replace(block, lines=rest)] if rest else blocks[at + 1 : at + 2]
        if (
            block.kind != "paragraph"
            or not is_bold(first[0])
            or has_fields([replace(block, lines=first)])
            or not has_fields(below)
        ):
            yield block
            continue
        yield Block("heading", first, level=6)
        if rest:
            yield below[0]


def is_bold(line: Line) -> bool:
    """Whether a line is set in bold as a whole, or in black brackets."""
    return line.text[:1] + line.text[-1:] == "【】" or (
        line.text[:2] in ("**", "__") and unwrapped(line) != line
    )


def own_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks before the first heading."""
    for block in blocks:
        if block.kind == "heading":
            return
        yield block


def has_fields(blocks: Iterable[Block]) -> bool:
    """Whether a line, bullet or heading among `blocks` is labelled as an item's summary, entities, importance, sources or the like."""
    return any(_is_field(line, block) for block in blocks for line in _opening_lines(block))


def _opening_lines(block: Block) -> Iterator[Line]:
    if block.kind in ("paragraph", "heading"):
        yield from block.lines
    elif block.kind == "list":
        yield from (
            item.children[0].lines[0]
            for item in block.children
            if item.children and item.children[0].kind == "paragraph"
        )
    elif block.kind == "quote":
        yield from (line for child in block.children for line in _opening_lines(child))


def _is_field(line: Line, block: Block) -> bool:
    label = read_label(line)
    if not label or not (
        label.marked or label.colon or (label.alone and block.kind in ("heading", "paragraph"))
    ):
        return False
    name = field_name(label.text)
    return name in _TELLING and not (
        label.weak and (block.kind == "list" or name not in ("summary", "sources"))
    )
