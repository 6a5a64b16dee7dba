"""Differences of two briefings: entities, tags and sources that entered, left, rose or fell."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.query.documents import briefings
from app.query.filters.conditions import by_values
from app.query.request.briefing_params import DiffQuery
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
from app.query.time.trends import STATISTIC, expected, residual
from app.store.tables import (
    BriefingTag,
    Citation,
    Entity,
    Item,
    Mention,
    Source,
    Tag,
)

DIFFERENCE = STATISTIC.model_copy(
    update={
        "formula": "(after - expected) / √expected; "
        "expected = (before + after) · items of the later briefing / items of both",
        "also": "within about ±2 it may be chance; all entities that either names are listed",
    }
)


class _Sides(NamedTuple):
    """Two briefings and the number of items of each."""

    before: briefings.Known
    after: briefings.Known
    items_before: int
    items_after: int


def between(
    session: Session,
    before: briefings.Known,
    after: briefings.Known,
    query: DiffQuery,
    lang: str | None,
) -> DiffOut:
    """Return what entered, left, rose and fell from `before` to `after`."""
    sides = _Sides(
        before,
        after,
        _count_items(session, before),
        _count_items(session, after),
    )

    return DiffOut(
        from_=Side(
            briefing=briefings.ref(before),
            items=sides.items_before,
        ),
        to=Side(
            briefing=briefings.ref(after),
            items=sides.items_after,
        ),
        entities=_entities(session, sides, query, lang),
        tags=_tags(session, before, after),
        sources=_sources(session, before, after),
        statistic=DIFFERENCE,
    )


def _count_items(session: Session, briefing: briefings.Known) -> int:
    rows = select(func.count()).select_from(Item).where(col(Item.briefing_pk) == briefing.pk)
    return int(session.execute(rows).scalar_one())


def _counts(
    session: Session,
    statement: Any,
    briefing_pk: Any,
    briefing: briefings.Known,
) -> Counter[int]:
    """Return the counts of a briefing by pk; `statement` selects pairs of pk and count."""
    counts: Counter[int] = Counter()
    for pk, count in session.execute(statement.where(briefing_pk == briefing.pk)):
        if pk:
            counts[pk] = count

    return counts


def _entities(
    session: Session,
    sides: _Sides,
    query: DiffQuery,
    lang: str | None,
) -> EntityDiff:
    types = by_values(
        query.entity_type,
        lambda values: col(Entity.type).in_(values),
    )

    statement = (
        select(
            col(Mention.entity_pk),
            func.count(func.distinct(col(Mention.item_pk))),
        )
        .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
        .where(col(Mention.item_pk).is_not(None), *types)
        .group_by(col(Mention.entity_pk))
    )

    before = _counts(
        session,
        statement,
        col(Mention.briefing_pk),
        sides.before,
    )

    after = _counts(
        session,
        statement,
        col(Mention.briefing_pk),
        sides.after,
    )

    refs = entity_refs(session, before.keys() | after.keys(), lang)
    now = np.array([after[pk] for pk in refs], np.int64)
    then = np.array([before[pk] for pk in refs], np.int64)
    expectation = expected(now, then, sides.items_after, sides.items_before)
    distances = residual(now, expectation).tolist()
    shifts = []

    for (pk, ref), distance in zip(refs.items(), distances, strict=True):
        shift = Shift(
            **dict(ref),
            before=before[pk],
            after=after[pk],
            residual=distance,
        )

        shifts.append(shift)

    shifts.sort(key=_shift_order)

    return _entity_diff(shifts, sides)


def _shift_order(shift: Shift) -> tuple[Any, ...]:
    return (
        -abs(shift.residual),
        -shift.after - shift.before,
        shift.name,
        shift.id,
    )


def _entity_diff(shifts: Sequence[Shift], sides: _Sides) -> EntityDiff:
    """Return sorted shifts by direction; of entities that both name, the share of items decides."""
    diff = EntityDiff(entered=[], left=[], rose=[], fell=[], stayed=0)
    for shift in shifts:
        share_now = shift.after * sides.items_before
        share_then = shift.before * sides.items_after

        if not shift.before:
            diff.entered.append(shift)
        elif not shift.after:
            diff.left.append(shift)
        elif share_now > share_then:
            diff.rose.append(shift)
        elif share_now < share_then:
            diff.fell.append(shift)
        else:
            diff.stayed += 1

    return diff


def _tags(
    session: Session,
    before: briefings.Known,
    after: briefings.Known,
) -> TagDiff:
    old = _tags_of(session, before)
    new = _tags_of(session, after)

    return TagDiff(
        entered=[tag for key, tag in new.items() if key not in old],
        left=[tag for key, tag in old.items() if key not in new],
        stayed=len(old.keys() & new.keys()),
    )


def _tags_of(session: Session, briefing: briefings.Known) -> Mapping[tuple[str, int], NamedTag]:
    """Return the tags and keywords of a briefing by kind and pk, in the order of the document."""
    rows = session.execute(
        select(
            col(BriefingTag.kind),
            col(Tag.pk),
            col(Tag.slug),
            col(BriefingTag.name),
        )
        .join(Tag, col(Tag.pk) == col(BriefingTag.tag_pk))
        .where(col(BriefingTag.briefing_pk) == briefing.pk)
        .order_by(
            col(BriefingTag.kind).desc(),
            col(BriefingTag.position),
        )
    )

    tags = {}
    for kind, pk, slug, name in rows:
        tags[kind, pk or 0] = NamedTag(slug=slug, name=name, kind=kind)

    return tags


def _sources(
    session: Session,
    before: briefings.Known,
    after: briefings.Known,
) -> SourceDiff:
    statement = (
        select(col(Citation.source_pk), func.count())
        .where(col(Citation.status) != "placeholder")
        .group_by(col(Citation.source_pk))
    )

    old = _counts(session, statement, col(Citation.briefing_pk), before)
    new = _counts(session, statement, col(Citation.briefing_pk), after)

    # Rows of the later briefing come last: its label of a source overwrites the earlier one.
    rows = session.execute(
        select(
            col(Source.pk),
            col(Source.id),
            col(Source.url),
            col(Citation.label),
        )
        .join(
            Citation,
            col(Citation.source_pk) == col(Source.pk),
        )
        .where(
            col(Citation.briefing_pk).in_([before.pk, after.pk]),
            col(Citation.status) != "placeholder",
        )
        .order_by(
            col(Citation.briefing_pk) == after.pk,
            col(Citation.start_char).desc(),
        )
    )

    sources = {}
    for pk, source_id, url, label in rows:
        count_before, count_after = old[pk or 0], new[pk or 0]
        sources[pk] = CitedSource(
            id=source_id,
            label=label,
            url=url,
            before=count_before,
            after=count_after,
        )

    return _source_diff(sorted(sources.values(), key=_source_order))


def _source_order(source: CitedSource) -> tuple[Any, ...]:
    return (
        -abs(source.after - source.before),
        source.url or "",
        source.id,
    )


def _source_diff(
    sources: Sequence[CitedSource],
) -> SourceDiff:
    diff = SourceDiff(entered=[], left=[], rose=[], fell=[], stayed=0)
    for source in sources:
        if not source.before:
            diff.entered.append(source)
        elif not source.after:
            diff.left.append(source)
        elif source.before < source.after:
            diff.rose.append(source)
        elif source.before > source.after:
            diff.fell.append(source)
        else:
            diff.stayed += 1

    return diff
