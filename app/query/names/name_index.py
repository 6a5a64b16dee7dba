"""Spellings of entities found by a typed text, held in numpy arrays.

A million names fit neither an object each nor a scan a keystroke. Prefixes are ranges of the
sorted keys, and later words are ranges of a second sorted list. Infixes and typos are searched
for among the keys that share bigrams with the typed text.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from app.normalize.text.folding import fold_variants
from app.query.names.bigram_index import BigramIndex, starts_run
from app.query.names.text_table import Rows, TextTable

CANDIDATES = 300
"""Number of names that are compared character by character for typos."""
_MIN_TYPO_CHARS = 4
_TWO_TYPO_CHARS = 8
# In a shorter key the first letter must be right.
_ANY_FIRST_LETTER_CHARS = 6
_BIGRAMS_PER_TYPO = 3
"""Bigrams that one typo changes at most."""
# Fewer spellings than this are ranked without a preselection.
_PRESELECTED = 200
_EXACT = 10_000
"""The score of an exact match, in ten-thousandths."""
_TYPO_SCORE = 0.6
_MATCH_KINDS = (("prefix", 0.9), ("infix", 0.8), ("infix", 0.7))
"""Prefixes, prefixes of a later word and infixes: the public name and the lowest score."""
_GAPS = re.compile(r"[\s\-_/.·•()（）]+")


class Match(NamedTuple):
    """An entity, the spelling that matched, the kind of match, and a score: 1 for an exact one."""

    entity: int
    spelling: str
    how: str
    score: float


class TypoCandidates(NamedTuple):
    """Rows by the number of bigrams each shares with the typed text, most first."""

    rows: Rows
    shared: NDArray[np.int64]

    def first(self, count: int) -> "TypoCandidates":
        """Return the first `count` candidates."""
        return TypoCandidates(self.rows[:count], self.shared[:count])


class NameIndex:
    """An index of spellings; `weights` gives the number of mentions of each entity (pk)."""

    def __init__(
        self, rows: Iterable[tuple[int, str, str, bool]], weights: Mapping[int, int]
    ) -> None:
        pks, names, keys, shown_flags = array("q"), list[str](), list[str](), bytearray()
        for pk, name, key, is_shown in rows:
            pks.append(pk)
            names.append(name)
            keys.append(key)
            shown_flags.append(is_shown)

        by_key = sorted(range(len(keys)), key=keys.__getitem__)
        self._order: NDArray[np.uint32] = _order(pks, names)[by_key]
        """The rank of each row by spelling, then entity: it decides ties."""
        self.entities: NDArray[np.int64] = np.array(sorted(weights), np.int64)
        self.weights: NDArray[np.int32] = np.array(
            [weights[pk] for pk in self.entities.tolist()], np.int32
        )
        row_pks = np.array(pks, np.int64)[by_key]
        self._entity: NDArray[np.uint32] = np.searchsorted(self.entities, row_pks).astype(np.uint32)
        """The index of each row's entity in `entities`."""
        self._removed: NDArray[np.bool_] = np.zeros(len(self.entities), np.bool_)
        names = [names[row] for row in by_key]
        keys = [keys[row] for row in by_key]
        self._names, self._keys = TextTable(names), TextTable(keys)
        lengths = np.fromiter(
            map(len, keys),
            np.int64,
            len(keys),
        )
        shown_bits = np.frombuffer(shown_flags, np.uint8)[by_key]
        self._shape: NDArray[np.uint16] = (lengths * 2 + shown_bits).astype(np.uint16)
        """The key's length times 2, plus 1 for a displayed name: all that a score depends on."""
        self._longest = int(lengths.max(initial=0))
        self._words, self._word_rows = _later_words(names, keys)
        self._bigrams = BigramIndex(keys, lengths)

    def weight(self, entity: int) -> int:
        """Return the number of mentions of an entity; 0 for one that is not in the index."""
        index = int(np.searchsorted(self.entities, entity))
        if index == len(self.entities) or self.entities.item(index) != entity:
            return 0

        return 0 if self._removed.item(index) else self.weights.item(index)

    def without(self, entities: NDArray[np.int64]) -> "NameIndex":
        """Return an index that shares the arrays of this one but finds none of `entities`."""
        other = copy(self)
        other._removed = self._removed | np.isin(self.entities, entities)

        return other

    def matches_by_kind(self, key: str, limit: int) -> Iterator[list[Match]]:
        """Yield the best `limit` matches of each kind, without entities of an earlier kind.

        A kind is searched for only when its matches are requested.
        """
        excluded = self._removed.copy()
        searches: tuple[Callable[[str], Rows], ...] = (
            self._prefix_rows,
            self._word_prefix_rows,
            self._infix_rows,
        )
        for (how, base_score), search in zip(_MATCH_KINDS, searches, strict=True):
            rows = search(key)
            rows = rows[~excluded[self._entity[rows]]]
            scores = _scores(len(key), base_score, self._longest)
            matches = []
            for row, score in self._best(rows, scores, limit):
                kind = "exact" if score == _EXACT else how
                matches.append(
                    self._match(
                        row,
                        kind,
                        score / _EXACT,
                    )
                )

            yield matches
            excluded[self._entity[rows]] = True

    def _match(self, row: int, how: str, score: float) -> Match:
        return Match(
            self._entity_pk(row),
            self._names.text(row),
            how,
            score,
        )

    def _entity_pk(self, row: int) -> int:
        return self.entities.item(self._entity[row])

    def _prefix_rows(self, key: str) -> Rows:
        return np.arange(*self._keys.prefix_range(key))

    def _word_prefix_rows(self, key: str) -> Rows:
        first, last = self._words.prefix_range(key)
        return self._word_rows[first:last].astype(np.intp)

    def _infix_rows(self, key: str) -> Rows:
        if len(key) == 1:
            return self._bigrams.rows_with_char(key).astype(np.intp)

        rows_by_bigram = sorted(self._bigrams.rows_by_bigram(key), key=len)
        if len(rows_by_bigram) < len(set(pairwise(key))):
            return np.zeros(0, np.intp)

        rows = rows_by_bigram[0]
        for others in rows_by_bigram[1:]:
            rows = _intersection(rows, others)

        if len(key) == 2:
            return rows.astype(np.intp)

        # A key may contain all bigrams in another order.
        encoded = key.encode(errors="surrogatepass")
        containing = [row for row in rows.tolist() if encoded in self._keys.raw(row)]

        return np.array(containing, np.intp)

    def _best(self, rows: Rows, scores: "_Scores", limit: int) -> list[tuple[int, int]]:
        """Return the best row of each of the best `limit` entities, with its score.

        Entities are ranked by score in thousandths, then by mentions, then by spelling.
        """
        worth = (scores.coarse[self._shape[rows]] << 32) + self.weights[self._entity[rows]]
        rows, worth = self._preselect(
            rows,
            worth,
            limit,
        )
        entity, order = self._entity[rows], self._order[rows]
        score = scores.fine[self._shape[rows]]
        by_entity = np.lexsort((order, -score, entity))
        best_rows = by_entity[starts_run(entity[by_entity])]
        ranked = np.lexsort((order[best_rows], -worth[best_rows]))
        best = best_rows[ranked[:limit]]

        return list(zip(rows[best].tolist(), score[best].tolist(), strict=True))

    def _preselect(
        self, rows: Rows, worth: NDArray[np.int64], limit: int
    ) -> tuple[Rows, NDArray[np.int64]]:
        """Return the rows of highest worth that have at least `limit` entities, if many."""
        count = max(_PRESELECTED, 4 * limit)
        while count < len(rows):
            threshold = np.partition(worth, -count)[-count]
            is_selected = worth >= threshold
            entities = np.unique(self._entity[rows[is_selected]])
            if len(entities) >= limit:
                return rows[is_selected], worth[is_selected]

            count *= 4

        return rows, worth

    def typo_candidates(self, key: str) -> TypoCandidates:
        """Return the CANDIDATES rows that share most bigrams with a `key` that may have typos."""
        allowed = _allowed_typos(key)
        if not allowed:
            return TypoCandidates(np.zeros(0, np.intp), np.zeros(0, np.int64))

        first, last = 0, len(self._keys)
        if len(key) < _ANY_FIRST_LETTER_CHARS:
            first, last = self._keys.prefix_range(key[0])

        counts = self._shared_bigrams(key, first, last)
        min_shared = max(1, len(set(pairwise(key))) - _BIGRAMS_PER_TYPO * allowed)
        rows = np.flatnonzero(counts >= min_shared)
        shared = counts[rows].astype(np.int64)
        rows += first
        is_long_enough = self._shape[rows] >> 1 >= len(key) - allowed
        is_possible = is_long_enough & ~self._removed[self._entity[rows]]
        rows, shared = rows[is_possible], shared[is_possible]
        worth = (shared << 32) - self._order[rows]
        best = np.arange(len(rows))
        if len(rows) > CANDIDATES:
            best = np.argpartition(worth, -CANDIDATES)[-CANDIDATES:]

        best = best[np.argsort(-worth[best])]

        return TypoCandidates(rows[best], shared[best])

    def _shared_bigrams(self, key: str, first: int, last: int) -> NDArray[np.uint8]:
        """Return the number of bigrams of `key` in each row from `first` to before `last`."""
        counts = np.zeros(last - first, np.uint8)
        for rows in self._bigrams.rows_by_bigram(key):
            if len(counts) < len(self._keys):
                start, end = np.searchsorted(rows, [first, last]).tolist()
                rows = rows[start:end] - np.uint32(first)

            counts[rows] += 1

        return counts

    def typo_matches(self, key: str, rows: Rows, limit: int) -> list[Match]:
        """Return the best `limit` entities of `rows` of which `key` is a name, or its beginning."""
        if not len(rows):
            return []

        allowed = _allowed_typos(key)
        typos = _typo_counts(
            key,
            self._keys.texts(rows),
            allowed,
        )
        is_match = typos <= allowed
        rows, typos = rows[is_match], typos[is_match]
        # The first of equal rows is kept: a stable sort.
        by_typos = np.argsort(typos, kind="stable")
        rows, typos = rows[by_typos], typos[by_typos]
        _, best_rows = np.unique(self._entity[rows], return_index=True)
        rows, typos = rows[best_rows], typos[best_rows]
        mentions = self.weights[self._entity[rows]]
        ranked = np.lexsort((self._order[rows], -mentions, typos))[:limit]
        matches = []
        for row, count in zip(rows[ranked].tolist(), typos[ranked].tolist(), strict=True):
            score = round(_TYPO_SCORE * (1 - count / len(key)), 4)
            matches.append(self._match(row, "typo", score))

        return matches

    def spelling_and_entity(self, row: int) -> tuple[str, int]:
        """Return the spelling of a row and the pk of its entity."""
        return self._names.text(row), self._entity_pk(row)


