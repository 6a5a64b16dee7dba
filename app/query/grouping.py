"""Lists as buckets: what is alike in one dimension or two, counted, each with the address that lists exactly that.

A dimension is a value of the thing itself (its section), or what hangs on it (the entities it names): then a thing is in several
buckets, and one on which nothing hangs is in that of the missing, `none`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, String, case, cast, distinct, exists, func, literal_column, null, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.errors import BadRequest
from app.query import paging, wording
from app.query.clauses import MAX_VALUES, escape
from app.query.params import Family, Grouping, Paging, fault, nearest
from app.query.refs import shown_name
from app.query.schemas.buckets import BucketOut, BucketPart
from app.store.tables import Briefing, BriefingTag, Channel, Citation, Entity, Item, Mention, Publisher, Source, Tag

MOST_DIMENSIONS = 2
# What is missing sorts before all keys, none of which is empty.
_MISSING = ""

Label = Callable[[Session, Sequence[str], str | None], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Hanging:
    """A value of a thing; with `joins`, of the rows that hang on it, each table with what ties it.

    `owner` is the thing in the first of these tables, where it is there: a list that nothing narrows is counted by it alone.
    """

    value: Any
    joins: Sequence[tuple[Any, ColumnElement[bool]]] = ()
    owner: Any = None
    holds: Sequence[ColumnElement[bool]] = ()
    """What the rows must be like besides."""


_Way = tuple[Hanging, ColumnElement[bool] | None]
"""What is counted: a value; or, where nothing hangs on a thing, the condition that says so."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """What things are alike in.

    `hanging` makes the value; `table` (its `pk`, its public key) says what a number stands for; `select` gives the parameters that
    ask for a key, `missing` those that ask for what has none.
    """

    hanging: Callable[[Any, Any], Hanging]
    select: Callable[[str], list[tuple[str, str]]]
    label: Label
    table: tuple[Any, str] | None = None
    missing: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Things:
    """A list to be grouped: its statement (with all conditions), the key of its things, and what they may be grouped by."""

    statement: Select[Any]
    pk: Any
    dimensions: Mapping[str, Dimension]
    address: str
    narrowed: bool = True


def buckets(session: Session, things: Things, query: Any, lang: str | None, scope: str, newest: int) -> tuple[list[BucketOut], paging.Rows]:
    """A page of the buckets `query.group_by` asks for. `newest` is the walk's horizon, which the statement of `things` keeps to."""
    names = query.dimensions()
    known(things, "group_by", names, MOST_DIMENSIONS)
    if not names:
        raise BadRequest("group_by names no dimension", [{"parameter": "group_by", "message": f"{nearest('', things.dimensions)}"}])
    counted = _counted(session, things, names, query)
    keys: dict[str, Any] = {"count": counted.c.count, "key": counted.c.key0}
    keys |= {name: counted.c[f"key{at}"] for at, name in enumerate(names)}
    order = paging.order_by(query.sort, "-count", keys, [counted.c[f"key{at}"] for at in range(len(names))])
    rows = paging.page(session, select(*counted.c, paging.total_of(counted)), order, query.limit, query.cursor, scope, newest)
    return _outs(session, things, names, rows.rows, query, lang), rows


def top(session: Session, things: Things, name: str, query: Any, lang: str | None, most: int) -> tuple[list[BucketOut], int]:
    """The fullest buckets of one dimension, and how many there are besides."""
    counted = _counted(session, things, (name,), query)
    columns = select(*counted.c, paging.total_of(counted)).order_by(counted.c.count.desc(), counted.c.key0).limit(most)
    rows = session.execute(columns).all()
    return _outs(session, things, (name,), rows, query, lang), getattr(rows[0], paging.TOTAL) - len(rows) if rows else 0


def known(things: Things, parameter: str, names: Sequence[str], most: int) -> None:
    """Refuse dimensions the list does not have, or more than `most`."""
    for name in names:
        if name not in things.dimensions:
            said = f"There is no dimension {name!r} here; {nearest(name, things.dimensions)}"
            raise BadRequest(said, [fault(parameter, name, things.dimensions)])
    if len(names) > most:
        message = f"takes at most {most} dimensions, {len(names)} are given"
        raise BadRequest(f"{parameter} {message}", [{"parameter": parameter, "message": message}])


