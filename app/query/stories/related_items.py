"""Items related to an item, from any day, each with its reasons.

The scores of the reasons combine by noisy-or, 1 - Π(1 - score). The same thread gives .9, a
common source .95, similar titles (Sørensen–Dice weighted by IDF) up to .75, common names up to
.85 as 1 - 2^(-Σ bits / 8), a common family .2. A name has log2((N + 1) / df) bits, where df of
the N items mention it. Terms and names that are not prominent have fewer bits
(`normalize/stories/features.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum, log2, prod
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Executable, Row, Select, func, select
from sqlmodel import Session, col

from app.errors import NotFound
from app.normalize.stories.features import IN_TEXT, LISTED, TITLED, type_weight
from app.normalize.text.idf import Idf, words
from app.query.curation import tombstones
from app.query.filters import conditions, lookups
from app.query.listing.page import Listing
from app.query.request import paging
from app.query.request.item_params import RelatedItemsQuery
from app.query.schemas.shared import EntityRef, ItemRef
from app.query.schemas.threads import ReasonOut, RelatedItemOut, WeighedEntity
from app.query.snapshot.refs import entity_refs, path
from app.store.encoding.batches import batches
from app.store.tables import Briefing, Citation, Entity, Item, Mention, Source, Thread, ThreadMember

FORMULA = (
    "1 - Π(1 - score) over the reasons: same thread .9; a common source .95; titles .75 × "
    "Sørensen–Dice weighted by IDF; names .85 × (1 - 2^(-Σ bits / 8)), bits = log2((N + 1) / df) "
    "× weight of type and place, df counted up to 201; a common family .2. Scores under .2 are "
    "not listed. Compared are the items of the same thread, those that cite the same source, and "
    "the 200 with the most common names, counting names that at most 200 items mention."
)
_THREAD_SCORE = 0.9
_SOURCE_SCORE = 0.95
_MAX_TITLE_SCORE = 0.75
_MAX_NAMES_SCORE = 0.85
_FAMILY_SCORE = 0.2
_HALVING_BITS = 8
"""Each 8 bits of common names halve the distance to the full score."""
_FULL_TITLE_BITS = 12
"""Titles that share fewer bits score less."""
_MIN_TITLE_SCORE = 0.1
_MIN_SCORE = 0.2
# A name that more items mention adds to a score, but finds no candidates. So does a source.
_MAX_ITEMS_PER_KEY = 200
_MAX_CANDIDATES_BY_NAME = 200
_MAX_NAMES_SHOWN = 8
_PLACE_WEIGHTS = {"title": TITLED, "listed": LISTED}

_Condition = ColumnElement[bool]


@dataclass
class _ItemFeatures:
    """Everything an item is compared by; entities and families are pks of entities."""

    row: Row[Any]
    names: dict[int, float] = field(default_factory=dict)
    """The weight of the most prominent mention of each entity."""
    types: dict[int, str] = field(default_factory=dict)
    families: dict[int, int] = field(default_factory=dict)
    """The family of each entity in the title or on the entity line."""
    sources: set[int] = field(default_factory=set)

    def title_words(self) -> frozenset[str]:
        """Return the distinct words of the title."""
        return frozenset(words(self.row.title))


@dataclass
class _SharedFeature:
    """One reason two items are related."""

    kind: Literal["thread", "source", "entities", "title", "family"]
    score: float
    text: str
    sources: set[int] = field(default_factory=set)
    names: dict[int, float] = field(default_factory=dict)
    """Bits by pk of entity."""


class _RelatedItem(NamedTuple):
    features: _ItemFeatures
    score: float
    reasons: list[_SharedFeature]

    def place(self) -> paging.SortKey:
        """Return the sort key: best score first, then newest, then by id."""
        row = self.features.row
        return -self.score, -row.date.toordinal(), row.id


class _NameWeights(NamedTuple):
    """Bits of each name of an item, and those of the names that find candidates."""

    all: dict[int, float]
    rare: dict[int, float]


def find(
    session: Session, item_id: str, query: RelatedItemsQuery, lang: str | None
) -> Listing[RelatedItemOut]:
    """Return a page of the items related to an item, best first, without the item itself.

    Raises NotFound for an unknown item.
    """
    pk = _item_pk(session, item_id)
    item = _features(session, [pk])[pk]
    scope = query.scope(pk)
    newest = paging.snapshot_briefing(session, query.cursor, scope)
    in_snapshot = paging.up_to_snapshot(
        session,
        newest,
        col(Item.briefing_pk),
    )
    weights = _name_weights(session, item, newest, in_snapshot)
    resolved = lookups.resolve(session, query)
    days = conditions.days(query, resolved, col(Item.date), col(Item.channel_pk))
    candidates = _candidates(
        session,
        item,
        weights.rare,
        [*in_snapshot, *days],
    )
    others = _features(session, sorted(candidates - {pk}))
    related = _related(
        item,
        list(others.values()),
        weights.all,
    )
    ranked = [(entry.place(), entry) for entry in related]
    rows = paging.page_of_list(
        ranked,
        query.limit,
        query.cursor,
        scope,
        newest,
    )
    subject = ItemRef(
        id=item.row.id,
        title=item.row.title,
        date=item.row.date,
    )
    extra = {"item": subject.model_dump(mode="json"), "formula": FORMULA}

    return Listing(
        _entries(session, rows.rows, lang),
        rows,
        resolved.warnings,
        extra=extra,
    )


def _item_pk(session: Session, item_id: str) -> int:
    pk: int | None = session.scalar(select(col(Item.pk)).where(col(Item.id) == item_id))
    if pk is None:
        tombstones.refuse(session, "item", item_id)
        raise NotFound(f"There is no item {item_id!r}.")

    return pk


def _name_weights(
    session: Session, item: _ItemFeatures, newest: int, in_snapshot: Sequence[_Condition]
) -> _NameWeights:
    """Return the bits of the names of an item, counted up to the snapshot `newest`."""
    size = session.execute(select(func.count()).select_from(Item).where(*in_snapshot)).scalar_one()
    mentions_in_snapshot = paging.up_to_snapshot(
        session,
        newest,
        col(Mention.briefing_pk),
    )
    weights = _NameWeights({}, {})
    for entity in item.names:
        count = _item_count(session, entity, mentions_in_snapshot)
        idf = log2((size + 1) / max(count, 1))
        bits = type_weight(item.types[entity]) * idf
        weights.all[entity] = bits
        if count <= _MAX_ITEMS_PER_KEY:
            weights.rare[entity] = bits

    return weights


def _item_count(session: Session, entity: int, in_snapshot: Sequence[_Condition]) -> int:
    """Return the number of items that mention an entity, at most one above the limit."""
    items = (
        select(col(Mention.item_pk))
        .where(
            col(Mention.entity_pk) == entity,
            col(Mention.item_pk).is_not(None),
            *in_snapshot,
        )
        .distinct()
        .limit(_MAX_ITEMS_PER_KEY + 1)
    )
    return session.scalar(select(func.count()).select_from(items.subquery())) or 0


def _related(
    item: _ItemFeatures, others: Sequence[_ItemFeatures], weights: Mapping[int, float]
) -> list[_RelatedItem]:
    """Return the items that score at least `_MIN_SCORE`, in no order."""
    titles = Idf()
    for features in (item, *others):
        titles.add(features.title_words())

    related = []
    for other in others:
        reasons = list(_reasons(item, other, weights, titles))
        score = round(1 - prod(1 - reason.score for reason in reasons), 3)
        if score >= _MIN_SCORE:
            related.append(_RelatedItem(other, score, reasons))

    return related


def _reasons(
    item: _ItemFeatures, other: _ItemFeatures, weights: Mapping[int, float], titles: Idf
) -> Iterator[_SharedFeature]:
    """Yield the reasons two items are related."""
    if item.row.thread and item.row.thread == other.row.thread:
        text = f"Both tell the story {item.row.thread}; this one is marked {other.row.role}."
        yield _SharedFeature("thread", _THREAD_SCORE, text)

    sources = item.sources & other.sources
    if sources:
        noun = "source" if len(sources) == 1 else "sources"
        yield _SharedFeature("source", _SOURCE_SCORE, f"Both cite the same {noun}.", sources)

    yield from _common_names(item, other, weights)
    yield from _similar_titles(item, other, titles)
    yield from _common_families(item, other)


def _common_names(
    item: _ItemFeatures, other: _ItemFeatures, weights: Mapping[int, float]
) -> Iterator[_SharedFeature]:
    bits: dict[int, float] = {}
    for entity in item.names.keys() & other.names.keys():
        prominence = min(item.names[entity], other.names[entity])
        bits[entity] = weights[entity] * prominence

    if not bits:
        return

    missing = 2 ** (-fsum(bits.values()) / _HALVING_BITS)
    score = round(_MAX_NAMES_SCORE * (1 - missing), 3)
    by_bits = sorted(bits.items(), key=lambda pair: (-pair[1], pair[0]))
    text = "Both name the same entity."
    if len(bits) > 1:
        text = f"Both name {len(bits)} of the same entities."
    yield _SharedFeature(
        "entities",
        score,
        text,
        names=dict(by_bits[:_MAX_NAMES_SHOWN]),
    )


def _similar_titles(
    item: _ItemFeatures, other: _ItemFeatures, titles: Idf
) -> Iterator[_SharedFeature]:
    dice, bits = titles.dice(item.title_words(), other.title_words())
    score = round(_MAX_TITLE_SCORE * dice * min(1.0, bits / _FULL_TITLE_BITS), 3)
    if score >= _MIN_TITLE_SCORE:
        yield _SharedFeature("title", score, "The titles are alike.")


def _common_families(item: _ItemFeatures, other: _ItemFeatures) -> Iterator[_SharedFeature]:
    """Yield the families of which the items name different members."""
    other_families = set(other.families.values())
    families = set()
    for entity, family in item.families.items():
        if family in other_families and entity not in other.names:
            families.add(family)

    if families:
        names = dict.fromkeys(sorted(families), 0.0)
        text = "They name members of one family."
        yield _SharedFeature("family", _FAMILY_SCORE, text, names=names)


def _candidates(
    session: Session,
    item: _ItemFeatures,
    weights: Mapping[int, float],
    allowed: Sequence[_Condition],
) -> set[int]:
    """Return the pks of the `allowed` items that share a source, the thread or names.

    Of the items that share names, those with the most bits are returned. `weights` are the bits
    of the names that find candidates.
    """
    pks: set[int] = set()
    for source in sorted(item.sources):
        pks.update(session.scalars(_citing_items(source, allowed)))

    pks.update(session.scalars(_thread_items(item.row.thread, allowed)))
    pks.update(_items_by_common_names(session, weights, allowed))

    return pks


def _citing_items(source: int, allowed: Sequence[_Condition]) -> Select[Any]:
    return (
        select(col(Citation.item_pk))
        .join(Item, col(Item.pk) == col(Citation.item_pk))
        .where(col(Citation.source_pk) == source, *allowed)
        .order_by(col(Citation.date).desc(), col(Item.id))
        .limit(_MAX_ITEMS_PER_KEY)
    )


def _thread_items(thread: str | None, allowed: Sequence[_Condition]) -> Select[Any]:
    return (
        select(col(ThreadMember.item_pk))
        .join(Item, col(Item.pk) == col(ThreadMember.item_pk))
        .join(Thread, col(Thread.pk) == col(ThreadMember.thread_pk))
        .where(col(Thread.id) == thread, *allowed)
    )


def _items_by_common_names(
    session: Session, weights: Mapping[int, float], allowed: Sequence[_Condition]
) -> list[int]:
    """Return the items with the most bits of common names; equal bits: the newest first."""
    mentions = (
        select(
            col(Mention.item_pk),
            col(Mention.entity_pk),
            col(Item.id),
            col(Item.date),
        )
        .join(Item, col(Item.pk) == col(Mention.item_pk))
        .where(col(Mention.entity_pk).in_(sorted(weights)), *allowed)
        .distinct()
    )
    entities: defaultdict[tuple[int, str, int], set[int]] = defaultdict(set)
    for pk, entity, item_id, day in session.execute(mentions):
        entities[-day.toordinal(), item_id, pk].add(entity)

    ranked = []
    for place, common in entities.items():
        bits = fsum(map(weights.__getitem__, common))
        ranked.append((-bits, place))

    ranked.sort()

    # One more than the limit, because the item itself is among them.
    return [pk for _, (_, _, pk) in ranked[: _MAX_CANDIDATES_BY_NAME + 1]]


def _features(session: Session, pks: Sequence[int]) -> dict[int, _ItemFeatures]:
    """Return the features of items, by `item.pk`."""
    features: dict[int, _ItemFeatures] = {}
    for batch in batches(pks):
        for row in session.execute(_item_rows(batch)):
            features[row.pk] = _ItemFeatures(row)

        for mention in session.execute(_mentions(batch)):
            _add_mention(features[mention.item_pk], mention)

        for item, source in session.execute(_citations(batch)):
            features[item].sources.add(source)

    return features


def _item_rows(pks: Sequence[int]) -> Executable:
    return (
        select(
            col(Item.pk),
            col(Item.id),
            col(Item.title),
            col(Item.date),
            col(Briefing.id).label("briefing"),
            col(Thread.id).label("thread"),
            col(ThreadMember.role),
        )
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .join(ThreadMember, col(ThreadMember.item_pk) == col(Item.pk), isouter=True)
        .join(Thread, col(Thread.pk) == col(ThreadMember.thread_pk), isouter=True)
        .where(col(Item.pk).in_(pks))
    )


def _mentions(item_pks: Sequence[int]) -> Executable:
    return (
        select(
            col(Mention.item_pk),
            col(Mention.entity_pk),
            col(Mention.kind),
            col(Entity.family_pk),
            col(Entity.type),
        )
        .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
        .where(col(Mention.item_pk).in_(item_pks), col(Mention.field) != "extra")
        .distinct()
    )


def _citations(item_pks: Sequence[int]) -> Executable:
    return (
        select(col(Citation.item_pk), col(Citation.source_pk))
        .join(Source, col(Source.pk) == col(Citation.source_pk))
        .where(col(Citation.item_pk).in_(item_pks), col(Source.url).is_not(None))
    )


def _add_mention(features: _ItemFeatures, mention: Row[Any]) -> None:
    entity = mention.entity_pk
    weight = _PLACE_WEIGHTS.get(mention.kind, IN_TEXT)
    features.types[entity] = mention.type
    features.names[entity] = max(features.names.get(entity, 0.0), weight)
    if mention.family_pk and weight >= LISTED:
        features.families[entity] = mention.family_pk


def _entries(
    session: Session, related: Sequence[_RelatedItem], lang: str | None
) -> list[RelatedItemOut]:
    entity_pks: list[int] = []
    source_pks: set[int] = set()
    for entry in related:
        for reason in entry.reasons:
            entity_pks += reason.names
            source_pks |= reason.sources

    entities = entity_refs(session, entity_pks, lang)
    source_ids = _source_ids(session, sorted(source_pks))

    return [_entry(entry, entities, source_ids) for entry in related]


def _source_ids(session: Session, pks: Sequence[int]) -> dict[int, str]:
    ids: dict[int, str] = {}
    for batch in batches(pks):
        rows = session.execute(
            select(col(Source.pk), col(Source.id)).where(col(Source.pk).in_(batch))
        )
        for pk, source_id in rows:
            ids[pk] = source_id

    return ids


def _entry(
    related: _RelatedItem, entities: Mapping[int, EntityRef], source_ids: Mapping[int, str]
) -> RelatedItemOut:
    row = related.features.row
    by_score = sorted(related.reasons, key=lambda reason: (-reason.score, reason.kind))
    return RelatedItemOut(
        id=row.id,
        title=row.title,
        date=row.date,
        briefing=row.briefing,
        score=related.score,
        reasons=[_reason_out(reason, entities, source_ids) for reason in by_score],
        links={"self": path("items", row.id)},
    )


def _reason_out(
    reason: _SharedFeature, entities: Mapping[int, EntityRef], source_ids: Mapping[int, str]
) -> ReasonOut:
    return ReasonOut(
        kind=reason.kind,
        score=reason.score,
        text=reason.text,
        sources=_sorted_ids(reason.sources, source_ids),
        entities=_weighed(reason.names, entities),
    )


def _sorted_ids(pks: Iterable[int], source_ids: Mapping[int, str]) -> list[str]:
    return sorted(map(source_ids.__getitem__, pks))


def _weighed(names: Mapping[int, float], entities: Mapping[int, EntityRef]) -> list[WeighedEntity]:
    weighed = []
    for pk, bits in names.items():
        weighed.append(WeighedEntity(entity=entities[pk], bits=round(bits, 2)))

    return weighed
