"""Edges of Chinese words around characters of a text.

Chinese has no spaces, so the characters of a name also occur across two words: 歐美團隊 has 美團. A list
of words with their counts tells the most likely cut of a run of Han characters: the one with the
highest product of the words' shares in all text (unigram model). A person's name (surname and two
more characters) counts as a word, too. The list is that of the package `cutword`, in simplified
Chinese; it is read as a file, and the package is never imported.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import orjson

from app.compiled.files import compiled_sections, content_key
from app.compiled.maps import CompiledMap, encode_map
from app.normalize.text import everyday_words
from app.normalize.text.everyday_words import EVERYDAY_COUNT, EVERYDAY_WORDS
from app.normalize.text.folding import is_han
from app.normalize.text.surnames import (
    GIVEN_SHARE,
    OFFICES,
    SURNAMES,
    is_given_name,
    is_measure,
)

_PACKAGE = "cutword"
_FILE = "dict.txt"
_MAX_WORD_CHARS = 5
# Words count only as far as this from the name: 12 characters are about six words.
_MAX_CONTEXT_CHARS = 12
_PERSON_CHARS = 3
_PERSON_SHARE = 0.02
# For a word of the list that its texts never used, and for a character that the list lacks.
_UNUSED_COUNT = 0.05
_UNKNOWN_COUNT = 0.5
# A name that is no word of the list is cut into characters, which costs it about this much.
_UNLISTED_MARGIN = 1.0
# Two words rarely make three characters of a name by chance.
_LONG_UNLISTED_MARGIN = 2.5
# A character left over beside a name that makes a word with its edge: 聯發[科]學, 理想汽[車]展.
_LEFTOVER_MARGIN = 3.0
_LONG_NAME_CHARS = 4
_LONG_LEFTOVER_MARGIN = 4.5
# Characters that are words by themselves beside a name: 對華為, 在美國.
_LONE_WORDS = frozenset(
    "的是在对与和及或跟向将从由被把让给为以用因而但并如据自称说于又也都就还再即则之其等该此各每某有无不未已曾想能会可要去来到做当新老旧前后上下内外中间里"
)
# Up to this margin the longest words decide as well: 更快手勢, 互聯網易用性.
_SECOND_VOTE_MARGIN = 3.0


class Fit(Enum):
    """Relation of a stretch of characters to the words around it."""

    WORDS = "words"
    """Both its edges are edges of words."""
    PART = "part"
    """It is inside one longer word."""
    ACROSS = "across"
    """It has a part of another word."""


class _WordCut(NamedTuple):
    """The most likely cut of a run: its edges, 0 and the end included, and its log likelihood."""

    edges: list[int]
    score: float


class WordList:
    """Simplified Chinese words with counts, and how persons' names are made."""

    def __init__(self, entries: Iterable[tuple[str, int]]) -> None:
        """Take (word, count) pairs."""
        counts = _word_counts(entries)
        totals = _EdgeTotals(len(counts), sum(counts.values()))
        self._use(_by_first_char(counts), totals)

    @classmethod
    def from_compiled(
        cls, counts: Mapping[str, Mapping[str, int]], totals: "_EdgeTotals"
    ) -> "WordList":
        """Return a list over words grouped by their first character, which are read lazily."""
        words = cls.__new__(cls)
        words._use(counts, totals)
        return words

    def _use(self, counts: Mapping[str, Mapping[str, int]], totals: "_EdgeTotals") -> None:
        log_total = math.log(totals.uses or 1)
        self._size = totals.words
        self._scores = _EdgeScores(counts, log_total)
        self._unknown_score = math.log(_UNKNOWN_COUNT) - log_total

    def __contains__(self, word: str) -> bool:
        return word in self._scores[word[:1]]

    def __len__(self) -> int:
        return self._size

    def may_cross(self, text: str, edge: int) -> bool:
        """Return whether a word of up to four characters may reach across `edge` of folded `text`.

        This alone settles nine edges of ten, without a cut of the run. The text has a character
        before `edge`, else no word does.
        """
        words = self._scores[text[edge - 1 : edge]]
        if text[edge - 1 : edge + 1] in words:
            return True
        if text[edge - 1 : edge + 2] in words or text[edge - 1 : edge + 3] in words:
            return True
        if edge < 2:
            return False
        words = self._scores[text[edge - 2]]
        if text[edge - 2 : edge + 1] in words or text[edge - 2 : edge + 2] in words:
            return True
        return edge > 2 and text[edge - 3 : edge + 1] in self._scores[text[edge - 3]]

    def fit(self, text: str, start: int, end: int, is_company: bool = True) -> Fit:
        """Return how characters `start` to `end` of folded `text` fit the words around them.

        The name of a company or a product (`is_company`) is held against the longest words, too.
        """
        person_start = self._person_start(text, start)
        may_cross = self.may_cross(text, start) or self.may_cross(text, end)
        if person_start is None and not may_cross:
            return Fit.WORDS

        if self.is_office_holder(text, start, end):
            return Fit.ACROSS

        first, last = self._region(text, start, end, person_start)
        person = None if person_start is None else person_start - first
        return self._fit_in_run(
            text[first:last],
            start - first,
            end - first,
            person,
            is_company,
        )

    def is_office_holder(self, text: str, start: int, end: int) -> bool:
        """Return whether `start` is inside a person's name that 為 and an office follow."""
        return _is_in_office(text, start, end) and self._person_start(text, start) is not None

    def _person_start(self, text: str, start: int) -> int | None:
        """Return where a person's name begins that reaches across `start`; None for none.

        A surname that ends a word is none: 上周美光 is about last week.
        """
        for first in (start - 2, start - 1):
            if first < 0 or not _person_score(text[first : first + _PERSON_CHARS]):
                continue
            if is_measure(text, first):
                continue
            if first == 0 or text[first - 1 : first + 1] not in self:
                return first
        return None

    def _region(self, text: str, start: int, end: int, person_start: int | None) -> tuple[int, int]:
        """Return the closest edges around a name that no word reaches across.

        The most likely cut of the whole run has these edges, too.
        """
        first = start if person_start is None else person_start
        limit = max(first - _MAX_CONTEXT_CHARS, 0)
        while first > limit and self.may_cross(text, first):
            first -= 1
        last = end
        limit = min(end + _MAX_CONTEXT_CHARS, len(text))
        while last < limit and self.may_cross(text, last):
            last += 1
        return first, last

    def _fit_in_run(
        self, run: str, start: int, end: int, person: int | None, is_company: bool
    ) -> Fit:
        best = self._cut(run, person)
        fit = _fit(best.edges, start, end)
        if fit is Fit.PART:
            return fit
        if fit is Fit.ACROSS:
            if run[start:end] in self:
                return fit
            margin = _UNLISTED_MARGIN if end - start == 2 else _LONG_UNLISTED_MARGIN
            is_close = self._lead(run, start, end, person) > -margin
            return Fit.WORDS if is_close else fit

        if is_company and self._is_across_longest_words(run, start, end):
            is_close = self._lead(run, start, end, person) < _SECOND_VOTE_MARGIN
            return Fit.ACROSS if is_close else fit

        return fit

    def tears_a_word(self, text: str, start: int, end: int) -> bool:
        """Return whether a name has taken a character of a word beside it: 聯發[科]學, 理想汽[車]展.

        The character that is left over beside the name is no word by itself.
        """
        if not self.may_cross(text, start) and not self.may_cross(text, end):
            return False
        first, last = self._region(text, start, end, None)
        run = text[first:last]
        start, end = start - first, end - first
        edges = self._cut(run).edges
        if not self._has_leftover(run, edges, start, end):
            return False
        # A short name that the list lacks has a small lead anyway: 緯創出貨.
        is_long = end - start >= _LONG_NAME_CHARS
        if not is_long and run[start:end] not in self:
            return False
        margin = _LONG_LEFTOVER_MARGIN if is_long else _LEFTOVER_MARGIN
        return self._lead(run, start, end, None) < margin

    def _has_leftover(self, run: str, edges: Sequence[int], start: int, end: int) -> bool:
        """Return whether a lone character beside a name makes a word with the name's edge.

        A long name is held against the word at its end alone, whether or not it ends there.
        """
        is_long = end - start >= _LONG_NAME_CHARS
        if is_long and end not in edges:
            return True
        after, before = run[end : end + 1], run[start - 1 : start]
        if end + 1 in edges and after not in _LONE_WORDS and run[end - 1 : end + 1] in self:
            return True
        is_lone = start - 1 in edges and before not in _LONE_WORDS
        return is_lone and not is_long and run[start - 1 : start + 1] in self

    def following_words(self, text: str, end: int) -> tuple[str, str]:
        """Return the word after `end` of folded `text`, and it joined with the next.

        They are "" where no Han character follows.
        """
        run = text[end : _run_end(text, end)]
        edges = self._cut(run).edges
        first = edges[min(1, len(edges) - 1)]
        second = edges[min(2, len(edges) - 1)]
        return run[:first], run[:second]

    def _longest_words(self, run: str) -> tuple[list[int], list[int]]:
        """Return the edges of the longest words of a run, read forwards and backwards."""
        forwards = [0]
        while forwards[-1] < len(run):
            start = forwards[-1]
            size = min(_MAX_WORD_CHARS, len(run) - start)
            while size > 1 and run[start : start + size] not in self:
                size -= 1
            forwards.append(start + size)

        backwards = [len(run)]
        while backwards[-1] > 0:
            end = backwards[-1]
            size = min(_MAX_WORD_CHARS, end)
            while size > 1 and run[end - size : end] not in self:
                size -= 1
            backwards.append(end - size)

        return forwards, backwards

    def _lead(self, run: str, start: int, end: int, person: int | None) -> float:
        """Return by how much cuts with edges at `start` and `end` are likelier than others (nats).

        Other cuts have a word across one of the two.
        """
        to_start = self._cut(run[:start]).score
        inside = self._cut(run[start:end]).score
        from_end = self._cut(run[end:]).score
        best = -math.inf
        for first in range(end):
            for last, score in self._words_at(run, first, person):
                if first < start < last or first < end < last:
                    before = self._cut(run[:first]).score
                    after = self._cut(run[last:]).score
                    best = max(best, before + score + after)

        return to_start + inside + from_end - best

    def _is_across_longest_words(self, run: str, start: int, end: int) -> bool:
        """Return whether longer words cover the name without an edge at `start` or `end`.

        Both directions must agree, without a character left over: 更快|手勢, not 將星|艦.
        """
        forwards, backwards = self._longest_words(run)
        for edges in (forwards, backwards):
            if start in edges and end in edges:
                return False
            for edge in edges:
                if start <= edge < end and edge + 1 in edges:
                    return False
                if start < edge <= end and edge - 1 in edges:
                    return False
        return True

    def _cut(self, run: str, person: int | None = None) -> _WordCut:
        """Return the most likely cut of a Han run; a person's name may begin at `person`.

        The best way to each character is recorded (Viterbi). The time is linear in the length.
        """
        size = len(run)
        best = [0.0] + [-math.inf] * size
        origins = [0] * (size + 1)
        for start in range(size):
            base = best[start]
            for end, score in self._words_at(run, start, person):
                if base + score > best[end]:
                    best[end] = base + score
                    origins[end] = start

        edges = [size]
        while edges[-1] > 0:
            edges.append(origins[edges[-1]])
        edges.reverse()
        return _WordCut(edges, best[size])

    def _words_at(self, run: str, start: int, person: int | None) -> Iterator[tuple[int, float]]:
        """Yield (end, log share) of the words of `run` that begin at `start`."""
        scores = self._scores[run[start]]
        yield start + 1, scores.get(run[start], self._unknown_score)
        last = min(start + _MAX_WORD_CHARS, len(run))
        for end in range(start + 2, last + 1):
            score = scores.get(run[start:end])
            if score is not None:
                yield end, score

        if start == person:
            end = start + _PERSON_CHARS
            yield end, _person_score(run[start:end])


