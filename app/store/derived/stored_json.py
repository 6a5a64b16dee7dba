"""Items and briefings as they are shown, written as bytes when they change, so that no answer puts them together from rows.

Two things are left open in them, because they change without the item: an entity stands as its `pk`, as what it is called
depends on others and on who asks; the thread is not in them. How they are parted is said beside their tables. The shapes are those of
`query/schemas/items.py` and `query/schemas/briefings.py`; whoever reads the bytes fills them in (`query/prebuilt.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import delete, func, insert, select
from sqlmodel import Session, col

from app.store.encoding.batches import batches
from app.store.tables import (
    ITEM_PARTS,
    ITEMS,
    NAME,
    PART,
    BackgroundNote,
    Briefing,
    BriefingJson,
    BriefingTag,
    Channel,
    Citation,
    Claim,
    Echo,
    Insight,
    Item,
    ItemJson,
    Mention,
    Publisher,
    Reading,
    Section,
    Source,
    WatchlistEntry,
)

FORM = 1
"""Another number has bases filled with others written anew."""

_Found = defaultdict[int, list[dict[str, Any]]]


def refresh(session: Session, briefings: Iterable[int], items: Iterable[int]) -> None:
    """Write what is shown of `briefings` and of all their items, and of the items of briefings that hold one of `items`."""
    session.flush()
    written = sorted(set(briefings))
    concerned = set(written)
    for part in batches(sorted(set(items))):
        concerned.update(
            session.scalars(select(col(Item.briefing_pk)).where(col(Item.pk).in_(part)).distinct())
        )
    for part in batches(written):
        _put(session, BriefingJson, col(BriefingJson.briefing_pk), part, _briefings(session, part))
    for part in batches(sorted(concerned)):
        pks = session.scalars(
            select(col(Item.pk)).where(col(Item.briefing_pk).in_(part)).order_by(col(Item.pk))
        ).all()
        for some in batches([pk for pk in pks if pk]):
            _put(session, ItemJson, col(ItemJson.item_pk), some, _items(session, some))


def rebuild(session: Session) -> None:
    """Write all of it anew."""
    refresh(session, [pk for pk in session.scalars(select(col(Briefing.pk))) if pk], ())


def is_missing(session: Session) -> bool:
    """Whether there are briefings that were never written so."""
    written = select(col(BriefingJson.briefing_pk)).where(
        col(BriefingJson.briefing_pk) == col(Briefing.pk)
    )
    return (
        session.scalar(
            select(col(Briefing.pk))
            .where(col(Briefing.draft).is_(False), ~written.exists())
            .limit(1)
        )
        is not None
    )


def mismatches(session: Session) -> Iterator[str]:
    """The ids of the briefings and items whose bytes are not those that follow from the base as it is."""
    kinds: tuple[tuple[Any, Any, Any, Any], ...] = (
        (Briefing, BriefingJson.body, BriefingJson.briefing_pk, _briefings),
        (Item, ItemJson.body, ItemJson.item_pk, _items),
    )
    for table, body, of, made in kinds:
        known = dict(session.execute(select(table.pk, table.id)).all())
        for part in batches(sorted(known)):
            held = dict(session.execute(select(of, body).where(of.in_(part))).all())
            wanted = made(session, part)
            yield from (known[pk] for pk in part if wanted.get(pk) != held.get(pk))


def _put(
    session: Session, table: Any, key: Any, pks: Sequence[int], bodies: dict[int, bytes]
) -> None:
    session.execute(delete(table).where(key.in_(pks)))
    if bodies:
        session.execute(
            insert(table), [{key.name: pk, "body": body} for pk, body in bodies.items()]
        )


def _inner(value: dict[str, Any]) -> bytes:
    """An object as JSON, without its braces."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)[1:-1]


def _entity(pk: int | None) -> orjson.Fragment | None:
    return orjson.Fragment(NAME + str(pk).encode() + NAME) if pk else None


