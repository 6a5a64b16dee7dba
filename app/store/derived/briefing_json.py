"""The JSON of briefings, put together from their rows; their items are filled in by readers."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, SQLModel, col

from app.store.derived.item_json import AnyRow, Entries, entries_by_first_column
from app.store.encoding.stored_item import StoredBriefing, items_placeholder
from app.store.tables import (
    BackgroundNote,
    Briefing,
    BriefingTag,
    Channel,
    Citation,
    Insight,
    Item,
    Mention,
    Reading,
    Section,
    Source,
    WatchlistEntry,
)

_COLUMNS: tuple[Any, ...] = (
    col(Briefing.pk),
    col(Briefing.id),
    col(Briefing.date),
    col(Briefing.edition),
    col(Briefing.language),
    col(Briefing.title),
    col(Briefing.description),
    col(Briefing.summary),
    col(Briefing.published_at),
    col(Briefing.stats),
    col(Briefing.updated_at),
    col(Briefing.dialect),
    col(Briefing.draft),
    col(Briefing.front_matter),
    col(Briefing.heading),
    col(Briefing.preamble),
    col(Channel.id).label("channel"),
)
_LISTS: dict[str, tuple[type[SQLModel], tuple[str, ...]]] = {
    "tags": (BriefingTag, ("kind", "name")),
    "sections": (Section, ("pk", "position", "kind", "title", "blurb", "notes", "containers")),
    "insight": (Insight, ("title", "text")),
    "watchlist": (WatchlistEntry, ("id", "position", "text")),
    "readings": (Reading, ("title", "target", "note", "citation_pk")),
    "background": (BackgroundNote, ("term", "text")),
}
"""Lists below a briefing: their tables, and the columns of each entry."""


def briefing_bodies(session: Session, pks: Sequence[int]) -> dict[int, bytes]:
    """Return the stored JSON of briefings by `pk`; a draft has none."""
    lists = {name: _entries(session, name, pks) for name in _LISTS}
    _add_source_ids(session, lists["readings"], pks)
    counts = _item_counts(session, pks)
    in_cells = (
        col(Mention.kind) == "listed",
        col(Mention.cell_pk).is_(None),
    )
    entities = _count(session, Mention, pks, *in_cells)
    sources = _count(session, Citation, pks, col(Citation.item_pk).is_not(None))
    items = _section_items(session, pks)
    for section_lists in lists["sections"].values():
        for section in section_lists:
            section["items"] = items_placeholder(items[section.pop("pk")])

    statement = (
        select(*_COLUMNS)
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .where(
            col(Briefing.pk).in_(pks),
            ~col(Briefing.draft),
        )
    )
    bodies = {}
    for row in session.execute(statement):
        own_lists = {name: by_briefing[row.pk] for name, by_briefing in lists.items()}
        own_lists["keywords"] = _tag_names(own_lists["tags"], "keyword")
        own_lists["tags"] = _tag_names(own_lists["tags"], "tag")
        by_kind = counts[row.pk]
        numbers = {
            "sections": len(own_lists["sections"]),
            "items": by_kind.total(),
            "full": by_kind["full"],
            "bullet": by_kind["bullet"],
            "stub": by_kind["stub"],
            "entities": entities[row.pk],
            "sources": sources[row.pk],
            "watchlist": len(own_lists["watchlist"]),
            "readings": len(own_lists["readings"]),
            "background": len(own_lists["background"]),
            "keywords": len(own_lists["keywords"]),
        }
        bodies[row.pk] = StoredBriefing.encode(
            _summary(row, own_lists, numbers), _rest(row, own_lists)
        )

    return bodies


def _tag_names(tags: Sequence[Mapping[str, Any]], kind: str) -> list[Any]:
    return [tag["name"] for tag in tags if tag["kind"] == kind]


def _summary(
    row: AnyRow, lists: Mapping[str, list[Any]], counts: Mapping[str, int]
) -> dict[str, Any]:
    """Return the members that lists of briefings show."""
    path = f"/v1/briefings/{row.id}"
    of_day = f"from={row.date}&to={row.date}&channel={row.channel}"
    return {
        "id": row.id,
        "channel": row.channel,
        "date": row.date,
        "edition": row.edition or None,
        "language": row.language,
        "title": row.title,
        "description": row.description,
        "summary": row.summary,
        "published_at": row.published_at,
        "tags": lists["tags"],
        "counts": counts,
        "stats": row.stats,
        "updated_at": row.updated_at,
        "links": {
            "self": path,
            "source": f"{path}/source",
            "quality": f"{path}/quality",
            "versions": f"{path}/versions",
            "editions": f"/v1/briefings?{of_day}",
            "items": f"/v1/items?{of_day}",
            "html": f"{path}?format=html",
            "markdown": f"{path}?format=md",
        },
    }


def _rest(row: AnyRow, lists: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Return the members that only a whole briefing shows."""
    return {
        "dialect": row.dialect,
        "draft": row.draft,
        "front_matter": row.front_matter,
        "heading": row.heading,
        "preamble": row.preamble,
        "sections": lists["sections"],
        "insight": lists["insight"],
        "watchlist": lists["watchlist"],
        "readings": lists["readings"],
        "background": lists["background"],
        "keywords": lists["keywords"],
    }


