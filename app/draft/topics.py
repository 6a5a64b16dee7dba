"""Grouping articles into topics: the links that threads use, and one rule across languages.

Pairs are joined from the strongest link down. Two groups become one if none of their pairs
conflicts and at least half of the pairs are linked; a common article or paper needs no support.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from app.draft.article import NamedArticle
from app.normalize.stories.links import CONFLICT, DIRECT_SIGNALS, StoryWindow
from app.normalize.stories.similarity import items_conflict
from app.normalize.text.folding import fold
from app.normalize.text.idf import Idf, cosine

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
            elif is_direct:
                links[pair] = _PairLink(link.score, joins=True, is_direct=True)
            elif articles[earlier].language_family == named.language_family:
                joins = link.joins and not _is_about_another(articles[earlier], named)
                links[pair] = _PairLink(link.score, joins)
    for pair, event_link in _event_links(articles, conflicts).items():
        if pair not in links or not links[pair].joins:
            links[pair] = event_link
    return links, conflicts


def _event_links(articles: Sequence[NamedArticle], conflicts: set[Pair]) -> dict[Pair, _PairLink]:
    """Return the links of articles that tell of one event, also in two languages."""
    neutral, texts = Idf(), Idf()
    for named in articles:
        neutral.add(named.neutral)
        texts.add(named.features.word_counts)
    vectors = [neutral.vector(dict(named.neutral)) for named in articles]
    text_vectors = [texts.vector(named.features.word_counts) for named in articles]
    links = {}
    for pair in sorted(_candidates(articles, neutral) - conflicts):
        left, right = articles[pair[0]], articles[pair[1]]
        agreement = cosine(vectors[pair[0]], vectors[pair[1]])
        text = None
        if left.language_family == right.language_family:
            text = cosine(text_vectors[pair[0]], text_vectors[pair[1]])
        if _is_one_event(left, right, agreement, text):
            links[pair] = _PairLink(round(0.5 + agreement / 2, 3), joins=True)
    return links


def _candidates(articles: Sequence[NamedArticle], neutral: Idf) -> set[Pair]:
    """Return the pairs that share a subject, or a rare Latin name, of both titles."""
    by_name: dict[str, list[int]] = {}
    for place, named in enumerate(articles):
        for entity in named.features.subjects:
            by_name.setdefault(entity, []).append(place)
        for name in named.title_names:
            if neutral.count(f"w:{name}") <= _MAX_ARTICLES_OF_NAME:
                by_name.setdefault(f"w:{name}", []).append(place)
    pairs: set[Pair] = set()
    for places in by_name.values():
        pairs.update(combinations(places, 2))
    return pairs


def _is_one_event(
    left: NamedArticle, right: NamedArticle, agreement: float, text: float | None
) -> bool:
    """Whether two articles report one event; `text` is the cosine of their words.

    It is None for two languages. More agreement is asked for if the only common subject is an
    organisation or a person, and if the articles tell of other kinds of event.
    """
    if items_conflict(left.features, right.features) or _is_about_another(left, right):
        return False
    has_common_act = not left.acts.isdisjoint(right.acts)
    if not has_common_act and not _share_more_than_subjects(left, right):
        return False
    least = _AGREEMENT
    if not has_common_act and not _share_thing(left, right):
        least = _AGREEMENT_OF_ACTORS
    if left.acts and right.acts and not has_common_act:
        least += _EXTRA_FOR_OTHER_ACTS
    if text is None:
        return agreement >= least
    if not has_common_act or text < _TEXT_IN_ONE_LANGUAGE:
        return False
    return agreement >= _AGREEMENT_IN_ONE_LANGUAGE


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
    missing = left.features.subjects - right.features.mentions.keys()
    other_missing = right.features.subjects - left.features.mentions.keys()
    return bool(missing or other_missing)


def _share_thing(left: NamedArticle, right: NamedArticle) -> bool:
    """Whether both titles name one model, chip, dataset or other thing that has one story a day."""
    for entity in left.features.subjects & right.features.subjects:
        if left.features.mentions[entity].type not in _ACTOR_TYPES:
            return True
    return False
