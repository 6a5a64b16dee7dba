"""Items as lines: the stored bytes, with names and threads filled in for many items at once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import orjson
from sqlalchemy import String, case, cast, func, select
from sqlmodel import Session, col

from app.query.filters import conditions
from app.query.filters.conditions import Condition
from app.query.filters.lookups import Resolved
from app.query.publishing.exports.complete_first import Row
from app.query.request.export_params import ItemExport
from app.query.schemas.exports import ItemRow, ItemThreadRow
from app.query.snapshot import stored_json
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.tables import Citation, Claim, Echo, Item, Mention, Source

SAMPLED_ITEMS = 100
"""Items from whose lines polars takes the types of all columns."""
MAX_NESTED_ITEMS = 2_000
"""Items whose bullets below bullets are searched for the deepest."""
Blocks = Iterator[bytes]
_FRONTS: CacheKind[str, list[int]] = CacheKind(max_entries=100)


def lines(session: Session, query: ItemExport, resolved: Resolved, lang: str | None) -> Blocks:
    """Yield blocks of lines, the newest item first; each line is a whole `ItemOut` in JSON.

    Items without which a column would be null in the first lines come before all others.
    """
    where = conditions.items(query, resolved)
    # Values that no item has are searched for in all items, so once for a version.
    key = repr(query)
    front = version_cache(session, _FRONTS).get_or_make(key, lambda: _front(session, where, lang))
    writer = stored_json.LineWriter(session, lang)
    if front:
        yield writer.write(stored_json.item_rows(session, front))
    leading = frozenset(front)
    for rows in stored_json.every_item(session, where):
        if leading:
            rows = [row for row in rows if row[0] not in leading]
        if rows:
            yield writer.write(rows)


def _front(session: Session, where: Sequence[Condition], lang: str | None) -> list[int]:
    """Return the pks of the items that set what none of the first `SAMPLED_ITEMS` sets."""
    with closing(stored_json.every_item(session, where, SAMPLED_ITEMS)) as items:
        first = next(items, [])
    if len(first) < SAMPLED_ITEMS:
        return []
    sample = stored_json.LineWriter(session, lang).write(first).splitlines()
    unset = dict(_SET_BY)
    for line in sample:
        item = orjson.loads(line)
        for name in [name for name in unset if _IS_SET[name](item)]:
            del unset[name]
    pks = []
    newest = (col(Item.date).desc(), col(Item.pk))
    *fulfilled, nests = _fulfilled(session, where, [*unset.values(), _HAS_CHILDREN])
    for condition, is_set in zip(unset.values(), fulfilled, strict=True):
        if is_set:
            statement = select(col(Item.pk)).where(*where, condition).order_by(*newest).limit(1)
            pks.append(session.execute(statement).scalar_one())
    if nests:
        pks += _nested(session, where)
    return list(dict.fromkeys(pks))


def _fulfilled(
    session: Session, where: Sequence[Condition], asked: Sequence[Condition]
) -> Sequence[int | None]:
    """Return for each condition whether some item fulfils it, after one scan for all of them."""
    # A search that ends at the first item scans all items for each condition that none fulfils.
    columns = [func.max(case((condition, 1), else_=0)) for condition in asked]
    return session.execute(select(*columns).select_from(Item).where(*where)).one()


_HAS_CHILDREN: Condition = cast(col(Item.details), String).contains('"children": [{')
"""Condition that an item has bullets below bullets."""


def _nested(session: Session, where: Sequence[Condition]) -> Iterator[int]:
    """Yield items with bullets below bullets: those that first have some so deep in a list."""
    newest = (col(Item.date).desc(), col(Item.pk))
    statement: Any = select(col(Item.pk), col(Item.details)).where(*where, _HAS_CHILDREN)
    deepest: dict[str, int] = {}
    for pk, details in session.execute(statement.order_by(*newest).limit(MAX_NESTED_ITEMS)):
        is_deeper = False
        for name, bullets in details.items():
            depth = max((bullet["depth"] for bullet in _flat(bullets, 0)), default=0)
            if depth > deepest.get(name, 0):
                deepest[name] = depth
                is_deeper = True
        if is_deeper:
            yield pk


def _any(part: str, name: str | None = None) -> Callable[[Row], bool]:
    """Return whether a list of an item has an entry, or one with the member `name`."""

    def is_set(item: Row) -> bool:
        entries: list[Row] = item[part]
        if name is None:
            return bool(entries)
        return any(entry[name] for entry in entries)

    return is_set


def _member(*path: str) -> Callable[[Row], bool]:
    def is_set(item: Row) -> bool:
        value: Any = item
        for name in path:
            value = value[name] if value else None
        return bool(value)

    return is_set


def _has_a_named_part(item: Row) -> bool:
    entries: list[Row] = item["entities"]
    return any(part["entity"] for entry in entries for part in entry["parts"])


# Sets of items, read once: a subquery for each of 100,000 items took 0.1 s where it found nothing.
def _cited(*where: Condition) -> Condition:
    citing = select(col(Citation.item_pk)).join(Source, col(Source.pk) == col(Citation.source_pk))
    return col(Item.pk).in_(citing.where(*where))


def _named(*where: Condition) -> Condition:
    return col(Item.pk).in_(select(col(Mention.item_pk)).where(*where))


def _echoed(*where: Condition) -> Condition:
    return col(Item.pk).in_(select(col(Echo.item_pk)).where(*where))


_IS_SET: dict[str, Callable[[Row], bool]] = {
    "parent": _member("parent"),
    "summary": _member("summary"),
    "importance": _member("importance"),
    "importance.level": _member("importance", "level"),
    "importance.reason": _member("importance", "reason"),
    "technical": _member("details", "technical"),
    "applications": _member("details", "applications"),
    "takeaways": _member("details", "takeaways"),
    "entities": _any("entities", "entity"),
    "parts": _has_a_named_part,
    "sources": _any("sources"),
    "label": _any("sources", "label"),
    "target": _any("sources", "target"),
    "url": _any("sources", "url"),
    "arxiv_id": _any("sources", "arxiv_id"),
    "arxiv_version": _any("sources", "arxiv_version"),
    "publisher": _any("sources", "publisher"),
    "certainty": _any("certainty"),
    "extra": _any("extra", "label"),
    "thread": _member("thread"),
    "echoes": _any("echoes"),
    "echo.id": _any("echoes", "id"),
}
"""Whether an item sets a part that may be null or empty, by part."""
_SET_BY: dict[str, Condition] = {
    "parent": conditions.item_has("parent"),
    "summary": conditions.item_has("summary"),
    "importance": conditions.item_has("importance"),
    "importance.level": col(Item.importance_level).is_not(None),
    "importance.reason": conditions.item_has("reason"),
    "technical": conditions.item_has("technical"),
    "applications": conditions.item_has("applications"),
    "takeaways": conditions.item_has("takeaways"),
    "entities": conditions.item_has("mentions"),
    "parts": _named(col(Mention.cell_pk).is_not(None), col(Mention.entity_pk).is_not(None)),
    "sources": conditions.item_has("sources"),
    "label": _cited(col(Citation.label).is_not(None)),
    "target": _cited(col(Citation.target).is_not(None)),
    "url": _cited(col(Source.url).is_not(None)),
    "arxiv_id": _cited(col(Source.arxiv_id).is_not(None)),
    "arxiv_version": _cited(col(Citation.arxiv_version).is_not(None)),
    "publisher": conditions.item_has("publisher"),
    "certainty": col(Item.pk).in_(select(col(Claim.item_pk))),
    "extra": conditions.item_has("extra"),
    "thread": conditions.item_has("thread"),
    "echoes": _echoed(),
    "echo.id": _echoed(col(Echo.place) == "watchlist"),
}
"""Condition in SQL that an item sets a part, by part."""


def row(item: Row) -> Row:
    """Return an item as `ItemRow`: bullets flat, without links."""
    details = {}
    for name, bullets in item["details"].items():
        details[name] = list(_flat(bullets, 0))
    columns = {name: item[name] for name in ItemRow.model_fields}
    columns["details"] = details
    if item["thread"]:
        columns["thread"] = {name: item["thread"][name] for name in ItemThreadRow.model_fields}
    return columns


def _flat(bullets: Sequence[Row], depth: int) -> Iterator[Row]:
    for bullet in bullets:
        yield {"depth": depth, "text": bullet["text"]}
        yield from _flat(bullet["children"], depth + 1)
