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
from app.parse.structure.field_headings import branch_parents, field_headings
from app.parse.structure.forms import is_closed, unit_lists
from app.parse.structure.leaves import UNIT_WEIGHT, Leaf
from app.parse.structure.retold import mark_digests
from app.parse.structure.stated import STATED_ITEM_LEVEL
from app.parse.structure.tree import LABEL_LEVEL, PSEUDO_LEVEL, Branch
from app.parse.structure.units import (
    UnitList,
    field_labels,
)
from app.parse.titles import (
    display_width,
    title_key,
)
from app.parse.vocabulary import (
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
_SIBLING_WEIGHT = 0.5
_FORM_WEIGHTS = {
    "bullet": 1.0,
    "row": 1.0,
    "callout": 0.9,
    "paragraph": 0.9,
    "linked paragraph": 0.5,
}
_MIN_UNITS = 2
_MAX_SECTION_LEVEL = 2
_SENTENCE_ENDS = tuple("。.！!？?）)")


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
        self.parents = branch_parents(root)
        self.fields = field_headings(root)
        self.tops = {id(branch) for branch in root.walk() if branch.is_document_title}
        self.tops.add(id(root))
        self.leaves = list(self._find_leaves(root))
        bodies = [leaf.blocks for leaf in self.leaves if leaf.branch.heading]
        self.labels = field_labels(bodies, references)
        for leaf in self.leaves:
            self._weigh(leaf)
        self._hold_to_siblings()
        mark_digests(self.leaves, self.parents, references)

    def is_field(self, branch: Branch) -> bool:
        """Return whether a heading is the label of a field of the item above."""
        return id(branch) in self.fields

    def is_whole(self, branch: Branch) -> bool:
        """Return whether no section or item has a heading of its own below `branch`."""
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
        label = leaf.branch.level == LABEL_LEVEL
        best, strength = self._best_units(lists, label)
        leaf.units, leaf.unit_score = best, strength
        if title is None or label or not leaf.whole or leaf.branch.is_document_title:
            leaf.item_score = -9.0
            return
        if title.links:
            leaf.unit_score = max(
                0.0,
                leaf.unit_score - 2 / UNIT_WEIGHT,
            )
        leaf.item_score = self._item_score(leaf, text, lists)

    def _best_units(self, lists: Iterable[UnitList], label: bool) -> tuple[UnitList | None, float]:
        """Return the strongest list; `label` is whether a plain line names what is below."""
        best: UnitList | None = None
        highest = 0.0
        for candidate in lists:
            count = len(candidate.units)
            strength = candidate.strength(self.labels) * _form_weight(candidate)
            if count < _MIN_UNITS:
                unit = candidate.units[0]
                sure = candidate.form == "bullet" or is_closed(unit) or (label and unit.linked)
                sure = sure or bool(unit.title and unit.title.links)
                sure = sure or bool(unit.linked and unit.title and unit.title.is_numbered)
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
        key = title_key(text)
        others = [other for other in leaf.branch.other_titles if title_key(other.text) != key]
        score += 1.0 if others else 0.0
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
        self._discount_section_numbers()

    def _discount_section_numbers(self) -> None:
        """Lower the leaves whose number is that of the sections beside them."""
        leaves = {id(leaf.branch): leaf for leaf in self.leaves}
        for branch in self.root.walk():
            sections = [child for child in branch.children if not self.is_whole(child)]
            numbered = sum(bool(child.title and child.title.is_numbered) for child in sections)
            if numbered < _MIN_UNITS:
                continue
            for child in branch.children:
                leaf = leaves.get(id(child))
                if leaf and leaf.whole and child.title and child.title.is_numbered:
                    lines = block_lines(leaf.blocks)
                    sourced = any(text_links(line, self.references) for line in lines)
                    leaf.item_score -= 2.0 if sourced or child.title.links else 6.0

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
        if not plan.roles and name != "headings":
            self._take_weak_units(plan)
        self._promote_articles(plan)
        self._join_articles(plan)
        self._follow_siblings(plan)
        return plan

    def _take_weak_units(self, plan: Plan) -> None:
        """Take short texts as items where the document has nothing else."""
        for leaf in self.leaves:
            lists = leaf.units
            if leaf.barred or lists is None or len(lists.units) <= _MIN_UNITS:
                continue
            if leaf.unit_score >= _MIN_LONE_STRENGTH:
                plan.roles[id(leaf.branch)] = "units"
                plan.lists[id(leaf.branch)] = lists

    def _join_articles(self, plan: Plan) -> None:
        """Make a long heading with text and numbered parts one item, where others have sources."""
        if not any(leaf.branch.title and leaf.branch.title.links for leaf in self.leaves):
            return
        for branch in self.root.walk():
            if self.is_whole(branch) or branch.is_document_title or self._is_barred(branch):
                continue
            if branch.apparatus or not _is_article(branch, self.references):
                continue
            for inner in branch.walk():
                plan.roles.pop(id(inner), None)
                plan.lists.pop(id(inner), None)
            plan.roles[id(branch)] = "item"

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
        """Return whether a heading says that no news is below."""
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
        sure = shift < 0 or self._is_labelled(leaf)
        least = _MIN_LONE_STRENGTH if sure else _MIN_UNIT_STRENGTH
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

    def _is_labelled(self, leaf: Leaf) -> bool:
        """Return whether a leaf is below a plain line of a document without headings."""
        if leaf.branch.level == LABEL_LEVEL:
            return True
        if leaf.branch.level != PSEUDO_LEVEL or not leaf.whole:
            return False
        top = self.parents.get(id(leaf.branch)) in self.tops
        return top and all(block.kind in ("list", "rule") for block in leaf.blocks)

    def _follow_siblings(self, plan: Plan) -> None:
        """Make a heading with text an item where most headings beside it are items."""
        for group in self._sibling_groups().values():
            items = sum(plan.role(leaf.branch) == "item" for leaf in group)
            if items and items * 2 >= len(group):
                self._keep_short_headings(plan, group)
            if items < _MIN_UNITS or items * 2 <= len(group):
                continue
            for leaf in group:
                undecided = plan.role(leaf.branch) == "notes" and leaf.item_score >= 0
                if undecided and leaf.blocks:
                    plan.roles[id(leaf.branch)] = "item"

    def _keep_short_headings(self, plan: Plan, group: list[Leaf]) -> None:
        """Make a short heading with a sentence below an item, where half beside it are items.

        Only below a category: 乙公司開源 among longer titles is no section.
        """
        for leaf in group:
            branch = leaf.branch
            if branch.level <= _MAX_SECTION_LEVEL or plan.role(branch) != "notes":
                continue
            if branch.recurrent or branch.apparatus or leaf.item_score < _MIN_FORCED_SCORE:
                continue
            if section_kind(branch.text) or is_container(branch.text) or len(leaf.blocks) != 1:
                continue
            last = leaf.blocks[0].lines[-1:]
            if leaf.blocks[0].kind == "paragraph" and last[0].text[-1:] in _SENTENCE_ENDS:
                plan.roles[id(branch)] = "item"

    def _promote_articles(self, plan: Plan) -> None:
        """Make a heading an item where none of its subheadings is one."""
        digests = {id(leaf.branch) for leaf in self.leaves if leaf.digest}
        for branch in self.root.walk():
            if branch.title is None or branch.is_document_title or self.is_whole(branch):
                continue
            if self._is_barred(branch):
                continue
            inner = list(branch.walk())
            below = any(plan.role(heading) != "notes" for heading in inner)
            retold = any(id(heading) in digests for heading in inner)
            if below or retold or branch.apparatus or section_kind(branch.text):
                continue
            leaf = Leaf(
                branch,
                list(branch.all_blocks()),
                whole=True,
            )
            lists = unit_lists(leaf.blocks, self.references)
            if self._item_score(leaf, branch.text, lists) >= _MIN_ITEM_SCORE + 1:
                plan.roles[id(branch)] = "item"


def _is_article(branch: Branch, references: References) -> bool:
    """Return whether a long title with text of its own has numbered parts, none with a source."""
    title = branch.title
    if title is None or display_width(title.text) < _VERY_LONG_TITLE_WIDTH:
        return False
    if len(branch.children) < _MIN_UNITS or title.is_numbered:
        return False
    if any(child.title is None or child.title.number is None for child in branch.children):
        return False
    prose = [line for block in branch.blocks if block.kind == "paragraph" for line in block.lines]
    if sum(display_width(line.text) for line in prose) < _MIN_PROSE_WIDTH:
        return False
    return not any(text_links(line, references) for line in block_lines(branch.all_blocks()))


def _form_weight(candidate: UnitList) -> float:
    return 1.0 if candidate.certain else _FORM_WEIGHTS[candidate.form]


def _width_score(text: str) -> float:
    width = display_width(text)
    if width >= _VERY_LONG_TITLE_WIDTH:
        return 1.5
    if width >= _LONG_TITLE_WIDTH:
        return 1.0
    return -1.0 if width < _SHORT_TITLE_WIDTH else 0.0


def _outside_ignored(branch: Branch, dialect: Dialect) -> Iterator[Branch]:
    """Yield a branch and all below, in order, without those that a dialect ignores."""
    if dialect.ignores_section(branch.text):
        return
    yield branch
    for child in branch.children:
        yield from _outside_ignored(child, dialect)
