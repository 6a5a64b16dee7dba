"""Shapes of tags, sources and publishers."""

from datetime import date

from pydantic import Field

from app.query.schemas.shared import (
    BriefingId,
    ItemRef,
    Line,
    Links,
    Out,
    PublisherRef,
    SourceStatus,
)


class TagCounts(Out):
    """Number of briefings with a tag, by kind."""

    tag: int = Field(description="Briefings with the tag in their front matter.")
    keyword: int = Field(description="Briefings with the keyword of the day.")


class TagOut(Out):
    """Tag or keyword."""

    slug: str = Field(description="Id of the tag.")
    name: str = Field(description="Usual spelling.")
    counts: TagCounts = Field(description="Number of briefings, by kind.")
    first_seen: date = Field(description="Date of the first briefing.")
    last_seen: date = Field(description="Date of the last briefing.")
    links: Links


class SourceSummary(Out):
    """Source in a list."""

    id: str = Field(description="Stable id of the source.")
    url: str | None = Field(description="Normalised URL.")
    arxiv_id: str | None = Field(description="arXiv id without version.")
    status: SourceStatus = Field(description="Quality of the target.")
    publisher: PublisherRef | None = Field(description="Publisher of the source.")
    label: str | None = Field(description="Label of the earliest citation.")
    target: str | None = Field(description="Target of the earliest citation, as written.")
    citations: int = Field(description="Number of citations.")
    first_cited: date = Field(description="Date of the first citation.")
    last_cited: date = Field(description="Date of the last citation.")
    links: Links


class SourceCitation(Out):
    """Citation of a source."""

    item: ItemRef | None = Field(description="Citing item; null for a citation outside of items.")
    briefing: BriefingId
    label: str | None = Field(description="Text of the link, as written.")
    target: str | None = Field(description="Target of the link, as written.")
    arxiv_version: int | None = Field(description="arXiv version.")
    status: SourceStatus = Field(description="Quality of the link's target.")
    reason: str | None = Field(description="Why the target has this status.")
    line: Line


class SourceOut(SourceSummary):
    """Source with its citations."""

    cited_by: list[SourceCitation] = Field(description="Citations, the earliest first.")


class PublisherOut(PublisherRef):
    """Publisher with counts."""

    sources: int = Field(description="Number of cited sources.")
    citations: int = Field(description="Number of citations.")
    first_cited: date = Field(description="Date of the first citation.")
    last_cited: date = Field(description="Date of the last citation.")
    links: Links