def _items(session: Session, pks: Sequence[int]) -> dict[int, bytes]:
    found = {
        "entities": _named(session, pks),
        "sources": _cited(session, pks),
        "certainty": _claimed(session, pks),
        "echoes": _echoed(session, pks),
    }
    names = (
        "pk", "id", "kind", "position", "parent", "title", "summary", "importance_level", "importance_label", "importance_reason",
        "first_line", "last_line", "date", "updated_at", "details", "extra",
    )  # fmt: skip
    rows = session.execute(
        select(*(getattr(Item, name) for name in names))
        .add_columns(
            col(Briefing.id).label("briefing"), col(Briefing.title).label("briefing_title"), col(Channel.id).label("channel"),
            col(Section.position).label("section_position"), col(Section.kind).label("section_kind"), col(Section.title).label("section_title"),
        )
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .join(Section, col(Section.pk) == col(Item.section_pk))
        .join(Channel, col(Channel.pk) == col(Item.channel_pk))
        .where(col(Item.pk).in_(pks))
    )  # fmt: skip
    made = {}
    for row in rows:
        label, own = row.importance_label, f"/v1/items/{row.id}"
        always = {
            "id": row.id,
            "kind": row.kind,
            "position": row.position,
            "parent": row.parent,
            "title": row.title,
            "summary": row.summary,
            "importance": None
            if label is None
            else {"level": row.importance_level, "label": label, "reason": row.importance_reason},
            "lines": {"first": row.first_line, "last": row.last_line},
        }
        outside = {
            "date": row.date,
            "briefing": {
                "id": row.briefing,
                "channel": row.channel,
                "date": row.date,
                "title": row.briefing_title,
            },
            "section": {
                "position": row.section_position,
                "kind": row.section_kind,
                "title": row.section_title,
            },
            "updated_at": row.updated_at,
            "links": {
                "self": own,
                "source": f"{own}/source",
                "briefing": f"/v1/briefings/{row.briefing}",
            },
        }
        parts = {
            name: found[name][row.pk] if name in found else getattr(row, name)
            for name in ITEM_PARTS
        }
        made[row.pk] = PART.join(
            [_inner(always), _inner(outside), *(_inner({name: parts[name]}) for name in ITEM_PARTS)]
        )
    return made


def _named(session: Session, pks: Sequence[int]) -> _Found:
    """The cells of entity lines in their order, then what no cell names, each once, in the order the text comes to it."""
    names = (
        "pk",
        "item_pk",
        "cell_pk",
        "entity_pk",
        "surface",
        "inferred",
        "position",
        "kind",
        "start_char",
    )
    rows = session.execute(
        select(*(getattr(Mention, name) for name in names)).where(col(Mention.item_pk).in_(pks))
    ).all()
    cells = sorted(
        (row for row in rows if row.kind == "listed"),
        key=lambda row: (row.item_pk, row.position, row.pk),
    )
    found: _Found = defaultdict(list)
    below: _Found = defaultdict(list)
    for row in cells:
        if row.cell_pk:
            below[row.cell_pk].append({"surface": row.surface, "entity": _entity(row.entity_pk)})
    for row in cells:
        if not row.cell_pk:
            found[row.item_pk].append(_name(row, below.get(row.pk, [])))
    seen = {(row.item_pk, row.entity_pk) for row in cells}
    for row in sorted(
        (row for row in rows if row.kind != "listed"), key=lambda row: (row.start_char, row.pk)
    ):
        if row.entity_pk and (row.item_pk, row.entity_pk) not in seen:
            seen.add((row.item_pk, row.entity_pk))
            found[row.item_pk].append(_name(row, []))
    return found


def _name(row: Any, parts: list[dict[str, Any]]) -> dict[str, Any]:
    listed = row.kind == "listed"
    return {
        "surface": row.surface,
        "listed": listed,
        "inferred": row.inferred,
        "entity": _entity(row.entity_pk),
        "parts": parts,
    }


