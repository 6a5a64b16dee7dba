"""Query strings of tags, sources and publishers."""

from typing import Annotated, Literal

from pydantic import Field

from app.query.request.briefing_params import BriefingFilter
from app.query.request.citation_params import Accessed, CitedList
from app.query.request.item_params import ItemFilter
from app.query.request.params import (
    GROUP_BY,
    OF_KIND,
    WITH_PARTS,
    CitationNumbers,
    DimensionNames,
    Fields,
    Grouping,
    Lang,
    Numbers,
    OneOf,
    Paging,
    Phrases,
    Publishers,
    Statuses,
    Text,
)

SOURCE_HAS = {
    "url": "網址",
    "arxiv_id": "arXiv 編號",
    "publisher": "已知出處",
    "items": "項目",
}
"""Values of `has` in lists of sources, with their Chinese words."""


SOURCE_DIMENSIONS = ("status", "publisher")
"""Dimensions that `group_by` takes."""


class TagList(BriefingFilter, Paging, Lang, Fields):
    """Tags and keywords of the briefings that match the filters."""

    q: Text | None = Field(
        None,
        description="A part of the name, in any script and case.",
        examples=["推理"],
    )
    kind: Annotated[list[Text], OneOf(("tag", "keyword")), OF_KIND] = Field(
        [],
        description="`tag`: from the front matter; `keyword`: of the day.",
    )
    briefings: Annotated[
        Numbers,
        Phrases("on {} briefings", "not on {} briefings", "簡報數 {}", "簡報數非 {}"),
    ] = Field(
        [],
        description="Number of its briefings: a number or a range.",
    )
    sort: Text | None = Field(
        None,
        description="briefings, name, first_seen or last_seen. Default `-briefings`.",
    )


class SourceFilter(ItemFilter):
    """Sources. With filters of items, counts are of the matching items."""

    status: Statuses = Field([], description="Statuses.")
    publisher: Publishers = Field([], description="Publishers, by domain.")
    has: Annotated[list[Text], OneOf(tuple(SOURCE_HAS)), WITH_PARTS] = Field(
        [],
        description=f"Properties that the source has: {', '.join(SOURCE_HAS)}.",
    )
    citations: CitationNumbers = Field(
        [],
        description="Number of citations: a number or a range, `2..`.",
    )


class SourceList(SourceFilter, Grouping, Paging, Lang, Fields, CitedList):
    sort: Text | None = Field(
        None,
        description="citations, first_cited or last_cited; or `relevance` with a `q`. "
        "Default `-last_cited`.",
    )


class SourceBucketList(SourceList):
    """Buckets of the list."""

    group_by: Annotated[Text, DimensionNames(SOURCE_DIMENSIONS)] = Field(
        description=GROUP_BY,
        examples=["status"],
    )


class PublisherList(ItemFilter, Paging, Lang, Fields):
    """Publishers. With filters of items, counts are of the matching items."""

    q: Text | None = Field(
        None,
        description="A part of the name or domain, in any case.",
        examples=["techcrunch"],
    )
    publisher: Publishers = Field([], description="Publishers, by domain.")
    status: Statuses = Field([], description="Statuses of its sources.")
    citations: CitationNumbers = Field(
        [],
        description="Number of citations: a number or a range.",
    )
    sort: Text | None = Field(
        None,
        description="citations, sources, name or last_cited. Default `-citations`.",
    )


class SourceQuery(Fields, Accessed):
    format: Literal["json", "jsonld", "bibtex", "ris", "csl", "apa", "gbt7714"] | None = Field(
        None,
        description="Overrides the `Accept` header.",
    )
