"""Query strings of briefings, headlines, quality, the watch list and differences."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.query.request.citation_params import Accessed, CitedList
from app.query.request.params import (
    GROUP_BY,
    OF_STATUS,
    WITH_PARTS,
    Certainties,
    Channels,
    Day,
    Days,
    DimensionNames,
    Entities,
    EntityTypes,
    Fields,
    Grouping,
    Importance,
    ItemNumbers,
    Keywords,
    Lang,
    Languages,
    Moments,
    OneOf,
    PageSize,
    Paging,
    Publishers,
    RolledUp,
    Searched,
    Sections,
    Sources,
    SourceStatuses,
    Tags,
    Text,
    Threads,
    Whole,
)

MAX_HEADLINE_DAYS = 31
"""Days whose headlines one answer shows."""
BRIEFING_HAS = {
    "summary": "摘要",
    "description": "描述",
    "items": "項目",
    "insight": "洞察",
    "watchlist": "關注清單",
    "readings": "推薦閱讀",
    "background": "背景註解",
    "tags": "標籤",
    "keywords": "關鍵詞",
    "entities": "實體列",
    "sources": "來源",
    "publisher": "已知出處",
}
"""Values of `has` in filters of briefings, with their Chinese words."""


BRIEFING_DIMENSIONS = (
    "section",
    "entity",
    "entity_type",
    "tag",
    "keyword",
    "publisher",
    "channel",
    "day",
    "week",
    "month",
)
"""Dimensions that `group_by` takes."""


class BriefingFilter(Days, RolledUp, Searched):
    language: Languages = Field([], description="Languages of the document.")
    tag: Tags = Field([], description="Front-matter tags: slug or name.")
    keyword: Keywords = Field([], description="Keywords of the day: slug or name.")
    section: Sections = Field([], description="Kinds of section that have items.")
    importance: Importance = Field(
        [],
        description="Labelled importance of one of its items.",
    )
    certainty: Certainties = Field(
        [],
        description="How it hedges claims of one of its items.",
    )
    source_status: SourceStatuses = Field([], description="Statuses of sources of its items.")
    thread: Threads = Field(
        [],
        description="Story threads that one of its items belongs to, by id.",
    )
    entity: Entities = Field(
        [],
        description="Entities that it names: id, slug or any spelling.",
    )
    entity_type: EntityTypes = Field([], description="Types of entities that it names.")
    source: Sources = Field(
        [],
        description="Sources that it cites: id, `arxiv:ID` or URL.",
    )
    publisher: Publishers = Field(
        [],
        description="Publishers of its sources, by domain.",
    )
    updated_since: Moments = Field(
        [],
        description="Times: only what changed at or after them; a day means its beginning in UTC.",
        examples=[["2025-12-23T08:00:00Z"]],
    )
    has: Annotated[list[Text], OneOf(tuple(BRIEFING_HAS)), WITH_PARTS] = Field(
        [],
        description=f"Parts that the briefing has: {', '.join(BRIEFING_HAS)}.",
    )
    items: ItemNumbers = Field(
        [],
        description="Number of its items: a number or a range, `20..`.",
        examples=[["20.."]],
    )


class BriefingList(BriefingFilter, Grouping, Paging, Lang, Fields, CitedList):
    sort: Text | None = Field(
        None,
        description="date or title, `-` for descending; or `relevance` with a `q`. "
        "Default `-date`. Keys of buckets: count, key.",
    )


class BriefingBucketList(BriefingList):
    """Buckets of the list."""

    group_by: Annotated[Text, DimensionNames(BRIEFING_DIMENSIONS)] = Field(
        description=GROUP_BY,
        examples=["month"],
    )


class VersionsQuery(Fields):
    @property
    def limit(self) -> None:
        """All versions are on one page."""
        return None


class HeadlinesQuery(Lang, Fields):
    day: Day | None = Field(
        None,
        alias="date",
        description="The day, of which the primary edition is shown; by default the latest.",
        examples=["2025-12-23"],
    )
    from_: Day | None = Field(
        None,
        alias="from",
        description=f"The first of several days, at most {MAX_HEADLINE_DAYS}; not with `date`.",
        examples=["2025-12-20"],
    )
    to: Day | None = Field(
        None,
        description="The last of several days; by default the latest one.",
        examples=["2025-12-23"],
    )
    channel: Channels = Field(
        [],
        description="The channels, `a|b` for several; by default the default one.",
    )
    importance: Importance = Field(
        [],
        description="Level; `unknown` for a label that is not recognised, `none` without a label.",
        examples=[["high"]],
    )
    limit: PageSize | None = Field(
        None,
        description="Maximum number of headlines; by default all of them.",
    )
    format: Literal["json", "text", "md"] | None = Field(
        None, description="Overrides the `Accept` header."
    )

    @model_validator(mode="after")
    def _one_period(self) -> "HeadlinesQuery":
        if self.day and (self.from_ or self.to):
            raise ValueError("date is one day, from and to are several; pass only one of them")
        if self.to and not self.from_:
            raise ValueError("to needs from; pass the first day as from")
        if self.from_ and self.to:
            days = (self.to - self.from_).days + 1
            if not 1 <= days <= MAX_HEADLINE_DAYS:
                raise ValueError(
                    f"from ({self.from_}) to ({self.to}) are {days} days; expected 1 to "
                    f"{MAX_HEADLINE_DAYS}"
                )
        return self


class BriefingQuery(Lang, Fields, Accessed):
    format: (
        Literal["json", "md", "html", "jsonld", "bibtex", "ris", "csl", "apa", "gbt7714"] | None
    ) = Field(None, description="Overrides the `Accept` header.")


class LatestQuery(BriefingQuery):
    channel: Text | None = Field(
        None,
        description="The channel; by default the default one.",
    )


class QualityList(Days, Paging, Lang, Fields):
    updated_since: Moments = Field(
        [],
        description="Times: only what changed at or after them; a day means its beginning in UTC.",
        examples=[["2025-12-23T08:00:00Z"]],
    )


class WatchFilter(Days, RolledUp):
    status: Annotated[list[Text], OneOf(("hit", "silent")), OF_STATUS] = Field(
        [],
        description="`hit`: a later item answers; `silent`: none does.",
    )
    entity: Entities = Field(
        [],
        description="Entities that the entry names: id, slug or any spelling.",
    )
    updated_since: Moments = Field(
        [],
        description="Times: only what changed at or after them; a day means its beginning in UTC.",
        examples=[["2025-12-23T08:00:00Z"]],
    )


class WatchlistQuery(WatchFilter, Paging, Lang, Fields):
    top: Whole = Field(
        5,
        ge=0,
        le=50,
        description="Number of answers shown per entry.",
    )


class DiffQuery(Lang, Fields):
    from_: Text = Field(
        alias="from",
        description="The earlier briefing: its id, which is its date in the default channel.",
        examples=["2025-11-22"],
    )
    to: Text = Field(
        description="The later briefing, by id.",
        examples=["2025-12-23"],
    )
    entity_type: EntityTypes = Field([], description="Types of entities.")
