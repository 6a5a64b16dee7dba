"""Clusters of names that are one entity: a pure function of the judgements, in any order.

Nodes are `k:` and a name key, or `c:` and a slug of the catalogue. Judgements of curators come
first and always hold. Links from documents follow, highest score first, unless they contradict a
curator.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, order=True)
class JudgementLink:
    """A judgement that two nodes are one entity; `score` in [0, 1]."""

    left: str
    right: str
    method: str
    score: float
    evidence: str


def is_catalogued(node: str) -> bool:
    """Return whether a node is an entity of the catalogue."""
    return node.startswith("c:")


@dataclass(frozen=True, slots=True)
class Clusters:
    """The root of each node, and the nodes that curators keep separate."""

    roots: Mapping[str, str] = field(default_factory=dict)
    """Node → root of its cluster. A node in no judgement is missing and is its own root."""
    cannot_link: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Node → nodes that are not the same entity."""

    def root(self, node: str) -> str:
        """Return the root of the cluster of `node`."""
        return self.roots.get(node, node)

    def mention_root(self, key: str, node: str) -> str:
        """Return the root for a mention spelled `key` which its document links to `node`.

        A spelling that was split from an entity is its own entity where it would name that one.
        Where it names another entity, a homonym, it still does.
        """
        spelling = f"k:{key}"
        root = self.root(node)
        for other in self.cannot_link.get(spelling, ()):
            if self.root(other) == root:
                return self.root(spelling)

        return root


def cluster(
    links: Iterable[JudgementLink],
    must_link: Iterable[Pair] = (),
    cannot_link: Iterable[Pair] = (),
) -> Clusters:
    """Return the clusters that follow from automatic `links` and the judgements of curators.

    In `must_link` the left node became the right one; in `cannot_link` the left is not the right.
    The root of a cluster is the node a curator made it, else its catalogued node, else its longest
    node, else the first in order. A link is ignored if it would join two catalogued entities or
    nodes that a curator separated.
    """
    merges: set[Pair] = set()
    for left, right in must_link:
        if left != right:
            merges.add((left, right))

    splits = sorted(set(cannot_link))
    builder = _Builder(sorted(merges), splits)
    # Links of a split-off name come last: the other names linked to it stay behind.
    for link in sorted(set(links), key=builder.link_order):
        builder.follow(link)

    roots = builder.forest.roots()
    return Clusters(roots, builder.cannot_link)


class _Builder:
    """Clusters in the making: first the judgements of curators, then one link after the other."""

    def __init__(self, merges: Sequence[Pair], splits: Sequence[Pair]) -> None:
        self.forest = _Forest()
        self.cannot_link = _both_ways(splits)
        self.split_off = {left for left, _ in splits}
        self._merged = {left for left, _ in merges}
        for node in self.cannot_link:
            self.forest.root(node)

        for left, right in merges:
            self.forest.join(left, right)

        self._choose_roots()
        self._index_roots()

    def _choose_roots(self) -> None:
        clusters = self.forest.members()
        for members in clusters.values():
            root = min(members, key=self._curated_rank)
            self.forest.make_root(root)

    def _curated_rank(self, node: str) -> tuple[bool, bool, int, str]:
        """Sort key of a node as a root after the merges; the smallest becomes the root."""
        # A node that became another one is a root only after contradictory merges.
        return (
            node in self._merged,
            not is_catalogued(node),
            -len(node),
            node,
        )

    def _index_roots(self) -> None:
        """Collect what decides about links, by root."""
        self._curated = set(map(self.forest.root, self._merged))
        self._catalogued: set[str] = set()
        self._separate: defaultdict[str, set[str]] = defaultdict(set)
        for node, root in self.forest.roots().items():
            if is_catalogued(node):
                self._catalogued.add(root)

            enemies = self.cannot_link.get(node, ())
            self._separate[root].update(enemies)

    def link_order(self, link: JudgementLink) -> tuple[bool, float, str, str]:
        """Sort key of a link; the smallest is followed first."""
        is_split_off = link.left in self.split_off or link.right in self.split_off
        return (
            is_split_off,
            -link.score,
            link.left,
            link.right,
        )

    def follow(self, link: JudgementLink) -> None:
        """Join the clusters of a link unless they must stay separate."""
        left = self.forest.root(link.left)
        right = self.forest.root(link.right)
        root, other = sorted((left, right), key=self._rank)
        if root == other:
            return
        if self._is_catalogued(other):
            return

        enemies = self._separate[root]
        if other in map(self.forest.root, enemies):
            return

        self.forest.join(other, root)
        enemies_of_other = self._separate.pop(other, set())
        enemies.update(enemies_of_other)

    def _is_catalogued(self, root: str) -> bool:
        return root in self._catalogued or is_catalogued(root)

    def _rank(self, root: str) -> tuple[bool, bool, int, str]:
        """Sort key of the root of a cluster; the smaller one of two stays the root."""
        return (
            not self._is_catalogued(root),
            root not in self._curated,
            -len(root),
            root,
        )


def _both_ways(pairs: Iterable[Pair]) -> dict[str, frozenset[str]]:
    """Return node → its partners, for either side of each pair."""
    partners: defaultdict[str, set[str]] = defaultdict(set)
    for left, right in pairs:
        partners[left].add(right)
        partners[right].add(left)

    frozen: dict[str, frozenset[str]] = {}
    for node, others in partners.items():
        frozen[node] = frozenset(others)

    return frozen


class _Forest:
    """Disjoint sets of nodes (union-find), each with a root that can be chosen."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def root(self, node: str) -> str:
        """Return the root of `node`; a new node becomes its own root."""
        parents = self._parents
        parent = parents.setdefault(node, node)
        while parent != node:
            # Path halving keeps later walks short.
            parents[node] = parents[parent]
            node = parents[node]
            parent = parents[node]

        return node

    def join(self, left: str, right: str) -> None:
        """Join two sets; the root of `right` becomes the root of both."""
        left_root = self.root(left)
        self._parents[left_root] = self.root(right)

    def make_root(self, node: str) -> None:
        """Make `node` the root of its set."""
        former_root = self.root(node)
        self._parents[former_root] = node
        self._parents[node] = node

    def roots(self) -> dict[str, str]:
        """Return node → root."""
        return {node: self.root(node) for node in list(self._parents)}

    def members(self) -> dict[str, list[str]]:
        """Return root → nodes of its set."""
        members: defaultdict[str, list[str]] = defaultdict(list)
        for node, root in self.roots().items():
            nodes = members[root]
            nodes.append(node)

        return members
