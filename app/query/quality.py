"""How well documents were read and are made: one, and many over time."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.query.briefings import Known
from app.query.filters import conditions as filters
from app.query.filters.conditions import Built
from app.query.listing import description
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.briefing_params import QualityList
from app.query.schemas.quality import (
    DanglingOut,
    FieldReport,
    OddSource,
    QualityCounts,
    QualityDay,
    QualityOut,
    Reported,
    Unassigned,
    Ungrounded,
    Unreasoned,
)
from app.query.schemas.shared import BriefingRef
from app.query.snapshot.refs import path
from app.store.tables import Briefing, Channel, Item, Measure


def one(session: Session, briefing: Known) -> QualityOut:
    """The report of a briefing."""
    report = session.execute(
        select(col(Briefing.report)).where(col(Briefing.pk) == briefing.pk)
    ).scalar_one()
    rows = session.execute(
        select(col(Item.ordinal), col(Item.id), col(Item.title)).where(
            col(Item.briefing_pk) == briefing.pk
        )
    ).all()
    ids = {ordinal: item_id for ordinal, item_id, _ in rows} | {None: None}
    titles = {ordinal: title for ordinal, _, title in rows}
    return QualityOut(
        briefing=briefing.id,
        lines=report["lines"],
        nonblank=report["nonblank"],
        covered=report["covered"],
        coverage=_coverage(report["covered"], report["nonblank"]),
        structures=report["structures"],
        unassigned=[Unassigned(**line) for line in report["unassigned"]],
        problems=report["problems"],
        fields=[
            FieldReport(**field | {"item": ids[field["item"]], "title": titles[field["item"]]})
            for field in report["fields"]
        ],
        odd_sources=[
            OddSource(**source | {"item": ids[source["item"]]}) for source in report["odd_sources"]
        ],
        listed=report["listed"],
        ungrounded=[
            Ungrounded(**named | {"item": ids[named["item"]]}) for named in report["ungrounded"]
        ],
        unreasoned=[
            Unreasoned(**said | {"item": ids[said["item"]]}) for said in report["unreasoned"]
        ],
        dangling=[DanglingOut(**reference) for reference in report["dangling"]],
        articles=Reported(**report["articles"]),
        topics=Reported(**report["topics"]),
    )


def over_time(session: Session, query: QualityList, lang: str | None = None) -> Listing[QualityDay]:
    """A page of the reports `query` asks for, newest first, in figures."""
    built = Built([col(Briefing.draft).is_(False)])
    filters.days(session, query, col(Briefing.date), col(Briefing.channel_pk), built)
    keys = select(
        col(Briefing.pk),
        col(Briefing.date),
        col(Briefing.channel_pk),
        col(Briefing.id),
    ).where(*built.conditions)
    order = [
        col(Briefing.date).desc(),
        col(Briefing.channel_pk).asc(),
        paging.bytewise(col(Briefing.id)).asc(),
        col(Briefing.pk).asc(),
    ]
    rows = paging.page(session, keys, order, query.limit, query.cursor, query.scope())
    pks = [row.pk for row in rows.rows]
    figures: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for measure in session.execute(
        select(Measure).where(col(Measure.briefing_pk).in_(pks))
    ).scalars():
        figures[measure.briefing_pk][measure.name] = measure.value
    columns = [
        col(Briefing.pk),
        col(Briefing.id),
        col(Briefing.date),
        col(Briefing.title),
        col(Channel.id).label("channel"),
    ]
    shown: Any = select(*columns)
    shown = shown.join(Channel, col(Channel.pk) == col(Briefing.channel_pk)).where(
        col(Briefing.pk).in_(pks)
    )
    held = {row.pk: row for row in session.execute(shown)}
    summed = select(col(Measure.name), func.sum(col(Measure.value))).join(
        Briefing, col(Briefing.pk) == col(Measure.briefing_pk)
    )
    totals = {
        name: int(value)
        for name, value in session.execute(
            summed.where(*built.conditions).group_by(col(Measure.name))
        )
    }
    beside = ListMeta(description.describe(session, "quality", query, built.found, "-date", lang))
    return Listing(
        [_day(held[pk], figures[pk]) for pk in pks],
        rows,
        built.warnings,
        beside,
        {"briefings": rows.total, "totals": _counts(totals).model_dump()},
    )


def _day(row: Any, figures: Mapping[str, int]) -> QualityDay:
    briefing = BriefingRef(id=row.id, channel=row.channel, date=row.date, title=row.title)
    return QualityDay(
        briefing=briefing,
        counts=_counts(figures),
        links={"report": path("briefings", row.id, "quality")},
    )


def _counts(figures: Mapping[str, int]) -> QualityCounts:
    reported = {
        what: Reported(
            reported=figures.get(f"{what}_reported"), found=figures.get(f"{what}_found", 0)
        )
        for what in ("articles", "topics")
    }
    coverage = _coverage(figures.get("covered", 0), figures.get("nonblank", 0))
    plain = {
        name: figures.get(name, 0)
        for name in QualityCounts.model_fields
        if name not in {"coverage", *reported}
    }
    return QualityCounts.model_validate(plain | reported | {"coverage": coverage})


def _coverage(covered: int, nonblank: int) -> float:
    return covered / nonblank if nonblank else 1.0
