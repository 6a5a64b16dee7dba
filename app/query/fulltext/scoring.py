"""BM25 scores of stored token streams (Robertson and Zaragoza 2009). Pure."""

from collections.abc import Iterable, Sequence

from app.normalize.text.tokens import stream
from app.query.fulltext.language import Alternative, SearchTerm, all_alternatives

WEIGHTS = {"title": 10.0, "summary": 4.0, "body": 1.0}
K1, B = 1.2, 0.75
TYPICAL_TOKENS = 200
"""Tokens of a typical body, the average length of BM25. A constant, so that no document changes
the score of another."""
EXACT_TITLE_BONUS = 20.0
"""Added to the score of a title that is exactly a term."""

_MAX_UNTITLED = (WEIGHTS["summary"] + WEIGHTS["body"]) * (K1 + 1)
"""Upper bound of what summary and body add for one term of weight 1."""
_MIN_SCORE = 1e-9
"""Score of a ranked hit whose score rounds to 0: unranked hits have 0 and come after it."""
_MAX_TITLE_BYTES = 10_000


class Scorer:
    """BM25 of each column, weighted and added up (Robertson and Zaragoza 2009).

    Length normalisation (`B`) applies to the body alone.
    """

    def __init__(self, terms: Sequence[SearchTerm], weights: Sequence[float]) -> None:
        self.weights = weights
        self._exact_titles = set(map(_exact_title, all_alternatives(terms)))
        self._needles: list[tuple[list[list[str]], float]] = []
        for term, weight in zip(terms, weights, strict=True):
            self._needles.append((list(map(_needles, term.alternatives)), weight))

        self.max_body = WEIGHTS["body"] * (K1 + 1) * sum(weights) + 1e-6
        """More than any body adds to a score."""
        self.max_untitled = _MAX_UNTITLED * sum(weights)
        """More than any summary and body add to a score."""

    def head_score(self, title: str, summary: str) -> float:
        """Return the score of title and summary."""
        bonus = EXACT_TITLE_BONUS * (title in self._exact_titles)
        title_score = self._column_score(title, WEIGHTS["title"], K1)

        return title_score + self._column_score(summary, WEIGHTS["summary"], K1) + bonus

    def score(self, head_score: float, length: int, body: str) -> float:
        """Return the score of a document with a body of `length` tokens, above 0."""
        saturation = K1 * (1 - B + B * length / TYPICAL_TOKENS)
        body_score = self._column_score(body, WEIGHTS["body"], saturation)

        return round(head_score + body_score, 9) or _MIN_SCORE

    def _column_score(self, text: str, column_weight: float, saturation: float) -> float:
        score = 0.0
        if not text:
            return score

        for alternatives, weight in self._needles:
            frequency = _term_frequency(text, alternatives)
            if frequency:
                gain = weight * column_weight * frequency * (K1 + 1)
                score += gain / (frequency + saturation)

        return score


def _exact_title(alternative: Alternative) -> str:
    text = " ".join(phrase.text for phrase in alternative.phrases)
    return stream([text], _MAX_TITLE_BYTES)


def _needles(alternative: Alternative) -> list[str]:
    return [phrase.needle for phrase in alternative.phrases]


def _term_frequency(text: str, alternatives: Iterable[list[str]]) -> int:
    """Return how often a term occurs; phrases of one alternative count as the rarest of them."""
    frequency = 0
    for needles in alternatives:
        if len(needles) == 1:
            frequency += text.count(needles[0])
        else:
            frequency += min(map(text.count, needles))

    return frequency
