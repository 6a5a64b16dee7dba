"""Extractive summaries: sentences chosen by centrality, place and title, quoted word for word.

A summary is in one language, that of the article that stands for the topic; both Chinese scripts
count as one. Sentences in other languages are details, where they add a figure.

The lead of a second report tells the event again; it is quoted only where it adds a figure, as a
detail. Sentences that tell where something is used are quoted below.

A sentence scores its cosine with all sentences of the topic, its overlap with the title (Dice) and
its place in its article. Further ones must add words (maximal marginal relevance: Carbonell and
Goldstein, 1998).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from app.draft.article import CollectedArticle, language_family
from app.draft.figures import figures, unknown
from app.draft.sentences import Sentence
from app.normalize.text.folding import fold
from app.normalize.text.idf import Idf, cosine, words

SUMMARY_SENTENCES = 3
DETAIL_SENTENCES = 3
USE_SENTENCES = 2
_CENTRALITY, _TITLE, _LEAD = 1.0, 1.0, 0.6
_REDUNDANCY = 1.2
# More overlap means that the sentence repeats another. Two reports of one fact in two
# Chinese scripts share .30 to .48 of their words.
_MAX_OVERLAP, _MAX_OVERLAP_OF_REPORTS = 0.6, 0.3
_SENTENCES_PER_ARTICLE = 12
LANGUAGE_ORDER = ("zh-Hant", "zh-Hans", "en")
# Folded words of where something is used.
_USE = re.compile(
    r"用于|用在|适用|应用场景|应用在|应用到|可用来|用来|帮助(?:用户|企业|医|开发)|面向|导入|采用该|首批客户"
    r"|\bused (?:to|for|in|by)\b|\buse cases?\b|\baimed at\b|\b(?:lets|allows|helps) (?:users"
    r"|developers|companies|customers|doctors|teams|people)\b|\bfirst customers?\b|\bdesigned for\b"
)

# Folded words of shares, guidance and terms of a deal: no technical details.
_MONEY = re.compile(
    r"股价|盘后|盘前|每股|估值|市值|营收|财测|获利|财报|融资|募资|收购|投资|支付|[美欧港日]元|职缺|裁员"
    r"|\bshares?\b|\bstock\b|\brevenue\b|\bprofits?\b|\bguidance\b|\bvaluation\b|\bpay\b|\bstake\b"
    r"|\broles\b|\bjobs\b|\bexecutive\b|[$€£]\d"
)
# The price of an interface is technical to its users.
_PRICE_OF_USE = re.compile(r"词元|\btokens?\b|\bapi\b")


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence quoted from an article."""

    sentence: Sentence
    article: CollectedArticle

    @property
    def text(self) -> str:
        """The words that are quoted."""
        return self.sentence.quotation


@dataclass(frozen=True, slots=True)
class Extract:
    """The quotes of a topic: those of the summary, details with figures, and uses."""

    summary: tuple[Quote, ...]
    details: tuple[Quote, ...]
    uses: tuple[Quote, ...] = ()


def by_preference(articles: Iterable[CollectedArticle]) -> list[CollectedArticle]:
    """Return articles in the order in which they represent a topic.

    Those with sentences come first, then the language of the briefing, authority and time.
    """
    return sorted(articles, key=_preference)


def _preference(article: CollectedArticle) -> tuple[bool, int, float, str, str]:
    language = len(LANGUAGE_ORDER)
    if article.language in LANGUAGE_ORDER:
        language = LANGUAGE_ORDER.index(article.language)
    moment = article.moment.isoformat()
    return not article.sentences, language, -article.authority, moment, article.id


def extract(articles: Sequence[CollectedArticle], idf: Idf) -> Extract:
    """Return the quotes of a topic; `articles` are in order of preference."""
    quotes = []
    for article in articles:
        for sentence in article.sentences[:_SENTENCES_PER_ARTICLE]:
            quotes.append(Quote(sentence, article))
    if not quotes:
        return Extract((), ())
    scores = _scores(quotes, articles, idf)
    family = language_family(quotes[0].article.language)
    readable = [quote for quote in quotes if language_family(quote.article.language) == family]
    main = quotes[0].article
    sayable = [quote for quote in readable if quote.article == main or quote.sentence.position]
    chosen = _chosen(
        sayable,
        scores,
        SUMMARY_SENTENCES,
        [],
        [quotes[0]],
    )
    summary = _without_known_figures(chosen, main)
    known = figures(main.title)
    with_figures = _with_new_figures(quotes, summary, known)
    room = SUMMARY_SENTENCES - len(summary)
    untechnical = [quote for quote in with_figures if not _is_technical(quote)]
    terms = [quote for quote in untechnical if quote in readable]
    terms = _chosen(terms, scores, room, summary)
    summary += _with_figures_once(terms, summary, known)
    technical = [quote for quote in with_figures if _is_technical(quote)]
    details = _chosen(technical, scores, DETAIL_SENTENCES, summary)
    details = _with_figures_once(details, summary, known)
    useful = [quote for quote in readable if _USE.search(fold(quote.sentence.text))]
    uses = _chosen(useful, scores, USE_SENTENCES, [*summary, *details])
    return Extract(
        _anchored(_in_order(summary, articles)),
        _anchored(_in_order(details, articles)),
        _anchored(_in_order(_without_known_figures(uses, main), articles)),
    )


