"""Lists as buckets: rows with equal values in one or two dimensions, counted.

The address of a bucket lists exactly the rows that the bucket counts. A row with several values
(the entities an item mentions) is in several buckets. A row without a value is in the bucket
`none`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import BigInteger, Select, String, cast, distinct, func, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session

from app.errors import BadRequest
from app.query.listing import description
from app.query.listing.dimensions import Dimension, GroupedQuery, Join, JoinedTable
from app.query.request import paging
from app.query.request.citation_params import CitedList
from app.query.request.filter_syntax import MAX_VALUES
from app.query.request.params import Grouping, Paging
from app.query.request.suggestions import fault, nearest
from app.query.schemas.buckets import BucketOut, BucketPart

MAX_GROUPED_DIMENSIONS = 2
# The key of a missing value sorts before all keys, because no key is empty.
_MISSING = ""
# Parameters that do not narrow a list.
_NOT_FILTERS = {
    *(*Grouping.model_fields, *Paging.model_fields, *CitedList.model_fields),
    *("sort", "fields", "include"),
}


@dataclass(frozen=True, slots=True)
class Groupable:
    """A list that can be grouped.

    `statement` has all conditions, `pk` is the key of its rows, `address` the path of the list.
    `narrowed` is False if `statement` has no conditions.
    """

    statement: Select[Any]
    pk: Any
    dimensions: Mapping[str, Dimension]
    address: str
    narrowed: bool = True


def buckets(
    session: Session,
    groupable: Groupable,
    query: GroupedQuery,
    lang: str | None,
    scope: str,
    newest: int,
) -> tuple[list[BucketOut], paging.PageRows]:
    """Return a page of the buckets that `query.group_by` asks for.

    `newest` is the snapshot briefing of the walk; the statement of `groupable` must respect it.
    Raises BadRequest for unknown dimensions and sort keys.
    """
    names = query.dimensions()
    check_dimensions(groupable, "group_by", names, MAX_GROUPED_DIMENSIONS)
    if not names:
        message = nearest("", groupable.dimensions)
        raise BadRequest(
            "group_by names no dimension", [{"parameter": "group_by", "message": message}]
        )
    table = _bucket_table(session, groupable, names, query)
    keys = {name: table.c[f"key{index}"] for index, name in enumerate(names)}
    sort_keys = {
        "count": table.c.count,
        "key": table.c.key0,
    } | keys
    page = paging.page(
        session,
        select(*table.c, paging.total_of(table)),
        paging.order_by(query.sort, "-count", sort_keys, list(keys.values())),
        query,
        scope=scope,
        snapshot=newest,
    )
    return _bucket_outs(
        session,
        groupable,
        names,
        page.rows,
        query,
        lang,
    ), page


def largest_buckets(
    session: Session,
    groupable: Groupable,
    name: str,
    query: GroupedQuery,
    lang: str | None,
    limit: int,
) -> tuple[list[BucketOut], int]:
    """Return the largest buckets of one dimension and the number of buckets left out."""
    table = _bucket_table(session, groupable, (name,), query)
    by_size = select(
        *table.c,
        paging.total_of(table),
    ).order_by(
        table.c.count.desc(),
        table.c.key0,
    )
    rows = session.execute(by_size.limit(limit)).all()
    if not rows:
        return [], 0
    total: int = getattr(rows[0], paging.TOTAL_LABEL)
    outs = _bucket_outs(session, groupable, (name,), rows, query, lang)
    return outs, total - len(rows)


def check_dimensions(
    groupable: Groupable, parameter: str, names: Sequence[str], limit: int
) -> None:
    """Raise BadRequest for dimensions the list does not have, and for more than `limit`."""
    valid = groupable.dimensions
    for name in names:
        if name not in valid:
            raise BadRequest(
                f"There is no dimension {name!r} here; {nearest(name, valid)}",
                [fault(parameter, name, valid)],
            )
    if len(names) > limit:
        message = f"takes at most {limit} dimensions, {len(names)} are given"
        raise BadRequest(f"{parameter} {message}", [{"parameter": parameter, "message": message}])


def _bucket_table(
    session: Session, groupable: Groupable, names: Sequence[str], query: GroupedQuery
) -> Any:
    """Return a common table of buckets with the columns `key0`, `key1` and `count`.

    Rows with a value and rows without are counted separately, which avoids an outer join.
    """
    dimensions = [groupable.dimensions[name] for name in names]
    joins = [dimension.joins(session, query) for dimension in dimensions]
    counts = [_counts(groupable, combination) for combination in product(*joins)]
    counted = union_all(*counts).subquery()
    table = select(counted.c.count.label("count")).where(
        counted.c.count > 0,
    )
    for index, dimension in enumerate(dimensions):
        value: Any = counted.c[f"value{index}"]
        if dimension.table:
            model, public_key = dimension.table
            named = aliased(model)
            table = table.outerjoin(named, named.pk == value)
            value = getattr(named, public_key)
        key = paging.bytewise(
            func.coalesce(cast(value, String), _MISSING),
        )
        table = table.add_columns(key.label(f"key{index}"))
    return table.cte("buckets")


def _counts(groupable: Groupable, joins: Sequence[Join]) -> Select[Any]:
    """Return the number of rows for each combination of the values of `joins`."""
    joined = [join for join in joins if join.tables]
    if joined and all(join.per_briefing for join in joined):
        return _counts_per_briefing(groupable, joins, joined)
    statement, tables, count = _counted_rows(groupable, joins)
    for table, on in tables:
        statement = statement.join(table, on)
    for join in joins:
        statement = statement.where(*join.conditions)
    counts = statement.with_only_columns(
        *_numbered("value", (join.value for join in joins)),
        count.label("count"),
        maintain_column_froms=True,
    )
    return counts.group_by(*_varying(joins))


def _counted_rows(
    groupable: Groupable, joins: Sequence[Join]
) -> tuple[Select[Any], list[JoinedTable], Any]:
    """Return the statement to count, the tables to join to it, and the count."""
    tables: list[JoinedTable] = []
    for join in joins:
        tables.extend(join.tables)
    counted_by = joins[0].counted_by
    if len(joins) == 1 and counted_by is not None and not groupable.narrowed:
        # All rows of the list are counted: the joined table alone knows them.
        (table, _), *others = tables
        statement = (
            select(counted_by)
            .select_from(table)
            .where(
                counted_by.is_not(None),
            )
        )
        return statement, others, func.count(distinct(counted_by))
    # Joined tables repeat a row of the list.
    count = func.count(distinct(groupable.pk)) if tables else func.count()
    return groupable.statement, tables, count


def _counts_per_briefing(
    groupable: Groupable, joins: Sequence[Join], joined: Sequence[Join]
) -> Select[Any]:
    """Return counts by first counting each briefing, whose rows all have the same tags."""
    direct = [join for join in joins if not join.tables]
    briefing_pk = joined[0].per_briefing[0] if joined[0].per_briefing else groupable.pk
    statement = groupable.statement
    for join in joins:
        statement = statement.where(*join.conditions)
    grouped = statement.with_only_columns(
        briefing_pk.label("briefing"),
        *_numbered("direct", (join.value for join in direct)),
        func.count().label("rows"),
        maintain_column_froms=True,
    )
    briefings = grouped.group_by(briefing_pk, *_varying(direct)).subquery()
    values = []
    for join in joins:
        column = join.value if join.tables else briefings.c[f"direct{direct.index(join)}"]
        values.append(column)
    count = cast(
        func.sum(briefings.c.rows),
        BigInteger,
    ).label(
        "count",
    )
    counts = select(*_numbered("value", values), count).select_from(briefings)
    for join in joined:
        if join.per_briefing:
            table, _ = join.tables[0]
            counts = counts.join(
                table,
                join.per_briefing[1] == briefings.c.briefing,
            )
    return counts.group_by(*values)


def _numbered(prefix: str, columns: Iterable[Any]) -> list[Any]:
    """Return `columns` labelled by their position: value0, value1."""
    return [column.label(f"{prefix}{index}") for index, column in enumerate(columns)]


def _varying(joins: Sequence[Join]) -> list[Any]:
    """Return the columns to group by; a constant needs none."""
    return [join.value for join in joins if not join.constant]


def _bucket_outs(
    session: Session,
    groupable: Groupable,
    names: Sequence[str],
    rows: Sequence[Any],
    query: GroupedQuery,
    lang: str | None,
) -> list[BucketOut]:
    labels = []
    for index, name in enumerate(names):
        keys = {
            getattr(
                row,
                f"key{index}",
            )
            for row in rows
        } - {_MISSING}
        names_by_key = groupable.dimensions[name].label(
            session,
            sorted(keys),
            lang,
        )
        labels.append({**names_by_key, _MISSING: description.missing(lang)})
    outs = []
    for row in rows:
        parts = []
        chosen: list[tuple[str, str]] = []
        for index, name in enumerate(names):
            key = getattr(row, f"key{index}")
            parts.append(
                _part(name, key, labels[index][key]),
            )
            chosen += _selection(name, key, groupable.dimensions[name])
        out = BucketOut(
            key=",".join(part.key for part in parts),
            label=description.separator(lang).join(part.label for part in parts),
            count=row.count,
            url=_address(groupable.address, query, chosen),
            parts=parts,
        )
        outs.append(out)
    return outs


def _part(name: str, key: str, label: str) -> BucketPart:
    return BucketPart(
        dimension=name,
        key=key or "none",
        label=label,
        missing=key == _MISSING,
    )


def _selection(name: str, key: str, dimension: Dimension) -> list[tuple[str, str]]:
    """Return the parameters that select the rows with a key."""
    if key == _MISSING:
        return [dimension.missing or (name, "none")]
    return dimension.select(key)


def _address(path: str, query: GroupedQuery, chosen: Sequence[tuple[str, str]]) -> str:
    """Return the address of the list with the filters of `query` and the `chosen` parameters.

    Raises BadRequest if `query` repeats a parameter so often that no value can be added.
    """
    parameters = _filter_values(query)
    for name, value in chosen:
        values = parameters.setdefault(name, [])
        if name in ("from", "to"):
            # A list takes one first and one last day; the narrower range applies.
            narrower = max if name == "from" else min
            parameters[name] = (
                [
                    narrower(*values, value),
                ]
                if values
                else [value]
            )
        elif value not in values:
            values.append(value)
            if len(values) > MAX_VALUES:
                raise _full(name)
    return f"{path}?{urlencode(parameters, doseq=True)}"


def _filter_values(query: GroupedQuery) -> dict[str, list[str]]:
    """Return the values of the parameters that narrow a list, as written in an address."""
    filters = query.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude=_NOT_FILTERS
    )
    parameters: dict[str, list[str]] = {}
    for name, value in filters.items():
        if isinstance(value, list):
            parameters[name] = [str(element) for element in value]
        elif isinstance(value, bool):
            parameters[name] = [str(value).lower()]
        else:
            parameters[name] = [str(value)]
    return parameters


def _full(name: str) -> BadRequest:
    message = (
        f"given {MAX_VALUES} times, the most that is valid, so the value of a bucket cannot be "
        "added; give it fewer times or group by another dimension"
    )
    return BadRequest(f"{name}: {message}", [{"parameter": name, "message": message}])
