"""Entities: a list with counts, one with its names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.errors import NotFound
from app.normalize.identity import stable_id
from app.normalize.names import name_key
from app.query import dimensions, facets, families, filters, grouping, paging, related, search, wording
from app.query.filters import Built, by_values
from app.query.nearest import beside
from app.query.params import EntityList
from app.query.refs import entity_refs, path, shown_name
from app.query.schemas.entities import AliasOut, EntityCounts, EntityLinks, EntityOut, EntitySummary
from app.query.schemas.shared import EntityType, MentionKind
from app.store.tables import Alias, Entity, Mention


@dataclass
class Found:
    """A page of entities."""

    entities: list[EntitySummary]
    rows: paging.Rows
    warnings: list[str]
    beside: facets.Beside


def find(session: Session, query: EntityList, lang: str | None) -> Found:
    """A page of the entities that are named under the filters, with counts under the filters."""
    newest = search.horizon(session, query)
    listed, counted, built = _listed(session, query, newest)
    columns = (Entity.pk, Entity.id, Entity.slug, Entity.name, Entity.names, Entity.type, *counted.c)
    whole = listed.with_only_columns(*columns, maintain_column_froms=True).cte("listed")
    keys: dict[str, Any] = {name: whole.c[name] for name in ("mentions", "items", "briefings", "first_seen", "last_seen")}
    keys["name"] = paging.bytewise(whole.c.name)
    # Not by name among equals: the usual spelling of a name may change in mid-walk, its slug does not.
    statement = select(*whole.c, paging.total_of(whole))
    ties = (paging.bytewise(whole.c.slug),)
    rows, _ = search.listed(session, query, "entity", statement, "-mentions", keys, ties, query.scope(), newest)
    shown = [EntitySummary(**_summary(row, lang)) for row in rows.rows]
    return Found(shown, rows, built.warnings, _beside(session, listed, built, query, lang))


def buckets(session: Session, query: EntityList, lang: str | None) -> facets.Buckets:
    """The same entities as a page of buckets."""
    newest = paging.horizon(session, query.cursor, query.scope())
    listed, _, built = _listed(session, query, newest)
    found, rows = grouping.buckets(session, _things(listed), query, lang, query.scope(), newest)
    return facets.Buckets(found, rows, built.warnings, _beside(session, listed, built, query, lang))


def _listed(session: Session, query: EntityList, newest: int) -> tuple[Any, Any, Built]:
    """The entities `query` asks for, joined with their counts in briefings up to `newest`; these; and what was found by it."""
    built = Built(paging.up_to(session, newest, col(Mention.briefing_pk)))
    filters.days(session, query, col(Mention.date), col(Mention.channel_pk), built)
    built.conditions += by_values(query.mention, lambda v: col(Mention.kind).in_(v))
    if (inside := filters.inside(session, query, ("q", "expand", "entity_type", "has"), built)) is not None:
        built.conditions.append(col(Mention.item_pk).in_(inside))
    counted = _counts(built.conditions).subquery()
    listed = select(col(Entity.pk)).join(counted, counted.c.entity_pk == col(Entity.pk))
    listed = listed.where(*by_values(query.entity_type, lambda v: col(Entity.type).in_(v)), *filters.entity_has(query.has))
    listed = listed.where(*filters.by_numbers(query.mentions, counted.c.mentions), *filters.by_numbers(query.items, counted.c["items"]))
    seen = (*filters.by_days(query.first_seen, counted.c.first_seen), *filters.by_days(query.last_seen, counted.c.last_seen))
    spelled = Built()
    filters.searched(session, query, "entity", col(Entity.pk), spelled)
    return listed.where(*seen, *spelled.conditions), counted, built


def _things(listed: Any) -> grouping.Things:
    return grouping.Things(listed, col(Entity.pk), dimensions.OF_ENTITIES, path("entities"))


def _beside(session: Session, listed: Any, built: Built, query: EntityList, lang: str | None) -> facets.Beside:
    said = wording.describe(session, "entities", query, built.found, "-mentions", lang)
    return facets.of(session, _things(listed), query, lang, said)


_OF_ID = select(col(Entity.pk)).where(col(Entity.id) == bindparam("id"), col(Entity.merged_into_pk).is_(None))


def of_id(session: Session, entity_id: str) -> int | None:
    """The entity of an id, if it is nobody else's by now."""
    return session.connection().execute(_OF_ID, {"id": entity_id}).scalar()