def _counted(session: Session, things: Things, names: Sequence[str], query: Any) -> Any:
    """A common table of buckets: `key0`, `key1`, …, `count`.

    Things with a value and things without are counted apart, so that nothing needs an outer join of all there is.
    """
    dimensions = [things.dimensions[name] for name in names]
    ways = product(*(_ways(dimension.hanging(session, query)) for dimension in dimensions))
    found = union_all(*(_of_way(things, way) for way in ways)).subquery()
    keyed = select(*(), found.c.count.label("count")).where(found.c.count > 0)
    for at, dimension in enumerate(dimensions):
        value: Any = found.c[f"value{at}"]
        if dimension.table:
            table = aliased(dimension.table[0])
            keyed = keyed.outerjoin(table, table.pk == value)
            value = getattr(table, dimension.table[1])
        keyed = keyed.add_columns(paging.bytewise(func.coalesce(cast(value, String), _MISSING)).label(f"key{at}"))
    return keyed.cte("buckets")


def _ways(hanging: Hanging) -> list[_Way]:
    if not hanging.joins:
        return [(hanging, None)]
    absent = exists().where(*(on for _, on in hanging.joins), *hanging.holds)
    return [(hanging, None), (Hanging(cast(null(), hanging.value.type)), ~absent)]


def _of_way(things: Things, way: Sequence[_Way]) -> Select[Any]:
    statement, count = things.statement, func.count()
    only, absent = way[0]
    if not things.narrowed and len(way) == 1 and absent is None and only.owner is not None:
        (table, _), *joins = only.joins
        statement, count = select(only.owner).select_from(table).where(only.owner.is_not(None)), func.count(distinct(only.owner))
        for target, on in joins:
            statement = statement.join(target, on)
        statement = statement.where(*only.holds)
    else:
        for hanging, absent in way:
            for target, on in hanging.joins:
                # What is joined repeats a thing.
                statement, count = statement.join(target, on), func.count(distinct(things.pk))
            statement = statement.where(*hanging.holds, *([] if absent is None else [absent]))
    values = [hanging.value.label(f"value{at}") for at, (hanging, _) in enumerate(way)]
    counting = statement.with_only_columns(*values, count.label("count"), maintain_column_froms=True)
    return counting.group_by(*(hanging.value for hanging, absent in way if absent is None))


def _outs(session: Session, things: Things, names: Sequence[str], rows: Sequence[Any], query: Any, lang: str | None) -> list[BucketOut]:
    labels = []
    for at, name in enumerate(names):
        keys = sorted({key for row in rows if (key := getattr(row, f"key{at}"))})
        labels.append(dict(things.dimensions[name].label(session, keys, lang)) | {_MISSING: wording.missing(lang)})
    found = []
    for row in rows:
        parts, chosen = [], []
        for at, name in enumerate(names):
            key, dimension = getattr(row, f"key{at}"), things.dimensions[name]
            missing = key == _MISSING
            parts.append(BucketPart(dimension=name, key="none" if missing else key, label=labels[at][key], missing=missing))
            chosen += [dimension.missing or (name, "none")] if missing else dimension.select(key)
        found.append(
            BucketOut(
                key=",".join(part.key for part in parts),
                label=wording.beside(lang).join(part.label for part in parts),
                count=row.count,
                url=_address(things.address, query, chosen),
                parts=parts,
            )
        )
    return found


def _address(path: str, query: Any, chosen: Sequence[tuple[str, str]]) -> str:
    """The list of `query`'s filters and what is `chosen` besides."""
    other = {*Grouping.model_fields, *Paging.model_fields, "sort", "fields", "include"}
    given = query.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=other)
    asked: dict[str, list[str]] = {
        name: [str(value).lower() if isinstance(value, bool) else str(value) for value in (held if isinstance(held, list) else [held])]
        for name, held in given.items()
    }
    for name, value in chosen:
        held = asked.setdefault(name, [])
        if name in ("from", "to"):
            # One day is all that is taken; of two the narrower holds.
            asked[name] = [(max if name == "from" else min)(*held, value)] if held else [value]
        elif value not in held:
            held.append(value)
            if len(held) > MAX_VALUES:
                message = (
                    f"given {MAX_VALUES} times, it leaves no room for the buckets' own; give it fewer times, or group by something else"
                )
                raise BadRequest(f"{name}: {message}", [{"parameter": name, "message": message}])
    return f"{path}?{urlencode([(name, value) for name, held in asked.items() for value in held])}"


