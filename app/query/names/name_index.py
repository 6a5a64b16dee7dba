"""Spellings found by what is typed of them, in a few arrays: so many names that neither an object each nor a look at all would do.

Prefixes are ranges of sorted spellings, later words ranges of a second such list; what stands within, and slips of the pen, are
looked for among those that share bigrams with what is typed. Each answers from what it meets, never from all that is there.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from app.normalize.text.folding import fold

Ids = NDArray[np.intp]
"""Numbers of spellings."""
Near = tuple[Ids, NDArray[np.int64]]
"""Spellings, and how many pairs of characters each shares with what is typed; most first."""

CANDIDATES = 300
"""So many names are looked at closely for a slip."""
_SHORTEST_SLIP = 4
# Below this, the first letter must be right.
_SURE_OF_A_SLIP = 6
# So many spellings are ranked without a look at which of them count.
_FEW = 200
_KINDS = (("prefix", 0.9), ("infix", 0.8), ("infix", 0.7))
"""Prefixes, prefixes of a later word, what stands within: how it is called, and what it is worth at least."""
_GAPS = re.compile(r"[\s\-_/.·•()（）]+")


class Match(NamedTuple):
    """An entity, the spelling it was found by, and how: 1 is the whole name."""

    entity: int
    written: str
    how: str
    score: float


class _Texts:
    """Many texts as one run of bytes, in the order given."""

    def __init__(self, texts: Sequence[str]) -> None:
        joined = "".join(texts)
        self._bytes = joined.encode(errors="surrogatepass")
        width = np.zeros(len(joined) + 1, np.uint32)
        codes = _codes(joined)
        np.cumsum(
            1 + (codes > 0x7F) + (codes > 0x7FF).view(np.int8) + (codes > 0xFFFF), out=width[1:]
        )
        ends = np.zeros(len(texts) + 1, np.intp)
        np.cumsum(np.fromiter(map(len, texts), np.intp, len(texts)), out=ends[1:])
        self._ends = width[ends]

    def __len__(self) -> int:
        return len(self._ends) - 1

    def raw(self, at: int) -> bytes:
        ends = self._ends
        return self._bytes[ends.item(at) : ends.item(at + 1)]

    def text(self, at: int) -> str:
        return self.raw(at).decode(errors="surrogatepass")

    def some(self, at: Ids) -> list[str]:
        """The texts at these places."""
        bounds = zip(self._ends[at].tolist(), self._ends[at + 1].tolist(), strict=True)
        return [self._bytes[first:last].decode("utf-8", "surrogatepass") for first, last in bounds]

    def beginning(self, key: str) -> tuple[int, int]:
        """Where, the texts being sorted, those that begin with `key` begin and end."""
        wanted, everything = key.encode(errors="surrogatepass"), range(len(self))
        first = bisect_left(everything, wanted, key=self.raw)
        # No byte of a text is so high.
        return first, bisect_left(everything, wanted + b"\xff", first, key=self.raw)


class NameIndex:
    """Spellings of entities: `rows` are (entity, spelling, its key, whether the entity is shown by it), `weights` how often each is named."""

    def __init__(
        self, rows: Iterable[tuple[int, str, str, bool]], weights: Mapping[int, int]
    ) -> None:
        entities, names, keys, shown = array("q"), list[str](), list[str](), bytearray()
        for entity, name, key, is_shown in rows:
            entities.append(entity)
            names.append(name)
            keys.append(key)
            shown.append(is_shown)
        by_entity = np.argsort(np.array(entities), kind="stable").tolist()
        # Where each stands among all, by spelling and entity: it settles what is equal otherwise.
        placed = np.empty(len(keys), np.uint32)
        placed[sorted(by_entity, key=names.__getitem__)] = np.arange(len(keys), dtype=np.uint32)
        by_key = sorted(range(len(keys)), key=keys.__getitem__)
        self._order = placed[by_key]
        self.entities: NDArray[np.int64] = np.array(sorted(weights), np.int64)
        self.weights: NDArray[np.int32] = np.array(
            [weights[pk] for pk in self.entities.tolist()], np.int32
        )
        self._entity: NDArray[np.uint32] = np.searchsorted(
            self.entities, np.array(entities, np.int64)[by_key]
        ).astype(np.uint32)
        self._gone: NDArray[np.bool_] = np.zeros(len(self.entities), bool)
        names, keys = [names[at] for at in by_key], [keys[at] for at in by_key]
        self._written, self._keys = _Texts(names), _Texts(keys)
        lengths = np.fromiter(map(len, keys), np.int64, len(keys))
        # The length of the key, and in the last bit whether it is shown: all that a score is made of.
        self._shape: NDArray[np.uint16] = (
            lengths * 2 + np.frombuffer(shown, np.uint8)[by_key]
        ).astype(np.uint16)
        self._longest = int(lengths.max(initial=0))
        self._index_words(names, keys)
        self._index_grams(keys, lengths)

    def _index_words(self, names: Sequence[str], keys: Sequence[str]) -> None:
        # One text folds faster than many; folding keeps lengths.
        folded, at = fold("".join(names)), 0
        words, of = list[str](), array("I")
        for number, name in enumerate(names):
            pieces = _GAPS.split(folded[at : at + len(name)])
            at += len(name)
            for place in range(1, len(pieces)):
                if pieces[place]:
                    word = "".join(pieces[place:])
                    while word not in keys[number]:
                        word = word[:-1]
                    if word:
                        words.append(word)
                        of.append(number)
        placed = sorted(range(len(words)), key=words.__getitem__)
        self._words = _Texts([words[at] for at in placed])
        self._word_of: NDArray[np.uint32] = np.array(of, np.uint32)[placed]

    def _index_grams(self, keys: Sequence[str], lengths: NDArray[np.int64]) -> None:
        """For each pair of characters that follow one another, which spellings hold it; the last is followed by an end."""
        codes = _codes("".join(keys))
        alphabet = np.unique(codes)
        self._letters = {chr(code): at for at, code in enumerate(alphabet.tolist(), 1)}
        letters = np.searchsorted(alphabet, codes).astype(np.int64) + 1
        following = np.append(letters[1:], 0)
        following[np.cumsum(lengths) - 1] = 0
        shift = len(keys).bit_length()
        held = letters * (len(alphabet) + 1) + following
        held <<= shift
        held |= np.repeat(np.arange(len(keys)), lengths)
        held.sort()
        held = held[np.append(True, held[1:] != held[:-1])] if len(held) else held
        self._holding: NDArray[np.uint32] = (held & ((1 << shift) - 1)).astype(np.uint32)
        held >>= shift
        first = (
            np.flatnonzero(np.append(True, held[1:] != held[:-1]))
            if len(held)
            else np.zeros(0, np.intp)
        )
        self._grams: NDArray[np.int64] = held[first]
        self._starts: NDArray[np.uint32] = np.append(first, len(held)).astype(np.uint32)

    def weight(self, entity: int) -> int:
        """How often an entity is named; 0 if it has no spelling here."""
        at = int(np.searchsorted(self.entities, entity))
        there = (
            at < len(self.entities) and self.entities.item(at) == entity and not self._gone.item(at)
        )
        return self.weights.item(at) if there else 0

    def without(self, entities: NDArray[np.int64]) -> "NameIndex":
        """The same, but that these are not found."""
        other = copy(self)
        other._gone = self._gone | np.isin(self.entities, entities)
        return other

    def spelled(self, key: str, limit: int) -> Iterator[list[Match]]:
        """The best `limit` of each kind, entities that an earlier one had left out; each kind is looked for when it is asked for."""
        taken = self._gone.copy()
        ways: tuple[Callable[[str], Ids], ...] = (self._beginning, self._of_words, self._within)
        for (how, worth), among in zip(_KINDS, ways, strict=True):
            found = among(key)
            found = found[~taken[self._entity[found]]]
            yield [
                Match(
                    self.entities.item(self._entity[at]),
                    self._written.text(at),
                    "exact" if score == 10_000 else how,
                    score / 10_000,
                )
                for at, score in self._best(found, _scores(len(key), worth, self._longest), limit)
            ]
            taken[self._entity[found]] = True

    def _beginning(self, key: str) -> Ids:
        return np.arange(*self._keys.beginning(key))

    def _of_words(self, key: str) -> Ids:
        first, last = self._words.beginning(key)
        return self._word_of[first:last].astype(np.intp)

    def _within(self, key: str) -> Ids:
        if len(key) == 1:
            letter, many = self._letters.get(key, -1), len(self._letters) + 1
            first, last = np.searchsorted(
                self._grams, [letter * many, (letter + 1) * many]
            ).tolist()
            return self._holding[self._starts.item(first) : self._starts.item(last)].astype(np.intp)
        grams = sorted(self._sharing(key), key=len)
        if len(grams) < len(set(pairwise(key))):
            return np.zeros(0, np.intp)
        found = grams[0]
        for more in grams[1:]:
            if len(found):
                found = found[
                    more[np.minimum(np.searchsorted(more, found), len(more) - 1)] == found
                ]
        if len(key) > 2:
            wanted = key.encode(errors="surrogatepass")
            found = np.array([at for at in found.tolist() if wanted in self._keys.raw(at)], np.intp)
        return found.astype(np.intp)

    def _sharing(self, key: str) -> list[NDArray[np.uint32]]:
        """The spellings that hold each pair of characters of `key`, in order; nothing of a pair that none holds."""
        letters = self._letters
        pairs = {
            (letters[a], letters[b]) for a, b in pairwise(key) if a in letters and b in letters
        }
        codes = [a * (len(letters) + 1) + b for a, b in pairs]
        places = np.searchsorted(self._grams, codes).tolist()
        return [
            self._holding[self._starts.item(at) : self._starts.item(at + 1)]
            for at, code in zip(places, codes, strict=True)
            if at < len(self._grams) and self._grams.item(at) == code
        ]

    def _best(self, found: Ids, scores: "_Scores", limit: int) -> list[tuple[int, int]]:
        """The best spelling of each of the best `limit` entities of `found`, with its score."""
        shape, entity = self._shape[found], self._entity[found]
        # In thousandths, then by how often the entity is named: what is equal in both is settled by the spelling.
        score, worth = scores.fine[shape], (scores.coarse[shape] << 32) + self.weights[entity]
        few = max(_FEW, 4 * limit)
        while few < len(found):
            enough = worth >= np.partition(worth, -few)[-few]
            if len(np.unique(entity[enough])) >= limit:
                found, score, entity, worth = (
                    found[enough],
                    score[enough],
                    entity[enough],
                    worth[enough],
                )
                break
            few *= 4
        order = self._order[found]
        placed = np.lexsort((order, -score, entity))
        own = (
            placed[np.append(True, entity[placed[1:]] != entity[placed[:-1]])]
            if len(placed)
            else placed
        )
        best = own[np.lexsort((order[own], -worth[own]))[:limit]]
        return list(zip(found[best].tolist(), score[best].tolist(), strict=True))

    def near(self, key: str) -> Near:
        """What may be meant by a `key` with a slip or two."""
        allowed = _allowed(key)
        if not allowed:
            return np.zeros(0, np.intp), np.zeros(0, np.int64)
        first, last = (
            self._keys.beginning(key[0]) if len(key) < _SURE_OF_A_SLIP else (0, len(self._keys))
        )
        counts = np.zeros(last - first, np.uint8)
        for held in self._sharing(key):
            if len(counts) < len(self._keys):
                held = held[slice(*np.searchsorted(held, [first, last]).tolist())] - np.uint32(
                    first
                )
            counts[held] += 1
        # A slip takes away three pairs at most.
        found = np.flatnonzero(counts >= max(1, len(set(pairwise(key))) - 3 * allowed))
        shared = counts[found].astype(np.int64)
        found += first
        # Nor is a shorter name any nearer.
        alive = ~self._gone[self._entity[found]] & (self._shape[found] >> 1 >= len(key) - allowed)
        found, worth = found[alive], (shared[alive] << 32) - self._order[found[alive]]
        if len(found) > CANDIDATES:
            among = np.argpartition(worth, -CANDIDATES)[-CANDIDATES:]
            found, worth = found[among], worth[among]
        best = np.argsort(-worth)
        return found[best], -(-worth[best] >> 32)

    def slips(self, key: str, near: Ids, limit: int) -> list[Match]:
        """What is typed may be a name, or the beginning of one: the best `limit` entities of those `near`."""
        if not len(near):
            return []
        size, allowed = len(key), _allowed(key)
        names = self._keys.some(near)
        # A character more or less is one slip more or less: most are out already.
        close = cdist(
            [key],
            [name[:size] for name in names],
            scorer=OSA.distance,
            score_cutoff=allowed + 2,
            dtype=np.uint8,
        )[0]
        among = np.flatnonzero(close <= allowed + 2)
        tried = [
            names[at][:end]
            for at in among.tolist()
            for end in (size - 1, size, size + 1, size if len(names[at]) > size + 2 else None)
        ]
        away = np.full(len(near), allowed + 1, np.uint8)
        if tried:
            away[among] = (
                cdist([key], tried, scorer=OSA.distance, score_cutoff=allowed, dtype=np.uint8)
                .reshape(-1, 4)
                .min(axis=1)
            )
        placed = np.argsort(away, kind="stable")[: np.count_nonzero(away <= allowed)]
        _, own = np.unique(self._entity[near[placed]], return_index=True)
        placed = placed[own]
        found = near[placed]
        best = np.lexsort((self._order[found], -self.weights[self._entity[found]], away[placed]))[
            :limit
        ]
        return [
            Match(
                self.entities.item(self._entity[at]),
                self._written.text(at),
                "typo",
                round(0.6 * (1 - slips / size), 4),
            )
            for at, slips in zip(found[best].tolist(), away[placed][best].tolist(), strict=True)
        ]

    def place(self, at: int) -> tuple[str, int]:
        """A spelling, and whose it is."""
        return self._written.text(at), self.entities.item(self._entity[at])


def _codes(text: str) -> NDArray[np.uint32]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _allowed(key: str) -> int:
    """How many slips are forgiven."""
    return 0 if len(key) < _SHORTEST_SLIP else 1 if len(key) < 8 else 2


class _Scores(NamedTuple):
    """Scores by shape, in ten-thousandths, and in the thousandths they are ordered by."""

    fine: NDArray[np.int64]
    coarse: NDArray[np.int64]


@lru_cache(256)
def _scores(typed: int, worth: float, longest: int) -> _Scores:
    """The nearer to the whole name, and to the name it is shown by, the better."""
    scores = [0.0, 0.0]
    for length in range(1, longest + 1):
        for shown in (0, 1):
            whole = length == typed and worth == _KINDS[0][1]
            scores.append(1.0 if whole else round(worth + 0.04 * typed / length + 0.02 * shown, 4))
    fine, coarse = (
        [round(round(score, digits) * 10**digits) for score in scores] for digits in (4, 3)
    )
    return _Scores(np.array(fine, np.int64), np.array(coarse, np.int64))
