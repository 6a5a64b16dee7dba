"""Similarity of spellings, and the guard that keeps versions, sizes and variants separate.

Two names that differ in a number, a size or a variant word are never one, however similar they
look.
"""

from collections.abc import Iterable

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
    if left.term or right.term:
        return False
    if not compatible(left, right):
        return False

    letters = "".join(left.words)
    other = "".join(right.words)
    if min(len(letters), len(other)) < _MIN_TYPO_CHARS:
        return False
    # A different beginning or ending may be another word. A typo is inside the name.
    if letters[:3] != other[:3]:
        return False
    if letters[-2:] != other[-2:]:
        return False
    if not letters.isascii() or not other.isascii():
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
        self._names_by_form: dict[tuple[object, str], dict[str, ParsedName]] = {}
        for spelling in spellings:
            profile = spelling.profile
            for form in _forms(spelling):
                key = (profile, form)
                names = self._names_by_form.setdefault(key, {})
                names[spelling.name] = spelling

    def typos_of(self, spelling: ParsedName) -> list[str]:
        """Return the indexed names that differ from `spelling` by a typo, sorted."""
        typos: set[str] = set()
        for form in _forms(spelling):
            key = (spelling.profile, form)
            names = self._names_by_form.get(key, {})
            if len(names) > _MAX_NAMES_OF_FORM:
                continue

            for name, other in names.items():
                if name not in typos and is_typo(spelling, other):
                    typos.add(name)

        return sorted(typos)


def _forms(spelling: ParsedName) -> set[str]:
    """Return the letters of a long proper name, whole and with one inner letter left out."""
    letters = "".join(spelling.words)
    if spelling.term:
        return set()
    if not _MIN_TYPO_CHARS <= len(letters) <= _MAX_TYPO_CHARS:
        return set()

    forms = {letters}
    for index in range(3, len(letters) - 2):
        before = letters[:index]
        after = letters[index + 1 :]
        forms.add(before + after)

    return forms


class Neighbours:
    """Spellings in buckets of equal profile, variants and first letters, for similarity search."""

    def __init__(self) -> None:
        """Create an empty index."""
        self._buckets: dict[object, dict[str, set[str]]] = {}

    def add(self, entity: str, spelling: ParsedName) -> None:
        """Index one spelling of an entity."""
        key = _bucket(spelling)
        bucket = self._buckets.setdefault(key, {})
        entities = bucket.setdefault(spelling.core, set())
        entities.add(entity)

    def nearest(self, spelling: ParsedName) -> list[tuple[str, float]]:
        """Return up to four (entity, similarity in [0, 1]) for `spelling`, most similar first."""
        key = _bucket(spelling)
        bucket = self._buckets.get(key)
        if not bucket:
            return []
        if len(spelling.core) < _MIN_CORE_CHARS:
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
            similarity = round(ratio / 100, 3)
            for entity in sorted(bucket[core]):
                scores.setdefault(entity, similarity)

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
