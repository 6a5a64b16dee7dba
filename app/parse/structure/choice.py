"""Decision for every heading: an item itself, a group of units, or neither."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.parse.dialects.described import Dialect
from app.parse.headings import has_fields
from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.references import (
    References,
    block_lines,
    text_links,
)
from app.parse.structure.forms import unit_lists
from app.parse.structure.tree import STATED_ITEM_LEVEL, Branch
from app.parse.structure.units import (
    Unit,
    UnitList,
    field_labels,
)
from app.parse.titles import (
    display_width,
    title_key,
)
from app.parse.vocabulary import (
    field_name,
    is_container,
    part_name,
    section_kind,
)

Role = Literal["item", "units", "notes"]
PlanName = Literal["mixed", "headings", "units", "described"]

_PLANS: tuple[PlanName, ...] = (
    "mixed",
    "headings",
    "units",
)
_LONG_TITLE_WIDTH = 20
_VERY_LONG_TITLE_WIDTH = 36
_SHORT_TITLE_WIDTH = 12
_MIN_PROSE_WIDTH = 30
_MIN_ITEM_SCORE = 1.0
_MIN_FORCED_SCORE = -1.0
_MIN_UNIT_STRENGTH = 0.5
_MIN_LONE_STRENGTH = 0.2
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
_MAX_DIGEST_UNITS = 30
_MAX_DIGESTS = 8
_MAX_DIGEST_CHARS = 400
_MIN_KEY_CHARS = 7
_MIN_CONTAINED_CHARS = 11
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

    def __init__(
        self,
        root: Branch,
        references: References,
        dialect: Dialect | None = None,
    ) -> None:
        self.root = root
        self.references = references
        self.dialect = dialect
        self.parents = _parents(root)
        self.fields = _field_headings(root)
        self.leaves = list(self._find_leaves(root))
        bodies = [leaf.blocks for leaf in self.leaves if leaf.branch.heading]
        self.labels = field_labels(bodies, references)
        for leaf in self.leaves:
            self._weigh(leaf)
        self._hold_to_siblings()
        self._find_digests()

    def is_field(self, branch: Branch) -> bool:
        """Tell whether a heading is the label of a field of the item above."""
        return id(branch) in self.fields

    def is_whole(self, branch: Branch) -> bool:
        """Tell whether no section or item has a heading of its own below `branch`."""
        return all(self.is_field(child) for child in branch.children)

    def plans(self) -> Iterator[Plan]:
        """Yield the readings of the document worth comparing."""
        if self.dialect and (self.dialect.marker or self.dialect.item_line):
            yield self._described_plan(self.dialect)
            return
        for name in _PLANS:
            yield self._plan(name)

    def _find_leaves(self, branch: Branch) -> Iterator[Leaf]:
        if self.is_whole(branch):
            yield Leaf(
                branch,
                list(branch.all_blocks()),
                whole=True,
            )
            return
        if branch.blocks:
            yield Leaf(branch, branch.blocks, whole=False)
        for child in branch.children:
            if not self.is_field(child):
                yield from self._find_leaves(child)

    def _weigh(self, leaf: Leaf) -> None:
        title = leaf.branch.title
        text = leaf.branch.text
        leaf.barred = self._is_barred(leaf.branch)
        lists = unit_lists(leaf.blocks, self.references)
        best, strength = self._best_units(lists)
        leaf.units, leaf.unit_score = best, strength
        if title is None or not leaf.whole or leaf.branch.is_document_title:
            leaf.item_score = -9.0
            return
        if title.links:
            leaf.unit_score = max(
                0.0,
                leaf.unit_score - 2 / _UNIT_WEIGHT,
            )
        leaf.item_score = self._item_score(leaf, text, lists)

    def _best_units(self, lists: Iterable[UnitList]) -> tuple[UnitList | None, float]:
        best: UnitList | None = None
        highest = 0.0
        for candidate in lists:
            count = len(candidate.units)
            strength = candidate.strength(self.labels) * _form_weight(candidate)
            if count < _MIN_UNITS:
                unit = candidate.units[0]
                sure = candidate.form == "bullet" or (unit.title and unit.title.links)
                strength *= 0.6 if sure else 0.2
            if strength > highest:
                best, highest = candidate, strength
        return best, highest

    def _item_score(self, leaf: Leaf, text: str, lists: Iterable[UnitList]) -> float:
        title = leaf.branch.title
        assert title
        score = 0.0
        score += 2.0 if title.is_numbered else 0.0
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
        for block in self._own_text(leaf):
            if block.kind in ("paragraph", "quote"):
                lines = list(block_lines([block]))
                prose += sum(display_width(plain_text(line.text)) for line in lines)
                links_outside += sum(len(text_links(line, self.references)) for line in lines)
        score += 1.0 if prose >= _MIN_PROSE_WIDTH else 0.0
        units = leaf.units.units if leaf.units else []
        unlinked = not any(unit.linked for unit in units)
        if links_outside:
            score += 2.0 if units and unlinked else 0.5
        if self._has_fields(leaf.blocks, lists):
            score += 1.5
        list_only = prose < _MIN_PROSE_WIDTH and len(units) >= _MIN_UNITS
        if list_only and display_width(text) < _LONG_TITLE_WIDTH:
            score -= 1.0
        return score

    def _own_text(self, leaf: Leaf) -> list[Block]:
        """Return the blocks of a leaf outside its units, where most of those have titles."""
        if leaf.units is None or leaf.unit_score < 1.0:
            return leaf.blocks
        titled = sum(unit.title is not None for unit in leaf.units.units)
        if titled * 2 <= len(leaf.units.units):
            return leaf.blocks
        return [piece for piece in leaf.units.pieces if isinstance(piece, Block)]

    def _has_fields(self, blocks: Sequence[Block], lists: Iterable[UnitList]) -> bool:
        if has_fields(blocks):
            return True
        for candidate in lists:
            for unit in candidate.units:
                if unit.label and title_key(unit.label) in self.labels:
                    return True
        return False

    def _hold_to_siblings(self) -> None:
        """Lower the leaves that lack the number or link that the headings beside them have."""
        for group in self._sibling_groups().values():
            titles = [leaf.branch.title for leaf in group if leaf.branch.title]
            if len(titles) <= _MIN_UNITS:
                continue
            numbered = sum(title.is_numbered for title in titles)
            linked = sum(bool(title.links) for title in titles)
            for leaf in group:
                title = leaf.branch.title
                if title and numbered * 2 > len(titles) and not title.is_numbered:
                    leaf.item_score -= 2.0
                if title and linked * 2 > len(titles) and not title.links:
                    leaf.item_score -= 2.0

    def _find_digests(self) -> None:
        """Mark the leaves that only list what other sections tell."""
        ordered = [leaf for leaf in self.leaves if not leaf.barred]
        for leaf in ordered:
            leaf.digest = leaf.branch.apparatus == "digest"
        keys = [_leaf_keys(leaf) for leaf in ordered]
        # A digest comes early; the first leaves are compared with all that follow.
        for index, leaf in enumerate(ordered[:_MAX_DIGESTS]):
            if leaf.units and not leaf.digest:
                others: list[str] = []
                for later in keys[index + 1 :]:
                    others.extend(later)
                leaf.digest = _is_retold(
                    leaf.units.units,
                    others[:_MAX_COMPARED_TITLES],
                )

    def _plan(self, name: PlanName) -> Plan:
        plan = Plan(name)
        shifts = self._sibling_shifts()
        for leaf in self.leaves:
            if not leaf.barred and not leaf.digest:
                self._decide(
                    plan,
                    leaf,
                    shifts[id(leaf.branch)],
                )
        if not plan.roles:
            for leaf in self.leaves:
                if leaf.digest or leaf.branch.apparatus == "references":
                    self._decide(plan, leaf, 0.0)
        self._promote_articles(plan)
        self._follow_siblings(plan)
        return plan

    def _described_plan(self, dialect: Dialect) -> Plan:
        """Return the plan that a dialect's item lines or marker state."""
        plan = Plan("described")
        if dialect.item_line or dialect.marker == "heading":
            item_level = STATED_ITEM_LEVEL if dialect.item_line else dialect.level
            for branch in _outside_ignored(self.root, dialect):
                level = branch.heading.level if branch.heading else 0
                is_item = self.is_whole(branch) if item_level is None else level == item_level
                if branch.heading and is_item and not self._is_barred(branch):
                    plan.roles[id(branch)] = "item"
            return plan
        for leaf in self.leaves:
            if leaf.barred:
                continue
            for candidate in unit_lists(leaf.blocks, self.references):
                if candidate.form == dialect.marker:
                    plan.roles[id(leaf.branch)] = "units"
                    plan.lists[id(leaf.branch)] = candidate
        return plan

    def _is_barred(self, branch: Branch) -> bool:
        """Tell whether a heading says that no news is below."""
        if self.dialect and self.dialect.ignores_section(branch.text):
            return True
        if self.dialect and self.dialect.section_kind(branch.text):
            return False
        if branch.apparatus and branch.apparatus != "digest":
            return True
        if part_name(branch.text):
            return True
        return section_kind(branch.text) in (
            "editorial",
            "resources",
        )

    def _sibling_groups(
        self,
    ) -> dict[int, list[Leaf]]:
        """Return the whole leaves that may hold news, by the identity of the branch above."""
        groups: dict[int, list[Leaf]] = {}
        for leaf in self.leaves:
            if not leaf.barred and not leaf.digest and leaf.whole:
                groups.setdefault(
                    self.parents.get(id(leaf.branch), 0),
                    [],
                ).append(leaf)
        return groups

    def _sibling_shifts(self) -> dict[int, float]:
        """Return half the mean balance of each leaf and its siblings, by the leaf's branch."""
        means: dict[int, float] = {}
        for (
            parent,
            group,
        ) in self._sibling_groups().items():
            if len(group) > 1:
                means[parent] = sum(leaf.balance for leaf in group) / len(group)
        shifts: dict[int, float] = {}
        for leaf in self.leaves:
            parent = self.parents.get(id(leaf.branch), 0)
            shift = means.get(parent, 0.0) if leaf.whole else 0.0
            shifts[id(leaf.branch)] = _SIBLING_WEIGHT * shift
        return shifts

    def _decide(self, plan: Plan, leaf: Leaf, shift: float) -> None:
        balance = leaf.balance + shift
        # A lone bullet counts where the headings beside this one gather units.
        least = _MIN_LONE_STRENGTH if shift < 0 else _MIN_UNIT_STRENGTH
        key = id(leaf.branch)
        heading = leaf.branch.title is not None and not leaf.branch.is_document_title
        is_item = leaf.whole and heading and leaf.item_score >= _MIN_ITEM_SCORE
        has_units = leaf.units is not None and leaf.unit_score >= least
        if not leaf.whole and leaf.unit_score < 1.0:
            has_units = False
        if plan.name == "headings":
            is_item = leaf.whole and heading and leaf.item_score > _MIN_FORCED_SCORE
            has_units = False
        if plan.name == "units":
            is_item = False
        if is_item and (balance > 0 or not has_units):
            plan.roles[key] = "item"
        elif has_units and leaf.units:
            plan.roles[key] = "units"
            plan.lists[key] = leaf.units

    def _follow_siblings(self, plan: Plan) -> None:
        """Make a heading with text an item where most headings beside it are items."""
        for group in self._sibling_groups().values():
            items = sum(plan.role(leaf.branch) == "item" for leaf in group)
            if items < _MIN_UNITS or items * 2 <= len(group):
                continue
            for leaf in group:
                undecided = plan.role(leaf.branch) == "notes" and leaf.item_score >= 0
                if undecided and leaf.blocks:
                    plan.roles[id(leaf.branch)] = "item"

    def _promote_articles(self, plan: Plan) -> None:
        """Make a heading an item where none of its subheadings is one."""
        for branch in self.root.walk():
            if branch.title is None or branch.is_document_title or self.is_whole(branch):
                continue
            if self._is_barred(branch):
                continue
            below = [inner for inner in branch.walk() if plan.role(inner) != "notes"]
            if below or branch.apparatus or section_kind(branch.text):
                continue
            leaf = Leaf(
                branch,
                list(branch.all_blocks()),
                whole=True,
            )
            lists = unit_lists(leaf.blocks, self.references)
            if self._item_score(leaf, branch.text, lists) >= _MIN_ITEM_SCORE + 1:
                plan.roles[id(branch)] = "item"


