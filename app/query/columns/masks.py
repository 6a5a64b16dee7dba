"""Filters as masks over the column store."""

from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np
from sqlmodel import Session

from app.query.columns.arrays import Ints, Mask
from app.query.columns.mentions import MentionColumns, mention_columns
from app.query.filters import entity_values, families, lookups
from app.query.filters.lookups import Resolved
from app.query.fulltext import hits, matching
from app.query.request.filter_syntax import Range, clauses, day_range
from app.query.request.item_params import ItemFilter
from app.query.request.params import Days, RolledUp, Searched
from app.store.encoding.columns import IMPORTANCE, SECTIONS


def any_of(
    texts: Iterable[str],
    mask: Callable[[Sequence[str]], Mask],
) -> Mask | None:
    """Return where all clauses of a parameter hold; None without a clause.

    `mask` returns where any of the values of a clause holds.
    """
    masks = []
    for clause in clauses(texts):
        masks.append(mask(clause.values) ^ clause.negated)

    return np.logical_and.reduce(masks) if masks else None


def in_ranges(
    texts: Iterable[str],
    values: Ints,
    read: Callable[[str], Range],
) -> Mask | None:
    """Return which of `values` are in the ranges of all clauses of a parameter."""

    def in_any(ranges: Sequence[str]) -> Mask:
        result = np.zeros(len(values), np.bool_)
        for first, last in map(read, ranges):
            in_range = values >= (first or 0)
            if last is not None:
                in_range &= values <= last

            result |= in_range

        return result

    return any_of(texts, in_any)


def ordinal_range(text: str) -> Range:
    """Return the bounds of a range of days as ordinals."""
    first, last = day_range(text)
    return (
        first and first.toordinal(),
        last and last.toordinal(),
    )


def briefing_mask(
    session: Session,
    columns: MentionColumns,
    query: Days,
    snapshot: int | None = None,
) -> tuple[Mask | None, Resolved]:
    """Return which briefings `query` asks for, up to `snapshot` (a pk), shape (n_briefings,).

    The mask is None where it would be all of them.
    """
    resolved = lookups.resolve(session, query, ("channel",))
    masks = []

    if query.from_:
        masks.append(columns.days >= query.from_.toordinal())

    if query.to:
        masks.append(columns.days <= query.to.toordinal())

    # Days that exclude nothing need no mask.
    masks = [mask for mask in masks if not mask.all()]

    def in_channels(values: Sequence[str]) -> Mask:
        pks: set[int] = set()
        for value in values:
            pks.update(resolved.pks["channel", value])

        return np.isin(columns.channels, list(pks))

    channels = any_of(query.channel, in_channels)
    if channels is not None:
        masks.append(channels)

    if snapshot is not None:
        masks.append(columns.briefings <= snapshot)

    return np.logical_and.reduce(masks) if masks else None, resolved


def item_mask(
    columns: MentionColumns,
    briefings: Mask | None,
    section: Sequence[str],
) -> Mask | None:
    """Return the rows that are items of `briefings` in the sections of a filter.

    None where that is all items.
    """
    masks = []
    if briefings is not None:
        masks.append(briefings[columns.briefing])

    sections = any_of(
        section,
        lambda values: _codes_of(SECTIONS, values)[columns.section],
    )
    if sections is not None:
        masks.append(sections)

    if not masks:
        return None

    result: Mask = np.logical_and.reduce([columns.is_item, *masks])

    return result


# Filters of items that the columns cannot answer.
_UNCOVERED = set(ItemFilter.model_fields) - {
    *Days.model_fields,
    *RolledUp.model_fields,
    "section",
    "importance",
    "entity",
    "expand",
    "q",
}


def covers(query: ItemFilter, ignored: Collection[str] = ()) -> bool:
    """Return whether the columns can answer a filter, its `ignored` parameters left out."""
    return not any(getattr(query, name) for name in _UNCOVERED - set(ignored))


def filter_mask(
    session: Session,
    query: ItemFilter,
    ignored: Collection[str] = (),
) -> Mask | None:
    """Return the rows of the items that a filter asks for, its `ignored` parameters left out.

    None where the columns do not cover the filter.
    """
    if not covers(query, ignored):
        return None

    columns = mention_columns(session)
    briefings, _ = briefing_mask(session, columns, query)

    def names_any(values: Sequence[str]) -> Mask:
        pks: set[int] = set()
        for value in values:
            pks.update(entity_values.entity_pks(session, value))

        if query.relation:
            pks = families.with_members(session, pks, query.relation)

        return columns.mention_mask(pks)

    def has_importance(values: Sequence[str]) -> Mask:
        return _codes_of(IMPORTANCE, values)[columns.importance]

    masks = [columns.is_item]
    for mask in (
        item_mask(columns, briefings, query.section),
        any_of(query.importance, has_importance),
        any_of(query.entity, names_any),
    ):
        if mask is not None:
            masks.append(mask)

    if query.q is not None and "q" not in ignored:
        masks.append(text_mask(session, columns, query))

    result: Mask = np.logical_and.reduce(masks)

    return result


def text_mask(session: Session, columns: MentionColumns, query: Searched) -> Mask:
    """Return the rows whose item matches the `q` of a query, which must have one."""
    parsed = matching.parse(session, query)
    assert parsed
    pks = hits.item_pks(session, parsed)
    # A table of flags: `isin` would sort all rows.
    highest = max(columns.item.max(initial=0), pks.max(initial=0))
    matches = np.zeros(int(highest) + 1, np.bool_)
    matches[pks] = True
    rows: Mask = matches[columns.item]

    return rows if parsed.terms else ~rows


def _codes_of(names: Sequence[str], values: Sequence[str]) -> Mask:
    """Return which codes encode one of `values`, shape (n_names,)."""
    return np.array([name in values for name in names])