def _filter(parameter: str) -> Callable[[str], list[tuple[str, str]]]:
    return lambda key: [(parameter, escape(key))]


def _own(column: Any) -> Callable[[Any, Any], Hanging]:
    return lambda session, query: Hanging(column)


def _level() -> Any:
    """The level; `unknown` where nobody knows the label."""
    known = col(Item.importance_level)
    return case((known.is_not(None), known), (col(Item.importance_label).is_not(None), literal_column("'unknown'")), else_=null())


def _named(owner: str, thing: Any) -> Callable[[Any, Any], Hanging]:
    """The entities a thing names; with `family=true` each also stands for its members."""

    def hanging(session: Session, query: Family) -> Hanging:
        mention: Any = aliased(Mention)
        own = getattr(mention, owner)
        joins, holds = [(mention, own == thing)], [mention.entity_pk.is_not(None)]
        if not query.family:
            return Hanging(mention.entity_pk, joins, own, holds)
        start = select(col(Entity.pk).label("above"), col(Entity.pk).label("pk")).cte("family", recursive=True)
        below: Any = aliased(Entity)
        family = start.union(select(start.c.above, below.pk).join(below, (below.family_pk == start.c.pk) & below.merged_into_pk.is_(None)))
        return Hanging(family.c.above, [*joins, (family, family.c.pk == mention.entity_pk)], own, holds)

    return hanging


def _types(owner: str, thing: Any) -> Callable[[Any, Any], Hanging]:
    def hanging(session: Session, query: Any) -> Hanging:
        mention: Any = aliased(Mention)
        entity: Any = aliased(Entity)
        own = getattr(mention, owner)
        return Hanging(entity.type, [(mention, own == thing), (entity, entity.pk == mention.entity_pk)], own)

    return hanging


def _filed(briefing_pk: Any, kind: str) -> Callable[[Any, Any], Hanging]:
    def hanging(session: Session, query: Any) -> Hanging:
        filed: Any = aliased(BriefingTag)
        return Hanging(filed.tag_pk, [(filed, (filed.briefing_pk == briefing_pk) & (filed.kind == kind))])

    return hanging


def _publishers(owner: str, thing: Any) -> Callable[[Any, Any], Hanging]:
    def hanging(session: Session, query: Any) -> Hanging:
        citation: Any = aliased(Citation)
        source: Any = aliased(Source)
        own = getattr(citation, owner)
        joins = [(citation, own == thing), (source, source.pk == citation.source_pk)]
        return Hanging(source.publisher_pk, joins, own, [source.publisher_pk.is_not(None)])

    return hanging


def _statuses(session: Session, query: Any) -> Hanging:
    citation: Any = aliased(Citation)
    return Hanging(citation.status, [(citation, citation.item_pk == Item.pk)], citation.item_pk)


def _sections(session: Session, query: Any) -> Hanging:
    item: Any = aliased(Item)
    return Hanging(item.section_kind, [(item, item.briefing_pk == Briefing.pk)])


def _periods(day: Any) -> dict[str, Dimension]:
    """Days, weeks (of ISO 8601, by their Monday) and months of a column of dates."""

    def by(sqlite: Any, postgresql: Any) -> Callable[[Any, Any], Hanging]:
        return lambda session, query: Hanging(sqlite if session.get_bind().dialect.name == "sqlite" else postgresql)

    def said(text: str) -> Any:
        # Written out: grouped by a bound value, PostgreSQL takes the column and what it is grouped by for two things.
        return literal_column(f"'{text}'")

    def form(text: str, moment: Any) -> Any:
        return func.to_char(moment, said(text), type_=String)

    whole = by(cast(day, String), form("YYYY-MM-DD", day))
    monday = by(func.date(day, said("-6 days"), said("weekday 1"), type_=String), form("YYYY-MM-DD", func.date_trunc(said("week"), day)))
    month = by(func.strftime(said("%Y-%m"), day, type_=String), form("YYYY-MM", day))
    return {
        "day": Dimension(whole, lambda key: [("from", key), ("to", key)], _as_is),
        "week": Dimension(monday, _week, lambda session, keys, lang: {key: wording.week(date.fromisoformat(key)) for key in keys}),
        "month": Dimension(month, _month, _as_is),
    }


