"""Which names are one entity: a pure function of what was judged, whatever the order it was said in.

Nodes are `k:` and a name key, or `c:` and a slug of the catalogue. What a curator said comes first and always holds; what was
concluded from documents follows, the surest first, as far as nobody said otherwise.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, order=True)
class JudgementLink:
    """A judgement that two nodes are one entity, and how sure it is, in [0, 1]."""

    left: str
    right: str
    method: str
    score: float
    evidence: str


def is_catalogued(node: str) -> bool:
    """Whether a node is an entity of the catalogue."""
    return node.startswith("c:")


@dataclass(frozen=True, slots=True)
class Clusters:
    """The node each node goes by, and what names are not."""

    roots: Mapping[str, str] = field(default_factory=dict)
    parted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By node: those it is not."""

    def root(self, node: str) -> str:
        """The node that `node` goes by."""
        return self.roots.get(node, node)

    def named(self, key: str, node: str) -> str:
        """What a mention spelled `key` names, `node` being what the document alone makes of it.

        A spelling that is not this entity goes by itself, and only where it would have named this one: homonyms stay.
        """
        own, root = f"k:{key}", self.root(node)
        return (
            self.root(own)
            if any(self.root(other) == root for other in self.parted.get(own, ()))
            else root
        )


def cluster(
    links: Iterable[JudgementLink], joined: Iterable[Pair] = (), parted: Iterable[Pair] = ()
) -> Clusters:
    """The clusters that follow from automatic `links`, and from what curators `joined` (left became right) and `parted` (left is not right).

    A cluster goes by what a curator made it, else by its catalogued node, else by its longest, else by the first in order.
    A link is not followed where it would make two catalogued entities one, or bring together what was parted.
    """
    merged, left_out = sorted({pair for pair in joined if pair[0] != pair[1]}), sorted(set(parted))
    apart, leaving = _both_ways(left_out), {left for left, _ in left_out}
    groups = _Groups()
    for node in apart:
        groups.root(node)
    for left, right in merged:
        groups.join(left, right)
    # What became another is not what the cluster goes by; only contradictory merges leave nothing else.
    away = {left for left, _ in merged}
    for members in groups.members():
        groups.name(min(members, key=lambda node: (node in away, *_rank(node))))
    final = {groups.root(left) for left, _ in merged}
    enemies = defaultdict(set, {node: set(others) for node, others in apart.items()})
    anchored: set[str] = set()
    for members in groups.members():
        root = groups.root(members[0])
        anchored |= {root} if any(map(is_catalogued, members)) else set()
        enemies[root] = {other for member in members for other in apart.get(member, ())}

    def rank(node: str) -> tuple[bool, bool, int, str]:
        return (not (node in anchored or is_catalogued(node)), node not in final, -len(node), node)

    # Links of a name that was split off come last: whoever else is linked to it does not leave along with it.
    for link in sorted(
        set(links),
        key=lambda ln: (ln.left in leaving or ln.right in leaving, -ln.score, ln.left, ln.right),
    ):
        first, second = sorted((groups.root(link.left), groups.root(link.right)), key=rank)
        if (
            first == second
            or not rank(second)[0]
            or any(groups.root(other) == second for other in enemies[first])
        ):
            continue
        groups.join(second, first)
        groups.name(first)
        enemies[first] |= enemies.pop(second, set())
    return Clusters(groups.roots(), apart)


def _both_ways(pairs: Iterable[Pair]) -> dict[str, frozenset[str]]:
    apart: defaultdict[str, set[str]] = defaultdict(set)
    for left, right in pairs:
        apart[left].add(right)
        apart[right].add(left)
    return {node: frozenset(others) for node, others in apart.items()}


def _rank(node: str) -> tuple[bool, int, str]:
    return (not is_catalogued(node), -len(node), node)


class _Groups:
    """Disjoint sets of nodes, each with a root that can be chosen."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, node: str) -> str:
        self._above.setdefault(node, node)
        while self._above[node] != node:
            self._above[node] = self._above[self._above[node]]
            node = self._above[node]
        return node

    def join(self, left: str, right: str) -> None:
        self._above[self.root(left)] = self.root(right)

    def name(self, node: str) -> None:
        """Have the set of `node` go by it."""
        former = self.root(node)
        self._above[former] = self._above[node] = node

    def roots(self) -> dict[str, str]:
        return {node: self.root(node) for node in list(self._above)}

    def members(self) -> list[list[str]]:
        held: defaultdict[str, list[str]] = defaultdict(list)
        for node, root in self.roots().items():
            held[root].append(node)
        return list(held.values())
