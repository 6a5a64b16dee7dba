"""Units that repeat below one heading: bullets, numbered paragraphs, rows, callouts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.parse.draft import Passage
from app.parse.inline import read_label
from app.parse.lines import Line
from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.references import (
    References,
    block_lines,
    text_links,
)
from app.parse.structure.leads import (
    Opening,
    read_lead,
)
from app.parse.titles import (
    Title,
    title_key,
)
from app.parse.vocabulary import field_name, is_aspect

Form = Literal[
    "bullet",
    "paragraph",
    "linked paragraph",
    "row",
    "callout",
]

_MIN_UNITS = 2
_FULL_TEXT_CHARS = 60


@dataclass(frozen=True, slots=True)
class Unit:
    """One candidate item: its title (None: it opens with text), its blocks and its features.

    `category` is the title of the group that the unit is listed under, within its heading.
    """

    form: Form
    title: Title | None
    blocks: tuple[Block, ...]
    first: int
    last: int
    linked: bool
    text_chars: int
    label: str | None = None
    category: Passage | None = None
    task: bool = False
    cells: tuple[tuple[Passage, Passage], ...] = ()


@dataclass
class UnitList:
    """All units of one form below a heading, and the blocks between them, in order."""

    form: Form
    pieces: list[Unit | Block] = field(default_factory=list)
    certain: bool = False
    """Whether names of groups between the units, or addresses that close them, prove the form."""

    @property
    def units(self) -> list[Unit]:
        """The units among the pieces."""
        return [piece for piece in self.pieces if isinstance(piece, Unit)]

    def strength(self, labels: frozenset[str]) -> float:
        """Return how much the units look like items, about 0 to 3.

        `labels` are the keys of labels that come again below other headings: those are fields.
        """
        units = self.units
        count = len(units)
        if not count:
            return 0.0
        keys = [title_key(unit.label) for unit in units if unit.label]
        fields = sum(key in labels for key in keys)
        fields += sum(bool(unit.label and field_name(unit.label)) for unit in units)
        fields += sum(bool(unit.title and is_aspect(unit.title.text)) for unit in units)
        if fields * 2 >= count:
            return 0.0
        linked = sum(unit.linked for unit in units) / count
        titled = len({title_key(unit.title.text) for unit in units if unit.title}) / count
        chars = sum(min(unit.text_chars, _FULL_TEXT_CHARS) for unit in units)
        prose = chars / (count * _FULL_TEXT_CHARS)
        tasks = sum(unit.task and not unit.linked for unit in units) / count
        repeated = 0.2 if count >= _MIN_UNITS else 0.0
        return max(
            0.0,
            1.2 * linked + titled + 0.6 * prose + repeated - tasks,
        )


def make_unit(
    form: Form,
    lead: Opening | None,
    blocks: tuple[Block, ...],
    references: References,
) -> Unit:
    lines = list(block_lines(blocks))
    linked = bool(lead and lead.title.links)
    chars = 0
    for line in lines:
        chars += len(plain_text(line.text))
        linked = linked or names_source(line, references)
    label = lead.label if lead and not lead.title.links else None
    return Unit(
        form=form,
        title=lead.title if lead else None,
        blocks=blocks,
        first=min(block.first for block in blocks),
        last=max(block.last for block in blocks),
        linked=linked,
        text_chars=chars,
        label=label,
    )


def names_source(line: Line, references: References) -> bool:
    """Return whether a line names a source, be it only a relative link."""
    if text_links(line, references):
        return True
    return references.base is None and bool(_RELATIVE_LINK.search(line.text))


_RELATIVE_LINK = re.compile(r"(?<!!)\[[^\[\]]{1,200}\]\(\.{0,2}/[^()\s]{1,500}\)")


def field_labels(
    branch_blocks: Sequence[Sequence[Block]],
    references: References,
) -> frozenset[str]:
    """Return the keys of labels that come again below several headings: those are fields."""
    counts: dict[str, int] = {}
    for blocks in branch_blocks:
        for key in set(_label_keys(blocks, references)):
            counts[key] = counts.get(key, 0) + 1
    threshold = max(_MIN_UNITS, len(branch_blocks) // 4)
    return frozenset(key for key, count in counts.items() if count >= threshold)


def _label_keys(blocks: Sequence[Block], references: References) -> Iterator[str]:
    for line in _opening_lines(blocks):
        lead = read_lead(line, references)
        if lead and lead.label:
            yield title_key(lead.label)
            continue
        label = read_label(line)
        if label and (label.colon or (label.marked and label.alone)):
            yield title_key(label.text)


def _opening_lines(
    blocks: Sequence[Block],
) -> Iterator[Line]:
    for block in blocks:
        if block.kind == "paragraph":
            yield from block.lines
        elif block.kind == "list":
            for bullet in block.children:
                if bullet.children and bullet.children[0].lines:
                    yield bullet.children[0].lines[0]
        elif block.kind == "quote":
            yield from _opening_lines(block.children)
