"""Bullets as units: the groups that they stand in, what continues them, what only points."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.parse.draft import Passage
from app.parse.inline import read_label
from app.parse.lines import Line
from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.references import References, block_lines
from app.parse.structure.leads import is_title_line, read_lead, without_decoration
from app.parse.structure.title_lines import title_opening, title_openings
from app.parse.structure.tree import is_bold_line
from app.parse.structure.units import Unit, UnitList, make_unit, names_source
from app.parse.titles import display_width, read_title
from app.parse.vocabulary import field_name, is_pointer, is_pointer_label, says_nothing_new

_TASK_BOX = re.compile(r"^\[[ xX]\]\s")
_ANY_LINK = re.compile(r"\]\((?!#)[^()\s]|https?://|<a\s", re.IGNORECASE)
_ADDRESS_ONLY = re.compile(r"(?:https?://\S+\s*)+$")
_MAX_CATEGORY_WIDTH = 48


def bullet_units(blocks: Sequence[Block], references: References) -> UnitList:
    """Take every bullet as a unit; a bold line or bullet above others names their group."""
    return _BulletReader(blocks, references).read()


class _BulletReader:
    def __init__(self, blocks: Sequence[Block], references: References) -> None:
        self.blocks = blocks
        self.references = references
        self.result = UnitList("bullet")
        self.openings = title_openings(_all_bullets(blocks), references)
        self.blocks_below_bullet = 0
        """Number of blocks that continued the bullet before the last."""

    def read(self) -> UnitList:
        """Return all bullets, with the blocks between them."""
        pieces = self.result.pieces
        category: Passage | None = None
        above: Block | None = None
        continued = 0
        lists_below = _lists_below(self.blocks)
        for index, block in enumerate(self.blocks):
            if block.kind == "list":
                self.blocks_below_bullet, continued = continued, 0
                above = block
                for bullet in block.children:
                    self._add(bullet, category)
            elif (
                above
                and self._continues(block, index, above, lists_below[index], continued)
                and isinstance(pieces[-1], Unit)
            ):
                pieces[-1] = _extended(pieces[-1], block, self.references)
                continued += 1
            elif is_bold_line(block) and _next_kind(self.blocks, index) == "list":
                title = read_title(block.lines[0], self.references)
                category = title.passage
                pieces.append(block)
            else:
                pieces.append(block)
        return self.result

    def _continues(
        self, block: Block, index: int, above: Block, below: Block | None, continued: int
    ) -> bool:
        """Return whether a block stands between bullets whose numbers go on, unindented by mistake.

        `above` and `below` are the next lists. The last bullet has as much text below as the one
        before it.
        """
        if block.kind not in ("paragraph", "quote", "code"):
            return False
        number = _list_number(above, -1)
        if number is None or is_bold_line(block):
            return False
        if below is None:
            before = self.blocks[index - 1]
            adjacent = before.kind == "list" and block.first == above.last + 1
            return adjacent or (number > 1 and continued < self.blocks_below_bullet)
        return _list_number(below, 0) == number + 1

    def _add(self, bullet: Block, category: Passage | None) -> None:
        first = bullet.children[0] if bullet.children else None
        if first is None or first.kind != "paragraph" or not first.lines:
            self._add_block(bullet)
            return
        nested = [child for child in bullet.children[1:] if child.kind == "list"]
        if nested and _is_category(bullet, self.references):
            self._add_group(bullet, first)
            return
        line = first.lines[0]
        lead = read_lead(line, self.references) or self.openings.get(line.number)
        unit = make_unit("bullet", lead, (bullet,), self.references)
        text = " ".join(line.text.strip() for line in bullet.lines)
        empty = not unit.linked and says_nothing_new(text)
        if empty or _is_pointer_bullet(bullet, self.references) or is_pointer(text):
            self._add_block(bullet)
            return
        task = bool(_TASK_BOX.match(line.text))
        self.result.pieces.append(replace(unit, category=category, task=task))

    def _add_block(self, bullet: Block) -> None:
        self.result.pieces.append(Block("list", bullet.lines, children=(bullet,)))

    def _add_group(self, bullet: Block, first: Block) -> None:
        """Take the bullets inside one that only names them."""
        title = read_title(without_decoration(first.lines[0]), self.references)
        self.result.pieces.append(first)
        for child in bullet.children[1:]:
            if child.kind != "list":
                self.result.pieces.append(child)
                continue
            for inner in child.children:
                self._add(inner, title.passage)


def _all_bullets(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.kind == "list":
            yield from block.children


def _next_kind(blocks: Sequence[Block], index: int) -> str:
    return blocks[index + 1].kind if index + 1 < len(blocks) else ""


def _lists_below(blocks: Sequence[Block]) -> list[Block | None]:
    """Return the next list below each block; None where a heading or the end comes first.

    One pass: searching below each block was quadratic for 10,000 paragraphs.
    """
    below: list[Block | None] = []
    following: Block | None = None
    for block in reversed(blocks):
        below.append(following)
        if block.kind == "list":
            following = block
        elif block.kind == "heading":
            following = None
    below.reverse()
    return below


def _list_number(block: Block, index: int) -> int | None:
    marker = block.children[index].marker if block.children else None
    match = re.match(r"(\d{1,9})[.)]", marker.text) if marker else None
    return int(match[1]) if match else None


def _extended(unit: Unit, block: Block, references: References) -> Unit:
    """Return a bullet with a block below it; a lone line above text is its title."""
    lead = None
    line = _lone_line(unit)
    if unit.title is None and line and is_title_line(line):
        lead = title_opening(line, references)
    longer = make_unit(unit.form, lead, (*unit.blocks, block), references)
    return replace(
        unit,
        title=longer.title or unit.title,
        blocks=longer.blocks,
        last=longer.last,
        linked=unit.linked or longer.linked,
        text_chars=longer.text_chars,
    )


def _lone_line(unit: Unit) -> Line | None:
    bullet = unit.blocks[0]
    if len(unit.blocks) > 1 or len(bullet.children) != 1 or len(bullet.children[0].lines) != 1:
        return None
    return bullet.children[0].lines[0]


def _is_category(bullet: Block, references: References) -> bool:
    """Return whether a bullet only names the bullets below: short, without a source of its own."""
    opening = bullet.children[0]
    if (
        len(opening.lines) > 1
        or display_width(plain_text(opening.lines[0].text)) > _MAX_CATEGORY_WIDTH
    ):
        return False
    if names_source(opening.lines[0], references):
        return False
    inner: list[Block] = []
    for child in bullet.children[1:]:
        if child.kind == "list":
            inner.extend(child.children)
    linked = 0
    for unit in inner:
        titled = bool(unit.children and unit.children[0].lines and _is_titled(unit, references))
        pointer = _is_pointer_bullet(unit, references)
        has_link = any(names_source(line, references) for line in block_lines([unit]))
        linked += (has_link and not pointer) or titled
    return bool(inner) and linked * 2 > len(inner)


def _is_titled(bullet: Block, references: References) -> bool:
    lead = read_lead(bullet.children[0].lines[0], references)
    return bool(lead and not (lead.label and field_name(lead.label)))


def points_at_source(block: Block, references: References) -> bool:
    """Return whether one bullet of a list is the source of what the others tell."""
    pointers = sum(_is_pointer_bullet(bullet, references) for bullet in block.children)
    return pointers == 1 and len(block.children) > 1


def _is_pointer_bullet(bullet: Block, references: References) -> bool:
    """Return whether a bullet only points at a source: `來源：[x](u)`, `[Source](u)`, `<u>`."""
    lines = list(block_lines([bullet]))
    if len(lines) != 1:
        return False
    text = lines[0].text
    label = read_label(lines[0])
    if label and (label.colon or label.marked) and field_name(label.text) == "sources":
        return True
    plain = plain_text(text)
    if not _ANY_LINK.search(text):
        return False
    return is_pointer_label(plain) or bool(_ADDRESS_ONLY.fullmatch(plain))