def _person_score(chars: str) -> float:
    """Return the log share of a surname and a given name of two characters; 0 for others."""
    share = SURNAMES.get(chars[:1])
    if share is None or len(chars) < _PERSON_CHARS:
        return 0.0
    if not is_given_name(chars[1:]):
        return 0.0
    return math.log(_PERSON_SHARE * share * GIVEN_SHARE**2)


def _is_in_office(text: str, start: int, end: int) -> bool:
    """Return whether 為 and an office follow the person whose name reaches across `start`.

    推舉林國[華為]新任執行長 is about 林國華, 任命陳建[華為技術]長 about 陳建華. An office that ends
    where the name ends proves nothing.
    """
    office = start + 2
    if text[start + 1 : office] != "为" or not text.startswith(OFFICES, office):
        return False
    return any(text.startswith(name, office) and office + len(name) > end for name in OFFICES)


class _EdgeTotals(NamedTuple):
    """Number of words of a list, and the sum of their counts."""

    words: int
    uses: int


class _EdgeScores(dict[str, dict[str, float]]):
    """First character → word → log share, filled when a character is first looked up."""

    def __init__(self, counts: Mapping[str, Mapping[str, int]], log_total: float) -> None:
        self._counts = counts
        self._log_total = log_total
        # Equal counts share one number, which saves memory.
        self._scores: dict[int, float] = {}

    def __missing__(self, char: str) -> dict[str, float]:
        counts = self._counts.get(char)
        if counts is None:
            return _NO_WORDS

        scores: dict[str, float] = {}
        for word, count in counts.items():
            score = self._scores.get(count)
            if score is None:
                score = math.log(count or _UNUSED_COUNT) - self._log_total
                self._scores[count] = score
            scores[word] = score
        self[char] = scores
        return scores


