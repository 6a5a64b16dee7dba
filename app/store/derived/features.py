"""Features of stored items, from which threads and echoes are decided."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, case, func, select
from sqlmodel import Session, col

from app.normalize.stories.features import (
    IN_TEXT,
    LISTED,
    NAMED,
    TITLED,
    EntityMention,
    StoryFeatures,
)
from app.normalize.stories.links import StoryWindow
from app.store.encoding.batches import batches
from app.store.tables import Briefing, Channel, Citation, Entity, Item, Mention, Source

Conditions = tuple[ColumnElement[bool], ...]
"""Conditions on rows of `item`, all of which must hold."""


def features_of_days(session: Session, first: date, last: date) -> dict[int, StoryFeatures]:
    """Return the features of the items from `first` to `last`, by item pk."""
    conditions = (
        col(Item.date) >= first,
        col(Item.date) <= last,
    )
    return _features(session, conditions)


def features_of_briefing(session: Session, briefing_pk: int) -> dict[int, StoryFeatures]:
    """Return the features of the items of a briefing, by item pk, in its order."""
    return _features(session, (col(Item.briefing_pk) == briefing_pk,))


class FeatureWindow:
    """Cache of features by day, for a writer of many documents.

    Its features hold at one version of the dataset. The writer calls `drop_unless` before a
    transaction and `advance` after it. `stories` is the index of its newest days.
    """

    def __init__(self) -> None:
        """Start without features."""
        self.stories = StoryWindow()
        self._version: int | None = None
        self._days: dict[date, dict[int, StoryFeatures]] = {}

    def drop_unless(self, version: int | None) -> None:
        """Drop all features unless they hold at this version; None drops them always."""
        if version is None or version != self._version:
            self._days.clear()
            self.stories = StoryWindow()

    def advance(self, version: int) -> None:
        """Declare that the features hold at this version, too."""
        self._version = version

    def drop(self, days: Iterable[date]) -> None:
        """Drop the features of days that changed."""
        for day in days:
            self._days.pop(day, None)

    def keep_only(self, first: date, last: date) -> None:
        """Drop the features of all days outside of `first` to `last`."""
        outside = [day for day in self._days if not first <= day <= last]
        self.drop(outside)

    def features(self, session: Session, first: date, last: date) -> dict[int, StoryFeatures]:
        """Return the features of the items from `first` to `last`, by item pk.

        Only days that are not cached are read.
        """
        days = list(_days(first, last))
        missing = [day for day in days if day not in self._days]
        if missing:
            self._read(session, missing)

        features: dict[int, StoryFeatures] = {}
        for day in days:
            features |= self._days[day]

        return features

    def _read(self, session: Session, days: list[date]) -> None:
        for day in days:
            self._days[day] = {}

        # Cached days between the first and the last are read again: one statement costs less.
        features = features_of_days(
            session,
            days[0],
            days[-1],
        )
        for item_pk, item in features.items():
            self._days[item.day][item_pk] = item


def _days(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _features(session: Session, conditions: Conditions) -> dict[int, StoryFeatures]:
    statement = (
        select(
            col(Item.pk),
            col(Item.id),
            col(Briefing.id),
            col(Item.date),
            col(Channel.id),
            col(Item.ordinal),
            col(Item.title),
            col(Item.summary),
            col(Item.extra),
        )
        .join(Channel, col(Channel.pk) == col(Item.channel_pk))
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .where(*conditions)
        .order_by(col(Item.date), col(Item.ordinal))
    )
    # The statements go past the session, which may have unwritten objects.
    session.flush()
    connection = session.connection()
    rows = connection.execute(statement).all()
    mentions = _mentions(connection, conditions)
    articles, papers = _cited(connection, conditions)
    features = {}
    for item_pk, item, briefing, day, channel, ordinal, title, summary, extra in rows:
        assert item_pk
        # A stub has no summary; elsewhere, other fields tell no story (who posted it and when).
        text = summary or "\n".join(entry["text"] or "" for entry in extra)
        features[item_pk] = StoryFeatures(
            id=item,
            briefing=briefing,
            position=(day, channel, ordinal),
            title=title,
            text=text,
            sources=frozenset(articles[item_pk]),
            papers=frozenset(papers[item_pk]),
            mentions=mentions[item_pk],
            article_keys=articles[item_pk],
        )

    return features


@dataclass(slots=True)
class _StoredMentions:
    """Mentions of one entity in one item, over all its surfaces."""

    entity_type: str
    title_offsets: list[int] = field(default_factory=list)
    is_listed: bool = False
    surfaces: set[str] = field(default_factory=set)

    def mention(self) -> EntityMention:
        """Return the mentions as one."""
        weight = LISTED if self.is_listed else IN_TEXT
        if self.title_offsets:
            weight = TITLED

        return _mention(
            self.entity_type,
            weight,
            min(self.title_offsets, default=0),
            frozenset(self.surfaces),
        )


@lru_cache(maxsize=8_000)
def _mention(
    entity_type: str,
    weight: float,
    offset: int,
    surfaces: frozenset[str],
) -> EntityMention:
    """Return a mention; those of many items are equal, and one object."""
    is_written_as_name = entity_type == "other" and any(map(str.isupper, "".join(surfaces)))
    return EntityMention(
        type=NAMED if is_written_as_name else entity_type,
        weight=weight,
        offset=offset,
        surfaces=surfaces,
    )


def _mentions(
    connection: Connection,
    conditions: Conditions,
) -> defaultdict[int, dict[str, EntityMention]]:
    """Return the mentions of each item by entity id."""
    title_offset = case((col(Mention.kind) == "title", col(Mention.start_char)))
    is_listed = case((col(Mention.kind) == "listed", 1), else_=0)
    key = (col(Mention.item_pk), col(Mention.entity_pk), col(Mention.surface))
    statement = (
        select(*key, func.min(title_offset), func.max(is_listed))
        .join(Item, col(Item.pk) == col(Mention.item_pk))
        .where(
            *conditions,
            col(Mention.entity_pk).is_not(None),
            col(Mention.field) != "extra",
        )
        .group_by(*key)
    )
    rows = connection.execute(statement).all()
    entities = _entities(connection, {row[1] for row in rows})
    stored: dict[tuple[int, int], _StoredMentions] = {}
    for item_pk, entity_pk, surface, offset, listed in rows:
        row = stored.get((item_pk, entity_pk))
        if row is None:
            _, entity_type = entities[entity_pk]
            row = stored[item_pk, entity_pk] = _StoredMentions(entity_type)
        row.surfaces.add(surface)
        row.is_listed = row.is_listed or bool(listed)
        if offset is not None:
            row.title_offsets.append(offset)

    mentions: defaultdict[int, dict[str, EntityMention]] = defaultdict(dict)
    for (item_pk, entity_pk), mentioned in stored.items():
        entity, _ = entities[entity_pk]
        mentions[item_pk][entity] = mentioned.mention()

    return mentions


def _entities(connection: Connection, pks: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return id and type of entities by pk."""
    statement = select(col(Entity.pk), col(Entity.id), col(Entity.type))
    entities = {}
    for batch in batches(sorted(pks)):
        rows = connection.execute(statement.where(col(Entity.pk).in_(batch)))
        for pk, entity, entity_type in rows:
            assert pk
            entities[pk] = (entity, entity_type)

    return entities


def _cited(
    connection: Connection,
    conditions: Conditions,
) -> tuple[defaultdict[int, dict[str, str]], defaultdict[int, set[str]]]:
    """Return the cited articles of each item, by source id, and its cited papers.

    Articles are compared by their URL without `www.`. A placeholder, plain text or a home page is
    neither article nor paper.
    """
    statement = (
        select(
            col(Citation.item_pk),
            col(Source.id),
            col(Source.url),
            col(Source.arxiv_id),
        )
        .join(Item, col(Item.pk) == col(Citation.item_pk))
        .join(Source, col(Source.pk) == col(Citation.source_pk))
        .where(*conditions, col(Source.url).is_not(None))
    )
    articles: defaultdict[int, dict[str, str]] = defaultdict(dict)
    papers: defaultdict[int, set[str]] = defaultdict(set)
    for item_pk, source, url, arxiv_id in connection.execute(statement):
        assert item_pk
        assert url
        if arxiv_id:
            papers[item_pk].add(source)
        elif not _is_home_page(url):
            articles[item_pk][source] = url.replace(
                "://www.",
                "://",
                1,
            )

    return articles, papers


def _is_home_page(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.path.strip("/") and not parts.query
