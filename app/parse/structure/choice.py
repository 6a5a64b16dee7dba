"""Decision for every heading: an item itself, a group of units, or neither."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import mean
from typing import Literal

from app.parse.headings import has_fields
from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.references import References, block_lines, text_links
from app.parse.structure.tree import Branch
from app.parse.structure.units import Unit, UnitList, field_labels, names_source, unit_lists
from app.parse.titles import display_width, title_key
from app.parse.vocabulary import field_name, is_container, part_name, section_kind

Role = Literal["item", "units", "notes"]
PlanName = Literal["mixed", "headings", "units"]

_LONG_TITLE_WIDTH = 20
_VERY_LONG_TITLE_WIDTH = 36
_SHORT_TITLE_WIDTH = 12
_MIN_PROSE_CHARS = 30
_MIN_ITEM_SCORE = 1.0
_MIN_UNIT_STRENGTH = 0.5
_STRONG_UNITS = 1.5
_UNIT_WEIGHT = 1.5
_SIBLING_WEIGHT = 0.5
_FORM_WEIGHTS = {
    "bullet": 1.0,
    "row": 1.0,
    "callout": 0.9,
    "paragraph": 0.9,
    "linked paragraph": 0.5,
}
_MIN_FIELD_PARENTS = 3
_DIGEST_SHARE = 0.6
_MISPLACED_WEIGHT = 0.6
_MAX_DIGEST_UNITS = 30
_MAX_COMPARED_TITLES = 1_000
_MIN_UNITS = 2


@dataclass
class Leaf:
    """A heading with no sections below, or the text directly below one that has."""

    branch: Branch
    blocks: list[Block]
    whole: bool
    """Whether the blocks are all there is below the heading."""
    item_score: float = 0.0
    unit_score: float = 0.0
    units: UnitList | None = None
    barred: bool = False
    """Whether the heading says that no news is below, such as 參考資料."""
    digest: bool = False
    """Whether what is below comes again in other sections."""

    @property
    def balance(self) -> float:
        """Evidence for an item (positive) against units (negative)."""
        return self.item_score - _UNIT_WEIGHT * self.unit_score


@dataclass
class Plan:
    """One reading of the whole document: the role of every leaf, by the identity of its branch."""

    name: PlanName
    roles: dict[int, Role] = field(default_factory=dict)
    lists: dict[int, UnitList] = field(default_factory=dict)

    def role(self, branch: Branch) -> Role:
        """Return the role of a branch, "notes" unless decided otherwise."""
        return self.roles.get(id(branch), "notes")


class Structure:
    """All leaves of a tree with the evidence of each."""

    def __init__(self, root: Branch, references: References) -> None:
        self.root = root
        self.references = references
        self.fields = _field_headings(root)
        self.leaves = list(self._find_leaves(root))
        bodies = [leaf.blocks for leaf in self.leaves if leaf.branch.heading]
        self.labels = field_labels(bodies, references)
        for leaf in self.leaves:
            self._weigh(leaf)
        self._find_digests()

    def is_field(self, branch: Branch) -> bool:
        """Tell whether a heading is the label of a field of the item above."""
        return id(branch) in self.fields

    def is_whole(self, branch: Branch) -> bool:
        """Tell whether no section or item has a heading of its own below `branch`."""
        return all(self.is_field(child) for child in branch.children)

    def plans(self) -> Iterator[Plan]:
        """Yield the readings of the document worth comparing."""
        for name in ("mixed", "headings", "units"):
            yield self._plan(name)

    def _find_leaves(self, branch: Branch) -> Iterator[Leaf]:
        if self.is_whole(branch):
            yield Leaf(branch, list(branch.all_blocks()), whole=True)
            return
        if branch.blocks:
            yield Leaf(branch, branch.blocks, whole=False)
        for child in branch.children:
            if not self.is_field(child):
                yield from self._find_leaves(child)

    def _weigh(self, leaf: Leaf) -> None:
        title = leaf.branch.title
        text = leaf.branch.text
        leaf.barred = _is_barred(leaf.branch)
        best, strength = self._best_units(leaf)
        leaf.units, leaf.unit_score = best, strength
        if title is None or not leaf.whole:
            leaf.item_score = -9.0
            return
        if title.links:
            leaf.unit_score = max(0.0, leaf.unit_score - 2 / _UNIT_WEIGHT)
        leaf.item_score = self._item_score(leaf, text)

    def _best_units(self, leaf: Leaf) -> tuple[UnitList | None, float]:
        best: UnitList | None = None
        highest = 0.0
        for candidate in unit_lists(leaf.blocks, self.references):
            count = len(candidate.units)
            strength = candidate.strength(self.labels) * _FORM_WEIGHTS[candidate.form]
            if count < _MIN_UNITS:
                strength *= 0.6 if candidate.form == "bullet" else 0.2
            if strength > highest:
                best, highest = candidate, strength
        return best, highest

    def _item_score(self, leaf: Leaf, text: str) -> float:
        title = leaf.branch.title
        assert title
        score = 0.0
        score += 2.0 if title.number else 0.0
        score += 3.0 if title.links else 0.0
        score += 2.0 if title.importance else 0.0
        score += 1.0 if leaf.branch.other_titles else 0.0
        score += _width_score(text)
        if section_kind(text) or part_name(text) or is_container(text):
            score -= 2.0
        if leaf.branch.recurrent:
            score -= 3.0
        prose = 0
        links_outside = 0
        for block in leaf.blocks:
            if block.kind in ("paragraph", "quote"):
                lines = list(block_lines([block]))
                prose += sum(len(plain_text(line.text)) for line in lines)
                links_outside += sum(len(text_links(line, self.references)) for line in lines)
        score += 1.0 if prose >= _MIN_PROSE_CHARS else 0.0
        units = leaf.units.units if leaf.units else []
        unlinked = not any(unit.linked for unit in units)
        if links_outside:
            score += 2.0 if units and unlinked else 0.5
        if self._has_fields(leaf.blocks):
            score += 1.5
        list_only = prose < _MIN_PROSE_CHARS and len(units) >= _MIN_UNITS
        if list_only and display_width(text) < _LONG_TITLE_WIDTH:
            score -= 1.0
        return score

    def _has_fields(self, blocks: Sequence[Block]) -> bool:
        if has_fields(blocks):
            return True
        for candidate in unit_lists(blocks, self.references):
            for unit in candidate.units:
                if unit.label and title_key(unit.label) in self.labels:
                    return True
        return False

    def _find_digests(self) -> None:
        """Mark the leaves that only list what other sections tell."""
        ordered = [leaf for leaf in self.leaves if not leaf.barred]
        for index, leaf in enumerate(ordered):
            if leaf.branch.apparatus == "digest":
                leaf.digest = True
            elif leaf.units and index + 1 < len(ordered):
                leaf.digest = self._is_retold(leaf.units.units, ordered[index + 1 :])

    def _is_retold(self, units: list[Unit], others: list[Leaf]) -> bool:
        if len(units) < _MIN_UNITS:
            return False
        keys: list[str] = []
        for leaf in others:
            keys.append(title_key(leaf.branch.text))
            for unit in leaf.units.units if leaf.units else []:
                keys.append(title_key(unit.title.text) if unit.title else "")
        keys = [key for key in keys if len(key) > 6][:_MAX_COMPARED_TITLES]
        units = units[:_MAX_DIGEST_UNITS]
        retold = 0
        for unit in units:
            if unit.title and not unit.text_chars > 400:
                key = title_key(unit.title.text)
                retold += any(key == other or (len(key) > 10 and key in other) for other in keys)
        return retold >= _DIGEST_SHARE * len(units)

    def _plan(self, name: PlanName) -> Plan:
        plan = Plan(name)
        balances = self._balances()
        for leaf in self.leaves:
            if leaf.barred or leaf.digest:
                continue
            self._decide(plan, leaf, balances[id(leaf.branch)])
        if not plan.roles:
            for leaf in self.leaves:
                if leaf.digest or leaf.branch.apparatus == "references":
                    self._decide(plan, leaf, leaf.balance)
        self._promote_articles(plan)
        return plan

    def _balances(self) -> dict[int, float]:
        """Return each leaf's balance, moved half way towards the mean of its siblings'."""
        balances: dict[int, float] = {}
        siblings: dict[int, list[Leaf]] = {}
        parents = _parents(self.root)
        for leaf in self.leaves:
            if not leaf.barred and not leaf.digest and leaf.whole:
                siblings.setdefault(parents.get(id(leaf.branch), 0), []).append(leaf)
        for leaf in self.leaves:
            group = siblings.get(parents.get(id(leaf.branch), 0), [])
            shift = mean(other.balance for other in group) if len(group) > 1 and leaf.whole else 0.0
            balances[id(leaf.branch)] = leaf.balance + _SIBLING_WEIGHT * shift
        return balances

    def _decide(self, plan: Plan, leaf: Leaf, balance: float) -> None:
        key = id(leaf.branch)
        is_item = leaf.whole and leaf.branch.title is not None and leaf.item_score >= _MIN_ITEM_SCORE
        has_units = leaf.units is not None and leaf.unit_score >= _MIN_UNIT_STRENGTH
        if not leaf.whole and leaf.unit_score < 1.0:
            has_units = False
        if plan.name == "headings":
            is_item = leaf.whole and leaf.branch.title is not None
            has_units = False
        if plan.name == "units":
            is_item = False
        if is_item and (balance > 0 or not has_units):
            plan.roles[key] = "item"
        elif has_units and leaf.units:
            plan.roles[key] = "units"
            plan.lists[key] = leaf.units

    def _promote_articles(self, plan: Plan) -> None:
        """Make a heading an item where none of its subheadings is one."""
        for branch in self.root.walk():
            if branch.title is None or self.is_whole(branch) or _is_barred(branch):
                continue
            below = [inner for inner in branch.walk() if plan.role(inner) != "notes"]
            if below or branch.apparatus or section_kind(branch.text):
                continue
            leaf = Leaf(branch, list(branch.all_blocks()), whole=True)
            if self._item_score(leaf, branch.text) >= _MIN_ITEM_SCORE + 1:
                plan.roles[id(branch)] = "item"


def _width_score(text: str) -> float:
    width = display_width(text)
    if width >= _VERY_LONG_TITLE_WIDTH:
        return 1.5
    if width >= _LONG_TITLE_WIDTH:
        return 1.0
    return -1.0 if width < _SHORT_TITLE_WIDTH else 0.0


def _is_barred(branch: Branch) -> bool:
    if branch.apparatus and branch.apparatus != "digest":
        return True
    if part_name(branch.text):
        return True
    return section_kind(branch.text) in ("editorial", "resources")


def _parents(root: Branch) -> dict[int, int]:
    parents: dict[int, int] = {}
    for branch in root.walk():
        for child in branch.children:
            parents[id(child)] = id(branch)
    return parents


def _field_headings(root: Branch) -> frozenset[int]:
    """Return the identities of headings that label a field of the item above.

    Those are headings that come again below three and more others, and known words where all
    headings beside them are fields, too.
    """
    parents: dict[str, set[int]] = {}
    gathering = 0
    for branch in root.walk():
        gathering += bool(branch.children)
        for child in branch.children:
            parents.setdefault(title_key(child.text), set()).add(id(branch))
    repeated: set[str] = set()
    for key, owners in parents.items():
        if len(owners) >= _MIN_FIELD_PARENTS and len(owners) * 3 >= gathering:
            repeated.add(key)
    identities: set[int] = set()
    for branch in root.walk():
        bare = [child for child in branch.children if not child.children]
        labels = [child for child in bare if title_key(child.text) in repeated]
        known = [child for child in bare if child in labels or field_name(child.text)]
        if branch.heading and len(known) == len(branch.children):
            labels = known
        identities.update(id(child) for child in labels)
    return frozenset(identities)


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
            outlines.append(Outline(branch.text, branch.first, branch.last))
        elif role == "units":
            for unit in plan.lists[id(branch)].units:
                title = unit.title.text if unit.title else str(unit.first)
                outlines.append(Outline(title, unit.first, unit.last))
    return outlines


class Measure:
    """Scores readings of one document by what a reader would expect of its items."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.link_lines: list[int] = []
        self.text_chars: dict[int, int] = {}
        self.nested: list[int] = []
        self.barred_lines: set[int] = set()
        self.named: set[str] = set()
        for branch in structure.root.walk():
            if branch.recurrent or branch.apparatus or section_kind(branch.text):
                self.named.add(title_key(branch.text))
        for leaf in structure.leaves:
            self._add(leaf)
        self.link_lines.sort()
        self.nested.sort()

    def _add(self, leaf: Leaf) -> None:
        if leaf.barred or leaf.digest:
            for block in leaf.blocks:
                self.barred_lines.update(range(block.first, block.last + 1))
            self.barred_lines.add(leaf.branch.first)
            return
        if leaf.units and leaf.unit_score >= _STRONG_UNITS:
            self.nested.extend(unit.first for unit in leaf.units.units)
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
            own = range(outline.first, outline.last + 1)
            lines.update(own)
            has_link = _count_between(self.link_lines, outline.first - 1, outline.last) > 0
            linked += has_link
            empty += not has_link and not any(self.text_chars.get(number) for number in own)
        text = sum(self.text_chars.values())
        covered = sum(chars for number, chars in self.text_chars.items() if number in lines)
        text_share = covered / text if text else 1.0
        links = sum(number in lines for number in self.link_lines)
        link_share = links / len(self.link_lines) if self.link_lines else 1.0
        keys = {title_key(outline.title) for outline in outlines}
        titled = len(keys - self.named) / count
        linked_share = linked / count if self.link_lines else 1.0
        fine = 1.0 - self._coarse_share(outlines) - empty / count
        score = 3 * link_share + 2 * text_share + 2 * titled + linked_share + 2 * fine
        return score / 10 * (1 - _MISPLACED_WEIGHT * self._misplaced_share(outlines))

    def _misplaced_share(self, outlines: list[Outline]) -> float:
        """Return the share of items that are categories, or below headings without news."""
        misplaced = 0
        for outline in outlines:
            category = title_key(outline.title) in self.named
            misplaced += category or outline.first in self.barred_lines
        return misplaced / len(outlines)

    def _coarse_share(self, outlines: list[Outline]) -> float:
        """Return the share of items that hold two or more units of their own."""
        coarse = 0
        for outline in outlines:
            inside = _count_between(self.nested, outline.first, outline.last)
            coarse += inside >= _MIN_UNITS
        return coarse / len(outlines)


def _count_between(numbers: list[int], first: int, last: int) -> int:
    """Return how many of the sorted `numbers` are over `first` and up to `last`."""
    return bisect_right(numbers, last) - bisect_right(numbers, first)
