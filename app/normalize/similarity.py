"""How alike two spellings look, and the guard that keeps versions, sizes and variants apart however alike they look."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from app.normalize.spelling import VARIANTS, Spelling

_SUGGEST = 84.0
_SUGGESTIONS = 3
_SHORTEST_TYPO = 12


def compatible(one: Spelling, other: Spelling) -> bool:
    """Whether two spellings agree on every number, size and variant word, as names of one thing must."""
    return one.profile == other.profile and _variants(one) == _variants(other)


def _variants(spelling: Spelling) -> frozenset[str]:
    return VARIANTS.intersection(spelling.words)


def is_typo(one: Spelling, other: Spelling) -> bool:
    """Whether one is the other with a letter lost, doubled or swapped inside a long proper name."""
    a, b = "".join(one.words), "".join(other.words)
    if one.term or other.term or not compatible(one, other) or min(len(a), len(b)) < _SHORTEST_TYPO:
        return False
    # A word may differ by its ending and mean another thing; a slip sits inside.
    if a[:3] != b[:3] or a[-2:] != b[-2:] or not (a + b).isascii():
        return False
    return OSA.distance(a, b) == 1 and (len(a) != len(b) or sorted(a) == sorted(b))


class Neighbours:
    """Spellings by what the guard compares and by first letter, so that a search meets only possible matches."""

    def __init__(self, spellings: Iterable[tuple[str, Spelling]]) -> None:
        """`spellings` are (entity, spelling)."""
        self._buckets: defaultdict[object, dict[str, set[str]]] = defaultdict(dict)
        for entity, spelling in spellings:
            self._buckets[_bucket(spelling)].setdefault(spelling.core, set()).add(entity)

    def near(self, spelling: Spelling) -> list[tuple[str, float]]:
        """Up to three (entity, score in [0, 1]) that look like `spelling` and may be it, likest first."""
        bucket: Mapping[str, set[str]] = self._buckets.get(_bucket(spelling), {})
        if len(spelling.core) < 4 or not bucket:
            return []
        hits = process.extract(spelling.core, bucket.keys(), scorer=fuzz.ratio, score_cutoff=_SUGGEST, limit=8)
        best: dict[str, float] = {}
        for core, score, _ in sorted(hits, key=lambda hit: (-hit[1], hit[0])):
            for entity in sorted(bucket[core]):
                best.setdefault(entity, round(score / 100, 3))
        return list(best.items())[: _SUGGESTIONS + 1]


def _bucket(spelling: Spelling) -> object:
    return spelling.profile, _variants(spelling), spelling.core[:1]