def _cited(session: Session, pks: Sequence[int]) -> _Found:
    rows = session.execute(
        select(
            col(Citation.item_pk), col(Source.id), col(Citation.label), col(Citation.target), col(Source.url), col(Source.arxiv_id),
            col(Citation.arxiv_version), col(Citation.status), col(Publisher.id).label("publisher"), col(Publisher.name),
        )
        .join(Source, col(Source.pk) == col(Citation.source_pk))
        .join(Publisher, col(Publisher.pk) == col(Source.publisher_pk), isouter=True)
        .where(col(Citation.item_pk).in_(pks))
        .order_by(col(Citation.item_pk), col(Citation.position))
    )  # fmt: skip
    found: _Found = defaultdict(list)
    for row in rows:
        found[row.item_pk].append(
            {
                name: getattr(row, name)
                for name in ("id", "label", "target", "url", "arxiv_id", "arxiv_version", "status")
            }
            | {"publisher": {"id": row.publisher, "name": row.name} if row.publisher else None}
        )
    return found


def _claimed(session: Session, pks: Sequence[int]) -> _Found:
    columns = (
        getattr(Claim, name)
        for name in (
            "item_pk",
            "kind",
            "field",
            "surface",
            "text",
            "line",
            "start_char",
            "end_char",
        )
    )
    found: _Found = defaultdict(list)
    statement = (
        select(*columns)
        .where(col(Claim.item_pk).in_(pks))
        .order_by(col(Claim.item_pk), col(Claim.start_char), col(Claim.pk))
    )
    for pk, kind, field, surface, text, line, start, end in session.execute(statement):
        found[pk].append(
            {
                "kind": kind,
                "field": field,
                "surface": surface,
                "text": text,
                "line": line,
                "start": start,
                "end": end,
            }
        )
    return found


def _echoed(session: Session, pks: Sequence[int]) -> _Found:
    watched = (col(Echo.place) == "watchlist") & (
        col(WatchlistEntry.briefing_pk) == col(Echo.briefing_pk)
    )
    rows = session.execute(
        select(
            *(
                getattr(Echo, name)
                for name in ("item_pk", "place", "position", "line", "text", "signal", "score")
            ),
            col(WatchlistEntry.id),
        )
        .join(
            WatchlistEntry,
            watched & (col(WatchlistEntry.position) == col(Echo.position)),
            isouter=True,
        )
        .where(col(Echo.item_pk).in_(pks))
        .order_by(col(Echo.line), col(Echo.place), col(Echo.position))
    )
    found: _Found = defaultdict(list)
    for pk, place, position, line, text, signal, score, entry in rows:
        found[pk].append(
            {
                "where": place,
                "position": position,
                "id": entry,
                "line": line,
                "text": text,
                "signal": signal,
                "score": score,
            }
        )
    return found


