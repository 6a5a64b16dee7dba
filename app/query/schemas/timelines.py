"""The shapes of timelines."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.query.schemas.shared import EntityRef, Interval, ItemRef, Out


class SalienceOut(Out):
    """The weights a salience is made with."""

    formula: str
    kind: dict[str, float]
    section: dict[str, float]
    importance: dict[str, float]
    headline_position: float


class Totals(Out):
    items: int
    mentions: int
    briefings: int


class Point(Out):
    """What was said of an entity in one interval."""

    items: int
    mentions: int
    salience: Annotated[
        float, Field(description="How much was made of it; the weights are in the answer.")
    ]
    share: Annotated[
        float | None,
        Field(
            description="Share of the interval's items that name the entity; null where there were none."
        ),
    ]
    top_items: list[ItemRef]


class Span(Out):
    """One interval. `briefings` 0 marks a gap in coverage, not silence."""

    start: date
    end: date
    briefings: int


class Bucket(Point, Span):
    """One interval, and what was said in it."""


class TimelineOut(Out):
    entity: EntityRef
    family: Annotated[
        bool, Field(description="Whether the members of its family are counted under it.")
    ]
    members: Annotated[
        list[EntityRef], Field(description="Those counted under it that are named at all.")
    ]
    interval: Interval
    from_: Annotated[date | None, Field(alias="from")]
    to: date | None
    buckets: list[Bucket]
    totals: Totals
    salience: SalienceOut
    dataset_version: str
    warnings: list[str]


class AxisBucket(Span):
    """One interval, and how many items there were in it to be named in."""

    items: int


class SeriesOut(Out):
    """One entity along the axis: a point an interval."""

    entity: EntityRef
    members: list[EntityRef]
    points: list[Point]
    totals: Totals


class TimelinesOut(Out):
    """Several entities side by side on one axis."""

    family: bool
    interval: Interval
    from_: Annotated[date | None, Field(alias="from")]
    to: date | None
    axis: list[AxisBucket]
    series: list[SeriesOut]
    salience: SalienceOut
    dataset_version: str
    warnings: list[str]