def _week(key: str) -> list[tuple[str, str]]:
    first = date.fromisoformat(key)
    return [("from", key), ("to", str(first + timedelta(days=6) if first < date(9999, 12, 26) else date.max))]


def _month(key: str) -> list[tuple[str, str]]:
    first = date.fromisoformat(f"{key}-01")
    last = date.max if first.month == 12 and first.year == 9999 else (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return [("from", str(first)), ("to", str(last))]


def _as_is(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
    return {key: key for key in keys}


def _worded(parameter: str) -> Label:
    return lambda session, keys, lang: {key: wording.value(parameter, key, lang) for key in keys}


def _called(table: Any, key: str) -> Label:
    """The name a row of `table` goes by."""

    def label(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
        # A page holds at most a hundred.
        return {row[0]: row[1] for row in session.execute(select(getattr(table, key), table.name).where(getattr(table, key).in_(keys)))}

    return label


def _entity_names(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
    rows = session.execute(select(col(Entity.id), col(Entity.name), col(Entity.names)).where(col(Entity.id).in_(keys)))
    return {entity: shown_name(name, names, lang) for entity, name, names in rows}


def _words(parameter: str, hanging: Callable[[Any, Any], Hanging], missing: tuple[str, str] | None = None) -> Dimension:
    """A dimension of a closed vocabulary."""
    return Dimension(hanging, _filter(parameter), _worded(parameter), missing=missing)


def _rows(parameter: str, hanging: Callable[[Any, Any], Hanging], table: Any, key: str, missing: tuple[str, str] | None) -> Dimension:
    """A dimension of rows of a table, known by `key`."""
    label = _entity_names if table is Entity else _as_is if table is Channel else _called(table, key)
    return Dimension(hanging, _filter(parameter), label, (table, key), missing)


OF_ITEMS: dict[str, Dimension] = {
    "section": _words("section", _own(col(Item.section_kind))),
    "importance": _words("importance", _own(_level())),
    "kind": _words("kind", _own(col(Item.kind))),
    "entity": _rows("entity", _named("item_pk", col(Item.pk)), Entity, "id", ("has", "!mentions")),
    "entity_type": _words("entity_type", _types("item_pk", col(Item.pk)), ("has", "!mentions")),
    "tag": _rows("tag", _filed(col(Item.briefing_pk), "tag"), Tag, "slug", ("has", "!tags")),
    "keyword": _rows("keyword", _filed(col(Item.briefing_pk), "keyword"), Tag, "slug", ("has", "!keywords")),
    "publisher": _rows("publisher", _publishers("item_pk", col(Item.pk)), Publisher, "id", ("has", "!publisher")),
    "source_status": _words("source_status", _statuses, ("has", "!sources")),
    "channel": _rows("channel", _own(col(Item.channel_pk)), Channel, "id", None),
    **_periods(col(Item.date)),
}
OF_BRIEFINGS: dict[str, Dimension] = {
    "section": _words("section", _sections, ("has", "!items")),
    "entity": _rows("entity", _named("briefing_pk", col(Briefing.pk)), Entity, "id", ("has", "!entities")),
    "entity_type": _words("entity_type", _types("briefing_pk", col(Briefing.pk)), ("has", "!entities")),
    "tag": _rows("tag", _filed(col(Briefing.pk), "tag"), Tag, "slug", ("has", "!tags")),
    "keyword": _rows("keyword", _filed(col(Briefing.pk), "keyword"), Tag, "slug", ("has", "!keywords")),
    "publisher": _rows("publisher", _publishers("briefing_pk", col(Briefing.pk)), Publisher, "id", ("has", "!publisher")),
    "channel": _rows("channel", _own(col(Briefing.channel_pk)), Channel, "id", None),
    **_periods(col(Briefing.date)),
}
OF_ENTITIES: dict[str, Dimension] = {"entity_type": _words("entity_type", _own(col(Entity.type)))}
OF_SOURCES: dict[str, Dimension] = {
    "status": _words("status", _own(col(Source.status))),
    "publisher": _rows("publisher", _own(col(Source.publisher_pk)), Publisher, "id", ("has", "!publisher")),
}
