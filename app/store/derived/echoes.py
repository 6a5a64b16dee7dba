"""Echoes: the passages of a briefing that refer to its items; a function of that briefing."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.normalize.stories.echoes import EchoMatch, EditorialPassage, PassageMention, echoes
from app.store.derived.features import features_of_briefing
from app.store.rows import delete_where_in, insert_rows, pks_of, rows_where_in
from app.store.tables import (
    Briefing,
    BriefingTag,
    Citation,
    Echo,
    Entity,
    Insight,
    Item,
    Mention,
    Reading,
    Source,
    WatchlistEntry,
)
from app.store.touched import Touched

EchoRow = dict[str, Any]
"""Values of a row of `echo` by column, without its pk."""

_COLUMNS = (
    Echo.item_pk,
    Echo.briefing_pk,
    Echo.place,
    Echo.position,
    Echo.line,
    Echo.text,
    Echo.signal,
    Echo.score,
)


def refresh(session: Session, touched: Touched) -> None:
    """Decide the echoes of the touched briefings, and of those with touched items or mentions."""
    briefings = touched.briefings | touched.relinked_briefings
    statement = select(col(Item.briefing_pk)).distinct()
    for (briefing_pk,) in rows_where_in(
        session,
        statement,
        col(Item.pk),
        touched.items,
    ):
        briefings.add(briefing_pk)

    _replace(session, briefings)


def mismatches(session: Session) -> Iterator[str]:
    """Yield a message for each briefing whose echoes are not those decided now."""
    for briefing_pk, briefing in session.execute(select(col(Briefing.pk), col(Briefing.id))).all():
        assert briefing_pk
        expected_rows = _decided_rows(session, briefing_pk)
        stored = Counter(_stored_rows(session, briefing_pk))
        expected = Counter(tuple(row.values()) for row in expected_rows)
        if stored == expected:
            continue

        missing = (expected - stored).total()
        surplus = (stored - expected).total()
        yield f"briefing {briefing}: {missing} echoes are missing, {surplus} are wrong"


def rebuild(session: Session) -> int:
    """Decide all echoes again; returns the number of briefings."""
    pks = pks_of(session, Briefing)
    _replace(session, pks)
    return len(pks)


def _replace(session: Session, briefings: Iterable[int]) -> None:
    pks = sorted(briefings)
    delete_where_in(session, col(Echo.briefing_pk), pks)
    for briefing_pk in pks:
        insert_rows(
            session,
            Echo,
            _decided_rows(session, briefing_pk),
        )


def _stored_rows(session: Session, briefing_pk: int) -> Iterator[tuple[Any, ...]]:
    columns = map(col, _COLUMNS)
    statement = select(*columns).where(col(Echo.briefing_pk) == briefing_pk)
    for row in session.execute(statement):
        yield tuple(row)


def _decided_rows(session: Session, briefing_pk: int) -> list[EchoRow]:
    editorial = passages(session, briefing_pk)
    if not editorial:
        return []
    features = features_of_briefing(session, briefing_pk)
    pks = {item.id: item_pk for item_pk, item in features.items()}
    matches = echoes(list(features.values()), editorial)
    return [
        _row(
            match,
            pks[match.item],
            briefing_pk,
        )
        for match in matches
    ]


def _row(match: EchoMatch, item_pk: int, briefing_pk: int) -> EchoRow:
    """Return a match as a row, in the order of `_COLUMNS`."""
    return {
        "item_pk": item_pk,
        "briefing_pk": briefing_pk,
        "place": match.where,
        "position": match.position,
        "line": match.line,
        "text": match.text,
        "signal": match.signal,
        "score": match.score,
    }


def passages(session: Session, briefing_pk: int) -> list[EditorialPassage]:
    """Return the passages of a briefing that may refer to its items."""
    mentions = _passage_mentions(session, briefing_pk)
    return [
        *_insights(session, briefing_pk, mentions["insight"]),
        *_watchlist_entries(session, briefing_pk, mentions["watchlist"]),
        *_readings(session, briefing_pk),
        *_keywords(session, briefing_pk, mentions["keyword"]),
    ]


PositionedMention = tuple[int, PassageMention]
"""Mention with the character of the document at which it starts."""


def _passage_mentions(
    session: Session,
    briefing_pk: int,
) -> Mapping[str, list[PositionedMention]]:
    """Return the mentions outside of items by kind, in order."""
    statement = (
        select(
            col(Mention.kind),
            col(Mention.start_char),
            col(Entity.id),
            col(Mention.surface),
            col(Mention.line),
        )
        .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
        .where(col(Mention.briefing_pk) == briefing_pk, col(Mention.item_pk).is_(None))
        .order_by(col(Mention.start_char), col(Entity.id))
    )
    mentions: defaultdict[str, list[PositionedMention]] = defaultdict(list)
    for kind, start, entity, surface, line in session.execute(statement):
        mention = PassageMention(entity, surface, line)
        mentions[kind].append((start, mention))

    return mentions


def _mentions_of_passages(
    starts: Sequence[int],
    mentions: Iterable[PositionedMention],
) -> list[list[PassageMention]]:
    """Return the mentions of each passage; a passage ends where the next one starts."""
    by_passage: list[list[PassageMention]] = [[] for _ in starts]
    for start, mention in mentions:
        index = bisect_right(starts, start) - 1
        if index >= 0:
            by_passage[index].append(mention)

    return by_passage


def _insights(
    session: Session,
    briefing_pk: int,
    mentions: Iterable[PositionedMention],
) -> Iterator[EditorialPassage]:
    statement = (
        select(
            col(Insight.position),
            col(Insight.first_line),
            col(Insight.start_char),
            col(Insight.text),
        )
        .where(col(Insight.briefing_pk) == briefing_pk)
        .order_by(col(Insight.position))
    )
    rows = session.execute(statement).all()
    starts = [row.start_char for row in rows]
    names = _mentions_of_passages(starts, mentions)
    for row, row_names in zip(
        rows,
        names,
        strict=True,
    ):
        yield EditorialPassage(
            "insight",
            row.position,
            row.first_line,
            row.text,
            row_names,
        )


def _watchlist_entries(
    session: Session,
    briefing_pk: int,
    mentions: Iterable[PositionedMention],
) -> Iterator[EditorialPassage]:
    statement = (
        select(
            col(WatchlistEntry.position),
            col(WatchlistEntry.line),
            col(WatchlistEntry.start_char),
            col(WatchlistEntry.text),
        )
        .where(col(WatchlistEntry.briefing_pk) == briefing_pk)
        .order_by(col(WatchlistEntry.position))
    )
    rows = session.execute(statement).all()
    starts = [row.start_char for row in rows]
    names = _mentions_of_passages(starts, mentions)
    for row, row_names in zip(
        rows,
        names,
        strict=True,
    ):
        yield EditorialPassage(
            "watchlist",
            row.position,
            row.line,
            row.text,
            row_names,
        )


def _keywords(
    session: Session,
    briefing_pk: int,
    mentions: Iterable[PositionedMention],
) -> Iterator[EditorialPassage]:
    statement = (
        select(
            col(BriefingTag.position),
            col(BriefingTag.line),
            col(BriefingTag.start_char),
            col(BriefingTag.name),
        )
        .where(col(BriefingTag.briefing_pk) == briefing_pk, col(BriefingTag.kind) == "keyword")
        .order_by(col(BriefingTag.position))
    )
    rows = session.execute(statement).all()
    starts = [row.start_char or 0 for row in rows]
    names = _mentions_of_passages(starts, mentions)
    for row, row_names in zip(
        rows,
        names,
        strict=True,
    ):
        yield EditorialPassage(
            "keyword",
            row.position,
            row.line or 0,
            row.name,
            row_names,
        )


def _readings(session: Session, briefing_pk: int) -> Iterator[EditorialPassage]:
    statement = (
        select(
            col(Reading.position),
            col(Reading.line),
            col(Reading.title),
            col(Source.id),
            col(Source.url),
        )
        .join(Citation, col(Citation.pk) == col(Reading.citation_pk), isouter=True)
        .join(Source, col(Source.pk) == col(Citation.source_pk), isouter=True)
        .where(col(Reading.briefing_pk) == briefing_pk)
        .order_by(col(Reading.position))
    )
    for position, line, title, source, url in session.execute(statement):
        sources = frozenset([source] if url else [])
        yield EditorialPassage(
            "reading",
            position,
            line,
            title,
            sources=sources,
        )
