"""The salience of a topic, from stated weights, and its importance with the reason in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, log2

from app.draft.article import NamedArticle
from app.draft.summaries import by_preference
from app.normalize.stories.features import LISTED, TITLED, EntityMention

PUBLISHERS_WEIGHT = 1.0
"""Times log2(1 + number of publishers)."""
AUTHORITY_WEIGHT = 1.5
"""Times the highest authority of a feed, from 0 to 1."""
NOVELTY_WEIGHT = 0.6
"""Times the share of the names of the titles that no briefing of the last 28 days has."""
TREND_WEIGHT = 0.8
"""Times log2((today + 1) / (a usual day + 1)) / 3 of the name that rises most, at most 1.

Without history: times log2(1 + articles of today) of its most frequent name, divided by that of the
most frequent name of the day.
"""
RECENCY_WEIGHT = 0.4
"""Times the share of the window that had passed when the newest article was published."""
HIGH, MEDIUM = 3.6, 2.2
"""Least salience of high and of medium importance."""
HIGH_SHARE, MEDIUM_SHARE = 0.25, 0.5
"""Largest shares of a draft's topics, the most salient first, of high and of medium importance."""
HISTORY_DAYS = 28
UNKNOWN_SHARE = 0.5
"""The share of novelty without history: neither new nor old."""
# Everyday concepts, methods and places are in the news each day.
_NEWS_TYPES = frozenset(["org", "model", "product", "person", "chip", "dataset", "event"])
LEVELS = {"high": "高", "medium": "中", "low": "低"}


@dataclass(frozen=True, slots=True)
class History:
    """Counts of the briefings of the last 28 days: items by entity, and days with a briefing."""

    items: Mapping[str, int]
    days: int


@dataclass(frozen=True, slots=True)
class Rising:
    """An entity, the articles of today that name it or a member of its family, and former items.

    `former_items` are those of the last 28 days.
    """

    node: str
    articles: int
    former_items: int
    rise: float


@dataclass(frozen=True, slots=True)
class Rank:
    """The salience of a topic, its importance (`high`, `medium`, `low`) and the reason."""

    salience: float
    importance: str
    reason: str


def is_news(mention: EntityMention) -> bool:
    """Whether a briefing may say that the entity is new or rises: a thing, maker or person."""
    return mention.type in _NEWS_TYPES


def mention_counts(articles: Sequence[NamedArticle], families: Mapping[str, str]) -> dict[str, int]:
    """Return the number of articles that name each entity or a member of its family.

    `families` is entity → family.
    """
    counts: dict[str, int] = {}
    for named in articles:
        nodes = set(named.features.mentions)
        nodes.update(families[node] for node in named.features.mentions if node in families)
        for node in nodes:
            counts[node] = counts.get(node, 0) + 1
    return counts


def rises(
    articles: Sequence[NamedArticle], history: History, families: Mapping[str, str]
) -> dict[str, Rising]:
    """Return how far each prominent name of the day rises, in [0, 1]; without history none does.

    Concepts are no names. A name rises by the articles that name it in a prominent place.
    """
    mentions = mention_counts(articles, families)
    counts: dict[str, int] = {}
    for named in articles:
        for node, mention in named.features.mentions.items():
            if mention.weight >= LISTED and is_news(mention):
                counts[node] = counts.get(node, 0) + 1
    rising = {}
    for node, count in counts.items():
        former = history.items.get(node, 0)
        usual = former / max(history.days, 1)
        rise = min(1.0, max(0.0, log2((count + 1) / (usual + 1)) / 3)) if history.days else 0.0
        rising[node] = Rising(node, mentions[node], former, rise)
    return rising