def _section_items(session: Session, pks: Sequence[int]) -> defaultdict[int, list[int]]:
    """Return the items of sections in their order, by `pk`."""
    statement = (
        select(
            col(Item.section_pk),
            col(Item.pk),
        )
        .where(col(Item.briefing_pk).in_(pks))
        .order_by(col(Item.ordinal))
    )
    items: defaultdict[int, list[int]] = defaultdict(list)
    for section_pk, item_pk in session.execute(statement):
        assert item_pk
        items[section_pk].append(item_pk)

    return items


def _item_counts(session: Session, pks: Sequence[int]) -> defaultdict[int, Counter[str]]:
    """Return the numbers of items by kind, by briefing."""
    columns = (col(Item.briefing_pk), col(Item.kind))
    statement = select(*columns, func.count()).where(
        col(Item.briefing_pk).in_(pks),
    )
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for briefing_pk, kind, count in session.execute(statement.group_by(*columns)):
        counts[briefing_pk][kind] = count
    return counts


def _entries(session: Session, name: str, pks: Sequence[int]) -> Entries:
    """Return the entries of a list below briefings, in their order."""
    table: Any
    table, columns = _LISTS[name]
    statement = (
        select(table.briefing_pk, *(getattr(table, column) for column in columns))
        .where(table.briefing_pk.in_(pks))
        .order_by(
            table.briefing_pk,
            table.position,
        )
    )

    return entries_by_first_column(session, statement)


def _add_source_ids(session: Session, readings: Entries, pks: Sequence[int]) -> None:
    """Replace the citation of each reading by its source."""
    statement = (
        select(
            col(Citation.pk),
            col(Source.id),
        )
        .join(Source, col(Source.pk) == col(Citation.source_pk))
        .join(Reading, col(Reading.citation_pk) == col(Citation.pk))
        .where(col(Reading.briefing_pk).in_(pks))
    )
    source_ids = dict(session.execute(statement).all())
    for entries in readings.values():
        for reading in entries:
            reading["source_id"] = source_ids.get(reading.pop("citation_pk"))


def _count(
    session: Session, table: Any, pks: Sequence[int], *conditions: ColumnElement[bool]
) -> Counter[int]:
    """Return the numbers of rows of a table under `conditions`, by briefing."""
    statement = (
        select(table.briefing_pk, func.count())
        .where(table.briefing_pk.in_(pks), *conditions)
        .group_by(table.briefing_pk)
    )
    return Counter(dict(session.execute(statement).all()))
