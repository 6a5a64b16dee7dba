"""The shapes of what the base holds and whether it can be asked."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.query.schemas.shared import Out


class Gap(Out):
    """Days in a row without a briefing, both ends included."""

    from_: Annotated[date, Field(alias="from")]
    to: date
    days: int


class ChannelInfo(Out):
    id: str
    briefings: int
    first: date
    last: date
    gaps: list[Gap]


class InfoOut(Out):
    name: str
    version: str
    schema_revision: str | None
    dataset_version: str
    modified_at: datetime | None
    counts: dict[str, int]
    channels: list[ChannelInfo]
    links: dict[str, str]


class Health(Out):
    status: Literal["ok"]


class Readiness(Out):
    status: Literal["ready", "not ready"]
    checks: dict[str, str]
