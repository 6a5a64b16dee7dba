"""The shapes of briefings and of their quality."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from app.query.schemas.items import ItemCore, ItemOut, Lines
from app.query.schemas.lists import Page
from app.query.schemas.shared import BriefingRef, Language, Out, SectionKind


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
    versions: Annotated[str, Field(description="All versions of its document.")]
    editions: Annotated[str, Field(description="All editions of its day.")]
    items: Annotated[str, Field(description="The items of all editions of its day.")]
    html: str
    markdown: str


class BriefingSummary(Out):
    """A briefing in a list."""

    id: Annotated[str, Field(examples=["2025-12-23"])]
    channel: str
    date: date
    edition: Annotated[
        str | None,
        Field(
            description="What tells it from other documents of its day: the name of its file "
            "without date, language and words such as `daily`; null for nothing.",
            examples=["pm"],
        ),
    ]
    language: Annotated[
        Language | None,
        Field(description="The language of the document; null where unknown."),
    ]
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


class PassageLinks(Out):
    document: Annotated[
        str,
        Field(
            description="The version of the document that the lines are of, for ever.",
            examples=["/v1/documents/55a9b9a5d8c3249c#L84-90"],
        ),
    ]
    briefing: str


class PassageOut(Out):
    """Exactly where an item stands in its document. Characters count from 0, `end` exclusive, of the decoded text."""

    briefing: str
    lines: Lines
    start: int
    end: int
    text: str
    sha256: Annotated[str, Field(description="Of the document's bytes.")]
    links: PassageLinks


class Headlines(Page[ItemOut]):
    briefing: BriefingRef
    editions: Annotated[
        list[BriefingRef],
        Field(description="The other editions of the day."),
    ]
