"""What things may be alike in: the ways each comes by a value, the filter that asks for it, and what it is called."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, exists, func, literal_column, null, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.query.listing import description
from app.query.request.filter_syntax import escape
from app.query.request.params import Family
from app.query.snapshot.refs import shown_name
from app.store.tables import (
    Briefing,
    BriefingTag,
    Channel,
    Citation,
    Entity,
    Item,
    Mention,
    Publisher,
    Source,
    Tag,
)

# What `importance_rank` says of a level.
LEVELS = {5: "high", 4: "medium_high", 3: "medium", 2: "medium_low", 1: "low"}

Label = Callable[[Session, Sequence[str], str | None], Mapping[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Join:
    """A value of a thing; with `joins`, of the rows that hang on it, each table with what ties it.

    `owner` is the thing in the first of these tables, where it is there: a list that nothing narrows is counted by it alone.
    `through` are what the thing hangs on, a briefing, and the same in the table: all its things have the same rows.
    """

    value: Any
    joins: Sequence[tuple[Any, ColumnElement[bool]]] = ()
    holds: Sequence[ColumnElement[bool]] = ()
    """What must be so besides."""
    owner: Any = None
    through: tuple[Any, Any] | None = None
    constant: bool = False


Ways = Callable[[Any, Any], Sequence[Join]]
"""By session and query, the ways a thing comes by a value: several where some have to be counted apart. None goes two of them."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """What things are alike in.

    `ways` make the value; `table` (its `pk`, its public key) says what a number stands for; `select` gives the parameters that
    ask for a key, `missing` those that ask for what has none.
    """

    ways: Ways
    select: Callable[[str], list[tuple[str, str]]]
    label: Label
    table: tuple[Any, str] | None = None
    missing: tuple[str, str] | None = None


def _filter(parameter: str) -> Callable[[str], list[tuple[str, str]]]:
    return lambda key: [(parameter, escape(key))]


def _own(column: Any) -> Ways:
    return lambda session, query: [Join(column)]


def _or_missing(hanging: Join) -> list[Join]:
    """What hangs on things, and the things on which nothing does."""
    absent = exists().where(*(on for _, on in hanging.joins), *hanging.holds)
    return [hanging, Join(cast(null(), hanging.value.type), holds=[~absent], constant=True)]


def _levels(session: Session, query: Any) -> list[Join]:
    """Levels by their rank, which an index holds; then labels nobody knows, and none."""
    rank, label = col(Item.importance_rank), col(Item.importance_label)
    levels = case(*((rank == held, literal_column(f"'{level}'")) for held, level in LEVELS.items()))
    return [
        Join(cast(levels, String), holds=[rank > 0]),
        Join(
            cast(literal_column("'unknown'"), String),
            holds=[rank == 0, label.is_not(None)],
            constant=True,
        ),
        Join(cast(null(), String), holds=[rank == 0, label.is_(None)], constant=True),
    ]


def _named(owner: str, thing: Any) -> Ways:
    """The entities a thing names; with `family=true` each also stands for its members."""

    def ways(session: Session, query: Family) -> list[Join]:
        mention: Any = aliased(Mention)
        own = getattr(mention, owner)
        joins, holds = [(mention, own == thing)], [mention.entity_pk.is_not(None)]
        if not query.family:
            return _or_missing(Join(mention.entity_pk, joins, holds, own))
        start = select(col(Entity.pk).label("above"), col(Entity.pk).label("pk")).cte(
            "family", recursive=True
        )
        below: Any = aliased(Entity)
        family = start.union(
            select(start.c.above, below.pk).join(
                below, (below.family_pk == start.c.pk) & below.merged_into_pk.is_(None)
            )
        )
        return _or_missing(
            Join(family.c.above, [*joins, (family, family.c.pk == mention.entity_pk)], holds, own)
        )

    return ways


def _types(owner: str, thing: Any) -> Ways:
    def ways(session: Session, query: Any) -> list[Join]:
        mention: Any = aliased(Mention)
        entity: Any = aliased(Entity)
        own = getattr(mention, owner)
        return _or_missing(
            Join(
                entity.type,
                [(mention, own == thing), (entity, entity.pk == mention.entity_pk)],
                owner=own,
            )
        )

    return ways


def _filed(briefing_pk: Any, kind: str) -> Ways:
    def ways(session: Session, query: Any) -> list[Join]:
        filed = select(col(BriefingTag.briefing_pk), col(BriefingTag.tag_pk)).where(
            col(BriefingTag.kind) == kind
        )
        held = filed.distinct().subquery()
        hanging = Join(
            held.c.tag_pk,
            [(held, held.c.briefing_pk == briefing_pk)],
            through=(briefing_pk, held.c.briefing_pk),
        )
        absent = briefing_pk.not_in(filed.with_only_columns(col(BriefingTag.briefing_pk)))
        return [hanging, Join(cast(null(), held.c.tag_pk.type), holds=[absent], constant=True)]

    return ways


def _publishers(owner: str, thing: Any) -> Ways:
    def ways(session: Session, query: Any) -> list[Join]:
        citation: Any = aliased(Citation)
        source: Any = aliased(Source)
        own = getattr(citation, owner)
        joins = [(citation, own == thing), (source, source.pk == citation.source_pk)]
        return _or_missing(
            Join(source.publisher_pk, joins, [source.publisher_pk.is_not(None)], own)
        )

    return ways


def _statuses(session: Session, query: Any) -> list[Join]:
    citation: Any = aliased(Citation)
    return _or_missing(
        Join(citation.status, [(citation, citation.item_pk == Item.pk)], owner=citation.item_pk)
    )


def _sections(session: Session, query: Any) -> list[Join]:
    item: Any = aliased(Item)
    return _or_missing(Join(item.section_kind, [(item, item.briefing_pk == Briefing.pk)]))


def _periods(day: Any) -> dict[str, Dimension]:
    """Days, weeks (of ISO 8601, by their Monday) and months of a column of dates."""

    def by(sqlite: Any, postgresql: Any) -> Ways:
        return lambda session, query: [
            Join(sqlite if session.get_bind().dialect.name == "sqlite" else postgresql)
        ]

    def said(text: str) -> Any:
        # Written out: grouped by a bound value, PostgreSQL takes the column and what it is grouped by for two things.
        return literal_column(f"'{text}'")

    def form(text: str, moment: Any) -> Any:
        return func.to_char(moment, said(text), type_=String)

    whole = by(cast(day, String), form("YYYY-MM-DD", day))
    monday = by(
        func.date(day, said("-6 days"), said("weekday 1"), type_=String),
        form("YYYY-MM-DD", func.date_trunc(said("week"), day)),
    )
    month = by(func.strftime(said("%Y-%m"), day, type_=String), form("YYYY-MM", day))
    return {
        "day": Dimension(whole, lambda key: [("from", key), ("to", key)], _as_is),
        "week": Dimension(
            monday,
            _week,
            lambda session, keys, lang: {
                key: description.week(date.fromisoformat(key)) for key in keys
            },
        ),
        "month": Dimension(month, _month, _as_is),
    }


def _week(key: str) -> list[tuple[str, str]]:
    first = date.fromisoformat(key)
    return [
        ("from", key),
        ("to", str(first + timedelta(days=6) if first < date(9999, 12, 26) else date.max)),
    ]


def _month(key: str) -> list[tuple[str, str]]:
    first = date.fromisoformat(f"{key}-01")
    last = (
        date.max
        if first.month == 12 and first.year == 9999
        else (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    )
    return [("from", str(first)), ("to", str(last))]


def _as_is(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
    return {key: key for key in keys}


def _worded(parameter: str) -> Label:
    return lambda session, keys, lang: {
        key: description.value(parameter, key, lang) for key in keys
    }


def _called(table: Any, key: str) -> Label:
    """The name a row of `table` goes by."""

    def label(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
        # A page holds at most a hundred.
        return {
            row[0]: row[1]
            for row in session.execute(
                select(getattr(table, key), table.name).where(getattr(table, key).in_(keys))
            )
        }

    return label


def _entity_names(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
    rows = session.execute(
        select(col(Entity.id), col(Entity.name), col(Entity.names)).where(col(Entity.id).in_(keys))
    )
    return {entity: shown_name(name, names, lang) for entity, name, names in rows}


def _words(parameter: str, ways: Ways, missing: tuple[str, str] | None = None) -> Dimension:
    """A dimension of a closed vocabulary."""
    return Dimension(ways, _filter(parameter), _worded(parameter), missing=missing)


def _rows(
    parameter: str, ways: Ways, table: Any, key: str, missing: tuple[str, str] | None
) -> Dimension:
    """A dimension of rows of a table, known by `key`."""
    label = (
        _entity_names if table is Entity else _as_is if table is Channel else _called(table, key)
    )
    return Dimension(ways, _filter(parameter), label, (table, key), missing)


OF_ITEMS: dict[str, Dimension] = {
    "section": _words("section", _own(col(Item.section_kind))),
    "importance": _words("importance", _levels),
    "kind": _words("kind", _own(col(Item.kind))),
    "entity": _rows("entity", _named("item_pk", col(Item.pk)), Entity, "id", ("has", "!mentions")),
    "entity_type": _words("entity_type", _types("item_pk", col(Item.pk)), ("has", "!mentions")),
    "tag": _rows("tag", _filed(col(Item.briefing_pk), "tag"), Tag, "slug", ("has", "!tags")),
    "keyword": _rows(
        "keyword", _filed(col(Item.briefing_pk), "keyword"), Tag, "slug", ("has", "!keywords")
    ),
    "publisher": _rows(
        "publisher", _publishers("item_pk", col(Item.pk)), Publisher, "id", ("has", "!publisher")
    ),
    "source_status": _words("source_status", _statuses, ("has", "!sources")),
    "channel": _rows("channel", _own(col(Item.channel_pk)), Channel, "id", None),
    **_periods(col(Item.date)),
}
OF_BRIEFINGS: dict[str, Dimension] = {
    "section": _words("section", _sections, ("has", "!items")),
    "entity": _rows(
        "entity", _named("briefing_pk", col(Briefing.pk)), Entity, "id", ("has", "!entities")
    ),
    "entity_type": _words(
        "entity_type", _types("briefing_pk", col(Briefing.pk)), ("has", "!entities")
    ),
    "tag": _rows("tag", _filed(col(Briefing.pk), "tag"), Tag, "slug", ("has", "!tags")),
    "keyword": _rows(
        "keyword", _filed(col(Briefing.pk), "keyword"), Tag, "slug", ("has", "!keywords")
    ),
    "publisher": _rows(
        "publisher",
        _publishers("briefing_pk", col(Briefing.pk)),
        Publisher,
        "id",
        ("has", "!publisher"),
    ),
    "channel": _rows("channel", _own(col(Briefing.channel_pk)), Channel, "id", None),
    **_periods(col(Briefing.date)),
}
OF_ENTITIES: dict[str, Dimension] = {"entity_type": _words("entity_type", _own(col(Entity.type)))}
OF_SOURCES: dict[str, Dimension] = {
    "status": _words("status", _own(col(Source.status))),
    "publisher": _rows(
        "publisher", _own(col(Source.publisher_pk)), Publisher, "id", ("has", "!publisher")
    ),
}
