"""Grouping articles into topics: the links that threads use, and one rule across languages.

Pairs are joined from the strongest link down. Two groups become one if none of their pairs
conflicts and at least half of the pairs are linked; a common article or paper needs no support.
A round-up, an opinion, a review or a guide is no report of the event that it names: only articles
of one form are joined.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from app.draft.article import NamedArticle
from app.normalize.stories.links import CONFLICT, DIRECT_SIGNALS, StoryWindow
from app.normalize.stories.similarity import items_conflict
from app.normalize.text.folding import fold
from app.normalize.text.idf import Idf, cosine, words

# How far names, numbers and Latin words of two reports of one event must agree, as a cosine.
_AGREEMENT = 0.2
_AGREEMENT_OF_ACTORS = 0.3
_AGREEMENT_IN_ONE_LANGUAGE, _TEXT_IN_ONE_LANGUAGE = 0.4, 0.3
_EXTRA_FOR_OTHER_ACTS = 0.2
# A name in more articles tells no event.
_MAX_ARTICLES_OF_NAME = 6
# A service such as TikTok has several stories a day, like its maker.
_ACTOR_TYPES = ("org", "person", "product")
_MIN_SUPPORT = 0.5
# A thread goes on for weeks; two reports of one day on one event say the same.
_LEAST_TEXT_OF_THREAD = 0.2
# A rare figure that two reports share weighs more than what their titles name.
_MAX_ARTICLES_OF_FIGURE = 3
_AGREEMENT_WITH_FIGURE, _AGREEMENT_WITH_FIGURES = 0.35, 0.3
# Reports of one event of these kinds state one amount.
_ACTS_WITH_AMOUNTS = frozenset(["earnings", "funding", "investment"])

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _PairLink:
    score: float
    joins: bool
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How far two articles agree; `text` is the cosine of their words, None in two languages."""

    agreement: float
    text: float | None
    figures: int
    """Rare figures that both have."""


class _Likenesses:
    """The features of all articles, with which pairs of places are compared."""

    def __init__(self, articles: Sequence[NamedArticle]) -> None:
        self._articles = articles
        self._neutral, self._texts = Idf(), Idf()
        for named in articles:
            self._neutral.add(named.neutral)
            self._texts.add(named.features.word_counts)
        self._vectors = [self._neutral.vector(dict(named.neutral)) for named in articles]
        word_counts = [named.features.word_counts for named in articles]
        self._text_vectors = [self._texts.vector(counts) for counts in word_counts]

    def likeness(self, pair: Pair) -> _Likeness:
        """Return how far the articles of a pair agree."""
        first, second = pair
        left, right = self._articles[first], self._articles[second]
        text = None
        if left.language_family == right.language_family:
            text = cosine(self._text_vectors[first], self._text_vectors[second])
        shared = left.neutral.keys() & right.neutral.keys()
        return _Likeness(
            agreement=cosine(self._vectors[first], self._vectors[second]),
            text=text,
            figures=sum(map(self._is_rare_figure, shared)),
        )

    def candidates(self) -> set[Pair]:
        """Return the pairs that share a rare figure, or a subject or rare name of both titles."""
        by_feature: dict[str, list[int]] = {}
        for place, named in enumerate(self._articles):
            features = {f"e:{entity}" for entity in named.features.subjects}
            for name in named.title_names:
                if self._neutral.count(f"w:{name}") <= _MAX_ARTICLES_OF_NAME:
                    features.add(f"w:{name}")
            features.update(filter(self._is_rare_figure, named.neutral))
            for feature in features:
                by_feature.setdefault(feature, []).append(place)
        pairs: set[Pair] = set()
        for places in by_feature.values():
            pairs.update(combinations(places, 2))
        return pairs

    def _is_rare_figure(self, feature: str) -> bool:
        is_figure = feature.startswith(("a:", "n:"))
        return is_figure and self._neutral.count(feature) <= _MAX_ARTICLES_OF_FIGURE


