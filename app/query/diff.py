"""What two briefings differ in: entities, tags, sources that entered, left, rose or fell."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.query import briefings
from app.query.filters.conditions import by_values
from app.query.request.params import DiffQuery
from app.query.schemas.trends import (
    CitedSource,
    DiffOut,
    EntityDiff,
    NamedTag,
    Shift,
    Side,
    SourceDiff,
    TagDiff,
)
from app.query.snapshot.refs import entity_refs
from app.query.trends import STATISTIC, expected, residual
from app.store.tables import BriefingTag, Citation, Entity, Item, Mention, Source, Tag

DIFFERENCE = STATISTIC.model_copy(
    update={
        "formula": "(after - expected) / √expected; expected = (before + after) · items of the later briefing / items of both",
        "also": "below about ±2 it may well be chance; all that either names is told of",
    }
)


def between(
    session: Session,
    one: briefings.Known,
    other: briefings.Known,
    query: DiffQuery,
    lang: str | None,
) -> DiffOut:
    """What `other` has that `one` had not, what it lacks, and what it has more or less of."""
    sides = [
        Side(briefing=briefings.ref(each), items=_items(session, each)) for each in (one, other)
    ]
    return DiffOut(
        from_=sides[0],
        to=sides[1],
        entities=_entities(session, one, other, [side.items for side in sides], query, lang),
        tags=_tags(session, one, other),
        sources=_sources(session, one, other),
        statistic=DIFFERENCE,
    )


def _items(session: Session, briefing: briefings.Known) -> int:
    count: int = session.execute(
        select(func.count()).select_from(Item).where(col(Item.briefing_pk) == briefing.pk)
    ).scalar_one()
    return count


def _counts(
    session: Session, statement: Any, briefing_pk: Any, briefing: briefings.Known
) -> Counter[int]:
    return Counter(
        {
            pk: count
            for pk, count in session.execute(statement.where(briefing_pk == briefing.pk))
            if pk
        }
    )


def _entities(
    session: Session,
    one: briefings.Known,
    other: briefings.Known,
    items: Sequence[int],
    query: DiffQuery,
    lang: str | None,
) -> EntityDiff:
    named = select(
        col(Mention.entity_pk), func.count(func.distinct(col(Mention.item_pk)))
    ).group_by(col(Mention.entity_pk))
    named = named.join(Entity, col(Entity.pk) == col(Mention.entity_pk)).where(
        col(Mention.item_pk).is_not(None)
    )
    named = named.where(*by_values(query.entity_type, lambda v: col(Entity.type).in_(v)))
    before, after = (
        _counts(session, named, col(Mention.briefing_pk), briefing) for briefing in (one, other)
    )
    refs = entity_refs(session, before.keys() | after.keys(), lang)
    now, then = (np.array([held[pk] for pk in refs], np.int64) for held in (after, before))
    far = residual(now, expected(now, then, items[1], items[0])).tolist()
    shifts = [
        Shift(**dict(ref), before=before[pk], after=after[pk], residual=distance)
        for (pk, ref), distance in zip(refs.items(), far, strict=True)
    ]
    ranked = sorted(
        shifts,
        key=lambda shift: (-abs(shift.residual), -shift.after - shift.before, shift.name, shift.id),
    )
    both = [shift for shift in ranked if shift.before and shift.after]
    return EntityDiff(
        entered=[shift for shift in ranked if not shift.before],
        left=[shift for shift in ranked if not shift.after],
        rose=[shift for shift in both if shift.after * items[0] > shift.before * items[1]],
        fell=[shift for shift in both if shift.after * items[0] < shift.before * items[1]],
        stayed=sum(shift.after * items[0] == shift.before * items[1] for shift in both),
    )


def _tags(session: Session, one: briefings.Known, other: briefings.Known) -> TagDiff:
    def of(briefing: briefings.Known) -> dict[tuple[str, int], NamedTag]:
        rows = session.execute(
            select(col(BriefingTag.kind), col(Tag.pk), col(Tag.slug), col(BriefingTag.name))
            .join(Tag, col(Tag.pk) == col(BriefingTag.tag_pk))
            .where(col(BriefingTag.briefing_pk) == briefing.pk)
            .order_by(col(BriefingTag.kind).desc(), col(BriefingTag.position))
        )
        return {
            (kind, pk or 0): NamedTag(slug=slug, name=name, kind=kind)
            for kind, pk, slug, name in rows
        }

    before, after = of(one), of(other)
    return TagDiff(
        entered=[tag for key, tag in after.items() if key not in before],
        left=[tag for key, tag in before.items() if key not in after],
        stayed=len(before.keys() & after.keys()),
    )


def _sources(session: Session, one: briefings.Known, other: briefings.Known) -> SourceDiff:
    cited = (
        select(col(Citation.source_pk), func.count())
        .where(col(Citation.status) != "placeholder")
        .group_by(col(Citation.source_pk))
    )
    before, after = (
        _counts(session, cited, col(Citation.briefing_pk), briefing) for briefing in (one, other)
    )
    # The later briefing's words for a source come last, and stay.
    rows = session.execute(
        select(col(Source.pk), col(Source.id), col(Source.url), col(Citation.label))
        .join(Citation, col(Citation.source_pk) == col(Source.pk))
        .where(
            col(Citation.briefing_pk).in_([one.pk, other.pk]), col(Citation.status) != "placeholder"
        )
        .order_by(col(Citation.briefing_pk) == other.pk, col(Citation.start_char).desc())
    )
    held = {
        pk: CitedSource(
            id=source, label=label, url=url, before=before[pk or 0], after=after[pk or 0]
        )
        for pk, source, url, label in rows
    }
    ranked = sorted(
        held.values(),
        key=lambda source: (-abs(source.after - source.before), source.url or "", source.id),
    )
    return SourceDiff(
        entered=[source for source in ranked if not source.before],
        left=[source for source in ranked if not source.after],
        rose=[source for source in ranked if 0 < source.before < source.after],
        fell=[source for source in ranked if 0 < source.after < source.before],
        stayed=sum(source.before == source.after for source in ranked),
    )
