"""How alike two spellings look, and the guard that keeps versions, sizes and variants apart however alike they look."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from app.normalize.entities.spelling import VARIANTS, ParsedName

_SUGGEST = 84.0
_SUGGESTIONS = 4
_SHORTEST_TYPO, _LONGEST_TYPO = 12, 64
# So many names with one form are a series, not slips of the pen.
_CROWD = 24


def compatible(one: ParsedName, other: ParsedName) -> bool:
    """Whether two spellings agree on every number, size and variant word, as names of one thing must."""
    return one.profile == other.profile and _variants(one) == _variants(other)


def _variants(spelling: ParsedName) -> frozenset[str]:
    return VARIANTS.intersection(spelling.words)


def is_typo(one: ParsedName, other: ParsedName) -> bool:
    """Whether one is the other with a letter lost, doubled or swapped inside a long proper name."""
    a, b = "".join(one.words), "".join(other.words)
    if one.term or other.term or not compatible(one, other) or min(len(a), len(b)) < _SHORTEST_TYPO:
        return False
    # A word may differ by its ending and mean another thing; a slip sits inside.
    if a[:3] != b[:3] or a[-2:] != b[-2:] or not (a + b).isascii():
        return False
    return OSA.distance(a, b) == 1 and (len(a) != len(b) or sorted(a) == sorted(b))


class TypoIndex:
    """Long proper names, to be found again through a slip of the pen.

    Two words one slip apart share a form with one letter left out, so nothing is compared with everything.
    """

    def __init__(self, spellings: Iterable[ParsedName]) -> None:
        """Index the spellings that are long enough."""
        self._forms: defaultdict[tuple[object, str], dict[str, ParsedName]] = defaultdict(dict)
        for spelling in spellings:
            for form in _forms(spelling):
                self._forms[spelling.profile, form][spelling.name] = spelling

    def of(self, spelling: ParsedName) -> list[str]:
        """Indexed names that `is_typo` holds of, beside `spelling`."""
        found = set()
        for form in _forms(spelling):
            sharing = self._forms.get((spelling.profile, form), {})
            if len(sharing) <= _CROWD:
                found |= {
                    name
                    for name, other in sharing.items()
                    if name not in found and is_typo(spelling, other)
                }
        return sorted(found)


def _forms(spelling: ParsedName) -> set[str]:
    letters = "".join(spelling.words)
    if spelling.term or not _SHORTEST_TYPO <= len(letters) <= _LONGEST_TYPO:
        return set()
    return {letters} | {letters[:at] + letters[at + 1 :] for at in range(3, len(letters) - 2)}


class Neighbours:
    """Spellings by what the guard compares and by first letter, so that a search meets only possible matches."""

    def __init__(self, spellings: Iterable[tuple[str, ParsedName]]) -> None:
        """`spellings` are (entity, spelling)."""
        self._buckets: defaultdict[object, dict[str, set[str]]] = defaultdict(dict)
        for entity, spelling in spellings:
            self._buckets[_bucket(spelling)].setdefault(spelling.core, set()).add(entity)

    def near(self, spelling: ParsedName) -> list[tuple[str, float]]:
        """Up to four (entity, score in [0, 1]) that look like `spelling` and may be it, likest first."""
        bucket: Mapping[str, set[str]] = self._buckets.get(_bucket(spelling), {})
        if len(spelling.core) < 4 or not bucket:
            return []
        hits = process.extract(
            spelling.core, bucket.keys(), scorer=fuzz.ratio, score_cutoff=_SUGGEST, limit=8
        )
        best: dict[str, float] = {}
        for core, score, _ in sorted(hits, key=lambda hit: (-hit[1], hit[0])):
            for entity in sorted(bucket[core]):
                best.setdefault(entity, round(score / 100, 3))
        return list(best.items())[:_SUGGESTIONS]


def _bucket(spelling: ParsedName) -> object:
    return spelling.profile, _variants(spelling), spelling.core[:2]
