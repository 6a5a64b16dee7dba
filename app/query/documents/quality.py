"""Quality of documents: the report of one briefing, and the numbers of many over time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.query.documents.briefings import Known
from app.query.filters import conditions, lookups
from app.query.filters.conditions import Condition, by_values
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
    ReadingScoreOut,
    Reported,
    Unassigned,
    Ungrounded,
    Unreasoned,
    WarningOut,
)
from app.query.schemas.shared import BriefingRef
from app.query.snapshot.refs import path
from app.store.tables import Briefing, Channel, Item, Measure

# Counts that a document states itself.
_STATED_COUNTS = ("articles", "topics")


def one(session: Session, briefing: Known) -> QualityOut:
    """Return the report of a briefing."""
    of_briefing = col(Briefing.pk) == briefing.pk
    report = session.execute(
        select(col(Briefing.report)).where(of_briefing),
    ).scalar_one()
    items = session.execute(
        select(
            col(Item.ordinal),
            col(Item.id),
            col(Item.title),
        ).where(col(Item.briefing_pk) == briefing.pk)
    )
    ids: dict[int | None, str | None] = {
        None: None,
    }
    titles: dict[int, str] = {}
    for ordinal, item_id, title in items:
        ids[ordinal] = item_id
        titles[ordinal] = title
    fields = []
    for entry in report["fields"]:
        ordinal = entry["item"]
        names = {"item": ids[ordinal], "title": titles[ordinal]}
        fields.append(FieldReport(**(entry | names)))
    return QualityOut(
        briefing=briefing.id,
        lines=report["lines"],
        nonblank=report["nonblank"],
        covered=report["covered"],
        coverage=_coverage(report["covered"], report["nonblank"]),
        structures=report["structures"],
        unassigned=[Unassigned(**line) for line in report["unassigned"]],
        problems=report["problems"],
        warnings=[WarningOut(**warning) for warning in report.get("warnings", ())],
        readings=[ReadingScoreOut(**reading) for reading in report.get("readings", ())],
        fields=fields,
        odd_sources=[OddSource(**entry) for entry in _with_ids(report["odd_sources"], ids)],
        listed=report["listed"],
        ungrounded=[Ungrounded(**entry) for entry in _with_ids(report["ungrounded"], ids)],
        unreasoned=[Unreasoned(**entry) for entry in _with_ids(report["unreasoned"], ids)],
        dangling=[DanglingOut(**reference) for reference in report["dangling"]],
        articles=Reported(**report["articles"]),
        topics=Reported(**report["topics"]),
    )


def _with_ids(
    entries: Iterable[dict[str, Any]], ids: Mapping[int | None, str | None]
) -> list[dict[str, Any]]:
    """Return entries of a report with item ids in place of item numbers."""
    return [
        entry
        | {
            "item": ids[entry["item"]],
        }
        for entry in entries
    ]


def over_time(session: Session, query: QualityList, lang: str | None = None) -> Listing[QualityDay]:
    """Return a page of the reports that `query` asks for in numbers, newest first."""
    resolved = lookups.resolve(session, query)
    where = [
        col(Briefing.draft).is_(False),
        *conditions.days(
            query,
            resolved,
            col(Briefing.date),
            col(Briefing.channel_pk),
        ),
        *by_values(query.updated_since, conditions.changed_briefing),
    ]
    keys = select(
        col(Briefing.pk),
        col(Briefing.date),
        col(Briefing.channel_pk),
        col(Briefing.id),
    )
    order = [
        col(Briefing.date).desc(),
        col(Briefing.channel_pk).asc(),
        paging.bytewise(col(Briefing.id)).asc(),
        col(Briefing.pk).asc(),
    ]
    page = paging.page(session, keys.where(*where), order, query)
    text = description.describe(session, "quality", query, resolved.pks, "-date", lang)
    totals = _counts(_totals(session, where))
    return Listing(
        _days(session, [row.pk for row in page.rows]),
        page,
        resolved.warnings,
        ListMeta(text),
        {"briefings": page.total, "totals": totals.model_dump()},
    )


def _days(session: Session, pks: Sequence[int]) -> list[QualityDay]:
    """Return the numbers of briefings in the order of `pks`."""
    measures: defaultdict[int, dict[str, int]] = defaultdict(dict)
    statement = select(Measure).where(
        col(Measure.briefing_pk).in_(pks),
    )
    for measure in session.execute(statement).scalars():
        measures[measure.briefing_pk][measure.name] = measure.value
    columns: tuple[Any, ...] = (
        col(Briefing.pk),
        col(Briefing.id),
        col(Briefing.date),
        col(Briefing.title),
        col(Channel.id).label("channel"),
    )
    briefings = session.execute(
        select(*columns)
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .where(col(Briefing.pk).in_(pks))
    )
    rows = {row.pk: row for row in briefings}
    return [
        _day(
            rows[pk],
            measures[pk],
        )
        for pk in pks
    ]


def _totals(session: Session, where: Sequence[Condition]) -> dict[str, int]:
    """Return the sum of each measure over the briefings that satisfy `where`."""
    summed = (
        select(
            col(Measure.name),
            func.sum(col(Measure.value)),
        )
        .join(Briefing, col(Briefing.pk) == col(Measure.briefing_pk))
        .where(*where)
        .group_by(col(Measure.name))
    )
    return {name: int(total) for name, total in session.execute(summed)}


def _day(row: Any, measures: Mapping[str, int]) -> QualityDay:
    briefing = BriefingRef(
        id=row.id,
        channel=row.channel,
        date=row.date,
        title=row.title,
    )
    return QualityDay(
        briefing=briefing,
        counts=_counts(measures),
        links={"report": path("briefings", row.id, "quality")},
    )


def _counts(measures: Mapping[str, int]) -> QualityCounts:
    counts: dict[str, Any] = {
        name: measures.get(
            name,
            0,
        )
        for name in QualityCounts.model_fields
    }
    for name in _STATED_COUNTS:
        counts[name] = Reported(
            reported=measures.get(f"{name}_reported"),
            found=measures.get(
                f"{name}_found",
                0,
            ),
        )
    counts["coverage"] = _coverage(
        measures.get("covered", 0),
        measures.get("nonblank", 0),
    )
    return QualityCounts.model_validate(counts)


def _coverage(covered: int, nonblank: int) -> float:
    return covered / nonblank if nonblank else 1.0
