"""Which names are one entity: a pure function of what was judged, whatever the order it was said in.

Nodes are `k:` and a name key, or `c:` and a slug of the catalogue.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A judgement that two nodes are one entity, and how sure it is, in [0, 1]."""

    left: str
    right: str
    method: str
    score: float
    evidence: str


def is_catalogued(node: str) -> bool:
    """Whether a node is an entity of the catalogue."""
    return node.startswith("c:")


def roots(links: Iterable[Link]) -> dict[str, str]:
    """The node each linked node goes by: the catalogued one of its cluster, else the longest, else the first in order.

    The surest links come first; one that would make two catalogued entities one is not followed.
    """
    above: dict[str, str] = {}

    def root(node: str) -> str:
        above.setdefault(node, node)
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for link in sorted(set(links), key=lambda link: (-link.score, link.left, link.right)):
        left, right = root(link.left), root(link.right)
        if left != right and not (is_catalogued(left) and is_catalogued(right)):
            first, second = sorted((left, right), key=_rank)
            above[second] = first
    return {node: root(node) for node in list(above)}


def _rank(node: str) -> tuple[bool, int, str]:
    return (not is_catalogued(node), -len(node), node)
