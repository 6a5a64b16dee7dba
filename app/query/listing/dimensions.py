"""Dimensions that lists are grouped by: the values of a row, the filter of a key, the labels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol, get_args

from sqlalchemy import ColumnElement, String, case, cast, exists, func, literal_column, null, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.query.filters.families import closure
from app.query.listing import description
from app.query.request.filter_syntax import escape, mentioned
from app.query.request.paging import PageQuery
from app.query.schemas.shared import EntityType, Level, Rollup
from app.query.snapshot.channel_titles import names_of
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

# Values of the column `importance_rank`, the highest level first.
LEVELS_BY_RANK = dict(zip((5, 4, 3, 2, 1), get_args(Level), strict=True))
# Later weeks end after `date.max`.
_LAST_WEEK = date(9999, 12, 26)


class GroupedQuery(PageQuery, Protocol):
    """Query of a list that can be grouped."""

    @property
    def relation(self) -> Rollup | None:
        """Relation by which an entity counts what mentions its members."""

    @property
    def entity_type(self) -> list[str]:
        """Clauses of entity types."""

    @property
    def sort(self) -> str | None:
        """Sort keys, separated by commas."""

    def dimensions(self) -> tuple[str, ...]:
        """Return the dimensions of `group_by`."""

    def faceted(self) -> tuple[str, ...]:
        """Return the dimensions of `facets`."""

    def model_dump(
        self, *, mode: str, by_alias: bool | None, exclude_defaults: bool, exclude: Any
    ) -> dict[str, Any]:
        """Return the parameters by their public names, as pydantic does."""


Label = Callable[[Session, Sequence[str], str | None], Mapping[str, str]]
"""Function from keys and a language to the labels by key."""
JoinedTable = tuple[Any, ColumnElement[bool]]
"""Table and the condition that joins it."""


@dataclass(frozen=True, slots=True, eq=False)
class Join:
    """A way in which a row of a list gets a value.

    `tables` are joined to the list, and `conditions` hold besides. `counted_by` is the key of the
    list's row in the first table: a list without conditions is counted by this column alone.
    `per_briefing` is set if all rows of a briefing have the same values: the briefing's key in the
    list and in the joined table. `constant` values need no grouping.
    """

    value: Any
    tables: Sequence[JoinedTable] = ()
    conditions: Sequence[ColumnElement[bool]] = ()
    counted_by: Any = None
    per_briefing: tuple[Any, Any] | None = None
    constant: bool = False


Joins = Callable[[Session, GroupedQuery], Sequence[Join]]
"""Function to the joins of a dimension; their rows are disjoint and are counted separately."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A property that the rows of a list have in common in a bucket.

    `table` (a model and its public key) tells what the values are the primary keys of. `select`
    gives the parameters that filter by a key, `missing` those that filter rows without a value.
    """

    joins: Joins
    select: Callable[[str], list[tuple[str, str]]]
    label: Label
    table: tuple[Any, str] | None = None
    missing: tuple[str, str] | None = None


def _filter(parameter: str) -> Callable[[str], list[tuple[str, str]]]:
    return lambda key: [(parameter, escape(key))]


def _column(column: Any) -> Joins:
    return lambda session, query: [Join(column)]


def _or_missing(join: Join) -> list[Join]:
    """Return the join of the rows with a value and the join of the rows without one."""
    ons = [on for _, on in join.tables]
    has_value = exists().where(*ons, *join.conditions)
    missing = Join(
        cast(null(), join.value.type),
        conditions=[~has_value],
        constant=True,
    )
    return [join, missing]


def _levels(session: Session, query: GroupedQuery) -> list[Join]:
    """Return levels by their indexed rank, then unknown labels, then items without importance."""
    rank, label = col(Item.importance_rank), col(Item.importance_label)
    names: list[tuple[Any, Any]] = []
    for number, level in LEVELS_BY_RANK.items():
        names.append((rank == number, _quoted(level)))
    unknown = Join(
        cast(literal_column("'unknown'"), String),
        conditions=[rank == 0, label.is_not(None)],
        constant=True,
    )
    missing = Join(
        cast(null(), String),
        conditions=[rank == 0, label.is_(None)],
        constant=True,
    )
    return [
        Join(
            cast(case(*names), String),
            conditions=[rank > 0],
        ),
        unknown,
        missing,
    ]


def _entities(key: str, pk: Any) -> Joins:
    """Return the entities that a row mentions; with a roll-up, those they count as too.

    Only entities of the types that the list asks for are values. `key` is the column of `Mention`
    that refers to the list's primary key `pk`.
    """

    def joins(session: Session, query: GroupedQuery) -> list[Join]:
        mention = _linked(Mention, key, "entity_pk")
        row_pk = getattr(mention, key)
        value = mention.entity_pk
        tables: list[JoinedTable] = [(mention, row_pk == pk)]
        is_named = mention.entity_pk.is_not(None)
        _, missing = _or_missing(
            Join(
                value,
                tables,
                [is_named],
                row_pk,
            )
        )
        if query.relation:
            rollup = closure(query.relation)
            value = rollup.c.head_pk
            tables.append(
                (rollup, rollup.c.member_pk == mention.entity_pk),
            )
        if query.entity_type:
            entity: Any = aliased(Entity)
            types = mentioned(query.entity_type, get_args(EntityType))
            of_type = (entity.pk == value) & entity.type.in_(types)
            tables.append((entity, of_type))
        return [Join(value, tables, [is_named], row_pk), missing]

    return joins


def _entity_types(key: str, pk: Any) -> Joins:
    def joins(session: Session, query: GroupedQuery) -> list[Join]:
        mention = _linked(Mention, key, "entity_pk")
        entity: Any = aliased(Entity)
        row_pk = getattr(mention, key)
        tables = [
            (mention, row_pk == pk),
            (entity, entity.pk == mention.entity_pk),
        ]
        return _or_missing(Join(entity.type, tables, counted_by=row_pk))

    return joins


def _linked(table: Any, key: str, value: str) -> Any:
    """Return a table that links rows of a list by `key` with values.

    A briefing is linked with a value once: two dimensions multiply what repeats, and the 1,500
    mentions of a day made two million pairs.
    """
    if key != "briefing_pk":
        return aliased(table)
    pairs = select(getattr(table, key), getattr(table, value)).distinct()
    return aliased(table, pairs.subquery())


def _tags(briefing_pk: Any, kind: str) -> Joins:
    def joins(session: Session, query: GroupedQuery) -> list[Join]:
        columns = (col(BriefingTag.briefing_pk), col(BriefingTag.tag_pk))
        of_kind = select(*columns).where(
            col(BriefingTag.kind) == kind,
        )
        tagged = of_kind.distinct().subquery()
        join = Join(
            tagged.c.tag_pk,
            [(tagged, tagged.c.briefing_pk == briefing_pk)],
            per_briefing=(briefing_pk, tagged.c.briefing_pk),
        )
        tagged_pks = of_kind.with_only_columns(col(BriefingTag.briefing_pk))
        missing = Join(
            cast(null(), tagged.c.tag_pk.type),
            conditions=[briefing_pk.not_in(tagged_pks)],
            constant=True,
        )
        return [join, missing]

    return joins


def _publishers(key: str, pk: Any) -> Joins:
    def joins(session: Session, query: GroupedQuery) -> list[Join]:
        citation = _linked(Citation, key, "source_pk")
        source: Any = aliased(Source)
        row_pk = getattr(citation, key)
        publisher_pk = source.publisher_pk
        tables = [
            (citation, row_pk == pk),
            (source, source.pk == citation.source_pk),
        ]
        return _or_missing(Join(publisher_pk, tables, [publisher_pk.is_not(None)], row_pk))

    return joins


def _statuses(session: Session, query: GroupedQuery) -> list[Join]:
    citation: Any = aliased(Citation)
    tables = [
        (citation, citation.item_pk == col(Item.pk)),
    ]
    return _or_missing(Join(citation.status, tables, counted_by=citation.item_pk))


def _sections(session: Session, query: GroupedQuery) -> list[Join]:
    item: Any = aliased(Item)
    tables = [
        (item, item.briefing_pk == col(Briefing.pk)),
    ]
    return _or_missing(Join(item.section_kind, tables))


def _quoted(text: str) -> Any:
    # Not a bound value: PostgreSQL would see two different expressions in SELECT and GROUP BY.
    return literal_column(f"'{text}'")


def _by_engine(sqlite: Any, postgresql: Any) -> Joins:
    def joins(session: Session, query: GroupedQuery) -> list[Join]:
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        return [Join(sqlite if on_sqlite else postgresql)]

    return joins


def _periods(day: Any) -> dict[str, Dimension]:
    """Return days, ISO 8601 weeks (keyed by their Monday) and months of a column of dates."""

    def to_char(pattern: str, moment: Any) -> Any:
        return func.to_char(moment, _quoted(pattern), type_=String)

    week_start = func.date(day, _quoted("-6 days"), _quoted("weekday 1"), type_=String)
    truncated = func.date_trunc(_quoted("week"), day)
    days = _by_engine(cast(day, String), to_char("YYYY-MM-DD", day))
    weeks = _by_engine(week_start, to_char("YYYY-MM-DD", truncated))
    months = _by_engine(
        func.strftime(_quoted("%Y-%m"), day, type_=String),
        to_char("YYYY-MM", day),
    )
    return {
        "day": Dimension(days, _day_range, _same_label),
        "week": Dimension(weeks, _week_range, _week_labels),
        "month": Dimension(months, _month_range, _same_label),
    }


def _day_range(key: str) -> list[tuple[str, str]]:
    return [("from", key), ("to", key)]


def _week_range(key: str) -> list[tuple[str, str]]:
    first = date.fromisoformat(key)
    last = first + timedelta(days=6) if first < _LAST_WEEK else date.max
    return [("from", key), ("to", str(last))]


def _month_range(key: str) -> list[tuple[str, str]]:
    first = date.fromisoformat(f"{key}-01")
    last = date.max
    if first < date(9999, 12, 1):
        in_next_month = first + timedelta(days=31)
        last = in_next_month.replace(day=1) - timedelta(days=1)
    return [("from", str(first)), ("to", str(last))]


def _same_label(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
    return dict(zip(keys, keys, strict=True))


def _week_labels(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
    return {key: description.week(date.fromisoformat(key)) for key in keys}


def _value_labels(parameter: str) -> Label:
    def labels(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
        return {key: description.value(parameter, key, lang) for key in keys}

    return labels


def _channel_names(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
    return names_of(session, keys)


def _row_names(table: Any, public_key: str) -> Label:
    """Return a function to the names of rows of `table`."""
    key_column = getattr(table, public_key)

    def labels(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
        # At most 100 keys: the size of a page.
        statement = select(key_column, table.name).where(
            key_column.in_(keys),
        )
        return {row[0]: row[1] for row in session.execute(statement)}

    return labels


def _entity_names(session: Session, keys: Sequence[str], lang: str | None) -> Mapping[str, str]:
    columns = (
        col(Entity.id),
        col(Entity.name),
        col(Entity.names),
    )
    rows = session.execute(
        select(*columns).where(
            col(Entity.id).in_(keys),
        ),
    )
    return {
        entity_id: shown_name(
            name,
            names,
            lang,
        )
        for entity_id, name, names in rows
    }


def _of_values(parameter: str, joins: Joins, missing: str | None = None) -> Dimension:
    """Return a dimension of a closed vocabulary; `missing` is a value of `has`, negated."""
    return Dimension(
        joins,
        _filter(parameter),
        _value_labels(parameter),
        missing=("has", f"!{missing}") if missing else None,
    )


def _of_rows(
    parameter: str, joins: Joins, table: Any, public_key: str, missing: str | None = None
) -> Dimension:
    """Return a dimension of the rows of a table; `missing` is a value of `has`, negated."""
    if table is Entity:
        label: Label = _entity_names
    elif table is Channel:
        label = _channel_names
    else:
        label = _row_names(table, public_key)
    return Dimension(
        joins,
        _filter(parameter),
        label,
        (table, public_key),
        ("has", f"!{missing}") if missing else None,
    )


_ITEM_BRIEFING = col(Item.briefing_pk)
_ITEM_ENTITIES = _entities("item_pk", col(Item.pk))
_ITEM_PUBLISHERS = _publishers("item_pk", col(Item.pk))
_BRIEFING_ENTITIES = _entities("briefing_pk", col(Briefing.pk))
_BRIEFING_PUBLISHERS = _publishers("briefing_pk", col(Briefing.pk))

OF_ITEMS: dict[str, Dimension] = {
    "section": _of_values("section", _column(col(Item.section_kind))),
    "importance": _of_values("importance", _levels),
    "kind": _of_values("kind", _column(col(Item.kind))),
    "entity": _of_rows("entity", _ITEM_ENTITIES, Entity, "id", "mentions"),
    "entity_type": _of_values("entity_type", _entity_types("item_pk", col(Item.pk)), "mentions"),
    "tag": _of_rows("tag", _tags(_ITEM_BRIEFING, "tag"), Tag, "slug", "tags"),
    "keyword": _of_rows("keyword", _tags(_ITEM_BRIEFING, "keyword"), Tag, "slug", "keywords"),
    "publisher": _of_rows("publisher", _ITEM_PUBLISHERS, Publisher, "id", "publisher"),
    "source_status": _of_values("source_status", _statuses, "sources"),
    "channel": _of_rows("channel", _column(col(Item.channel_pk)), Channel, "id"),
    **_periods(col(Item.date)),
}
OF_BRIEFINGS: dict[str, Dimension] = {
    "section": _of_values("section", _sections, "items"),
    "entity": _of_rows("entity", _BRIEFING_ENTITIES, Entity, "id", "entities"),
    "entity_type": _of_values(
        "entity_type", _entity_types("briefing_pk", col(Briefing.pk)), "entities"
    ),
    "tag": _of_rows("tag", _tags(col(Briefing.pk), "tag"), Tag, "slug", "tags"),
    "keyword": _of_rows("keyword", _tags(col(Briefing.pk), "keyword"), Tag, "slug", "keywords"),
    "publisher": _of_rows("publisher", _BRIEFING_PUBLISHERS, Publisher, "id", "publisher"),
    "channel": _of_rows("channel", _column(col(Briefing.channel_pk)), Channel, "id"),
    **_periods(col(Briefing.date)),
}
OF_ENTITIES: dict[str, Dimension] = {
    "entity_type": _of_values("entity_type", _column(col(Entity.type)))
}
OF_SOURCES: dict[str, Dimension] = {
    "status": _of_values("status", _column(col(Source.status))),
    "publisher": _of_rows(
        "publisher", _column(col(Source.publisher_pk)), Publisher, "id", "publisher"
    ),
}
