"""The shapes of what rises and fades, and of what two briefings differ in."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.query.schemas.lists import Page
from app.query.schemas.related import StatisticOut
from app.query.schemas.shared import BriefingRef, EntityRef, Out
from app.query.schemas.timelines import SalienceOut


class Stretch(Out):
    """A stretch of days, and what was published in it: a day without a briefing adds nothing, so gaps count for nothing."""

    from_: Annotated[date, Field(alias="from")]
    to: date
    briefings: int
    items: int


class TrendOut(EntityRef):
    """An entity, and how much more, or less, it is named than before."""

    items: Annotated[int, Field(description="Items of the window that name it.")]
    baseline: Annotated[int, Field(description="Items of the baseline that name it.")]
    expected: Annotated[
        float,
        Field(
            description="Items of the window that would name it, were it named as often as in both stretches together."
        ),
    ]
    residual: Annotated[float, Field(description="How far `items` is from that: see `statistic`.")]
    salience: Annotated[float, Field(description="How much is made of it in items of the window.")]
    new: Annotated[bool, Field(description="No briefing before the window names it.")]
    first_seen: date
    members: Annotated[
        list[EntityRef],
        Field(description="With `family=true`: those of its family that are counted under it."),
    ]
    links: dict[str, str]


class TrendsOut(Page[TrendOut]):
    """What rises and fades."""

    window: Stretch
    baseline: Stretch
    support: int
    family: bool
    statistic: StatisticOut
    salience: SalienceOut


class Shift(EntityRef):
    """An entity in one briefing and another: items that name it there and here."""

    before: int
    after: int
    residual: Annotated[
        float, Field(description="As in trends, of the later briefing against the earlier.")
    ]


class EntityDiff(Out):
    entered: list[Shift]
    left: list[Shift]
    rose: Annotated[
        list[Shift], Field(description="Named by a greater share of the items than before.")
    ]
    fell: list[Shift]
    stayed: Annotated[int, Field(description="How many are named by the same share.")]


class NamedTag(Out):
    slug: str
    name: str
    kind: Annotated[str, Field(description="`tag` or `keyword`.")]


class TagDiff(Out):
    entered: list[NamedTag]
    left: list[NamedTag]
    stayed: int


class CitedSource(Out):
    id: str
    label: str | None
    url: str | None
    before: Annotated[int, Field(description="How often it is cited.")]
    after: int


class SourceDiff(Out):
    entered: list[CitedSource]
    left: list[CitedSource]
    rose: list[CitedSource]
    fell: list[CitedSource]
    stayed: int


class Side(Out):
    """One of the two."""

    briefing: BriefingRef
    items: int


class DiffOut(Out):
    """What two briefings differ in."""

    from_: Annotated[Side, Field(alias="from")]
    to: Side
    entities: EntityDiff
    tags: TagDiff
    sources: SourceDiff
    statistic: StatisticOut
