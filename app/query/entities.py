"""Entities: a list with counts, one with its names."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast, get_args

import numpy as np
from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.errors import NotFound
from app.normalize.entities.names import name_key
from app.normalize.identity import stable_id
from app.query import related, search
from app.query.columns import masks
from app.query.columns.arrays import EntityTally, Ints, empty_tally
from app.query.columns.mentions import mention_columns
from app.query.filters import conditions as filters
from app.query.filters import families
from app.query.filters.conditions import Built, by_values
from app.query.listing import description, dimensions, facets, grouping
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.entity_params import EntityList
from app.query.request.filter_syntax import number_range
from app.query.request.suggestions import similar
from app.query.schemas.buckets import BucketOut
from app.query.schemas.entities import AliasOut, EntityCounts, EntityLinks, EntityOut, EntitySummary
from app.query.schemas.shared import EntityType, MentionKind
from app.query.snapshot.budget import require_budget
from app.query.snapshot.cache import CacheKind
from app.query.snapshot.refs import entity_refs, path, shown_name
from app.store.encoding.columns import KINDS
from app.store.tables import Alias, Entity, Spelling

_NAME_RANKS: CacheKind[str, dict[int, int]] = CacheKind(max_entries=1)
# These are asked of entities, not of the items that name them.
_OWN = ("q", "expand", "entity_type", "has")


def find(session: Session, query: EntityList, lang: str | None) -> Listing[EntitySummary]:
    """A page of the entities that are named under the filters, with counts under the filters."""
    newest = search.horizon(session, query)
    listed = _listed(session, query, newest)
    if search.by_relevance(query):
        rows, _ = search.listed(
            session, query, "entity", listed.statement(), "", {}, (), query.scope(), newest
        )
        chosen = [listed.pks.searchsorted(row.pk) for row in rows.rows]
    else:
        rows = paging.page_of_arrays(
            _keys(session, query, listed),
            listed.slugs(session),
            query.limit,
            query.cursor,
            query.scope(),
            newest,
        )
        chosen = cast(list[int], rows.rows)
    shown = [EntitySummary(**summary) for summary in _summaries(session, listed, chosen, lang)]
    return Listing(shown, rows, listed.built.warnings, _beside(session, listed, query, lang))


def buckets(session: Session, query: EntityList, lang: str | None) -> Listing[BucketOut]:
    """The same entities as a page of buckets."""
    newest = paging.snapshot_briefing(session, query.cursor, query.scope())
    listed = _listed(session, query, newest)
    found, rows = grouping.buckets(session, _things(listed), query, lang, query.scope(), newest)
    return Listing(found, rows, listed.built.warnings, _beside(session, listed, query, lang))


@dataclass(frozen=True, slots=True)
class _EntityPage:
    """Entities (`pk`, in order) with their counts, and what was found by the filters."""

    pks: Ints
    counts: EntityTally
    built: Built
    all_there_are: bool = False

    def statement(self) -> Any:
        """The same as a statement. The numbers are written out: they may be more than a statement takes parameters."""
        if self.all_there_are:
            # What is named has spellings.
            return select(col(Entity.pk)).where(col(Entity.pk).in_(select(col(Spelling.entity_pk))))
        return select(col(Entity.pk)).where(
            col(Entity.pk).in_(
                bindparam("listed", self.pks.tolist(), expanding=True, literal_execute=True)
            )
        )

    def slugs(self, session: Session) -> Callable[[list[int]], list[str]]:
        """What tells entries level in all else apart: not the name, which may change in mid-walk."""

        def told(chosen: list[int]) -> list[str]:
            pks = self.pks[chosen].tolist()
            known = {row.pk: row.slug for row in _rows(session, pks, col(Entity.slug))}
            return [known[pk] for pk in pks]

        return told


def _rows(session: Session, pks: Sequence[int], *columns: Any) -> Iterator[Any]:
    for start in range(0, len(pks), 900):
        yield from session.execute(
            select(col(Entity.pk), *columns).where(col(Entity.pk).in_(pks[start : start + 900]))
        )


def _listed(session: Session, query: EntityList, newest: int) -> _EntityPage:
    """The entities `query` asks for, with their counts in briefings up to `newest`."""
    held = mention_columns(session)
    briefings, resolved = masks.briefing_mask(
        session, held, query, newest if newest < held.newest_briefing else None
    )
    built = Built([], resolved.warnings, resolved.found)
    inside = filters.inside(session, query, _OWN, built)
    places = None if briefings is None else briefings[held.briefing]
    if inside is not None:
        asked = masks.filter_mask(session, query, _OWN)
        if asked is None:
            asked = np.isin(held.item, session.execute(inside).scalars().all()) & held.is_item
        places = asked if places is None else places & asked
    kinds = masks.any_of(query.mention, lambda values: np.isin(KINDS, values))
    if places is not None or kinds is not None:
        require_budget(session, "aggregate mentions", len(held.item))
    counts = held.totals if places is None and kinds is None else held.aggregate(places, kinds)
    asked_for = (
        masks.in_ranges(query.mentions, counts.mentions, number_range),
        masks.in_ranges(query.items, counts.items, number_range),
        masks.in_ranges(query.first_seen, counts.first, masks.ordinal_range),
        masks.in_ranges(query.last_seen, counts.last, masks.ordinal_range),
    )
    kept = np.logical_and.reduce(
        [counts.mentions > 0, *(mask for mask in asked_for if mask is not None)]
    )
    named = Built(
        [
            *by_values(query.entity_type, lambda v: col(Entity.type).in_(v)),
            *filters.entity_has(query.has),
        ]
    )
    filters.searched(session, query, "entity", col(Entity.pk), named)
    if named.conditions:
        kept &= np.isin(
            held.entities,
            session.execute(select(col(Entity.pk)).where(*named.conditions)).scalars().all(),
        )
    return _EntityPage(
        held.entities[kept].astype(np.int64), counts.where(kept), built, bool(kept.all())
    )


def _keys(session: Session, query: EntityList, listed: _EntityPage) -> list[paging.SortColumn]:
    """What the list is sorted by."""
    counts = listed.counts
    known = {
        "mentions": counts.mentions, "items": counts.items, "briefings": counts.briefings, "first_seen": counts.first, "last_seen": counts.last,
    }  # fmt: skip
    keys: dict[str, paging.SortColumn] = {}
    for given in (query.sort or "-mentions").split(","):
        name, falling = given.strip().removeprefix("-"), given.strip().startswith("-")
        if name not in (*known, "name"):
            names = (*known, "name")
            raise paging.unknown_sort_key(name, dict.fromkeys(names))
        sign = -1 if falling else 1
        keys.setdefault(
            name,
            _by_name(session, listed, sign)
            if name == "name"
            else paging.SortColumn(sign * known[name].astype(np.int64)),
        )
    return list(keys.values())


def _by_name(session: Session, listed: _EntityPage, sign: int) -> paging.SortColumn:
    """Names by how many come before them in the whole base."""
    name = paging.bytewise(col(Entity.name))

    def ranks() -> dict[int, int]:
        return dict(session.execute(select(col(Entity.pk), func.rank().over(order_by=name))).all())

    by_pk = mention_columns(session).caches[_NAME_RANKS].get_or_make("names", ranks)

    def said(chosen: list[int]) -> list[str]:
        pks = listed.pks[chosen].tolist()
        told = {row.pk: row.name for row in _rows(session, pks, col(Entity.name))}
        return [told[pk] for pk in pks]

    def place(text: str) -> float:
        before, same = session.execute(
            select(func.count().filter(name < text), func.count().filter(name == text))
        ).one()
        # Between two others, where nobody goes by it any more.
        return float(sign * (before + (1 if same else 0.5)))

    return paging.SortColumn(
        np.array([sign * by_pk[pk] for pk in listed.pks.tolist()], np.int64), said, place
    )


def _things(listed: _EntityPage) -> grouping.Things:
    return grouping.Things(
        listed.statement(), col(Entity.pk), dimensions.OF_ENTITIES, path("entities")
    )


def _beside(session: Session, listed: _EntityPage, query: EntityList, lang: str | None) -> ListMeta:
    said = description.describe(session, "entities", query, listed.built.found, "-mentions", lang)
    return facets.of(session, lambda: _things(listed), query, lang, said)


_OF_ID = select(col(Entity.pk)).where(
    col(Entity.id) == bindparam("id"), col(Entity.merged_into_pk).is_(None)
)


def of_id(session: Session, entity_id: str) -> int | None:
    """The entity of an id, if it is nobody else's by now."""
    return session.connection().execute(_OF_ID, {"id": entity_id}).scalar()