def _briefings(session: Session, pks: Sequence[int]) -> dict[int, bytes]:
    parts = {
        name: _parts(session, table, columns, pks) for name, (table, columns) in _PARTS.items()
    }
    items: defaultdict[int, list[bytes]] = defaultdict(list)
    kinds: defaultdict[int, Counter[str]] = defaultdict(Counter)
    ordered = select(
        col(Item.pk), col(Item.section_pk), col(Item.briefing_pk), col(Item.kind)
    ).where(col(Item.briefing_pk).in_(pks))
    for item, section, briefing, kind in session.execute(ordered.order_by(col(Item.ordinal))):
        items[section].append(str(item).encode())
        kinds[briefing][kind] += 1
    cells = _count(
        session, Mention, pks, col(Mention.kind) == "listed", col(Mention.cell_pk).is_(None)
    )
    sources = _count(session, Citation, pks, col(Citation.item_pk).is_not(None))
    names = (
        "pk", "id", "date", "title", "description", "summary", "published_at", "stats", "updated_at", "dialect", "draft", "front_matter",
        "heading", "preamble",
    )  # fmt: skip
    rows = session.execute(
        select(*(getattr(Briefing, name) for name in names), col(Channel.id))
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .where(col(Briefing.pk).in_(pks), col(Briefing.draft).is_(False))
    )
    made = {}
    for row in rows:
        channel = row[-1]
        held = {name: found[row.pk] for name, found in parts.items()}
        words = {
            kind: [tag["name"] for tag in held["tags"] if tag["kind"] == kind]
            for kind in ("tag", "keyword")
        }
        own = f"/v1/briefings/{row.id}"
        counts = kinds[row.pk]
        summary = {
            "id": row.id,
            "channel": channel,
            "date": row.date,
            "title": row.title,
            "description": row.description,
            "summary": row.summary,
            "published_at": row.published_at,
            "tags": words["tag"],
            "counts": {
                "sections": len(held["sections"]),
                "items": counts.total(),
                **{kind: counts[kind] for kind in ("full", "bullet", "stub")},
                "entities": cells[row.pk],
                "sources": sources[row.pk],
                **{name: len(held[name]) for name in ("watchlist", "readings", "background")},
                "keywords": len(words["keyword"]),
            },
            "stats": row.stats,
            "updated_at": row.updated_at,
            "links": {
                "self": own,
                "source": f"{own}/source",
                "quality": f"{own}/quality",
                "items": f"/v1/items?from={row.date}&to={row.date}&channel={channel}",
                "html": f"{own}?format=html",
                "markdown": f"{own}?format=md",
            },
        }
        for section in held["sections"]:
            section["items"] = orjson.Fragment(
                b"[" + ITEMS + b",".join(items[section.pop("pk")]) + ITEMS + b"]"
            )
        rest = {
            "dialect": row.dialect,
            "draft": row.draft,
            "front_matter": row.front_matter,
            "heading": row.heading,
            "preamble": row.preamble,
            **{
                name: held[name]
                for name in ("sections", "insight", "watchlist", "readings", "background")
            },
            "keywords": words["keyword"],
        }
        made[row.pk] = PART.join([_inner(summary), _inner(rest)])
    return made


_PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "tags": (BriefingTag, ("kind", "name")),
    "sections": (Section, ("pk", "position", "kind", "title", "blurb", "notes", "containers")),
    "insight": (Insight, ("title", "text")),
    "watchlist": (WatchlistEntry, ("id", "position", "text")),
    "readings": (Reading, ("title", "target", "note", "citation_pk")),
    "background": (BackgroundNote, ("term", "text")),
}


def _parts(session: Session, table: Any, columns: Sequence[str], pks: Sequence[int]) -> _Found:
    """Rows of a table that belong to briefings, in their order there."""
    statement = select(table.briefing_pk, *(getattr(table, name) for name in columns)).where(
        table.briefing_pk.in_(pks)
    )
    found: _Found = defaultdict(list)
    for pk, *values in session.execute(statement.order_by(table.briefing_pk, table.position)):
        found[pk].append(dict(zip(columns, values, strict=True)))
    if table is Reading:
        cited = dict(
            session.execute(
                select(col(Citation.pk), col(Source.id))
                .join(Source, col(Source.pk) == col(Citation.source_pk))
                .join(Reading, col(Reading.citation_pk) == col(Citation.pk))
                .where(col(Reading.briefing_pk).in_(pks))
            ).all()
        )
        for reading in (reading for held in found.values() for reading in held):
            reading["source_id"] = cited.get(reading.pop("citation_pk"))
    return found


def _count(session: Session, table: Any, pks: Sequence[int], *conditions: Any) -> Counter[int]:
    statement = (
        select(table.briefing_pk, func.count())
        .where(table.briefing_pk.in_(pks), *conditions)
        .group_by(table.briefing_pk)
    )
    return Counter(dict(session.execute(statement).all()))
