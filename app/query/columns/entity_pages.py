"""Entities that a list asks for, counted in memory, and the columns that sort them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from app.query.columns import masks
from app.query.columns.arrays import EntityTally, Ints, Mask
from app.query.columns.mentions import mention_columns
from app.query.columns.rollups import RollUp, Tally
from app.query.filters import conditions, families, lookups
from app.query.filters.conditions import Condition, by_values
from app.query.filters.lookups import Resolved
from app.query.fulltext import matching, name_ranks
from app.query.request import paging
from app.query.request.entity_params import EntityFilter, EntityList
from app.query.request.filter_syntax import number_range
from app.query.schemas.shared import Rollup
from app.query.snapshot.budget import require_budget, require_worker_thread
from app.query.snapshot.cache import CacheKind
from app.store.encoding.batches import batches
from app.store.encoding.columns import KINDS
from app.store.tables import Entity, Spelling

_NAME_RANKS: CacheKind[str, dict[int, int]] = CacheKind(max_entries=1)
# Some tens of bytes an entity.
_ROLLUPS: CacheKind[Rollup, Tally] = CacheKind(max_entries=3)
# Parameters that filter entities, not the items that mention them.
_ENTITY_PARAMETERS = ("q", "expand", "entity_type", "has")


@dataclass(frozen=True, slots=True)
class EntitySelection:
    """Entities that a list asks for, by ascending pk, with their counts.

    `pks` and each array of `counts` have the shape (n_entities,). `is_complete` is set if the
    selection holds every entity that has a mention and no other. `members` are the entities that
    a roll-up counts as each.
    """

    pks: Ints
    counts: EntityTally
    resolved: Resolved
    is_complete: bool = False
    members: Mapping[int, Sequence[int]] = field(default_factory=dict)

    def statement(self) -> Any:
        """Return a statement that selects these entities."""
        entity_pk = col(Entity.pk)
        if self.is_complete:
            # An entity with a mention has a spelling.
            return select(entity_pk).where(
                entity_pk.in_(select(col(Spelling.entity_pk))),
            )
        # Literals, because the entities may outnumber the parameters of a statement.
        pks: Any = bindparam("listed", self.pks.tolist(), expanding=True, literal_execute=True)
        return select(entity_pk).where(entity_pk.in_(pks))

    def slugs(self, session: Session) -> Callable[[list[int]], list[str]]:
        """Return a function from rows to slugs, which break ties.

        A name may change during a walk; a slug does not.
        """

        def slugs_of(rows: list[int]) -> list[str]:
            pks = self.pks[rows].tolist()
            slugs = {
                row.pk: row.slug
                for row in entity_rows(
                    session,
                    pks,
                    col(Entity.slug),
                )
            }
            return [slugs[pk] for pk in pks]

        return slugs_of


def entity_rows(session: Session, pks: Sequence[int], *columns: Any) -> Iterator[Any]:
    """Yield (pk, *columns) of entities, in no order."""
    statement = select(col(Entity.pk), *columns)
    for batch in batches(pks):
        yield from session.execute(
            statement.where(col(Entity.pk).in_(batch)),
        )


def select_entities(session: Session, query: EntityFilter, newest: int) -> EntitySelection:
    """Return the entities that `query` asks for, with counts up to the briefing `newest`."""
    columns = mention_columns(session)
    resolved = lookups.resolve(session, query)
    rows = _mention_rows(session, query, resolved, newest)
    kinds = masks.any_of(
        query.mention,
        lambda values: np.isin(KINDS, values),
    )
    if rows is None and kinds is None:
        counts = columns.totals
    else:
        require_budget(session, "aggregate mentions", len(columns.item))
        counts = columns.aggregate(rows, kinds)
    pks = columns.entities.astype(np.int64)
    members: dict[int, list[int]] = {}
    if query.relation:
        require_worker_thread(session)
        pks, counts, members = _rolled_up(
            session, query.relation, RollUp(columns, rows, kinds, counts)
        )
    criteria = [
        counts.mentions > 0,
        masks.in_ranges(query.mentions, counts.mentions, number_range),
        masks.in_ranges(query.items, counts.items, number_range),
        masks.in_ranges(query.first_seen, counts.first, masks.ordinal_range),
        masks.in_ranges(query.last_seen, counts.last, masks.ordinal_range),
    ]
    entity_conditions = _entity_conditions(query, resolved)
    if entity_conditions:
        statement = select(col(Entity.pk)).where(*entity_conditions)
        matching_pks = session.execute(statement).scalars().all()
        criteria.append(np.isin(pks, matching_pks))
    selected = np.logical_and.reduce(
        [mask for mask in criteria if mask is not None],
    )
    return EntitySelection(
        pks[selected],
        counts.where(selected),
        resolved,
        bool(selected.all()) and not query.relation,
        members,
    )


def _rolled_up(session: Session, relation: Rollup, rollup: RollUp) -> Tally:
    """Return the counts of entities with their members, cached if nothing narrows them."""

    def make() -> Tally:
        return rollup.tally(families.members_by_head(session, relation))

    if rollup.rows is not None or rollup.kinds is not None:
        return make()
    return rollup.columns.caches[_ROLLUPS].get_or_make(relation, make)


def _mention_rows(
    session: Session, query: EntityFilter, resolved: Resolved, newest: int
) -> Mask | None:
    """Return the mask of the mentions in selected briefings and items, or None for all."""
    columns = mention_columns(session)
    snapshot = newest if newest < columns.newest_briefing else None
    briefings, _ = masks.briefing_mask(
        session,
        columns,
        query,
        snapshot,
    )
    rows = None if briefings is None else briefings[columns.briefing]
    statement = conditions.selected_items(query, resolved, _ENTITY_PARAMETERS)
    if statement is None:
        return rows
    in_items = masks.filter_mask(session, query, _ENTITY_PARAMETERS)
    if in_items is None:
        item_pks = session.execute(statement).scalars().all()
        in_items = np.isin(columns.item, item_pks) & columns.is_item
    return in_items if rows is None else rows & in_items


def _entity_conditions(query: EntityFilter, resolved: Resolved) -> list[Condition]:
    return [
        *by_values(
            query.entity_type,
            lambda types: col(Entity.type).in_(types),
        ),
        *conditions.entity_has(query.has),
        *conditions.text(query, resolved, "entity", col(Entity.pk)),
    ]


def sort_columns(
    session: Session, query: EntityList, selection: EntitySelection
) -> list[paging.SortColumn]:
    """Return the columns that the list is sorted by. Raises BadRequest for unknown keys."""
    counts = selection.counts
    arrays = {
        "mentions": counts.mentions,
        "items": counts.items,
        "briefings": counts.briefings,
        "first_seen": counts.first,
        "last_seen": counts.last,
    }
    valid = (*arrays, "name")
    columns: dict[str, paging.SortColumn] = {}
    if query.q is not None and query.sort is None:
        columns["match"] = _name_rank_column(session, query, selection)
    for part in (query.sort or "-mentions").split(","):
        key = part.strip()
        name = key.removeprefix("-")
        sign = -1 if key.startswith("-") else 1
        if name not in valid:
            raise paging.unknown_sort_key(name, dict.fromkeys(valid))
        if name in columns:
            continue
        if name == "name":
            columns[name] = _name_column(session, selection, sign)
        else:
            columns[name] = paging.SortColumn(
                sign * arrays[name].astype(np.int64),
            )
    return list(columns.values())


def _name_rank_column(
    session: Session, query: EntityList, selection: EntitySelection
) -> paging.SortColumn:
    """Return how near a name of each entity comes to `q`: equal, beginning with it, or other."""
    parsed = matching.parse(session, query)
    assert parsed
    ranks = name_ranks.name_ranks(session, parsed, selection.pks.tolist())
    return paging.SortColumn(np.array(ranks, np.int64))


def _name_column(session: Session, selection: EntitySelection, sign: int) -> paging.SortColumn:
    """Return names as a column of ranks: the number of names in the database that sort before."""
    name = paging.bytewise(col(Entity.name))

    def read_ranks() -> dict[int, int]:
        rank = func.rank().over(order_by=name)
        rows = session.execute(select(col(Entity.pk), rank))
        return {row[0]: row[1] for row in rows}

    def names_of(rows: list[int]) -> list[str]:
        pks = selection.pks[rows].tolist()
        names = {
            row.pk: row.name
            for row in entity_rows(
                session,
                pks,
                col(Entity.name),
            )
        }
        return [names[pk] for pk in pks]

    def rank_of(text: str) -> float:
        before = func.count().filter(name < text)
        equal = func.count().filter(name == text)
        before_count, equal_count = session.execute(
            select(
                before,
                equal,
            )
        ).one()
        # A name that no entity has any more ranks between two others.
        return float(sign * (before_count + (1 if equal_count else 0.5)))

    ranks_by_pk = mention_columns(session).caches[_NAME_RANKS].get_or_make("names", read_ranks)
    ranks = [sign * ranks_by_pk[pk] for pk in selection.pks.tolist()]
    return paging.SortColumn(np.array(ranks, np.int64), names_of, rank_of)
