"""BM25 scores of stored token streams (Robertson and Zaragoza 2009). Pure."""

from collections.abc import Iterable, Sequence

from app.normalize.text.tokens import PART, stream
from app.query.fulltext.language import Alternative, SearchQuery, SearchTerm, all_alternatives

WEIGHTS = {"title": 10.0, "summary": 4.0, "body": 1.0}
K1, B = 1.2, 0.75
TYPICAL_TOKENS = 200
"""Tokens of a typical body, the average length of BM25. A constant, so that no document changes
the score of another."""
EXACT_TITLE_BONUS = 20.0
"""Added to the score of a title that is exactly a term."""
EXACT_NAME_BONUS = 1_000.0
"""Added to the score of an entity of which a name is exactly the query: it comes first."""
NAME_PREFIX_BONUS = 10.0
"""Added to the score of an entity of which a name begins with the query: a further title hit."""
EXACT, PREFIX, OTHER = 0, 1, 2
"""Ranks of names: a name that is the query, one that begins with it, any other."""

_MAX_UNTITLED = (WEIGHTS["summary"] + WEIGHTS["body"]) * (K1 + 1)
"""Upper bound of what summary and body add for one term of weight 1."""
_MIN_SCORE = 1e-9
"""Score of a ranked hit whose score rounds to 0: unranked hits have 0 and come after it."""
_MAX_TITLE_BYTES = 10_000


class NameRanks:
    """Ranks entities by how near a name comes to all words of a query, spaces left aside."""

    def __init__(self, query: SearchQuery) -> None:
        self._key = ""
        if query.terms and not query.excluded and all(term.is_plain for term in query.terms):
            typed = " ".join(term.typed for term in query.terms)
            self._key = _compact(stream([typed], _MAX_TITLE_BYTES))

    def rank(self, names: str) -> int:
        """Return the best rank of the names in token streams."""
        if not self._key:
            return OTHER

        rank = OTHER
        for name in names.split(PART):
            key = _compact(name)
            if key == self._key:
                return EXACT
            if key.startswith(self._key):
                rank = PREFIX

        return rank


def _compact(tokens: str) -> str:
    return tokens.replace(" ", "")


_NAME_BONUS = {EXACT: EXACT_NAME_BONUS, PREFIX: NAME_PREFIX_BONUS, OTHER: 0.0}


class Scorer:
    """BM25 of each column, weighted and added up (Robertson and Zaragoza 2009).

    Length normalisation (`B`) applies to the body alone.
    """

    def __init__(self, query: SearchQuery, weights: Sequence[float]) -> None:
        self.weights = weights
        self._exact_titles = set(map(_exact_title, all_alternatives(query.terms)))
        self._names = NameRanks(query)
        self._needles = _weighted_needles(query.terms, weights)
        self._name_needles = _weighted_needles(query.of_names.terms, weights)

        self.max_body = WEIGHTS["body"] * (K1 + 1) * sum(weights) + 1e-6
        """More than any body adds to a score."""
        self.max_untitled = _MAX_UNTITLED * sum(weights)
        """More than any summary and body add to a score."""

    def head_score(self, kind: str, title: str, summary: str) -> float:
        """Return the score of title and summary of a document of a kind."""
        needles = self._needles
        if kind == "entity":
            needles = self._name_needles
            bonus = _NAME_BONUS[self._names.rank(title + PART + summary)]
        else:
            bonus = EXACT_TITLE_BONUS * (title in self._exact_titles)

        title_score = _column_score(needles, title, WEIGHTS["title"], K1)
        summary_score = _column_score(needles, summary, WEIGHTS["summary"], K1)

        return title_score + summary_score + bonus

    def score(self, head_score: float, length: int, body: str) -> float:
        """Return the score of a document with a body of `length` tokens, above 0."""
        saturation = K1 * (1 - B + B * length / TYPICAL_TOKENS)
        body_score = _column_score(self._needles, body, WEIGHTS["body"], saturation)

        return round(head_score + body_score, 9) or _MIN_SCORE


_WeightedNeedles = list[tuple[list[list[str]], float]]
"""For each term the needles of each alternative, and the weight."""


def _weighted_needles(terms: Sequence[SearchTerm], weights: Sequence[float]) -> _WeightedNeedles:
    weighted: _WeightedNeedles = []
    for term, weight in zip(terms, weights, strict=True):
        weighted.append((list(map(_needles, term.alternatives)), weight))

    return weighted


def _column_score(
    weighted: _WeightedNeedles, text: str, column_weight: float, saturation: float
) -> float:
    score = 0.0
    if text:
        for alternatives, weight in weighted:
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
