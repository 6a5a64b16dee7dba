"""Echoes kept in step with the briefings they stand in."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from app.normalize.stories.echoes import EditorialPassage, NamedItem, echoes
from app.store.derived.features import of_briefing
from app.store.encoding.batches import batches
from app.store.rows import insert_rows
from app.store.tables import (
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


def refresh(session: Session, touched: Touched) -> None:
    """Decide anew for `briefings`, and for those `items` stand in."""
    concerned = set(touched.briefings)
    for part in batches(sorted(touched.items)):
        concerned.update(
            session.execute(
                select(col(Item.briefing_pk)).where(col(Item.pk).in_(part)).distinct()
            ).scalars()
        )
    for pk in sorted(concerned):
        session.execute(delete(Echo).where(col(Echo.briefing_pk) == pk))
        there = of_briefing(session, pk)
        pks = {telling.id: item for item, telling in there.items()}
        rows = [
            {
                "item_pk": pks[echo.item], "briefing_pk": pk, "place": echo.where, "position": echo.position, "line": echo.line,
                "text": echo.text, "signal": echo.signal, "score": echo.score,
            }
            for echo in echoes(list(there.values()), passages(session, pk))
        ]  # fmt: skip
        insert_rows(session, Echo, rows)


def mismatches(session: Session) -> Iterator[str]:
    """Yield nothing yet."""
    yield from ()


def rebuild(session: Session) -> int:
    """Decide the echoes of all briefings again."""
    pks = session.execute(select(col(Insight.briefing_pk)).distinct()).scalars()
    refresh(session, Touched(briefings=set(pks)))
    return int(session.execute(select(func.count()).select_from(Echo)).scalar_one())


def passages(session: Session, briefing_pk: int) -> list[EditorialPassage]:
    """What of a briefing may speak of its items."""
    named = _named(session, briefing_pk)
    insight = session.execute(
        select(
            col(Insight.position),
            col(Insight.first_line),
            col(Insight.start_char),
            col(Insight.title),
            col(Insight.text),
        )
        .where(col(Insight.briefing_pk) == briefing_pk)
        .order_by(col(Insight.position))
    ).all()
    watch = session.execute(
        select(
            col(WatchlistEntry.position),
            col(WatchlistEntry.line),
            col(WatchlistEntry.start_char),
            col(WatchlistEntry.text),
        )
        .where(col(WatchlistEntry.briefing_pk) == briefing_pk)
        .order_by(col(WatchlistEntry.position))
    ).all()
    keywords = session.execute(
        select(
            col(BriefingTag.position),
            func.coalesce(col(BriefingTag.line), 0),
            col(BriefingTag.start_char),
            col(BriefingTag.name),
        )
        .where(col(BriefingTag.briefing_pk) == briefing_pk, col(BriefingTag.kind) == "keyword")
        .order_by(col(BriefingTag.position))
    ).all()
    readings = session.execute(
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
    ).all()
    said = _between([row.start_char for row in insight], named["insight"])
    watched = _between([row.start_char for row in watch], named["watchlist"])
    worded = _between([row.start_char or 0 for row in keywords], named["keyword"])
    return [
        *(
            EditorialPassage("insight", r.position, r.first_line, r.text, said[at])
            for at, r in enumerate(insight)
        ),
        *(
            EditorialPassage("watchlist", r.position, r.line, r.text, watched[at])
            for at, r in enumerate(watch)
        ),
        *(
            EditorialPassage(
                "reading", r.position, r.line, r.title, (), frozenset([r.id] if r.url else [])
            )
            for r in readings
        ),
        *(
            EditorialPassage("keyword", r[0], r[1], r[3], worded[at])
            for at, r in enumerate(keywords)
        ),
    ]


def _named(session: Session, briefing_pk: int) -> defaultdict[str, list[tuple[int, NamedItem]]]:
    """The names outside of items, by kind of mention, each with its place."""
    rows = session.execute(
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
    found: defaultdict[str, list[tuple[int, NamedItem]]] = defaultdict(list)
    for kind, at, entity, surface, line in rows:
        found[kind].append((at, NamedItem(entity, surface, line)))
    return found


def _between(
    starts: list[int], named: list[tuple[int, NamedItem]]
) -> defaultdict[int, list[NamedItem]]:
    """Names by which of the passages beginning at `starts` they stand in."""
    found: defaultdict[int, list[NamedItem]] = defaultdict(list)
    for at, name in named:
        found[bisect_right(starts, at) - 1].append(name)
    return found
