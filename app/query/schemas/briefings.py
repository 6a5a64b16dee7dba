"""The shapes of briefings and of their quality."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from app.query.schemas.items import ItemCore, ItemOut, Lines
from app.query.schemas.lists import Page
from app.query.schemas.shared import BriefingRef, Out, SectionKind


class SectionOut(Out):
    position: int
    kind: SectionKind
    title: str
    blurb: str | None
    notes: list[str]
    containers: Annotated[
        list[dict[str, Any]],
        Field(description="Headings that gather bullets: `{title, position}`."),
    ]
    items: list[ItemCore]


class InsightOut(Out):
    title: str | None
    text: str


class WatchOut(Out):
    id: str
    position: int
    text: str


class ReadingOut(Out):
    title: str
    target: str | None
    source_id: str | None
    note: str | None


class BackgroundOut(Out):
    term: str | None
    text: str


class StatsOut(Out):
    """The figures of the footer, as reported."""

    articles: Annotated[int | None, Field(examples=[225])]
    topics: Annotated[int | None, Field(examples=[55])]
    window_hours: Annotated[int | None, Field(examples=[24])]
    generated_at: str | None
    text: list[str]


class BriefingCounts(Out):
    sections: int
    items: int
    full: int
    bullet: int
    stub: int
    entities: Annotated[int, Field(description="Cells of the entity lines.")]
    sources: Annotated[int, Field(description="Citations of the items.")]
    watchlist: int
    readings: int
    background: int
    keywords: int


class BriefingLinks(Out):
    self: str
    source: str
    quality: str
    items: str
    html: str
    markdown: str


class BriefingSummary(Out):
    """A briefing in a list."""

    id: Annotated[str, Field(examples=["2025-12-23"])]
    channel: str
    date: date
    title: str
    description: str | None
    summary: str | None
    published_at: str | None
    tags: list[str]
    counts: BriefingCounts
    stats: StatsOut
    updated_at: datetime
    links: BriefingLinks


class BriefingOut(BriefingSummary):
    """The whole document, structured."""

    dialect: str
    draft: bool
    front_matter: dict[str, Any]
    heading: str | None
    preamble: list[str]
    sections: list[SectionOut]
    insight: list[InsightOut]
    watchlist: list[WatchOut]
    readings: list[ReadingOut]
    background: list[BackgroundOut]
    keywords: list[str]


class PassageOut(Out):
    """Exactly where an item stands in its document. Characters count from 0, `end` exclusive, of the decoded text."""

    briefing: str
    lines: Lines
    start: int
    end: int
    text: str
    sha256: Annotated[str, Field(description="Of the document's bytes.")]


class Headlines(Page[ItemOut]):
    briefing: BriefingRef
