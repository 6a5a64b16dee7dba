"""Who an entity is named together with: counts within items, and how far they are beyond chance.

The statistic is the log-likelihood ratio G² of the two-by-two table of items that name both, one, the other, neither
(T. Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", Computational Linguistics 19(1), 1993):
2 Σ O ln(O / E). It is given a minus where the two meet less often than chance would have it. Beside it stands normalised
pointwise mutual information (G. Bouma, "Normalized (Pointwise) Mutual Information in Collocation Extraction", 2009), from -1
to 1, which does not grow with the base.
"""

from dataclasses import dataclass
from math import log
from typing import Any, cast
from urllib.parse import urlencode

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from app.query import facets, families, filters, paging, wording
from app.query.filters import Built, by_values
from app.query.params import RelatedQuery
from app.query.refs import entity_refs
from app.query.schemas.related import RelatedOut, StatisticOut
from app.query.schemas.shared import EntityRef
from app.store.tables import Entity, Item, Mention

STATISTIC = StatisticOut(
    name="log-likelihood ratio G²",
    formula="2 Σ O ln(O / E) over the items that name both, one, the other, neither; negative where the two meet less often than by chance",
    source="Dunning 1993, Accurate Methods for the Statistics of Surprise and Coincidence, Computational Linguistics 19(1)",
    also="npmi: ln(p(a,b) / (p(a) p(b))) / -ln p(a,b), from -1 to 1; Bouma 2009, Normalized (Pointwise) Mutual Information",
)


@dataclass
class Found:
    """A page of related entities, and what they were counted in."""

    entity: EntityRef
    related: list[RelatedOut]
    rows: paging.Rows
    items: int
    own: int
    members: list[EntityRef]
    warnings: list[str]
    beside: facets.Beside


@dataclass(frozen=True, slots=True)
class _Pair:
    """How often another entity is named, and how often together with the one asked about."""

    pk: int
    count: int
    theirs: int
    g2: float
    npmi: float


def g2(both: int, one: int, other: int, items: int) -> float:
    """The signed log-likelihood ratio: `both` of `items` name both, `one` and `other` either."""
    table = (
        (both, one, other),
        (one - both, one, items - other),
        (other - both, items - one, other),
        (items - one - other + both, items - one, items - other),
    )
    ratio = 2 * sum(seen * log(seen * items / (row * column)) for seen, row, column in table if seen)
    return round(-ratio if both * items < one * other else ratio, 4)


def npmi(both: int, one: int, other: int, items: int) -> float:
    """Normalised pointwise mutual information: 1 always together, 0 independent, -1 never."""
    if not both:
        return -1.0
    return 1.0 if both == items else round(log(both * items / (one * other)) / -log(both / items), 4)


def find(session: Session, pk: int, query: RelatedQuery, lang: str | None) -> Found:
    """A page of the entities that items name together with `pk`."""
    built = Built()
    filters.days(session, query, col(Item.date), col(Item.channel_pk), built)
    built.conditions += by_values(query.section, lambda v: col(Item.section_kind).in_(v))
    types = by_values(query.entity_type, lambda v: col(Entity.type).in_(v))
    scope = query.scope(pk)
    newest = paging.horizon(session, query.cursor, scope)
    built.conditions += paging.up_to(session, newest, col(Item.briefing_pk))
    pks = families.with_members(session, [pk]) if query.family else {pk}
    items, own, pairs = _pairs(session, pks, built.conditions, types)
    ranked = _ranked(session, pairs, query.sort)
    rows = paging.among(ranked, query.limit, query.cursor, scope, newest)
    shown = _outs(session, pk, own, items, cast(list[_Pair], rows.rows), lang)
    entity = entity_refs(session, [pk], lang)[pk]
    how = ("named together with ", "同時提及")
    falling = query.model_copy(update={"sort": f"-{query.sort}"})
    said = wording.describe(session, "entities", falling, built.found, "-g2", lang, of=entity.name, how=how)
    return Found(entity, shown, rows, items, own, families.named(session, pks - {pk}, lang), built.warnings, facets.Beside(said))


def strongest(session: Session, pk: int, most: int, lang: str | None) -> list[RelatedOut]:
    """The few that are named with `pk` furthest beyond chance, in all items."""
    items, own, pairs = _pairs(session, {pk}, [], [])
    return _outs(session, pk, own, items, [pair for _, pair in sorted(_ranked(session, pairs, "g2"))[:most]], lang)


def _pairs(session: Session, pks: set[int], conditions: list[Any], types: list[Any]) -> tuple[int, int, list[_Pair]]:
    """How many items there are, how many name one of `pks`, and the entities those name besides."""
    items = session.execute(select(func.count()).select_from(Item).where(*conditions)).scalar_one()
    within = select(col(Mention.item_pk)).join(Item, col(Item.pk) == col(Mention.item_pk))
    within = within.where(col(Mention.entity_pk).in_(sorted(pks)), *conditions).distinct()
    own = session.execute(select(func.count()).select_from(within.subquery())).scalar_one()
    together = dict(session.execute(_counted(types).where(col(Mention.item_pk).in_(within))).all())
    beside = select(col(Mention.entity_pk)).where(col(Mention.item_pk).in_(within))
    whole = _counted(types).where(*conditions, col(Mention.entity_pk).in_(beside))
    theirs = dict(session.execute(whole.join(Item, col(Item.pk) == col(Mention.item_pk))).all())
    return (
        items,
        own,
        [
            _Pair(other, both, theirs[other], g2(both, own, theirs[other], items), npmi(both, own, theirs[other], items))
            for other, both in together.items()
            if other not in pks
        ],
    )


def _counted(types: list[Any]) -> Select[int | None, int]:
    statement = select(col(Mention.entity_pk), func.count(func.distinct(col(Mention.item_pk))))
    if types:
        statement = statement.join(Entity, col(Entity.pk) == col(Mention.entity_pk)).where(*types)
    return statement.where(col(Mention.entity_pk).is_not(None)).group_by(col(Mention.entity_pk))


def _ranked(session: Session, pairs: list[_Pair], by: str) -> list[tuple[paging.Place, _Pair]]:
    refs = entity_refs(session, (pair.pk for pair in pairs), None)
    return [((-getattr(pair, by), -pair.count, refs[pair.pk].id), pair) for pair in pairs]


def _outs(session: Session, pk: int, own: int, items: int, pairs: list[_Pair], lang: str | None) -> list[RelatedOut]:
    refs = entity_refs(session, [pk, *(pair.pk for pair in pairs)], lang)
    return [
        RelatedOut(
            **dict(refs[pair.pk]),
            count=pair.count,
            items=pair.theirs,
            expected=round(own * pair.theirs / items, 4),
            g2=pair.g2,
            npmi=pair.npmi,
            links={
                "self": f"/v1/entities/{refs[pair.pk].id}",
                "items": "/v1/items?" + urlencode([("entity", refs[pk].id), ("entity", refs[pair.pk].id)]),
            },
        )
        for pair in pairs
    ]