def id_of(session: Session, pk: int) -> str:
    """Return the public id of an entity."""
    row = select(col(Entity.id)).where(col(Entity.pk) == pk)
    return str(session.execute(row).scalar_one())


def resolve(session: Session, value: str) -> int:
    """The entity an id, slug or spelling names. A spelling of several is refused, and they are named."""
    pks = filters.entity_pks(session, value)
    if not pks:
        raise NotFound(f"There is no entity {value!r}{similar(value, _alike(session, value))}.")
    if len(pks) > 1:
        named = sorted(entity_refs(session, pks, None).values(), key=lambda ref: ref.id)
        raise NotFound(
            f"{value!r} names {len(pks)} entities: {', '.join(f'{ref.name} ({ref.id})' for ref in named)}; ask for one by its id."
        )
    return pks.pop()


def _alike(session: Session, value: str) -> Sequence[str]:
    """Names that begin like the one asked for."""
    begins = col(Alias.key).startswith(name_key(value)[:2], autoescape=True)
    return (
        session.execute(
            select(col(Alias.name)).where(begins).order_by(col(Alias.name)).limit(1_000)
        )
        .scalars()
        .all()
    )


def one(session: Session, pk: int, lang: str | None) -> EntityOut:
    """The entity, with its names and counts over all briefings."""
    held = mention_columns(session)
    mentions = held.mentions({pk})
    kinds = dict(
        zip(
            KINDS,
            np.bincount(mentions.kind, mentions.count, len(KINDS)).astype(int).tolist(),
            strict=True,
        )
    )
    columns = (
        col(Entity.names),
        col(Entity.family_pk),
        col(Entity.maker_pk),
        col(Entity.external_ids),
    )
    row = next(_rows(session, [pk], *columns))
    own = _EntityPage(
        np.array([pk]),
        held.totals.where(held.entity_indexes([pk])) if len(mentions.kind) else empty_tally(1),
        Built(),
    )
    (summary,) = _summaries(session, own, [0], lang)
    above = {p: _become(session, p) for p in (row.family_pk, row.maker_pk) if p}
    refs = entity_refs(session, above.values(), lang)
    return EntityOut(
        **summary,
        names=row.names,
        aliases=_aliases(session, pk),
        family=refs.get(above.get(row.family_pk, 0)),
        maker=refs.get(above.get(row.maker_pk, 0)),
        members=families.named(session, families.with_members(session, [pk]) - {pk}, lang),
        mentions={kind: count for kind in get_args(MentionKind) if (count := kinds.get(kind))},
        related=related.strongest(session, pk, 3, lang),
        external_ids=row.external_ids,
    )


