"""SQL conditions of filters: pure functions of a filter and the rows its ids mean.

A new filter of items needs one line in `_ITEM_VALUES` or `_ITEM_IDS`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    true,
    type_coerce,
)
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from app.query.filters.lookups import Resolved
from app.query.request.briefing_params import BriefingFilter
from app.query.request.filter_syntax import Range, clauses, moment, number_range
from app.query.request.item_params import ItemFilter, ThreadFilter
from app.query.request.params import Days, Params, Searched
from app.store.tables import (
    BackgroundNote,
    Briefing,
    BriefingTag,
    Change,
    Citation,
    Claim,
    Entity,
    Insight,
    Item,
    Mention,
    Reading,
    Source,
    Thread,
    ThreadMember,
    WatchlistEntry,
)

Condition = ColumnElement[bool]
ByValues = Callable[[Sequence[str]], Condition]
"""Condition that one of some values applies."""
ByPks = Callable[[set[int]], Condition]
"""Condition that one of some rows is named, by primary key."""
HasTable = Mapping[str, Callable[[], Condition]]
"""Conditions of the parameter `has`, by its values."""


def by_values(values: Iterable[str], condition: ByValues) -> list[Condition]:
    """Return one condition for each clause of a parameter."""
    conditions = []
    for clause in clauses(values):
        matches = condition(clause.values)
        conditions.append(not_(matches) if clause.negated else matches)
    return conditions


def by_numbers(values: Iterable[str], column: Any) -> list[Condition]:
    """Return one condition on a number for each clause of ranges."""
    return by_values(values, in_a_range(column))


def in_a_range(column: Any) -> ByValues:
    """Return the condition that a number is in one of some ranges, for a table of conditions."""

    def is_between(ranges: Sequence[str]) -> Condition:
        return or_(
            *(
                _between(
                    column,
                    number_range(text),
                )
                for text in ranges
            )
        )

    return is_between


def by_ids(
    parameter: str, values: Iterable[str], resolved: Resolved, condition: ByPks
) -> list[Condition]:
    """Return one condition for each clause of ids; a clause of unknown ids matches nothing."""

    def names_a_row(ids: Sequence[str]) -> Condition:
        pks = resolved.any_of(parameter, ids)
        return condition(pks) if pks else false()

    return by_values(values, names_a_row)


def _between(column: Any, bounds: Range) -> Condition:
    first, last = bounds
    condition: Condition = true()
    # PostgreSQL refuses to cast a number of 2³¹ or more to INTEGER, the default.
    if first is not None:
        condition = and_(condition, column >= literal(first, BigInteger()))
    if last is not None:
        condition = and_(condition, column <= literal(last, BigInteger()))
    return condition


def days(filter: Days, resolved: Resolved, day: Any, channel_pk: Any) -> list[Condition]:
    """Return conditions on the date and channel columns of any table."""
    conditions: list[Condition] = []
    if filter.from_:
        conditions.append(day >= filter.from_)
    if filter.to:
        conditions.append(day <= filter.to)
    conditions += by_ids("channel", filter.channel, resolved, channel_pk.in_)
    return conditions


def text(filter: Searched, resolved: Resolved, kind: str, pk: Any) -> list[Condition]:
    """Return the condition that the text of a row of `kind` matches `q`, if there is a `q`."""
    if filter.q is None or resolved.text is None:
        return []
    return [resolved.text(kind, pk)]


def items(filter: ItemFilter, resolved: Resolved, omit: Collection[str] = ()) -> list[Condition]:
    """Return conditions on `Item`, without the parameters of `omit`."""
    conditions: list[Condition] = []
    if "from_" not in omit:
        conditions += days(
            filter,
            resolved,
            col(Item.date),
            col(Item.channel_pk),
        )
    if "q" not in omit:
        conditions += text(filter, resolved, "item", col(Item.pk))
    return conditions + _from_tables(filter, resolved, _ITEM_VALUES, _ITEM_IDS, omit)


def selected_items(
    filter: ItemFilter, resolved: Resolved, list_parameters: Collection[str]
) -> Select[Any] | None:
    """Return a subquery of the items of a filter, or None if it filters no items.

    Dates and channels are left out, and so are the parameters
    that filter the list itself, `q` among them.
    """
    omit = {*Days.model_fields, *list_parameters}
    parameters = (_ITEM_VALUES.keys() | _ITEM_IDS.keys()) - omit
    if not any(getattr(filter, parameter) for parameter in parameters):
        return None
    return select(col(Item.pk)).where(
        *items(
            filter,
            resolved,
            omit,
        )
    )


def threads(
    filter: ThreadFilter, resolved: Resolved, size: Any, in_snapshot: Sequence[Condition] = ()
) -> list[Condition]:
    """Return conditions on `Thread`; `size` is the column with its number of items.

    One member must satisfy the filters of items and the conditions of `in_snapshot`.
    """
    conditions = [size >= filter.items]
    item_conditions = [*items(filter, resolved), *in_snapshot]
    if item_conditions:
        item_pks = select(col(Item.pk)).where(*item_conditions)
        # Aliased, so that a condition on threads does not correlate with this table.
        member: Any = aliased(ThreadMember)
        with_such_an_item = select(member.thread_pk).where(member.item_pk.in_(item_pks))
        conditions.append(col(Thread.pk).in_(with_such_an_item))
    return conditions


def briefings(filter: BriefingFilter, resolved: Resolved) -> list[Condition]:
    """Return conditions on `Briefing`; drafts never match."""
    item_count = (
        select(func.count())
        .where(
            col(Item.briefing_pk) == col(Briefing.pk),
        )
        .scalar_subquery()
    )
    return [
        col(Briefing.draft).is_(False),
        *_from_tables(filter, resolved, _BRIEFING_VALUES, _BRIEFING_IDS),
        *by_numbers(filter.items, item_count),
        *days(
            filter,
            resolved,
            col(Briefing.date),
            col(Briefing.channel_pk),
        ),
        *text(filter, resolved, "briefing", col(Briefing.pk)),
    ]


def publishers(values: Sequence[str], resolved: Resolved) -> list[Condition]:
    """Return conditions on `Source` by its publisher."""
    publisher_pk = col(Source.publisher_pk)

    def published_by(pks: set[int]) -> Condition:
        return and_(publisher_pk.is_not(None), publisher_pk.in_(pks))

    return by_ids("publisher", values, resolved, published_by)


def item_has(name: str) -> Condition:
    """Return the condition that an item has a part, by its name in the parameter `has`."""
    return _ITEM_HAS[name]()


def entity_has(values: Iterable[str]) -> list[Condition]:
    """Return conditions on `Entity` by its parts."""
    return by_values(values, _has(_ENTITY_HAS))


def source_has(values: Iterable[str]) -> list[Condition]:
    """Return conditions on `Source` by its parts."""
    return by_values(values, _has(_SOURCE_HAS))


def _from_tables(
    filter: Params,
    resolved: Resolved,
    value_table: Mapping[str, ByValues],
    id_table: Mapping[str, ByPks],
    omit: Collection[str] = (),
) -> list[Condition]:
    """Return the conditions of each parameter of two tables."""
    conditions: list[Condition] = []
    for parameter, by_value in value_table.items():
        if parameter not in omit:
            conditions += by_values(getattr(filter, parameter), by_value)
    for parameter, by_pk in id_table.items():
        if parameter not in omit:
            values = getattr(filter, parameter)
            conditions += by_ids(parameter, values, resolved, by_pk)
    return conditions


def _has(table: HasTable) -> ByValues:
    return lambda names: or_(*(table[name]() for name in names))


def _importance(values: Sequence[str]) -> Condition:
    level, label = col(Item.importance_level), col(Item.importance_label)
    levels = [value for value in values if value not in ("none", "unknown")]
    alternatives = [and_(level.is_not(None), level.in_(levels))]
    if "none" in values:
        alternatives.append(label.is_(None))
    if "unknown" in values:
        alternatives.append(and_(level.is_(None), label.is_not(None)))
    return or_(*alternatives)


def _exists(owner: Any, *conditions: Condition) -> Condition:
    """Return the condition that there are rows beside a row of `owner`.

    It is correlated with `owner` alone. By default SQLAlchemy would also take the tables that the
    query around it joins for another reason: `has=thread` failed where threads were joined.
    """
    return exists().where(*conditions).correlate(owner)


def _certainty(values: Sequence[str]) -> Condition:
    kinds = [value for value in values if value != "none"]
    is_claim = col(Claim.item_pk) == col(Item.pk)
    alternatives = [_exists(Item, is_claim, col(Claim.kind).in_(kinds))]
    if "none" in values:
        alternatives.append(~_exists(Item, is_claim))
    return or_(*alternatives)


def _in_thread(*conditions: Condition) -> Condition:
    return _exists(Item, col(ThreadMember.item_pk) == col(Item.pk), *conditions)


def _mentions(*conditions: Condition) -> Condition:
    return _exists(
        Item,
        col(Mention.item_pk) == col(Item.pk),
        col(Entity.pk) == col(Mention.entity_pk),
        *conditions,
    )


def _names(pks: set[int]) -> Condition:
    """Return the condition that an item names one of some entities.

    Not correlated: the index of mentions lists such items, and no other item is read.
    """
    named = select(col(Mention.item_pk)).where(
        col(Mention.entity_pk).in_(pks), col(Mention.item_pk).is_not(None)
    )
    return col(Item.pk).in_(named)


def _cites(*conditions: Condition) -> Condition:
    return _exists(Item, col(Citation.item_pk) == col(Item.pk), *conditions)


def _is_published_by(pks: set[int]) -> Condition:
    return and_(
        col(Source.pk) == col(Citation.source_pk),
        col(Source.publisher_pk).in_(pks),
    )


def _has_publisher() -> Condition:
    return and_(
        col(Source.pk) == col(Citation.source_pk),
        col(Source.publisher_pk).is_not(None),
    )


def _has_tag(kind: str, briefing_pk: Any, *conditions: Condition) -> Condition:
    is_of_briefing = col(BriefingTag.briefing_pk) == briefing_pk
    is_of_kind = col(BriefingTag.kind) == kind
    return _exists(briefing_pk.class_, is_of_briefing, is_of_kind, *conditions)


def _has_tag_of(kind: str, briefing_pk: Any) -> ByPks:
    return lambda pks: _has_tag(
        kind,
        briefing_pk,
        col(BriefingTag.tag_pk).in_(pks),
    )


def _has_detail(name: str) -> Condition:
    condition: Condition = (
        type_coerce(
            col(Item.details),
            JSON,
        )[name].as_string()
        != "[]"
    )
    return condition


def _briefing_has(table: Any, *conditions: Condition) -> Condition:
    """Return the condition that a briefing has rows of `table`."""
    return _exists(Briefing, col(table.briefing_pk) == col(Briefing.pk), *conditions)


def _in_language(languages: Sequence[str]) -> Condition:
    return func.coalesce(col(Briefing.language), "").in_(languages)


def _item_in_language(languages: Sequence[str]) -> Condition:
    briefing_pks = select(col(Briefing.pk)).where(_in_language(languages))
    return col(Item.briefing_pk).in_(briefing_pks)


def _briefing_mentions_type(types: Sequence[str]) -> Condition:
    return _briefing_has(
        Mention, col(Entity.pk) == col(Mention.entity_pk), col(Entity.type).in_(types)
    )


def changed_watch_entry(times: Sequence[str]) -> Condition:
    """Return the condition that a list was rewritten, or an entry answered, since some times."""
    since = min(map(moment, times))
    answered = select(col(Change.object_id)).where(
        col(Change.at) >= since, col(Change.object) == "watch"
    )
    return or_(changed_briefing(times), col(WatchlistEntry.id).in_(answered))


def _updated_since(object_: str) -> ByValues:
    """Return the condition that the log has a change of a row since one of some times."""
    table = Item if object_ == "item" else Briefing
    changed = col(Change.object_id) if object_ == "item" else col(Change.briefing)

    def condition(times: Sequence[str]) -> Condition:
        since = min(map(moment, times))
        logged = [col(Change.at) >= since]
        if object_ == "item":
            logged.append(col(Change.object) == object_)
        else:
            logged.append(changed.is_not(None))
        return col(table.id).in_(select(changed).where(*logged))

    return condition


changed_briefing = _updated_since("briefing")
_ITEM_HAS: HasTable = {
    "summary": lambda: col(Item.summary).is_not(None),
    "technical": lambda: _has_detail("technical"),
    "applications": lambda: _has_detail("applications"),
    "takeaways": lambda: _has_detail("takeaways"),
    "importance": lambda: col(Item.importance_label).is_not(None),
    "reason": lambda: col(Item.importance_reason).is_not(None),
    "entities": lambda: _exists(
        Item, col(Mention.item_pk) == col(Item.pk), col(Mention.kind) == "listed"
    ),
    "mentions": lambda: _exists(
        Item, col(Mention.item_pk) == col(Item.pk), col(Mention.entity_pk).is_not(None)
    ),
    "sources": _cites,
    "publisher": lambda: _cites(_has_publisher()),
    "tags": lambda: _has_tag("tag", col(Item.briefing_pk)),
    "keywords": lambda: _has_tag("keyword", col(Item.briefing_pk)),
    "parent": lambda: col(Item.parent).is_not(None),
    "thread": _in_thread,
    "extra": lambda: cast(col(Item.extra), String) != "[]",
}
_BRIEFING_HAS: HasTable = {
    "summary": lambda: col(Briefing.summary).is_not(None),
    "description": lambda: col(Briefing.description).is_not(None),
    "items": lambda: _briefing_has(Item),
    "insight": lambda: _briefing_has(Insight),
    "watchlist": lambda: _briefing_has(WatchlistEntry),
    "readings": lambda: _briefing_has(Reading),
    "background": lambda: _briefing_has(BackgroundNote),
    "tags": lambda: _has_tag("tag", col(Briefing.pk)),
    "keywords": lambda: _has_tag("keyword", col(Briefing.pk)),
    "entities": lambda: _briefing_has(Mention, col(Mention.entity_pk).is_not(None)),
    "sources": lambda: _briefing_has(Citation),
    "publisher": lambda: _briefing_has(Citation, _has_publisher()),
}
_ENTITY_HAS: HasTable = {
    "family": lambda: col(Entity.family_pk).is_not(None),
    "maker": lambda: col(Entity.maker_pk).is_not(None),
    "external_ids": lambda: cast(col(Entity.external_ids), String) != "{}",
}
_SOURCE_HAS: HasTable = {
    "url": lambda: col(Source.url).is_not(None),
    "arxiv_id": lambda: col(Source.arxiv_id).is_not(None),
    "publisher": lambda: col(Source.publisher_pk).is_not(None),
    "items": lambda: _exists(
        Source, col(Citation.source_pk) == col(Source.pk), col(Citation.item_pk).is_not(None)
    ),
}
_ITEM_VALUES: dict[str, ByValues] = {
    "section": lambda kinds: col(Item.section_kind).in_(kinds),
    "kind": lambda kinds: col(Item.kind).in_(kinds),
    "importance": _importance,
    "certainty": _certainty,
    "has": _has(_ITEM_HAS),
    "language": _item_in_language,
    "updated_since": _updated_since("item"),
    "entity_type": lambda types: _mentions(col(Entity.type).in_(types)),
    "source_status": lambda statuses: _cites(col(Citation.status).in_(statuses)),
}
_ITEM_IDS: dict[str, ByPks] = {
    "entity": _names,
    "tag": _has_tag_of("tag", col(Item.briefing_pk)),
    "keyword": _has_tag_of("keyword", col(Item.briefing_pk)),
    "source": lambda pks: _cites(col(Citation.source_pk).in_(pks)),
    "publisher": lambda pks: _cites(_is_published_by(pks)),
    "thread": lambda pks: _in_thread(col(ThreadMember.thread_pk).in_(pks)),
}
_BRIEFING_VALUES: dict[str, ByValues] = {
    "section": lambda kinds: _briefing_has(Item, col(Item.section_kind).in_(kinds)),
    "importance": lambda levels: _briefing_has(Item, _importance(levels)),
    "certainty": lambda kinds: _briefing_has(Item, _certainty(kinds)),
    "source_status": lambda statuses: _briefing_has(
        Item, _cites(col(Citation.status).in_(statuses))
    ),
    "has": _has(_BRIEFING_HAS),
    "language": _in_language,
    "updated_since": changed_briefing,
    "entity_type": _briefing_mentions_type,
}
_BRIEFING_IDS: dict[str, ByPks] = {
    "thread": lambda pks: _briefing_has(Item, _in_thread(col(ThreadMember.thread_pk).in_(pks))),
    "tag": _has_tag_of("tag", col(Briefing.pk)),
    "keyword": _has_tag_of("keyword", col(Briefing.pk)),
    "entity": lambda pks: _briefing_has(Mention, col(Mention.entity_pk).in_(pks)),
    "source": lambda pks: _briefing_has(Citation, col(Citation.source_pk).in_(pks)),
    "publisher": lambda pks: _briefing_has(Citation, _is_published_by(pks)),
}
