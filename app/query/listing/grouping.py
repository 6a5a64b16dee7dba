"""Lists as buckets: what is alike in one dimension or two, counted, each with the address that lists exactly that.

A thing on which several values hang (the entities it names) is in several buckets; one on which none does is in that of the
missing, `none`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import BigInteger, Select, String, cast, distinct, func, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session

from app.errors import BadRequest
from app.query.listing import description
from app.query.listing.dimensions import Dimension, Join
from app.query.request import paging
from app.query.request.filter_syntax import MAX_VALUES
from app.query.request.params import Grouping, Paging
from app.query.request.suggestions import fault, nearest
from app.query.schemas.buckets import BucketOut, BucketPart

MOST_DIMENSIONS = 2
# What is missing sorts before all keys, none of which is empty.
_MISSING = ""


@dataclass(frozen=True, slots=True)
class Things:
    """A list to be grouped: its statement (with all conditions), the key of its things, and what they may be grouped by."""

    statement: Select[Any]
    pk: Any
    dimensions: Mapping[str, Dimension]
    address: str
    narrowed: bool = True


def buckets(
    session: Session, things: Things, query: Any, lang: str | None, scope: str, newest: int
) -> tuple[list[BucketOut], paging.PageRows]:
    """A page of the buckets `query.group_by` asks for. `newest` is the walk's horizon, which the statement of `things` keeps to."""
    names = query.dimensions()
    known(things, "group_by", names, MOST_DIMENSIONS)
    if not names:
        raise BadRequest(
            "group_by names no dimension",
            [{"parameter": "group_by", "message": f"{nearest('', things.dimensions)}"}],
        )
    counted = _counted(session, things, names, query)
    keys: dict[str, Any] = {"count": counted.c.count, "key": counted.c.key0}
    keys |= {name: counted.c[f"key{at}"] for at, name in enumerate(names)}
    order = paging.order_by(
        query.sort, "-count", keys, [counted.c[f"key{at}"] for at in range(len(names))]
    )
    rows = paging.page(
        session,
        select(*counted.c, paging.total_of(counted)),
        order,
        query.limit,
        query.cursor,
        scope,
        newest,
    )
    return _outs(session, things, names, rows.rows, query, lang), rows


def top(
    session: Session, things: Things, name: str, query: Any, lang: str | None, most: int
) -> tuple[list[BucketOut], int]:
    """The fullest buckets of one dimension, and how many there are besides."""
    counted = _counted(session, things, (name,), query)
    columns = (
        select(*counted.c, paging.total_of(counted))
        .order_by(counted.c.count.desc(), counted.c.key0)
        .limit(most)
    )
    rows = session.execute(columns).all()
    return _outs(session, things, (name,), rows, query, lang), getattr(
        rows[0], paging.TOTAL_LABEL
    ) - len(rows) if rows else 0


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
    ways = product(*(dimension.ways(session, query) for dimension in dimensions))
    found = union_all(*(_of_way(things, way) for way in ways)).subquery()
    keyed = select(*(), found.c.count.label("count")).where(found.c.count > 0)
    for at, dimension in enumerate(dimensions):
        value: Any = found.c[f"value{at}"]
        if dimension.table:
            table = aliased(dimension.table[0])
            keyed = keyed.outerjoin(table, table.pk == value)
            value = getattr(table, dimension.table[1])
        keyed = keyed.add_columns(
            paging.bytewise(func.coalesce(cast(value, String), _MISSING)).label(f"key{at}")
        )
    return keyed.cte("buckets")


def _of_way(things: Things, way: Sequence[Join]) -> Select[Any]:
    joined = [hanging for hanging in way if hanging.joins]
    if joined and all(hanging.through for hanging in joined):
        return _through(things, way, joined)
    statement, count = things.statement, func.count()
    if not things.narrowed and len(way) == 1 and way[0].owner is not None:
        owner, ((table, _), *joins) = way[0].owner, way[0].joins
        statement, count = (
            select(owner).select_from(table).where(owner.is_not(None)),
            func.count(distinct(owner)),
        )
    else:
        joins = [join for hanging in way for join in hanging.joins]
        # What is joined repeats a thing.
        count = func.count(distinct(things.pk)) if joins else count
    for target, on in joins:
        statement = statement.join(target, on)
    statement = statement.where(*(condition for hanging in way for condition in hanging.holds))
    values = [hanging.value.label(f"value{at}") for at, hanging in enumerate(way)]
    counting = statement.with_only_columns(
        *values, count.label("count"), maintain_column_froms=True
    )
    return counting.group_by(*(hanging.value for hanging in way if not hanging.constant))


def _through(things: Things, way: Sequence[Join], joined: Sequence[Join]) -> Select[Any]:
    """Counted a briefing at a time, all of whose things are filed alike."""
    own = [hanging for hanging in way if not hanging.joins]
    briefing, _ = joined[0].through or (things.pk, None)
    statement = things.statement.where(
        *(condition for hanging in way for condition in hanging.holds)
    )
    columns = [
        briefing.label("briefing"),
        *(hanging.value.label(f"own{at}") for at, hanging in enumerate(own)),
        func.count().label("things"),
    ]
    grouped = statement.with_only_columns(*columns, maintain_column_froms=True)
    held = grouped.group_by(
        briefing, *(hanging.value for hanging in own if not hanging.constant)
    ).subquery()
    values = [
        hanging.value if hanging.joins else held.c[f"own{own.index(hanging)}"] for hanging in way
    ]
    named = [value.label(f"value{at}") for at, value in enumerate(values)]
    counting = select(*named, cast(func.sum(held.c.things), BigInteger).label("count")).select_from(
        held
    )
    for hanging in joined:
        if hanging.through:
            counting = counting.join(hanging.joins[0][0], hanging.through[1] == held.c.briefing)
    return counting.group_by(*values)


def _outs(
    session: Session,
    things: Things,
    names: Sequence[str],
    rows: Sequence[Any],
    query: Any,
    lang: str | None,
) -> list[BucketOut]:
    labels = []
    for at, name in enumerate(names):
        keys = sorted({key for row in rows if (key := getattr(row, f"key{at}"))})
        labels.append(
            dict(things.dimensions[name].label(session, keys, lang))
            | {_MISSING: description.missing(lang)}
        )
    found = []
    for row in rows:
        parts, chosen = [], []
        for at, name in enumerate(names):
            key, dimension = getattr(row, f"key{at}"), things.dimensions[name]
            missing = key == _MISSING
            parts.append(
                BucketPart(
                    dimension=name,
                    key="none" if missing else key,
                    label=labels[at][key],
                    missing=missing,
                )
            )
            chosen += [dimension.missing or (name, "none")] if missing else dimension.select(key)
        found.append(
            BucketOut(
                key=",".join(part.key for part in parts),
                label=description.beside(lang).join(part.label for part in parts),
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
        name: [
            str(value).lower() if isinstance(value, bool) else str(value)
            for value in (held if isinstance(held, list) else [held])
        ]
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
                message = f"given {MAX_VALUES} times, it leaves no room for the buckets' own; give it fewer times, or group by something else"
                raise BadRequest(f"{name}: {message}", [{"parameter": name, "message": message}])
    return f"{path}?{urlencode([(name, value) for name, held in asked.items() for value in held])}"
