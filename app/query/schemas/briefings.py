"""Shapes of briefings."""

from datetime import datetime
from typing import Any

from pydantic import Field

from app.query.schemas.items import ItemCore, ItemOut, Lines
from app.query.schemas.lists import Page
from app.query.schemas.shared import (
    BriefingDate,
    BriefingId,
    BriefingRef,
    End,
    Language,
    Out,
    SectionKind,
    Start,
    Title,
)


class SectionOut(Out):
    """Section of a briefing with its items."""

    position: int = Field(description="Position in the briefing, from 1.")
    kind: SectionKind = Field(description="Kind of the section.")
    title: Title
    blurb: str | None = Field(description="Introduction below the heading.")
    notes: list[str] = Field(description="Paragraphs that belong to no item.")
    containers: list[dict[str, Any]] = Field(
        description="Headings that group bullets: `{title, position}`."
    )
    items: list[ItemCore] = Field(description="Items in the order of the document.")


class InsightOut(Out):
    """Part of the editor's insight."""

    title: str | None = Field(description="Heading of the part.")
    text: str = Field(description="Text of the part.")


class WatchOut(Out):
    """Entry of the watch list."""

    id: str = Field(description="Stable id of the entry.")
    position: int = Field(description="Position in the watch list, from 1.")
    text: str = Field(description="Text of the entry.")


class ReadingOut(Out):
    """Recommended reading."""

    title: Title
    target: str | None = Field(description="Target of the link, as written.")
    source_id: str | None = Field(description="Id of the source that the link leads to.")
    note: str | None = Field(description="Remark of the editor.")


class BackgroundOut(Out):
    """Background note."""

    term: str | None = Field(description="Term that the note explains.")
    text: str = Field(description="Text of the note.")


class StatsOut(Out):
    """Numbers in the footer, as the document reports them."""

    articles: int | None = Field(description="Articles that were read.", examples=[225])
    topics: int | None = Field(description="Topics that were found.", examples=[55])
    window_hours: int | None = Field(description="Hours that the briefing covers.", examples=[24])
    generated_at: str | None = Field(description="Time of generation, as written.")
    text: list[str] = Field(description="Lines of the footer.")


class BriefingCounts(Out):
    """Numbers of a briefing's parts."""

    sections: int = Field(description="Number of sections.")
    items: int = Field(description="Number of items.")
    full: int = Field(description="Number of items with a heading and fields.")
    bullet: int = Field(description="Number of items that are one bullet.")
    stub: int = Field(description="Number of items that refer to another item.")
    entities: int = Field(description="Number of names on the entity lines.")
    sources: int = Field(description="Number of citations in the items.")
    watchlist: int = Field(description="Number of entries of the watch list.")
    readings: int = Field(description="Number of recommended readings.")
    background: int = Field(description="Number of background notes.")
    keywords: int = Field(description="Number of keywords of the day.")


class BriefingLinks(Out):
    """Addresses of a briefing."""

    self: str = Field(description="The briefing.")
    source: str = Field(description="The document, unchanged.")
    quality: str = Field(description="The report on the document.")
    versions: str = Field(description="All versions of the document.")
    editions: str = Field(description="All editions of this day and channel.")
    items: str = Field(description="The items of this day and channel, of all editions.")
    html: str = Field(description="The briefing as an HTML page.")
    markdown: str = Field(description="The briefing as Markdown.")


class DayLinks(BriefingLinks):
    """Addresses of a briefing and of its neighbours."""

    prev: str | None = Field(
        None, description="The previous briefing of the channel; absent at the first."
    )
    next: str | None = Field(
        None, description="The next briefing of the channel; absent at the newest."
    )


class BriefingSummary(Out):
    """Briefing in a list."""

    id: BriefingId
    channel: str = Field(description="Channel of the briefing.")
    date: BriefingDate
    edition: str | None = Field(
        description="Difference from other documents of its day: the name of its file without "
        "date, language and words such as `daily`; null for none.",
        examples=["pm"],
    )
    language: Language | None = Field(description="Language of the document; null if unknown.")
    title: Title
    description: str | None = Field(description="Description from the front matter.")
    summary: str | None = Field(description="Summary of the day.")
    published_at: str | None = Field(description="Time of publication, as written.")
    tags: list[str] = Field(description="Tags from the front matter.")
    counts: BriefingCounts = Field(description="Numbers of parts.")
    stats: StatsOut = Field(description="Numbers that the document reports.")
    updated_at: datetime = Field(description="Last change of the stored document.")
    links: BriefingLinks = Field(description="Addresses of the briefing.")


class BriefingOut(BriefingSummary):
    """Whole document, structured."""

    links: DayLinks = Field(description="Addresses of the briefing and of its neighbours.")
    dialect: str = Field(description="Dialect that the document was parsed as.")
    draft: bool = Field(description="Whether the document is a draft.")
    front_matter: dict[str, Any] = Field(description="Front matter, unchanged.")
    heading: str | None = Field(description="First heading of the document.")
    preamble: list[str] = Field(description="Paragraphs before the first section.")
    sections: list[SectionOut] = Field(description="Sections in the order of the document.")
    insight: list[InsightOut] = Field(description="Parts of the editor's insight.")
    watchlist: list[WatchOut] = Field(description="Entries of the watch list.")
    readings: list[ReadingOut] = Field(description="Recommended readings.")
    background: list[BackgroundOut] = Field(description="Background notes.")
    keywords: list[str] = Field(description="Keywords of the day.")


class PassageLinks(Out):
    """Addresses of a position in a document."""

    document: str = Field(
        description="The version of the document that the lines are of; stays for ever.",
        examples=["/v1/documents/55a9b9a5d8c3249c#L84-90"],
    )
    briefing: str = Field(description="The briefing.")


class PassageOut(Out):
    """Exact position of an item in its document, as offsets in the decoded text."""

    briefing: BriefingId
    lines: Lines = Field(description="Lines of the item.")
    start: Start
    end: End
    text: str = Field(description="The lines, unchanged.")
    sha256: str = Field(description="SHA-256 of the document's bytes, in hexadecimal.")
    links: PassageLinks = Field(description="Addresses of the position.")


class Headlines(Page[ItemOut]):
    """Headlines of a briefing."""

    briefing: BriefingRef = Field(description="The primary edition of the newest day.")
    briefings: list[BriefingRef] = Field(
        description="The primary editions of all days and channels, the newest first."
    )
    editions: list[BriefingRef] = Field(description="The other editions of the day.")