def group(articles: Sequence[NamedArticle]) -> list[list[NamedArticle]]:
    """Return the topics: groups of articles, each in the order of `articles`."""
    links, conflicts = _links(articles)
    groups: dict[int, set[int]] = {order: {order} for order in range(len(articles))}
    ordered = sorted(links, key=lambda pair: (-links[pair].score, pair))
    for pair in ordered:
        left, right = groups[pair[0]], groups[pair[1]]
        if left is right or not links[pair].joins:
            continue
        if articles[pair[0]].form != articles[pair[1]].form:
            continue
        if _may_join(left, right, links, conflicts, links[pair]):
            left |= right
            for order in right:
                groups[order] = left
    topics = {min(members): members for members in groups.values()}
    result = []
    for first in sorted(topics):
        result.append([articles[order] for order in sorted(topics[first])])
    return result


def _may_join(
    left: set[int],
    right: set[int],
    links: dict[Pair, _PairLink],
    conflicts: set[Pair],
    link: _PairLink,
) -> bool:
    pairs = []
    for one_order in left:
        for other in right:
            pairs.append((min(one_order, other), max(one_order, other)))
    if any(pair in conflicts for pair in pairs):
        return False
    linked = sum(pair in links for pair in pairs)
    return link.is_direct or linked >= _MIN_SUPPORT * len(pairs)


def _links(articles: Sequence[NamedArticle]) -> tuple[dict[Pair, _PairLink], set[Pair]]:
    """Return the links of pairs of places, the earlier first, and the pairs that conflict."""
    likenesses = _Likenesses(articles)
    links, conflicts = _thread_links(articles, likenesses)
    for pair in sorted(likenesses.candidates() - conflicts):
        if pair in links and links[pair].joins:
            continue
        likeness = likenesses.likeness(pair)
        if _is_one_event(articles[pair[0]], articles[pair[1]], likeness):
            links[pair] = _PairLink(round(0.5 + likeness.agreement / 2, 3), joins=True)
    return links, conflicts


def _thread_links(
    articles: Sequence[NamedArticle], likenesses: _Likenesses
) -> tuple[dict[Pair, _PairLink], set[Pair]]:
    places = {}
    for place, named in enumerate(articles):
        places[named.features.id] = place
    links: dict[Pair, _PairLink] = {}
    conflicts: set[Pair] = set()
    window = StoryWindow([named.features for named in articles])
    for place, named in enumerate(articles):
        for link in window.links(named.features):
            earlier = places[link.earlier]
            pair = (min(place, earlier), max(place, earlier))
            if link.signal == CONFLICT:
                conflicts.add(pair)
            elif link.signal in DIRECT_SIGNALS:
                links[pair] = _PairLink(link.score, joins=True, is_direct=True)
            elif articles[earlier].language_family == named.language_family:
                joins = link.joins and _says_the_same(
                    articles[earlier], named, likenesses.likeness(pair)
                )
                links[pair] = _PairLink(link.score, joins)
    return links, conflicts


def _says_the_same(left: NamedArticle, right: NamedArticle, likeness: _Likeness) -> bool:
    """Whether two articles of one thread report one event, not one after the other."""
    if _is_about_another(left, right) or _state_other_amounts(left, right, likeness):
        return False
    return likeness.figures > 0 or (likeness.text or 0) >= _LEAST_TEXT_OF_THREAD