def _without_known_figures(quotes: Sequence[Quote], main: CollectedArticle) -> list[Quote]:
    """Leave out the quotes of other reports whose figures the quotes of `main` have.

    Two scripts share few words; 4,000 步 and 4000个步骤 are one fact.
    """
    known: set[str] = set()
    for quote in quotes:
        if quote.article == main:
            known |= figures(quote.sentence.text)
    result = []
    for quote in quotes:
        own_figures = figures(quote.sentence.text)
        if quote.article == main or not own_figures or unknown(own_figures, known):
            result.append(quote)
    return result


def _is_technical(quote: Quote) -> bool:
    """Whether a sentence is about something else than shares, money or staff."""
    text = fold(quote.sentence.text)
    return bool(_PRICE_OF_USE.search(text)) or not _MONEY.search(text)


def _with_new_figures(
    quotes: Iterable[Quote], summary: Sequence[Quote], titled: Set[str]
) -> list[Quote]:
    """Return the quotes whose figures are mostly in neither the summary nor the title.

    A sentence in another language has other words; only its figures tell whether it repeats.
    """
    known = set(titled)
    for quote in summary:
        known |= figures(quote.sentence.text)
    result = []
    for quote in quotes:
        own_figures = figures(quote.sentence.text)
        new = unknown(own_figures, known)
        if new and 2 * len(new) >= len(own_figures):
            result.append(quote)
    return result


def _with_figures_once(
    details: Sequence[Quote], summary: Sequence[Quote], titled: Set[str]
) -> list[Quote]:
    """Leave out details whose figures the summary and the details before them have."""
    chosen = list(summary)
    for quote in details:
        chosen += _with_new_figures([quote], chosen, titled)
    return chosen[len(summary) :]


def _anchored(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Leave out quotes that refer back to a sentence that is not quoted right before them."""
    result: list[Quote] = []
    for quote in quotes:
        if _has_anchor(quote, result[-1:]):
            result.append(quote)
    return tuple(result)


def _has_anchor(quote: Quote, others: Iterable[Quote]) -> bool:
    """Whether a quote needs no sentence before it, or `others` have that sentence."""
    position = quote.sentence.position
    if not quote.sentence.refers_back or not position:
        return True
    return (quote.article.id, position - 1) in map(_place, others)


def _scores(
    quotes: Sequence[Quote], articles: Sequence[CollectedArticle], idf: Idf
) -> dict[tuple[str, int], float]:
    all_words: Counter[str] = Counter()
    for quote in quotes:
        all_words.update(quote.sentence.words)
    centre = idf.vector(all_words)
    main = articles[0]
    title_words = frozenset(words(main.title))
    scores = {}
    for quote in quotes:
        sentence = quote.sentence
        vector = idf.vector(dict.fromkeys(sentence.words, 1))
        dice, _ = idf.dice(sentence.words, title_words)
        lead = 1 / (1 + sentence.position)
        score = _CENTRALITY * cosine(vector, centre) + _TITLE * dice + _LEAD * lead
        # Readers meet one language first; other reports add figures.
        if quote.article.language != main.language:
            score *= 0.6
        scores[_place(quote)] = score
    return scores


def _place(quote: Quote) -> tuple[str, int]:
    return quote.article.id, quote.sentence.position


def _chosen(
    quotes: Sequence[Quote],
    scores: dict[tuple[str, int], float],
    count: int,
    earlier: Sequence[Quote],
    first: Sequence[Quote] = (),
) -> list[Quote]:
    """Return the best quotes that do not repeat each other, or `earlier` ones, after `first`.

    A quote that refers back is chosen only after the sentence before it.
    """
    chosen: list[Quote] = list(first)
    remaining = [quote for quote in quotes if quote not in chosen]
    while remaining and len(chosen) < count:
        best, best_score = None, 0.0
        for quote in remaining:
            if not _has_anchor(quote, chosen):
                continue
            others = [*earlier, *chosen]
            overlap = _overlap(quote, others)
            reports = [other for other in others if other.article != quote.article]
            if overlap > _MAX_OVERLAP or _overlap(quote, reports) > _MAX_OVERLAP_OF_REPORTS:
                continue
            score = scores[_place(quote)] - _REDUNDANCY * overlap
            if best is None or score > best_score:
                best, best_score = quote, score
        if best is None:
            break
        chosen.append(best)
        remaining.remove(best)
    return chosen


def _overlap(quote: Quote, others: Iterable[Quote]) -> float:
    """Return the largest share of the words that another quote has, too."""
    own_words = quote.sentence.words
    largest = 0.0
    for other in others:
        shared = len(own_words & other.sentence.words)
        smaller = min(len(own_words), len(other.sentence.words))
        largest = max(largest, shared / max(smaller, 1))
    return largest


def _in_order(quotes: Iterable[Quote], articles: Sequence[CollectedArticle]) -> tuple[Quote, ...]:
    places = {article.id: place for place, article in enumerate(articles)}
    ordered = sorted(quotes, key=lambda quote: (places[quote.article.id], quote.sentence.position))
    return tuple(ordered)