def rank(
    topic: Sequence[NamedArticle],
    rising: Mapping[str, Rising],
    history: History,
    names: Mapping[str, str],
    start: datetime,
    end: datetime,
) -> Rank:
    """Return the salience of a topic; `names` are the names of entities for the reason."""
    publishers = sorted({named.article.publisher_name for named in topic})
    authority = max(named.article.authority for named in topic)
    nodes = _nodes(topic)
    new = [node for node in nodes if history.days and not history.items.get(node)]
    novelty = len(new) / len(nodes) if nodes else 0.0
    risers = sorted((rising[node] for node in nodes if node in rising), key=_by_rise)
    trend = risers[0].rise if risers else 0.0
    most_frequent = None
    if not history.days:
        novelty = UNKNOWN_SHARE
        most_frequent = min(risers, key=_by_articles, default=None)
        trend = _frequency(most_frequent, rising)
    newest = max(named.article.moment for named in topic)
    recency = (newest - start) / (end - start)
    salience = (
        PUBLISHERS_WEIGHT * log2(1 + len(publishers))
        + AUTHORITY_WEIGHT * authority
        + NOVELTY_WEIGHT * novelty
        + TREND_WEIGHT * trend
        + RECENCY_WEIGHT * recency
    )
    subject = subject_of(topic)
    about = [entry for entry in risers if entry.node == subject]
    reason = _reason(
        publishers,
        [names[node] for node in new if _is_in_most_titles(node, topic)],
        about,
        names,
    )
    if not history.days and about and about[0].articles > len(topic):
        reason += f"；今日 {about[0].articles} 篇提及 {names[about[0].node]}"
    return Rank(round(salience, 3), _level(salience), reason)


def _level(salience: float) -> str:
    if salience >= HIGH:
        return "high"
    return "medium" if salience >= MEDIUM else "low"


def relative_importance(salience: float, place: int, topics: int) -> str:
    """Return the importance of the topic at a place, from 1, of the topics of a draft by salience.

    High are at most the first quarter, medium at most the next half, each above its threshold.
    """
    level = _level(salience)
    if level == "high" and place > ceil(HIGH_SHARE * topics):
        level = "medium"
    if level == "medium" and place > ceil((HIGH_SHARE + MEDIUM_SHARE) * topics):
        level = "low"
    return level


def lead_of(named: NamedArticle) -> str | None:
    """Return the first thing, maker or person of a title."""
    places = []
    for node in named.features.subjects:
        mention = named.features.mentions[node]
        if is_news(mention):
            places.append((mention.offset, node))
    return min(places)[1] if places else None


def subject_of(topic: Sequence[NamedArticle]) -> str | None:
    """Return the lead of the title that represents a topic."""
    first = by_preference(named.article for named in topic)[0]
    return lead_of(next(named for named in topic if named.article == first))


def _is_in_most_titles(node: str, topic: Sequence[NamedArticle]) -> bool:
    titles = sum(node in named.features.subjects for named in topic)
    return 2 * titles >= len(topic)


def _by_rise(rising: Rising) -> tuple[float, str]:
    return -rising.rise, rising.node


def _by_articles(rising: Rising) -> tuple[int, str]:
    return -rising.articles, rising.node


def _frequency(entry: Rising | None, rising: Mapping[str, Rising]) -> float:
    """Return how frequent a name is today, as log2(1 + n) of the most frequent one's."""
    if entry is None:
        return 0.0
    highest = max(other.articles for other in rising.values())
    return log2(1 + entry.articles) / log2(1 + highest)


def _nodes(topic: Sequence[NamedArticle]) -> list[str]:
    """Return the names that the titles of a topic have; without one, those of its leads."""
    titled: set[str] = set()
    prominent: set[str] = set()
    for named in topic:
        for node, mention in named.features.mentions.items():
            if is_news(mention) and mention.weight >= LISTED:
                prominent.add(node)
                if mention.weight >= TITLED:
                    titled.add(node)
    return sorted(titled or prominent)


def _reason(
    publishers: Sequence[str],
    new: Sequence[str],
    risers: Sequence[Rising],
    names: Mapping[str, str],
) -> str:
    more = "等" if len(publishers) > 3 else ""
    listed = "、".join(publishers[:3])
    parts = [f"{len(publishers)} 家來源報導（{listed}{more}）"]
    if new:
        newcomers = "、".join(new[:3])
        parts.append(f"近 {HISTORY_DAYS} 日首次出現：{newcomers}")
    elif risers and risers[0].rise >= 0.3:
        first = risers[0]
        parts.append(
            f"{names[first.node]} 升溫：今日 {first.articles} 篇，"
            f"近 {HISTORY_DAYS} 日 {first.former_items} 則"
        )
    return "；".join(parts)