def _leaf_keys(leaf: Leaf) -> list[str]:
    """Return the keys of a leaf's title and of its units' titles; short ones mean too little."""
    keys = [title_key(leaf.branch.text)]
    for unit in leaf.units.units if leaf.units else []:
        if unit.title:
            keys.append(title_key(unit.title.text))
    return [key for key in keys if len(key) >= _MIN_KEY_CHARS]


def _is_retold(units: list[Unit], others: list[str]) -> bool:
    """Tell whether most units have a title that comes again among `others`."""
    if len(units) < _MIN_UNITS:
        return False
    units = units[:_MAX_DIGEST_UNITS]
    retold = 0
    for unit in units:
        if unit.title and unit.text_chars <= _MAX_DIGEST_CHARS:
            key = title_key(unit.title.text)
            long = len(key) >= _MIN_CONTAINED_CHARS
            retold += any(key == other or (long and key in other) for other in others)
    return retold >= _DIGEST_SHARE * len(units)


def _form_weight(candidate: UnitList) -> float:
    return 1.0 if candidate.certain else _FORM_WEIGHTS[candidate.form]


def _width_score(text: str) -> float:
    width = display_width(text)
    if width >= _VERY_LONG_TITLE_WIDTH:
        return 1.5
    if width >= _LONG_TITLE_WIDTH:
        return 1.0
    return -1.0 if width < _SHORT_TITLE_WIDTH else 0.0


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


def _outside_ignored(branch: Branch, dialect: Dialect) -> Iterator[Branch]:
    """Yield a branch and all below, in order, less what a dialect says is no news."""
    if dialect.ignores_section(branch.text):
        return
    yield branch
    for child in branch.children:
        yield from _outside_ignored(child, dialect)
