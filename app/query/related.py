"""Who an entity is named together with: counts within items, and how far they are beyond chance.

The statistic is the log-likelihood ratio G² of the two-by-two table of items that name both, one, the other, neither
(T. Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", Computational Linguistics 19(1), 1993):
2 Σ O ln(O / E). It is given a minus where the two meet less often than chance would have it. Beside it stands normalised
pointwise mutual information (G. Bouma, "Normalized (Pointwise) Mutual Information in Collocation Extraction", 2009), from -1
to 1, which does not grow with the base.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from sqlmodel import Session, col

from app.query.columns import mentions
from app.query.columns.arrays import Floats, Ints, Mask, rounded
from app.query.columns.mentions import MentionColumns
from app.query.filters import families
from app.query.filters.conditions import by_values
from app.query.listing import description
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.params import RelatedQuery
from app.query.schemas.related import RelatedOut, StatisticOut
from app.query.snapshot.refs import entity_ids, entity_refs
from app.store.tables import Entity

STATISTIC = StatisticOut(
    name="log-likelihood ratio G²",
    formula="2 Σ O ln(O / E) over the items that name both, one, the other, neither; negative where the two meet less often than by chance",
    source="Dunning 1993, Accurate Methods for the Statistics of Surprise and Coincidence, Computational Linguistics 19(1)",
    also="npmi: ln(p(a,b) / (p(a) p(b))) / -ln p(a,b), from -1 to 1; Bouma 2009, Normalized (Pointwise) Mutual Information",
)


# About as many seconds it takes.
_PER_ITEM = 1.5e-7
# Entities of which it is kept whom they are named with: some ten bytes each of those.
_KEPT = 16


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Other entities, and how often each is named, and how often together with the one asked about."""

    items: int
    own: int
    pks: Ints
    count: Ints
    theirs: Ints

    def by(self, sort: str) -> Ints:
        """What they are ranked by."""
        if sort == "count":
            return self.count
        return (g2 if sort == "g2" else npmi)(self.count, self.own, self.theirs, self.items)


def g2(both: Ints, one: int, other: Ints, items: int) -> Floats:
    """The signed log-likelihood ratio: `both` of `items` name both, `one` and `other` either."""
    table = (
        (both, one, other),
        (one - both, one, items - other),
        (other - both, items - one, other),
        (items - one - other + both, items - one, items - other),
    )
    # What nothing was seen of adds nothing.
    parts = (
        seen * np.log(np.maximum(seen, 1) * items / np.maximum(row * column, 1))
        for seen, row, column in table
    )
    ratio = 2 * sum(parts, np.zeros(len(both)))
    return rounded(np.where(both * items < one * other, -ratio, ratio), 4)


