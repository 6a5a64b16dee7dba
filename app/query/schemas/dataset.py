"""Shapes of the dataset's overview and of the health checks."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from app.query.schemas.shared import DatasetVersion, Links, Out


class Gap(Out):
    """Consecutive days without a briefing."""

    from_: date = Field(alias="from", description="First day of the gap.")
    to: date = Field(description="Last day of the gap.")
    days: int = Field(description="Number of days.")


class ChannelInfo(Out):
    """Coverage of a channel."""

    id: str = Field(description="Id of the channel.")
    briefings: int = Field(description="Number of briefings.")
    first: date = Field(description="Date of the first briefing.")
    last: date = Field(description="Date of the last briefing.")
    gaps: list[Gap] = Field(description="Days without a briefing between the first and the last.")


class InfoOut(Out):
    """Overview of the service and its content."""

    name: str = Field(description="Name of the service.")
    version: str = Field(description="Version of the program.")
    schema_revision: str | None = Field(description="Revision of the database schema.")
    dataset_version: DatasetVersion
    modified_at: datetime | None = Field(description="Last change of the content.")
    counts: dict[str, int] = Field(description="Number of rows, by resource.")
    channels: list[ChannelInfo] = Field(description="Coverage of each channel.")
    links: Links


class Health(Out):
    """Answer of a running process."""

    status: Literal["ok"] = Field(description="Always `ok`.")


class Readiness(Out):
    """Whether the service can answer."""

    status: Literal["ready", "degraded", "not ready"] = Field(
        description="`ready` if all checks pass, `degraded` if only writes fail."
    )
    checks: dict[str, str] = Field(description="Result of each check, by name.")