_NO_WORDS: dict[str, float] = {}


def _word_counts(entries: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return word → count of the entries and the everyday words, without long words."""
    counts = dict.fromkeys(EVERYDAY_WORDS, EVERYDAY_COUNT)
    for word, count in entries:
        if len(word) <= _MAX_WORD_CHARS:
            counts[word] = max(count, counts.get(word, 0))
    return counts


def _by_first_char(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    groups: dict[str, dict[str, int]] = {}
    for word, count in counts.items():
        group = groups.setdefault(word[:1], {})
        group[word] = count
    return groups


def _run_end(text: str, end: int) -> int:
    """Return where the Han run that begins at `end` ends, at most the context away."""
    limit = min(end + _MAX_CONTEXT_CHARS, len(text))
    while end < limit and is_han(text[end]):
        end += 1
    return end


def _fit(edges: Sequence[int], start: int, end: int) -> Fit:
    """Return the fit of `start` to `end` among the edges of words."""
    if start in edges and end in edges:
        return Fit.WORDS
    if any(start < edge < end for edge in edges):
        return Fit.ACROSS
    return Fit.PART


@cache
def word_list() -> WordList:
    """Return the list of the package, compiled once an installation."""
    key = content_key([word_file(), Path(__file__), Path(everyday_words.__file__)])
    sections = compiled_sections("words", key, _compiled)
    totals = _EdgeTotals(*orjson.loads(sections["totals"]))
    return WordList.from_compiled(CompiledMap(sections["counts"]), totals)


def _compiled() -> dict[str, bytes]:
    """Return the sections of the compiled list."""
    counts = _word_counts(_entries())
    return {
        "totals": orjson.dumps([len(counts), sum(counts.values())]),
        "counts": encode_map(_by_first_char(counts)),
    }


def _entries() -> Iterator[tuple[str, int]]:
    """Yield (word, count) of each line of the file; a part of speech follows there."""
    with word_file().open(encoding="utf-8") as lines:
        for line in lines:
            word, count, _ = line.split(maxsplit=2)
            yield word, int(count)


def word_file() -> Path:
    """Return the path of the list. Raises FileNotFoundError without the package."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"Package {_PACKAGE!r} is not installed; run `make install`.")
    return Path(spec.origin).with_name(_FILE)