def _order(pks: Sequence[int], names: Sequence[str]) -> NDArray[np.uint32]:
    """Return the rank of each row by spelling, then by entity."""
    by_entity = np.argsort(np.array(pks), kind="stable").tolist()
    by_name = sorted(by_entity, key=names.__getitem__)
    order = np.empty(len(names), np.uint32)
    order[by_name] = np.arange(len(names), dtype=np.uint32)

    return order


def _later_words(names: Sequence[str], keys: Sequence[str]) -> tuple[TextTable, NDArray[np.uint32]]:
    """Return the ends of names from each later word on, sorted, and the row of each."""
    words, rows = list[str](), array("I")
    # One long text folds faster than many. Folding keeps lengths.
    folded = fold_variants("".join(names))
    start = 0
    for row, name in enumerate(names):
        end = start + len(name)
        for word in _word_starts(folded[start:end], keys[row]):
            words.append(word)
            rows.append(row)

        start = end

    by_word = sorted(range(len(words)), key=words.__getitem__)
    table = TextTable([words[index] for index in by_word])
    word_rows: NDArray[np.uint32] = np.array(rows, np.uint32)[by_word]

    return table, word_rows


def _word_starts(folded: str, key: str) -> Iterator[str]:
    """Yield the end of a folded name from each later word on, without its gaps."""
    pieces = _GAPS.split(folded)
    for first in range(1, len(pieces)):
        if not pieces[first]:
            continue

        word = "".join(pieces[first:])
        # A key may lack the last characters of the name, such as a symbol.
        while word not in key:
            word = word[:-1]

        if word:
            yield word


