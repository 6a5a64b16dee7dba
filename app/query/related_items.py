"""Items related to an item, from any day, each with its reasons.

Scores of reasons are joined by noisy-or, 1 - Π(1 - score): the same thread .9, a source in common .95, likeness of titles
(Sørensen–Dice by rarity) up to .75, names in common up to .85 as 1 - 2^(-Σ bits / 8), a family in common .2. A name says
log2((N + 1) / df) bits, df of the N items naming it, less where it is a term or not prominent (`normalize/tellings.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum, log2, prod
from typing import Any, cast

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.errors import NotFound
from app.normalize.stories.features import IN_TEXT, LISTED, TITLED, type_weight
from app.normalize.text.idf import Idf, words
from app.query.filters import conditions, lookups
from app.query.listing.page import Listing
from app.query.request import paging
from app.query.request.item_params import RelatedItemsQuery
from app.query.schemas.shared import ItemRef
from app.query.schemas.threads import ReasonOut, RelatedItemOut, WeighedEntity
from app.query.snapshot.refs import entity_refs, path
from app.store.tables import Briefing, Citation, Entity, Item, Mention, Source, Thread, ThreadMember

FORMULA = (
    "1 - Π(1 - score) over the reasons: same thread .9; a source in common .95; titles .75 × Sørensen–Dice by rarity; names .85 × "
    "(1 - 2^(-Σ bits / 8)), bits = log2((N + 1) / df) × weight of type and place, df counted up to 201; a family in common .2. Under .2 nothing is related. Compared are "
    "the items of the thread, those that cite a source of it, and the 200 that share most by names no more than 200 items bear."
)
_THREAD, _SOURCE, _TITLE, _NAMES, _FAMILY = 0.9, 0.95, 0.75, 0.85, 0.2
_LEAST = 0.2
# A name that more items bear finds nobody by itself, it only adds to what others found; a source likewise.
_HOT = 200
_MOST = 200


@dataclass
class _ItemFeatures:
    """What an item is compared by; `names` and `families` by `entity.pk`, with how prominent each is."""

    row: Any
    names: dict[int, float] = field(default_factory=dict)
    types: dict[int, str] = field(default_factory=dict)
    families: dict[int, int] = field(default_factory=dict)
    sources: set[int] = field(default_factory=set)


def find(
    session: Session, item_id: str, query: RelatedItemsQuery, lang: str | None
) -> Listing[RelatedItemOut]:
    """A page of what is related to an item, the most related first; never the item itself."""
    pk = session.execute(select(col(Item.pk)).where(col(Item.id) == item_id)).scalar()
    if pk is None:
        raise NotFound(f"There is no item {item_id!r}.")
    one = _sides(session, [pk])[pk]
    newest = paging.snapshot_briefing(session, query.cursor, query.scope(pk))
    within = paging.up_to_snapshot(session, newest, col(Item.briefing_pk))
    resolved = lookups.resolve(session, query)
    where = [
        *within,
        *conditions.days(query, resolved, col(Item.date), col(Item.channel_pk)),
    ]
    size = session.execute(select(func.count()).select_from(Item).where(*within)).scalar_one()
    named = paging.up_to_snapshot(session, newest, col(Mention.briefing_pk))
    counts = {entity: _count(session, entity, *named) for entity in one.names}
    weights = {
        entity: type_weight(one.types[entity]) * log2((size + 1) / max(count, 1))
        for entity, count in counts.items()
    }
    near = _candidates(
        session,
        one,
        {entity: weights[entity] for entity, count in counts.items() if count <= _HOT},
        where,
    )
    others = _sides(session, sorted(near - {pk}))
    titles = Idf()
    for side in (one, *others.values()):
        titles.add(frozenset(words(side.row.title)))
    ranked: list[tuple[paging.SortKey, tuple[_ItemFeatures, float, list[_SharedFeature]]]] = []
    for other in others.values():
        reasons = _reasons(one, other, weights, titles)
        score = round(1 - prod(1 - reason.score for reason in reasons), 3)
        if score >= _LEAST:
            ranked.append(
                ((-score, -other.row.date.toordinal(), other.row.id), (other, score, reasons))
            )
    rows = paging.page_of_list(ranked, query.limit, query.cursor, query.scope(pk), newest)
    page = cast(list[tuple[_ItemFeatures, float, list["_SharedFeature"]]], rows.rows)
    subject = ItemRef(id=one.row.id, title=one.row.title, date=one.row.date)
    return Listing(
        _outs(session, page, lang),
        rows,
        resolved.warnings,
        extra={"item": subject.model_dump(mode="json"), "formula": FORMULA},
    )


@dataclass
class _SharedFeature:
    kind: Any
    score: float
    text: str
    sources: set[int] = field(default_factory=set)
    names: dict[int, float] = field(default_factory=dict)


def _reasons(
    one: _ItemFeatures, other: _ItemFeatures, weights: Mapping[int, float], titles: Idf
) -> list[_SharedFeature]:
    """Why two items are related, if they are."""
    found: list[_SharedFeature] = []
    if one.row.thread and one.row.thread == other.row.thread:
        found.append(
            _SharedFeature(
                "thread",
                _THREAD,
                f"Both tell the story {one.row.thread}; this one is marked {other.row.role}.",
            )
        )
    if same := one.sources & other.sources:
        found.append(
            _SharedFeature(
                "source",
                _SOURCE,
                f"Both cite the same {'source' if len(same) == 1 else 'sources'}.",
                sources=same,
            )
        )
    shared = {
        entity: weights[entity] * min(one.names[entity], other.names[entity])
        for entity in one.names.keys() & other.names.keys()
    }
    if shared:
        score = round(_NAMES * (1 - 2 ** (-fsum(shared.values()) / 8)), 3)
        most = dict(sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:8])
        found.append(
            _SharedFeature("entities", score, f"Both name {len(shared)} of the same.", names=most)
        )
    dice, bits = titles.dice(frozenset(words(one.row.title)), frozenset(words(other.row.title)))
    if (score := round(_TITLE * dice * min(1.0, bits / 12), 3)) >= 0.1:
        found.append(_SharedFeature("title", score, "The titles are alike."))
    kin = {
        family
        for entity, family in one.families.items()
        if family in other.families.values() and entity not in other.names
    }
    if kin:
        found.append(
            _SharedFeature(
                "family",
                _FAMILY,
                "They name members of one family.",
                names=dict.fromkeys(sorted(kin), 0.0),
            )
        )
    return found


def _count(session: Session, entity: int, *within: Any) -> int:
    """Items that name an entity, counted no further than one past the limit for finding others."""
    there = (
        select(col(Mention.item_pk))
        .where(col(Mention.entity_pk) == entity, col(Mention.item_pk).is_not(None), *within)
        .distinct()
    )
    return (
        session.execute(select(func.count()).select_from(there.limit(_HOT + 1).subquery())).scalar()
        or 0
    )


def _candidates(
    session: Session, one: _ItemFeatures, weights: Mapping[int, float], conditions: Sequence[Any]
) -> set[int]:
    """Items under `conditions` that share a thread or a source with `one`, and those that share most by names few bear (`weights`)."""
    found: set[int] = set()
    statements = [
        *(
            select(col(Citation.item_pk)).join(Item, col(Item.pk) == col(Citation.item_pk))
            .where(col(Citation.source_pk) == source, *conditions).order_by(col(Citation.date).desc(), col(Item.id)).limit(_HOT)
            for source in sorted(one.sources)
        ),
        select(col(ThreadMember.item_pk)).join(Item, col(Item.pk) == col(ThreadMember.item_pk))
        .join(Thread, col(Thread.pk) == col(ThreadMember.thread_pk)).where(col(Thread.id) == one.row.thread, *conditions),
    ]  # fmt: skip
    for statement in statements:
        found.update(pk for pk in session.execute(statement).scalars() if pk)
    shared: defaultdict[tuple[int, str, int], set[int]] = defaultdict(set)
    naming = (
        select(col(Mention.item_pk), col(Mention.entity_pk), col(Item.id), col(Item.date))
        .join(Item, col(Item.pk) == col(Mention.item_pk))
        .where(col(Mention.entity_pk).in_(sorted(weights)), *conditions)
        .distinct()
    )
    for pk, entity, item, day in session.execute(naming):
        shared[-day.toordinal(), item, pk].add(entity)
    best = sorted(
        shared, key=lambda place: (-fsum(weights[entity] for entity in shared[place]), place)
    )
    return found | {pk for _, _, pk in best[: _MOST + 1]}


def _parts(values: Sequence[int]) -> Iterable[Sequence[int]]:
    return (values[start : start + 900] for start in range(0, len(values), 900))


def _sides(session: Session, pks: Sequence[int]) -> dict[int, _ItemFeatures]:
    """What items are compared by, by `item.pk`."""
    found: dict[int, _ItemFeatures] = {}
    for part in _parts(pks):
        rows = session.execute(
            select(
                col(Item.pk), col(Item.id), col(Item.title), col(Item.date), col(Briefing.id).label("briefing"),
                col(Thread.id).label("thread"), col(ThreadMember.role),
            )
            .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
            .join(ThreadMember, col(ThreadMember.item_pk) == col(Item.pk), isouter=True)
            .join(Thread, col(Thread.pk) == col(ThreadMember.thread_pk), isouter=True)
            .where(col(Item.pk).in_(part))
        )  # fmt: skip
        found |= {row.pk: _ItemFeatures(row) for row in rows if row.pk}
        named = session.execute(
            select(
                col(Mention.item_pk),
                col(Mention.entity_pk),
                col(Mention.kind),
                col(Entity.family_pk),
                col(Entity.type),
            )
            .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
            .where(col(Mention.item_pk).in_(part), col(Mention.field) != "extra")
            .distinct()
        )
        for item, entity, kind, family, type in named:
            side, weight = found[item], {"title": TITLED, "listed": LISTED}.get(kind, IN_TEXT)
            side.types[entity] = type
            side.names[entity] = max(side.names.get(entity, 0.0), weight)
            if family and weight >= LISTED:
                side.families[entity] = family
        cited = session.execute(
            select(col(Citation.item_pk), col(Citation.source_pk))
            .join(Source, col(Source.pk) == col(Citation.source_pk))
            .where(col(Citation.item_pk).in_(part), col(Source.url).is_not(None))
        )
        for item, source in cited:
            found[item].sources.add(source)
    return found


def _outs(
    session: Session,
    page: Sequence[tuple[_ItemFeatures, float, list[_SharedFeature]]],
    lang: str | None,
) -> list[RelatedItemOut]:
    reasons = [reason for _, _, held in page for reason in held]
    named = entity_refs(session, (pk for reason in reasons for pk in reason.names), lang)
    cited = sorted({pk for reason in reasons for pk in reason.sources})
    ids = {
        pk: source
        for part in _parts(cited)
        for pk, source in session.execute(
            select(col(Source.pk), col(Source.id)).where(col(Source.pk).in_(part))
        )
    }
    return [
        RelatedItemOut(
            id=side.row.id,
            title=side.row.title,
            date=side.row.date,
            briefing=side.row.briefing,
            score=score,
            reasons=[
                ReasonOut(
                    kind=reason.kind,
                    score=reason.score,
                    text=reason.text,
                    sources=sorted(ids[pk] for pk in reason.sources),
                    entities=[
                        WeighedEntity(entity=named[pk], bits=round(bits, 2))
                        for pk, bits in reason.names.items()
                    ],
                )
                for reason in sorted(held, key=lambda reason: (-reason.score, reason.kind))
            ],
            links={"self": path("items", side.row.id)},
        )
        for side, score, held in page
    ]
