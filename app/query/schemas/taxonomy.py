"""The shapes of tags, sources and publishers."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.query.schemas.shared import ItemRef, Out, PublisherRef, SourceStatus


class TagCounts(Out):
    tag: int
    keyword: int


class TagOut(Out):
    slug: str
    name: str
    counts: Annotated[TagCounts, Field(description="Briefings that carry it, by kind.")]
    first_seen: date
    last_seen: date
    links: dict[str, str]


class SourceSummary(Out):
    id: str
    url: str | None
    arxiv_id: str | None
    status: SourceStatus
    publisher: PublisherRef | None
    label: Annotated[str | None, Field(description="As its earliest citation writes it.")]
    target: str | None
    citations: int
    first_cited: date
    last_cited: date
    links: dict[str, str]


class SourceCitation(Out):
    item: ItemRef | None
    briefing: str
    label: str | None
    target: str | None
    arxiv_version: int | None
    status: SourceStatus
    reason: str | None
    line: int


class SourceOut(SourceSummary):
    cited_by: list[SourceCitation]


class PublisherOut(PublisherRef):
    sources: int
    citations: int
    first_cited: date
    last_cited: date
    links: dict[str, str]
