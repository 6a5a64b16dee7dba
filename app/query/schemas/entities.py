"""The shapes of entities and timelines."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.query.schemas.shared import EntityRef, Interval, ItemRef, Out


class EntityCounts(Out):
    items: int
    mentions: int
    briefings: int


class EntityLinks(Out):
    self: str
    items: str
    timeline: str
    history: str


class EntitySummary(EntityRef):
    """An entity in a list; its counts are those under the filters given."""

    counts: EntityCounts
    first_seen: date | None
    last_seen: date | None
    links: EntityLinks


class AliasOut(Out):
    """A spelling. `origin`: of the `catalogue`, of a `curator`, or of a `document` alone."""

    id: Annotated[str, Field(examples=["a_6mxd453iatx2"])]
    name: str
    lang: str | None
    kind: str
    origin: Literal["catalogue", "curator", "document"]


class MovedOut(Out):
    """What comes with a redirect away from an entity that was merged."""

    id: str
    merged_into: str


class EntityOut(EntitySummary):
    names: dict[str, str]
    aliases: list[AliasOut]
    family: EntityRef | None
    maker: EntityRef | None


class Bucket(Out):
    """One interval: what was said in it. `briefings` 0 marks a gap in coverage, not silence."""

    start: date
    end: date
    items: int
    mentions: int
    briefings: int
    share: Annotated[float | None, Field(description="Share of the interval's items that name the entity; null where there were none.")]
    top_items: list[ItemRef]


class TimelineOut(Out):
    entity: EntityRef
    interval: Interval
    from_: Annotated[date | None, Field(alias="from")]
    to: date | None
    buckets: list[Bucket]
    totals: EntityCounts
    dataset_version: str
    warnings: list[str]
