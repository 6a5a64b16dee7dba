"""Similarity of spellings, and the guard that keeps versions, sizes and variants separate.

Two names that differ in a number, a size or a variant word are never one, however similar they look.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from app.normalize.entities.affixes import VARIANTS
from app.normalize.entities.spelling import ParsedName

_MIN_RATIO = 84.0
"""Lowest rapidfuzz ratio, of 100, that makes a suggestion."""
_MAX_SUGGESTIONS = 4
_MAX_RATED_CORES = 8
_MIN_CORE_CHARS = 4
_MIN_TYPO_CHARS = 12
_MAX_TYPO_CHARS = 64
# More names than this with one form are a series, not typos.
_MAX_NAMES_OF_FORM = 24


def compatible(left: ParsedName, right: ParsedName) -> bool:
    """Return whether two spellings agree on every number, size and variant word."""
    return left.profile == right.profile and _variants(left) == _variants(right)


def _variants(spelling: ParsedName) -> frozenset[str]:
    return VARIANTS.intersection(spelling.words)


def is_typo(left: ParsedName, right: ParsedName) -> bool:
    """Return whether two long proper names differ by a lost, doubled or swapped letter."""
    if left.term or right.term or not compatible(left, right):
        return False
    letters = "".join(left.words)
    other = "".join(right.words)
    if min(len(letters), len(other)) < _MIN_TYPO_CHARS:
        return False
    # A different beginning or ending may be another word. A typo is inside the name.
    has_same_ends = letters[:3] == other[:3] and letters[-2:] == other[-2:]
    if not has_same_ends or not (letters + other).isascii():
        return False
    if OSA.distance(letters, other) != 1:
        return False
    # A replaced letter makes another name.
    return len(letters) != len(other) or sorted(letters) == sorted(other)


class TypoIndex:
    """Long proper names that can be looked up by a spelling with a typo.

    Two names one typo apart share a form with one letter left out, so a lookup compares only the
    names with a shared form.
    """

    def __init__(self, spellings: Iterable[ParsedName]) -> None:
        """Index those spellings that are long enough."""
        self._forms: defaultdict[tuple[object, str], dict[str, ParsedName]] = defaultdict(dict)
        for spelling in spellings:
            for form in _forms(spelling):
                named = self._forms[spelling.profile, form]
                named[spelling.name] = spelling

    def typos_of(self, spelling: ParsedName) -> list[str]:
        """Return the indexed names that differ from `spelling` by a typo, sorted."""
        names: set[str] = set()
        for form in _forms(spelling):
            named = self._forms.get((spelling.profile, form), {})
            if len(named) > _MAX_NAMES_OF_FORM:
                continue
            for name, other in named.items():
                if name not in names and is_typo(spelling, other):
                    names.add(name)
        return sorted(names)


def _forms(spelling: ParsedName) -> set[str]:
    """Return the letters of a long proper name, whole and with one inner letter left out."""
    letters = "".join(spelling.words)
    is_indexed = _MIN_TYPO_CHARS <= len(letters) <= _MAX_TYPO_CHARS
    if spelling.term or not is_indexed:
        return set()
    forms = {letters}
    for index in range(3, len(letters) - 2):
        forms.add(letters[:index] + letters[index + 1 :])
    return forms


class Neighbours:
    """Spellings in buckets of equal profile, variants and first letters, for similarity search."""

    def __init__(self, spellings: Iterable[tuple[str, ParsedName]]) -> None:
        """Index (entity, spelling) pairs."""
        self._buckets: defaultdict[object, dict[str, set[str]]] = defaultdict(dict)
        for entity, spelling in spellings:
            bucket = self._buckets[_bucket(spelling)]
            bucket.setdefault(spelling.core, set()).add(entity)

    def nearest(self, spelling: ParsedName) -> list[tuple[str, float]]:
        """Return up to four (entity, similarity in [0, 1]) for `spelling`, most similar first."""
        bucket: Mapping[str, set[str]] = self._buckets.get(_bucket(spelling), {})
        if not bucket or len(spelling.core) < _MIN_CORE_CHARS:
            return []
        hits = process.extract(
            spelling.core,
            bucket.keys(),
            scorer=fuzz.ratio,
            score_cutoff=_MIN_RATIO,
            limit=_MAX_RATED_CORES,
        )
        scores: dict[str, float] = {}
        for core, ratio, _ in sorted(hits, key=_hit_order):
            for entity in sorted(bucket[core]):
                scores.setdefault(entity, round(ratio / 100, 3))
        ranked = list(scores.items())
        return ranked[:_MAX_SUGGESTIONS]


def _hit_order(hit: tuple[str, float, int | str]) -> tuple[float, str]:
    """Sort key of a hit of rapidfuzz: the highest ratio first, then by core."""
    core, ratio, _ = hit
    return -ratio, core


def _bucket(spelling: ParsedName) -> object:
    """Return the key of the bucket a spelling belongs to."""
    return (
        spelling.profile,
        _variants(spelling),
        spelling.core[:2],
    )
