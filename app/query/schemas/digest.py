"""Shapes of digests."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.query.schemas.items import Lines
from app.query.schemas.shared import (
    BriefingDate,
    BriefingId,
    DatasetVersion,
    Out,
    SectionKind,
    Title,
    Warnings,
)

Unit = Literal["bytes", "code points", "UTF-16 units"]


class DigestSource(Out):
    """Source of a story."""

    label: str = Field(description="Label of the source, or its address.")
    url: str = Field(description="Address of the source.")


class StoryOut(Out):
    """Story of a digest: the most salient item of a thread, or an item alone."""

    id: str = Field(description="Stable id of the item.", examples=["i_2f7ah3kqxw5c"])
    title: Title
    summary: str | None = Field(description="Summary; null where it did not fit the budget.")
    date: BriefingDate
    briefing: BriefingId
    section: SectionKind = Field(description="Kind of the section.")
    importance: str | None = Field(description="Label of the importance, as written.")
    thread: str | None = Field(description="Id of the story thread.")
    reports: int = Field(description="Number of items of the period that tell the story.")
    salience: float = Field(description="Section × importance × place, more for more reports.")
    sources: list[DigestSource] = Field(description="Sources with an address.")
    lines: Lines = Field(description="Lines of the item in the document.")
    link: str = Field(description="Address of the item.")


class DigestOut(Out):
    """Digest of the last days, within a budget."""

    from_: date | None = Field(alias="from", description="First day; null without briefings.")
    to: date | None = Field(description="Last day; null without briefings.")
    budget: int = Field(description="The largest length, in `unit`.")
    unit: Unit = Field(description="Unit of the budget; bytes for JSON.")
    stories: list[StoryOut] = Field(description="Stories, the most salient first.")
    left: int = Field(description="Number of stories that did not fit.")
    dataset_version: DatasetVersion
    warnings: Warnings
