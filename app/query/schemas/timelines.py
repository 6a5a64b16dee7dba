"""Shapes of timelines."""

from datetime import date

from pydantic import Field

from app.query.schemas.shared import (
    DatasetVersion,
    EntityRef,
    Interval,
    ItemRef,
    Out,
    Rollup,
    Warnings,
)


class SalienceOut(Out):
    """Weights of the salience."""

    formula: str = Field(description="Formula of the salience.")
    kind: dict[str, float] = Field(description="Weight of each kind of mention.")
    section: dict[str, float] = Field(description="Weight of each kind of section.")
    importance: dict[str, float] = Field(description="Weight of each level of importance.")
    headline_position: float = Field(description="Weight of the position among the headlines.")


class Totals(Out):
    """Sums over all intervals."""

    items: int = Field(description="Number of items that mention the entity.")
    mentions: int = Field(description="Number of mentions.")
    briefings: int = Field(description="Number of briefings that mention the entity.")


class Point(Out):
    """Frequency of an entity in one interval."""

    items: int = Field(description="Number of items that mention the entity.")
    mentions: int = Field(description="Number of mentions.")
    salience: float = Field(
        description="Weighted sum of the mentions; the answer states the weights."
    )
    share: float | None = Field(
        description="Share of the interval's items that mention the entity; null without items."
    )
    top_items: list[ItemRef] = Field(description="Most salient items of the interval.")


class Period(Out):
    """One interval. Zero `briefings` mark a gap in coverage, not silence."""

    start: date = Field(description="First day of the interval.")
    end: date = Field(description="Last day of the interval.")
    briefings: int = Field(description="Number of briefings in the interval.")


class Bucket(Point, Period):
    """One interval and the frequency of the entity in it."""


class TimelineOut(Out):
    """Frequency of an entity over time."""

    entity: EntityRef = Field(description="The entity.")
    rollup: Rollup | None = Field(description="Relation that is rolled up; null for none.")
    family: bool = Field(description="Whether members of the family count for the entity.")
    members: list[EntityRef] = Field(description="Mentioned members that are counted.")
    interval: Interval = Field(description="Length of an interval.")
    from_: date | None = Field(alias="from", description="First day; null without briefings.")
    to: date | None = Field(description="Last day; null without briefings.")
    buckets: list[Bucket] = Field(description="Intervals without gaps, the earliest first.")
    totals: Totals = Field(description="Sums over all intervals.")
    salience: SalienceOut = Field(description="Weights of the salience.")
    dataset_version: DatasetVersion
    warnings: Warnings


class AxisBucket(Period):
    """One interval and its number of items."""

    items: int = Field(description="Number of items in the interval.")


class SeriesOut(Out):
    """Frequency of one entity along the axis."""

    entity: EntityRef = Field(description="The entity.")
    members: list[EntityRef] = Field(description="Mentioned members that are counted.")
    points: list[Point] = Field(description="One point for each interval of the axis.")
    totals: Totals = Field(description="Sums over all intervals.")


class TimelinesOut(Out):
    """Several entities on one axis."""

    rollup: Rollup | None = Field(description="Relation that is rolled up; null for none.")
    family: bool = Field(description="Whether members of a family count for its head.")
    interval: Interval = Field(description="Length of an interval.")
    from_: date | None = Field(alias="from", description="First day; null without briefings.")
    to: date | None = Field(description="Last day; null without briefings.")
    axis: list[AxisBucket] = Field(description="Intervals without gaps, the earliest first.")
    series: list[SeriesOut] = Field(description="Frequency of each entity.")
    salience: SalienceOut = Field(description="Weights of the salience.")
    dataset_version: DatasetVersion
    warnings: Warnings
