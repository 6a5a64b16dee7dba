"""Grouping articles into topics: the links that threads use, and one rule across languages.

Pairs are joined from the strongest link down. Two groups become one if none of their pairs
conflicts and at least half of the pairs are linked; a common article or paper needs no support.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from app.draft.article import NamedArticle
from app.normalize.stories.features import is_name, type_weight
from app.normalize.stories.links import CONFLICT, DIRECT_SIGNALS, StoryWindow
from app.normalize.stories.similarity import items_conflict
from app.normalize.text.idf import Idf, cosine

# Across languages: how far names, numbers and Latin words must agree.
_CROSS_COSINE = 0.2
_CROSS_COSINE_OF_ACTORS = 0.3
_MIN_SUPPORT = 0.5

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _PairLink:
    score: float
    joins: bool
    is_direct: bool = False


def group(articles: Sequence[NamedArticle]) -> list[list[NamedArticle]]:
    """Return the topics: groups of articles, each in the order of `articles`."""
    links, conflicts = _links(articles)
    groups: dict[int, set[int]] = {order: {order} for order in range(len(articles))}
    ordered = sorted(links, key=lambda pair: (-links[pair].score, pair))
    for pair in ordered:
        left, right = groups[pair[0]], groups[pair[1]]
        if left is right or not links[pair].joins:
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
            is_direct = link.signal in DIRECT_SIGNALS
            if link.signal == CONFLICT:
                conflicts.add(pair)
            elif is_direct or articles[earlier].language_family == named.language_family:
                links[pair] = _PairLink(link.score, link.joins, is_direct)
    links.update(_cross_links(articles, links))
    return links, conflicts


def _cross_links(
    articles: Sequence[NamedArticle], links: dict[Pair, _PairLink]
) -> dict[Pair, _PairLink]:
    """Return the links between articles in two languages, which share few words."""
    idf = Idf()
    for named in articles:
        idf.add(named.neutral)
    vectors = [idf.vector(dict(named.neutral)) for named in articles]
    by_subject: dict[str, list[int]] = {}
    for place, named in enumerate(articles):
        for entity in named.features.prominent:
            by_subject.setdefault(entity, []).append(place)
    pairs: set[Pair] = set()
    for places in by_subject.values():
        pairs.update(combinations(places, 2))
    cross_links = {}
    for pair in sorted(pairs - links.keys()):
        left, right = articles[pair[0]], articles[pair[1]]
        if left.language_family == right.language_family:
            continue
        agreement = cosine(vectors[pair[0]], vectors[pair[1]])
        if _is_one_story(left, right, agreement):
            cross_links[pair] = _PairLink(round(0.5 + agreement / 2, 3), joins=True)
    return cross_links


def _is_one_story(left: NamedArticle, right: NamedArticle, agreement: float) -> bool:
    """Whether two articles in two languages report one event.

    They name one subject in both titles, tell of one kind of event and agree in names, numbers
    and Latin words; more so if the only common subject is an organisation or a person.
    """
    shared = left.features.subjects & right.features.subjects
    if not shared or items_conflict(left.features, right.features):
        return False
    if left.acts and right.acts and left.acts.isdisjoint(right.acts):
        return False
    names_thing = False
    for entity in shared:
        mention = left.features.mentions[entity]
        if is_name(mention) and type_weight(mention.type) == 1:
            names_thing = True
    return agreement >= (_CROSS_COSINE if names_thing else _CROSS_COSINE_OF_ACTORS)