def _is_one_event(left: NamedArticle, right: NamedArticle, likeness: _Likeness) -> bool:
    """Whether two articles report one event.

    More agreement is asked for if the only common subject is an organisation or a person, and if
    the articles tell of other kinds of event; less matters if they share rare figures.
    """
    if items_conflict(left.features, right.features):
        return False
    text = likeness.text
    if _share_figures(likeness) and (text is None or text >= _TEXT_IN_ONE_LANGUAGE):
        return True
    if _is_about_another(left, right) or _state_other_amounts(left, right, likeness):
        return False
    if not left.features.subjects & right.features.subjects and not _share_name(left, right):
        return False
    has_common_act = not left.acts.isdisjoint(right.acts)
    if not has_common_act and not _share_more_than_subjects(left, right):
        return False
    if text is None:
        return likeness.agreement >= _least_agreement(left, right)
    if not has_common_act or text < _TEXT_IN_ONE_LANGUAGE:
        return False
    return likeness.agreement >= _AGREEMENT_IN_ONE_LANGUAGE


def _least_agreement(left: NamedArticle, right: NamedArticle) -> float:
    least = _AGREEMENT
    has_common_act = not left.acts.isdisjoint(right.acts)
    if not has_common_act and not _share_thing(left, right):
        least = _AGREEMENT_OF_ACTORS
    if left.acts and right.acts and not has_common_act:
        least += _EXTRA_FOR_OTHER_ACTS
    return least


def _share_figures(likeness: _Likeness) -> bool:
    if likeness.figures > 1:
        return likeness.agreement >= _AGREEMENT_WITH_FIGURES
    return likeness.figures == 1 and likeness.agreement >= _AGREEMENT_WITH_FIGURE


def _state_other_amounts(left: NamedArticle, right: NamedArticle, likeness: _Likeness) -> bool:
    """Whether both tell of results or of money, each with an amount, and share no figure."""
    if likeness.figures or left.acts.isdisjoint(_ACTS_WITH_AMOUNTS):
        return False
    if right.acts.isdisjoint(_ACTS_WITH_AMOUNTS):
        return False
    amounts = _amounts(left)
    other_amounts = _amounts(right)
    return bool(amounts and other_amounts and amounts.isdisjoint(other_amounts))


def _amounts(named: NamedArticle) -> set[str]:
    return {feature for feature in named.neutral if feature.startswith("a:")}


def _share_name(left: NamedArticle, right: NamedArticle) -> bool:
    return not left.title_names.isdisjoint(right.title_names)


def _share_more_than_subjects(left: NamedArticle, right: NamedArticle) -> bool:
    """Whether the articles share a name or a number beside the subjects of both titles.

    Two short reports on one company agree in its name alone.
    """
    names = set()
    for entity in left.features.subjects & right.features.subjects:
        names.add(f"e:{entity}")
        surfaces = left.features.mentions[entity].surfaces
        surfaces |= right.features.mentions[entity].surfaces
        names.update(f"w:{fold(surface)}" for surface in surfaces)
    return bool((left.neutral.keys() & right.neutral.keys()) - names)


def _is_about_another(left: NamedArticle, right: NamedArticle) -> bool:
    """Whether no thing is shared and one title names a subject that the other article lacks."""
    if _share_thing(left, right):
        return False
    return _lacks_subject(right, left) or _lacks_subject(left, right)


def _lacks_subject(named: NamedArticle, other: NamedArticle) -> bool:
    """Whether an article lacks a subject of another's title.

    「DeepSeek 開源 V4」 has DeepSeek-V4: a version may stand alone in a title beside its family.
    """
    title_words = frozenset(words(named.article.title))
    for entity in other.features.subjects - named.features.mentions.keys():
        surfaces = other.features.mentions[entity].surfaces
        if not any(_version_word(surface) in title_words for surface in surfaces):
            return True
    return False


def _version_word(surface: str) -> str | None:
    last = re.split(r"[ -]", fold(surface))[-1]
    return last if re.search(r"\d", last) else None


def _share_thing(left: NamedArticle, right: NamedArticle) -> bool:
    """Whether both titles name one model, chip, dataset or other thing that has one story a day."""
    for entity in left.features.subjects & right.features.subjects:
        if left.features.mentions[entity].type not in _ACTOR_TYPES:
            return True
    return False
