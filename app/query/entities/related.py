"""Entities that items name together with an entity, and how far their number is beyond chance.

The statistic is the log-likelihood ratio G² of the two-by-two table of items that name both, one,
the other, neither (T. Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence",
Computational Linguistics 19(1), 1993): 2 Σ O ln(O / E). It is negative where the two meet less
often than by chance. Normalised pointwise mutual information (G. Bouma, "Normalized (Pointwise)
Mutual Information in Collocation Extraction", 2009) is given too. It ranges from -1 to 1 and does
not grow with the number of items.
"""

from dataclasses import dataclass

import numpy as np
from sqlmodel import Session, col

from app.query.columns import masks
from app.query.columns.arrays import (
    Floats,
    Ints,
    Mask,
    rounded,
)
from app.query.columns.mentions import (
    MentionColumns,
    mention_columns,
)
from app.query.filters import families
from app.query.filters.conditions import by_values
from app.query.listing import description
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.entity_params import RelatedQuery
from app.query.schemas.related import RelatedOut, StatisticOut
from app.query.snapshot.budget import require_budget
from app.query.snapshot.cache import CacheKind
from app.query.snapshot.refs import entity_ids, entity_refs
from app.store.tables import Entity

STATISTIC = StatisticOut(
    name="log-likelihood ratio G²",
    formula="2 Σ O ln(O / E) over the items that name both, one, the other, neither; "
    "negative where the two meet less often than by chance",
    source="Dunning 1993, Accurate Methods for the Statistics of Surprise and Coincidence, "
    "Computational Linguistics 19(1)",
    also="npmi: ln(p(a,b) / (p(a) p(b))) / -ln p(a,b), from -1 to 1; "
    "Bouma 2009, Normalized (Pointwise) Mutual Information",
)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Other entities paired with the one asked about.

    `items` is the number of all items, `subject_items` of those that name the entity. By other
    entity, shape (n_others,): its `pks`, the `count` of items that name both, and the items
    `theirs` that name the other.
    """

    items: int
    subject_items: int
    pks: Ints
    count: Ints
    theirs: Ints

    def ranked_by(self, sort: str) -> Ints:
        """Return the values of the sort key "g2", "count" or "npmi"."""
        if sort == "count":
            return self.count

        statistic = g2 if sort == "g2" else npmi

        return statistic(self.count, self.subject_items, self.theirs, self.items)

    def where(self, others: Mask | Ints) -> "_Pairs":
        """Return the pairs of some others, by mask or by index."""
        return _Pairs(
            self.items,
            self.subject_items,
            self.pks[others],
            self.count[others],
            self.theirs[others],
        )


# Some ten bytes an entity of the pairs.
_PAIRS: CacheKind[frozenset[int], _Pairs] = CacheKind(max_entries=16)


def g2(both: Ints, first: int, second: Ints, items: int) -> Floats:
    """Return the signed log-likelihood ratio of pairs, shape (n_pairs,).

    `both` of `items` name both entities, `first` and `second` either of them.
    """
    table = (
        (both, first, second),
        (first - both, first, items - second),
        (second - both, items - first, second),
        (
            items - first - second + both,
            items - first,
            items - second,
        ),
    )

    ratio = np.zeros(len(both))
    for observed, row, column in table:
        # A cell without items adds nothing.
        expected = np.maximum(row * column, 1)
        ratio = ratio + observed * np.log(np.maximum(observed, 1) * items / expected)

    ratio = 2 * ratio

    return rounded(np.where(both * items < first * second, -ratio, ratio), 4)


def npmi(both: Ints, first: int, second: Ints, items: int) -> Floats:
    """Return normalised pointwise mutual information, shape (n_pairs,).

    1: always together; 0: independent; -1: never together.
    """
    is_defined = (both > 0) & (both < items)
    observed = np.where(is_defined, both, 1)

    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.log(observed * items / (first * second)) / -np.log(observed / items)

    extreme = np.where(both, 1.0, -1.0)

    return rounded(np.where(is_defined, information, extreme), 4)


def find(
    session: Session,
    pk: int,
    query: RelatedQuery,
    lang: str | None,
) -> Listing[RelatedOut]:
    """Return a page of the entities that items name together with `pk`."""
    columns = mention_columns(session)
    scope = query.scope(pk)
    snapshot = None

    if query.cursor:
        snapshot = paging.snapshot_briefing(session, query.cursor, scope)

    briefings, resolved = masks.briefing_mask(session, columns, query, snapshot)
    pks = families.with_members(session, [pk], query.relation)

    pairs = _pairs(
        session,
        columns,
        pks,
        masks.item_mask(columns, briefings, query.section),
    )

    conditions = by_values(
        query.entity_type,
        lambda values: col(Entity.type).in_(values),
    )

    if conditions:
        of_type = list(entity_ids(session, pairs.pks.tolist(), *conditions))
        pairs = pairs.where(np.isin(pairs.pks, of_type))

    if snapshot is None:
        snapshot = columns.newest_briefing

    rows = _page(
        session,
        pairs,
        query.sort,
        query.limit,
        query.cursor,
        scope,
        snapshot,
        lang,
    )

    entity = entity_refs(session, [pk], lang)[pk]
    text = description.describe(
        session,
        "entities",
        query.model_copy(update={"sort": f"-{query.sort}"}),
        resolved.pks,
        "-g2",
        lang,
        of=entity.name,
        relation=("co-occurring with ", "同時提及"),
    )

    members = families.mentioned(session, pks - {pk}, lang)
    extra = {
        "entity": entity.model_dump(),
        "rollup": query.relation,
        "family": query.with_family,
        "members": [member.model_dump() for member in members],
        "items": pairs.items,
        "own": pairs.subject_items,
        "statistic": STATISTIC.model_dump(),
    }

    related = _related(session, pk, pairs.where(_indexes(rows)), lang)

    return Listing(
        related,
        rows,
        resolved.warnings,
        ListMeta(text),
        extra,
    )


def strongest(session: Session, pk: int, limit: int, lang: str | None) -> list[RelatedOut]:
    """Return the entities that all items name with `pk` furthest beyond chance."""
    pairs = _pairs(session, mention_columns(session), {pk}, None)
    rows = _page(session, pairs, "g2", limit, None, "", None, lang)

    return _related(session, pk, pairs.where(_indexes(rows)), lang)


def _indexes(rows: paging.PageRows) -> Ints:
    return np.array(rows.rows, np.int64)


def _pairs(
    session: Session,
    columns: MentionColumns,
    pks: set[int],
    items: Mask | None,
) -> _Pairs:
    """Return the entities that `items` (a mask of rows; None: all items) name beside `pks`."""
    if items is not None:
        return _count_pairs(session, columns, pks, items)

    return columns.caches[_PAIRS].get_or_make(
        frozenset(pks),
        lambda: _count_pairs(session, columns, pks, None),
    )


def _count_pairs(
    session: Session,
    columns: MentionColumns,
    pks: set[int],
    items: Mask | None,
) -> _Pairs:
    if items is None and len(pks) == 1:
        return _pairs_of_one(session, columns, min(pks))

    rows = columns.mentions(pks).row_sets().row
    mask = columns.is_item if items is None else items
    subject_rows = rows[mask[rows]]
    row_count = len(subject_rows) if items is None else len(columns.item)
    require_budget(session, "count cooccurrences", row_count)
    together = columns.cooccurrence_counts(subject_rows)
    together[columns.entity_indexes(pks)] = 0
    others = np.flatnonzero(together)

    if items is None:
        theirs = columns.totals.items
        item_count = columns.item_count
    else:
        theirs = columns.cooccurrence_counts(np.flatnonzero(items))
        item_count = int(items.sum())

    other_pks = columns.entities[others].astype(np.int64)

    return _Pairs(
        item_count,
        len(subject_rows),
        other_pks,
        together[others],
        theirs[others],
    )


def _pairs_of_one(session: Session, columns: MentionColumns, pk: int) -> _Pairs:
    """Return the entities that all items name beside one entity."""
    own_items = 0
    own_indexes = columns.entity_indexes([pk])
    for index in own_indexes:
        own_items = int(columns.totals.items[index])

    require_budget(session, "count cooccurrences", own_items)
    together = columns.items_beside(pk)
    together[own_indexes] = 0
    others = np.flatnonzero(together)

    return _Pairs(
        columns.item_count,
        own_items,
        columns.entities[others].astype(np.int64),
        together[others],
        columns.totals.items[others],
    )


def _page(
    session: Session,
    pairs: _Pairs,
    sort: str,
    limit: int,
    cursor: str | None,
    scope: str,
    snapshot: int | None,
    lang: str | None,
) -> paging.PageRows:
    """Return a page of `pairs`; its rows are their indexes."""

    def ids(indexes: list[int]) -> list[str]:
        pks = pairs.pks[indexes].tolist()
        refs = entity_refs(session, pks, lang)

        return [refs[pk].id for pk in pks]

    keys = [
        paging.SortColumn(-pairs.ranked_by(sort)),
        paging.SortColumn(-pairs.count),
    ]

    return paging.page_of_arrays(keys, ids, limit, cursor, scope, snapshot)


def _related(session: Session, pk: int, pairs: _Pairs, lang: str | None) -> list[RelatedOut]:
    refs = entity_refs(session, [pk, *pairs.pks.tolist()], lang)
    columns = (
        pairs.pks.tolist(),
        pairs.count.tolist(),
        pairs.theirs.tolist(),
        pairs.ranked_by("g2").tolist(),
        pairs.ranked_by("npmi").tolist(),
    )

    related = []
    for other, count, theirs, ratio, information in zip(*columns, strict=True):
        ref = refs[other]
        entry = RelatedOut(
            **dict(ref),
            count=count,
            items=theirs,
            expected=round(pairs.subject_items * theirs / pairs.items, 4),
            g2=ratio,
            npmi=information,
            links={
                "self": f"/v1/entities/{ref.id}",
                "items": f"/v1/items?entity={refs[pk].id}&entity={ref.id}",
            },
        )

        related.append(entry)

    return related
