"""Clusters of the names of one document, each linked to at most one catalogued entity.

The resolver builds them step by step. `clusters` holds those of all documents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MatchReason:
    """The reason a name was joined or linked; `score` in [0, 1]."""

    method: str
    score: float
    evidence: str


class NameClusters:
    """Names in disjoint sets (union-find), the entity of each set, the reason of each name."""

    def __init__(self, names: Iterable[str]) -> None:
        """Put each name into a cluster of its own."""
        self._parents = {name: name for name in names}
        self._slugs: dict[str, str] = {}
        """Root of a cluster → slug of its entity."""
        self.reasons: dict[str, MatchReason] = {}
        """Name → the first reason it was joined or linked for."""
        self.doubts: dict[str, tuple[str, ...]] = {}
        """Name → slugs of the entities it may name."""

    def root(self, name: str) -> str:
        """Return the root of the cluster of `name`."""
        parents = self._parents
        while parents[name] != name:
            # Path halving keeps later walks short.
            grandparent = parents[parents[name]]
            parents[name] = grandparent
            name = grandparent

        return name

    def slug(self, name: str) -> str | None:
        """Return the slug of the entity that the cluster of `name` is linked to."""
        root = self.root(name)
        return self._slugs.get(root)

    def link(self, name: str, slug: str, reason: MatchReason) -> None:
        """Link the cluster of `name` to an entity, unless it is linked already."""
        root = self.root(name)
        if root in self._slugs:
            return

        self._slugs[root] = slug
        self.reasons.setdefault(name, reason)

    def join(self, names: Sequence[str], reason: MatchReason) -> None:
        """Join `names` into one cluster, unless they are linked to different entities."""
        roots = sorted(set(map(self.root, names)))
        slugs = set(filter(None, map(self._slugs.get, roots)))
        if len(roots) < 2:
            return
        if len(slugs) > 1:
            return

        for name in names:
            # A linked name has its reason already.
            if not slugs or not self.slug(name):
                self.reasons.setdefault(name, reason)

        first, *others = roots
        for root in others:
            self._parents[root] = first
            self._slugs.pop(root, None)

        if slugs:
            self._slugs[first] = slugs.pop()

    def doubt(self, names: Iterable[str], slugs: Iterable[str]) -> None:
        """Record that `names` may name these entities; earlier doubts stay."""
        candidates = tuple(sorted(slugs))
        for name in names:
            self.doubts.setdefault(name, candidates)