def npmi(both: Ints, one: int, other: Ints, items: int) -> Floats:
    """Normalised pointwise mutual information: 1 always together, 0 independent, -1 never."""
    some = (both > 0) & (both < items)
    seen = np.where(some, both, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log(seen * items / (one * other)) / -np.log(seen / items)
    return rounded(np.where(some, found, np.where(both, 1.0, -1.0)), 4)


def find(session: Session, pk: int, query: RelatedQuery, lang: str | None) -> Listing[RelatedOut]:
    """A page of the entities that items name together with `pk`."""
    held = mentions.of(session)
    scope = query.scope(pk)
    newest = paging.snapshot_briefing(session, query.cursor, scope) if query.cursor else held.newest
    shown, built = mentions.briefing_mask(session, held, query, newest if query.cursor else None)
    pks = families.with_members(session, [pk]) if query.family else {pk}
    pairs = _pairs(session, held, pks, held.among_items(shown, query.section))
    if types := by_values(query.entity_type, lambda v: col(Entity.type).in_(v)):
        pairs = _only(
            pairs, np.isin(pairs.pks, list(entity_ids(session, pairs.pks.tolist(), *types)))
        )
    rows = _page(session, pairs, query.sort, query.limit, query.cursor, scope, newest, lang)
    entity = entity_refs(session, [pk], lang)[pk]
    how = ("named together with ", "同時提及")
    falling = query.model_copy(update={"sort": f"-{query.sort}"})
    said = description.describe(
        session, "entities", falling, built.found, "-g2", lang, of=entity.name, how=how
    )
    members = families.named(session, pks - {pk}, lang)
    related = _outs(session, pk, pairs, cast(list[int], rows.rows), lang)
    return Listing(
        related,
        rows,
        built.warnings,
        ListMeta(said),
        {
            "entity": entity.model_dump(),
            "family": query.family,
            "members": [member.model_dump() for member in members],
            "items": pairs.items,
            "own": pairs.own,
            "statistic": STATISTIC.model_dump(),
        },
    )


def strongest(session: Session, pk: int, most: int, lang: str | None) -> list[RelatedOut]:
    """The few that are named with `pk` furthest beyond chance, in all items."""
    pairs = _pairs(session, mentions.of(session), {pk}, None)
    return _outs(
        session,
        pk,
        pairs,
        cast(list[int], _page(session, pairs, "g2", most, None, "", None, lang).rows),
        lang,
    )


def _pairs(session: Session, held: MentionColumns, pks: set[int], among: Mask | None) -> _Pairs:
    """The entities that are named beside one of `pks`, within the items `among` all, or all of them."""
    if among is None:
        return held.recall(  # type: ignore[no-any-return]
            "pairs", frozenset(pks), lambda: _counted(session, held, pks, None), _KEPT
        )
    return _counted(session, held, pks, among)


def _counted(session: Session, held: MentionColumns, pks: set[int], among: Mask | None) -> _Pairs:
    places = held.mentions(pks).places().place
    own = places[(held.inside if among is None else among)[places]]
    mentions.require_budget(session, _PER_ITEM * (len(own) if among is None else len(held.item)))
    together = held.together(own)
    together[held.which(pks)] = 0
    others = np.flatnonzero(together)
    whole = held.counts.items if among is None else held.together(np.flatnonzero(among))
    items = held.many if among is None else int(among.sum())
    return _Pairs(
        items, len(own), held.entities[others].astype(np.int64), together[others], whole[others]
    )


def _only(pairs: _Pairs, kept: Mask | Ints) -> _Pairs:
    return _Pairs(pairs.items, pairs.own, pairs.pks[kept], pairs.count[kept], pairs.theirs[kept])


def _page(
    session: Session,
    pairs: _Pairs,
    sort: str,
    limit: int,
    cursor: str | None,
    scope: str,
    newest: int | None,
    lang: str | None,
) -> paging.PageRows:
    """Which of `pairs` stand on a page."""

    def ids(chosen: list[int]) -> list[str]:
        pks = pairs.pks[chosen].tolist()
        known = entity_refs(session, pks, lang)
        return [known[pk].id for pk in pks]

    keys = [paging.Column(-pairs.by(sort)), paging.Column(-pairs.count)]
    return paging.page_of_arrays(keys, ids, limit, cursor, scope, newest)


def _outs(
    session: Session, pk: int, pairs: _Pairs, chosen: list[int], lang: str | None
) -> list[RelatedOut]:
    shown = _only(pairs, np.array(chosen, np.int64))
    refs = entity_refs(session, [pk, *shown.pks.tolist()], lang)
    columns = (shown.pks, shown.count, shown.theirs, shown.by("g2"), shown.by("npmi"))
    return [
        RelatedOut(
            **dict(refs[other]),
            count=count,
            items=theirs,
            expected=round(pairs.own * theirs / pairs.items, 4),
            g2=ratio,
            npmi=information,
            links={
                "self": f"/v1/entities/{refs[other].id}",
                "items": f"/v1/items?entity={refs[pk].id}&entity={refs[other].id}",
            },
        )
        for other, count, theirs, ratio, information in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]