def _intersection(rows: NDArray[np.uint32], others: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the `rows` that are among `others`; both are sorted, `others` is not empty."""
    indexes = np.minimum(np.searchsorted(others, rows), len(others) - 1)
    common: NDArray[np.uint32] = rows[others[indexes] == rows]

    return common


def _allowed_typos(key: str) -> int:
    if len(key) < _MIN_TYPO_CHARS:
        return 0

    return 1 if len(key) < _TWO_TYPO_CHARS else 2


def _typo_counts(key: str, names: Sequence[str], allowed: int) -> NDArray[np.uint8]:
    """Return the typos between `key` and each name or its beginning; `allowed` + 1 for more.

    A beginning may be one character shorter or longer than `key`. Its distance differs by at most
    two from that of the beginning as long as `key`, so most names are dismissed by that one.
    """
    size = len(key)
    typos = np.full(
        len(names),
        allowed + 1,
        np.uint8,
    )
    beginnings = [name[:size] for name in names]
    distances = _distances(key, beginnings, allowed + 2)
    candidates = np.flatnonzero(distances <= allowed + 2)
    if not len(candidates):
        return typos

    variants: list[str] = []
    for index in candidates.tolist():
        name = names[index]
        whole = name[:size] if len(name) > size + 2 else name
        variants += (name[: size - 1], name[:size], name[: size + 1], whole)

    distances = _distances(key, variants, allowed)
    typos[candidates] = distances.reshape(-1, 4).min(axis=1)

    return typos


def _distances(key: str, texts: Sequence[str], cutoff: int) -> NDArray[np.uint8]:
    """Return the optimal string alignment distance of each text; `cutoff` + 1 for more."""
    distances: NDArray[np.uint8]
    (distances,) = cdist(
        [key],
        texts,
        scorer=OSA.distance,
        score_cutoff=cutoff,
        dtype=np.uint8,
    )

    return distances


class _Scores(NamedTuple):
    """Scores by shape: in ten-thousandths, and in thousandths for ranking."""

    fine: NDArray[np.int64]
    coarse: NDArray[np.int64]


@lru_cache(256)
def _scores(typed_chars: int, base_score: float, longest: int) -> _Scores:
    """Return the score of each shape of key up to `longest` characters.

    A score rises with the share of the key that was typed, and for a displayed name.
    """
    scores = [0.0, 0.0]
    for length in range(1, longest + 1):
        nearness = 0.04 * typed_chars / length
        for is_shown in (0, 1):
            score = round(base_score + nearness + 0.02 * is_shown, 4)
            if length == typed_chars and base_score == _MATCH_KINDS[0][1]:
                score = 1.0

            scores.append(score)

    return _Scores(_as_integers(scores, 4), _as_integers(scores, 3))


def _as_integers(scores: Sequence[float], digits: int) -> NDArray[np.int64]:
    scaled = [round(round(score, digits) * 10**digits) for score in scores]
    return np.array(scaled, np.int64)