def resolve(session: Session, value: str) -> int:
    """The entity an id, slug or spelling names. A spelling of several is refused, and they are named."""
    pks = filters.entity_pks(session, value)
    if not pks:
        raise NotFound(f"There is no entity {value!r}{beside(value, _alike(session, value))}.")
    if len(pks) > 1:
        named = sorted(entity_refs(session, pks, None).values(), key=lambda ref: ref.id)
        raise NotFound(
            f"{value!r} names {len(pks)} entities: {', '.join(f'{ref.name} ({ref.id})' for ref in named)}; ask for one by its id."
        )
    return pks.pop()


def _alike(session: Session, value: str) -> Sequence[str]:
    """Names that begin like the one asked for."""
    begins = col(Alias.key).startswith(name_key(value)[:2], autoescape=True)
    return session.execute(select(col(Alias.name)).where(begins).order_by(col(Alias.name)).limit(1_000)).scalars().all()


def one(session: Session, pk: int, lang: str | None) -> EntityOut:
    """The entity, with its names and counts over all briefings."""
    counted = _counts([col(Mention.entity_pk) == pk]).subquery()
    row = session.execute(
        select(
            col(Entity.pk),
            col(Entity.id),
            col(Entity.slug),
            col(Entity.name),
            col(Entity.names),
            col(Entity.type),
            col(Entity.family_pk),
            col(Entity.maker_pk),
            col(Entity.external_ids),
            *counted.c,
        )
        .join(counted, counted.c.entity_pk == col(Entity.pk), isouter=True)
        .where(col(Entity.pk) == pk)
    ).one()
    kinds = dict(
        session.execute(select(col(Mention.kind), func.count()).where(col(Mention.entity_pk) == pk).group_by(col(Mention.kind))).all()
    )
    above = {p: _become(session, p) for p in (row.family_pk, row.maker_pk) if p}
    refs = entity_refs(session, above.values(), lang)
    return EntityOut(
        **_summary(row, lang),
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
    own = select(func.coalesce(col(Entity.merged_into_pk), col(Entity.pk))).where(col(Entity.pk) == pk)
    found: int = session.execute(own).scalar_one()
    return found


def _aliases(session: Session, pk: int) -> list[AliasOut]:
    """The spellings of an entity and of those merged into it, each once, its own first."""
    rows = session.execute(
        select(col(Entity.node), col(Alias.name), col(Alias.lang), col(Alias.kind), col(Alias.origin))
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(or_(col(Entity.pk) == pk, col(Entity.merged_into_pk) == pk))
        .order_by(paging.bytewise(col(Alias.name)), col(Entity.pk) == pk, col(Entity.node))
    )
    found = {
        name: AliasOut(id=alias_id(node, name), name=name, lang=lang, kind=kind, origin=origin) for node, name, lang, kind, origin in rows
    }
    return list(found.values())


def alias_id(node: str, name: str) -> str:
    """The id of a spelling of the entity that the ledger knows by `node`."""
    return stable_id("a", node, name)


def merged_into(session: Session, given: str) -> str | None:
    """The id of the entity that the one with this id or slug was merged into."""
    into: Any = aliased(Entity)
    named = or_(col(Entity.id) == given, col(Entity.slug) == given.lower())
    found: str | None = session.execute(select(into.id).join(Entity, col(Entity.merged_into_pk) == into.pk).where(named)).scalar()
    return found


def _counts(conditions: list[ColumnElement[bool]]) -> Any:
    """Counts by entity of the mentions under `conditions`. A composite's cell names nobody; its parts do."""
    statement = select(
        col(Mention.entity_pk),
        func.count(func.distinct(col(Mention.item_pk))).label("items"),
        func.count().label("mentions"),
        func.count(func.distinct(col(Mention.briefing_pk))).label("briefings"),
        func.min(col(Mention.date)).label("first_seen"),
        func.max(col(Mention.date)).label("last_seen"),
    ).where(col(Mention.entity_pk).is_not(None), *conditions)
    return statement.group_by(col(Mention.entity_pk))


def _summary(row: Any, lang: str | None) -> dict[str, Any]:
    own = path("entities", row.id)
    return {
        "id": row.id,
        "slug": row.slug,
        "name": shown_name(row.name, row.names, lang),
        "type": cast(EntityType, row.type),
        "counts": EntityCounts(items=row.items or 0, mentions=row.mentions or 0, briefings=row.briefings or 0),
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
        "links": EntityLinks(
            self=own, items=f"{own}/items", timeline=f"{own}/timeline", related=f"{own}/related", history=f"{own}/history"
        ),
    }
