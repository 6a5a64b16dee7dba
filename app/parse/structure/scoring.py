"""Scores of readings: how well a list of items explains a document."""

from bisect import bisect_right
from dataclasses import dataclass

from app.parse.markup import plain_text
from app.parse.references import block_lines
from app.parse.structure.choice import (
    Plan,
    Structure,
)
from app.parse.structure.leaves import Leaf
from app.parse.structure.units import names_source
from app.parse.titles import title_key
from app.parse.vocabulary import (
    field_name,
    is_title_label,
    section_kind,
)

_STRONG_UNITS = 1.5
_MISPLACED_WEIGHT = 0.6
_MIN_UNITS = 2


@dataclass(frozen=True, slots=True)
class Outline:
    """One item as a plan or a finished body states it, for scoring."""

    title: str
    first: int
    last: int


def plan_outlines(structure: Structure, plan: Plan) -> list[Outline]:
    """Return the items of a plan."""
    outlines: list[Outline] = []
    for branch in structure.root.walk():
        role = plan.role(branch)
        if role == "item":
            outlines.append(
                Outline(
                    branch.text,
                    branch.first,
                    branch.last,
                )
            )
        elif role == "units":
            for unit in plan.lists[id(branch)].units:
                title = unit.title.text if unit.title else str(unit.first)
                outlines.append(Outline(title, unit.first, unit.last))
    return outlines


class ReadingScorer:
    """Scores readings of one document by what a reader would expect of its items."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.link_lines: list[int] = []
        self.text_chars: dict[int, int] = {}
        self.nested: list[int] = []
        self.nested_links: list[int] = []
        self.headings: list[int] = []
        self.barred_lines: set[int] = set()
        self.named: set[str] = set()
        for branch in structure.root.walk():
            named = branch.recurrent or branch.apparatus or section_kind(branch.text)
            if named and not branch.is_headline:
                self.named.add(title_key(branch.text))
        for leaf in structure.leaves:
            self._add(leaf)
        self.link_lines.sort()
        self.nested.sort()
        self.nested_links.sort()
        self.headings.sort()

    def _add(self, leaf: Leaf) -> None:
        if leaf.barred or leaf.digest:
            for block in leaf.blocks:
                self.barred_lines.update(range(block.first, block.last + 1))
            self.barred_lines.add(leaf.branch.first)
            return
        if leaf.units and leaf.unit_score >= _STRONG_UNITS:
            self.nested.extend(unit.first for unit in leaf.units.units)
        own_link = bool(leaf.branch.title and leaf.branch.title.links)
        for unit in leaf.units.units if leaf.units and not own_link else []:
            if unit.title and unit.title.links:
                self.nested_links.append(unit.first)
        if leaf.whole and leaf.branch.heading and leaf.blocks:
            self.headings.append(leaf.branch.first)
        if leaf.branch.title and leaf.branch.title.links:
            self.link_lines.append(leaf.branch.first)
        for line in block_lines(leaf.blocks):
            chars = len(plain_text(line.text))
            self.text_chars[line.number] = self.text_chars.get(line.number, 0) + chars
            if names_source(line, self.structure.references):
                self.link_lines.append(line.number)

    def score(self, outlines: list[Outline]) -> float:
        """Return the score of a reading, 0 to 1."""
        if not outlines:
            return 0.0
        count = len(outlines)
        lines: set[int] = set()
        linked = empty = 0
        for outline in outlines:
            numbers = range(outline.first, outline.last + 1)
            lines.update(numbers)
            has_link = self.has_link(outline.first, outline.last)
            linked += has_link
            empty += not has_link and not any(self.text_chars.get(number) for number in numbers)
        text_share, link_share = self._text_share(lines), self._link_share(lines)
        keys = {title_key(outline.title) for outline in outlines}
        titled = len(keys - self.named) / count
        linked_share = linked / count if self.link_lines else 1.0
        fine = 1.0 - self.coarse_share(outlines) - empty / count
        score = 3 * link_share + 2 * text_share + 2 * titled + linked_share + 2 * fine
        return score / 10 * (1 - _MISPLACED_WEIGHT * self._misplaced_share(outlines))

    def _text_share(self, lines: set[int]) -> float:
        """Return the share of the text that is in `lines`; 1 without text."""
        covered = total = 0
        for number, chars in self.text_chars.items():
            total += chars
            if number in lines:
                covered += chars
        return covered / total if total else 1.0

    def _link_share(self, lines: set[int]) -> float:
        """Return the share of the lines with links that are in `lines`; 1 without links."""
        if not self.link_lines:
            return 1.0
        inside = sum(number in lines for number in self.link_lines)
        return inside / len(self.link_lines)

    def has_link(self, first: int, last: int) -> bool:
        """Return whether a line from `first` to `last` names a source."""
        return _count_between(self.link_lines, first - 1, last) > 0

    def _misplaced_share(self, outlines: list[Outline]) -> float:
        """Return the share of items that are categories, or below headings without news."""
        misplaced = 0
        for outline in outlines:
            label = is_title_label(outline.title) or field_name(outline.title) is not None
            category = label or title_key(outline.title) in self.named
            misplaced += category or outline.first in self.barred_lines
        return misplaced / len(outlines)

    def coarse_share(self, outlines: list[Outline]) -> float:
        """Return the share of items that hold two or more units of their own."""
        if not outlines:
            return 0.0
        coarse = 0.0
        for outline in outlines:
            units = _count_between(
                self.nested,
                outline.first,
                outline.last,
            )
            headings = _count_between(
                self.headings,
                outline.first,
                outline.last,
            )
            if units >= _MIN_UNITS or headings >= _MIN_UNITS:
                coarse += 1.0
            elif (
                _count_between(
                    self.nested_links,
                    outline.first,
                    outline.last,
                )
                == 1
            ):
                coarse += 0.5
        return coarse / len(outlines)


def _count_between(numbers: list[int], first: int, last: int) -> int:
    """Return how many of the sorted `numbers` are over `first` and up to `last`."""
    return bisect_right(numbers, last) - bisect_right(numbers, first)
