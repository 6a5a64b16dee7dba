"""Similarity of spellings, and the guard that keeps versions, sizes and variants separate.

Two names that differ in a number, a size or a variant word are never one, however similar they
look.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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


class CompiledTypoIndex(TypoIndex):
    """A `TypoIndex` whose names are read bucket by bucket.

    Names that share a form share its profile, its first three and its last two letters.
    """

    def __init__(self, rows_by_bucket: Mapping[str, Sequence[Sequence[Any]]]) -> None:
        """Take a map made by `typo_rows`."""
        self._rows_by_bucket = rows_by_bucket
        self._indexes: dict[str, TypoIndex] = {}

    def typos_of(self, spelling: ParsedName) -> list[str]:
        """Return the indexed names that differ from `spelling` by a typo, sorted."""
        if not _forms(spelling):
            return []
        bucket = _typo_bucket(spelling)
        index = self._indexes.get(bucket)
        if index is None:
            rows = self._rows_by_bucket.get(bucket, ())
            index = TypoIndex(map(_spelling_of, rows))
            if rows:
                self._indexes[bucket] = index
        return index.typos_of(spelling)


def typo_rows(spellings: Iterable[ParsedName]) -> dict[str, list[list[Any]]]:
    """Return the spellings that are long enough for a typo as JSON values, by bucket."""
    rows_by_bucket: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for spelling in spellings:
        if _forms(spelling):
            rows = rows_by_bucket[_typo_bucket(spelling)]
            rows.append(list(spelling))
    return rows_by_bucket


def _typo_bucket(spelling: ParsedName) -> str:
    letters = "".join(spelling.words)
    return repr((spelling.profile, letters[:3], letters[-2:]))


def _spelling_of(row: Sequence[Any]) -> ParsedName:
    """Return a spelling from its JSON value, in which tuples have become lists."""
    fields: list[Any] = []
    for value in row:
        fields.append(tuple(value) if isinstance(value, list) else value)
    return ParsedName._make(fields)


class Neighbours:
    """Spellings in buckets of equal profile, variants and first letters, for similarity search."""

    def __init__(self, compiled: Mapping[str, Mapping[str, Sequence[str]]] | None = None) -> None:
        """Create an empty index, or one over a map made by `bucket_rows`, which is not added to."""
        self._buckets: dict[str, dict[str, set[str]]] = {}
        self._compiled = compiled

    def add(self, entity: str, spelling: ParsedName) -> None:
        """Index one spelling of an entity."""
        key = _bucket(spelling)
        bucket = self._buckets.setdefault(key, {})
        entities = bucket.setdefault(spelling.core, set())
        entities.add(entity)

    def bucket_rows(self) -> dict[str, dict[str, list[str]]]:
        """Return the index as JSON values."""
        rows: dict[str, dict[str, list[str]]] = {}
        for key, bucket in self._buckets.items():
            rows[key] = {core: sorted(entities) for core, entities in bucket.items()}
        return rows

    def nearest(self, spelling: ParsedName) -> list[tuple[str, float]]:
        """Return up to four (entity, similarity in [0, 1]) for `spelling`, most similar first."""
        if len(spelling.core) < _MIN_CORE_CHARS:
            return []
        buckets = self._buckets if self._compiled is None else self._compiled
        bucket: Mapping[str, Iterable[str]] | None = buckets.get(_bucket(spelling))
        if not bucket:
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


def _bucket(spelling: ParsedName) -> str:
    """Return the key of the bucket a spelling belongs to."""
    variants = sorted(_variants(spelling))
    return repr((spelling.profile, variants, spelling.core[:2]))