def _become(session: Session, pk: int) -> int:
    """The entity that an entity was merged into, or itself."""
    own = select(func.coalesce(col(Entity.merged_into_pk), col(Entity.pk))).where(
        col(Entity.pk) == pk
    )
    found: int = session.execute(own).scalar_one()
    return found


def _aliases(session: Session, pk: int) -> list[AliasOut]:
    """The spellings of an entity and of those merged into it, each once, its own first."""
    rows = session.execute(
        select(
            col(Entity.node), col(Alias.name), col(Alias.lang), col(Alias.kind), col(Alias.origin)
        )
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(or_(col(Entity.pk) == pk, col(Entity.merged_into_pk) == pk))
        .order_by(paging.bytewise(col(Alias.name)), col(Entity.pk) == pk, col(Entity.node))
    )
    found = {
        name: AliasOut(id=alias_id(node, name), name=name, lang=lang, kind=kind, origin=origin)
        for node, name, lang, kind, origin in rows
    }
    return list(found.values())


def alias_id(node: str, name: str) -> str:
    """The id of a spelling of the entity that the ledger knows by `node`."""
    return stable_id("a", node, name)


def merged_into(session: Session, given: str) -> str | None:
    """The id of the entity that the one with this id or slug was merged into."""
    into: Any = aliased(Entity)
    named = or_(col(Entity.id) == given, col(Entity.slug) == given.lower())
    found: str | None = session.execute(
        select(into.id).join(Entity, col(Entity.merged_into_pk) == into.pk).where(named)
    ).scalar()
    return found


def _summaries(
    session: Session, listed: _EntityPage, chosen: Sequence[int], lang: str | None
) -> Iterator[dict[str, Any]]:
    """Some of the entities as lists show them, in the order they are chosen in."""
    pks = listed.pks[list(chosen)].tolist()
    rows = {
        row.pk: row
        for row in _rows(
            session,
            pks,
            col(Entity.id),
            col(Entity.slug),
            col(Entity.name),
            col(Entity.names),
            col(Entity.type),
        )
    }
    counts = listed.counts.where(list(chosen))
    columns = (getattr(counts, name).tolist() for name in EntityTally.__slots__)
    for pk, items, mentions, briefings, first, last in zip(pks, *columns, strict=True):
        row = rows[pk]
        own = path("entities", row.id)
        yield {
            "id": row.id,
            "slug": row.slug,
            "name": shown_name(row.name, row.names, lang),
            "type": cast(EntityType, row.type),
            "counts": EntityCounts(items=items, mentions=mentions, briefings=briefings),
            "first_seen": date.fromordinal(first) if first else None,
            "last_seen": date.fromordinal(last) if last else None,
            "links": EntityLinks(
                self=own,
                items=f"{own}/items",
                timeline=f"{own}/timeline",
                related=f"{own}/related",
                history=f"{own}/history",
            ),
        }
