"""Query strings of entities: lists, timelines, trends, related entities, lookups, judgements."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from app.query.request.citation_params import Accessed, CitedList
from app.query.request.filter_syntax import split
from app.query.request.item_params import ItemFilter
from app.query.request.params import (
    GROUP_BY,
    WITH_PARTS,
    Channels,
    Day,
    DayRanges,
    Days,
    DimensionNames,
    EntityTypes,
    Fields,
    Grouping,
    ItemNumbers,
    Lang,
    MentionedAs,
    Numbers,
    OneOf,
    Paging,
    Phrases,
    RolledUp,
    Sections,
    Text,
    Whole,
    checked_text,
    comma_separated,
)
from app.query.schemas.shared import EntityType, Interval

DEFAULT_TYPES: tuple[EntityType, ...] = (
    "org",
    "model",
    "product",
    "person",
    "chip",
    "dataset",
    "event",
)
"""Types that trends rank by default: everyday concepts would outrank them."""
TOP = 10
"""Top items that a bucket of a timeline names at most."""
ENTITY_HAS = {
    "family": "家族",
    "maker": "製造者",
    "external_ids": "外部識別碼",
}
"""Values of `has` in lists of entities, with their Chinese words."""


def _bounded_names(value: Any) -> Any:
    # The limit of a text counts for each name: ten names together may be longer.
    if isinstance(value, str):
        for part in split(value, ","):
            checked_text(part)

    return value


EntityNames = Annotated[str, BeforeValidator(_bounded_names)]
"""Entities, separated by commas."""
ENTITY_DIMENSIONS = ("entity_type",)
"""Dimensions that `group_by` takes."""


class EntityFilter(ItemFilter):
    """Entities. With filters of items, counts are of the matching items."""

    entity_type: EntityTypes = Field([], description="Types.")
    mention: MentionedAs = Field(
        [],
        description="Kinds of mention: in a cell of the entity line, a title, the text, …; "
        "counts are of these mentions.",
        examples=[["title|listed"]],
    )
    has: Annotated[list[Text], OneOf(tuple(ENTITY_HAS)), WITH_PARTS] = Field(
        [],
        description=f"Properties that the entity has: {', '.join(ENTITY_HAS)}.",
    )
    mentions: Annotated[
        Numbers,
        Phrases("mentioned {} times", "not mentioned {} times", "提及次數 {}", "提及次數非 {}"),
    ] = Field(
        [],
        description="Number of mentions: a number or a range, `10..`.",
        examples=[["2.."]],
    )
    items: ItemNumbers = Field(
        [],
        description="Number of items that name it: a number or a range.",
    )
    first_seen: Annotated[
        DayRanges,
        Phrases("first seen {}", "not first seen {}", "首見於{}", "非首見於{}"),
    ] = Field(
        [],
        description="Day of the first mention: a day or a range, `2025-12-01..`.",
    )
    last_seen: Annotated[
        DayRanges,
        Phrases("last seen {}", "not last seen {}", "末見於{}", "非末見於{}"),
    ] = Field(
        [],
        description="Day of the last mention: a day or a range.",
    )


class EntityList(EntityFilter, Grouping, Paging, Lang, Fields, CitedList):
    sort: Text | None = Field(
        None,
        description="mentions, items, briefings, name, first_seen or last_seen; "
        "or `relevance` with a `q`. Default `-mentions`; with a `q` exact names come first, "
        "then names that begin with it.",
    )


class EntityBucketList(EntityList):
    """Buckets of the list."""

    group_by: Annotated[Text, DimensionNames(ENTITY_DIMENSIONS)] = Field(
        description=GROUP_BY,
        examples=["entity_type"],
    )


class RelatedQuery(Days, RolledUp, Paging, Lang, Fields):
    entity_type: EntityTypes = Field([], description="Types.")
    section: Sections = Field([], description="Only items in sections of this kind.")
    sort: Literal["g2", "count", "npmi"] = Field("g2", description="Sort key, highest first.")


class TrendsQuery(RolledUp, Paging, Lang, Fields):
    window: Whole = Field(
        7,
        ge=1,
        le=90,
        description="Length of the window in days.",
    )
    baseline: Whole = Field(
        28,
        ge=1,
        le=365,
        description="Days before the window that it is compared with.",
    )
    until: Day | None = Field(
        None,
        description="Last day of the window; by default the day of the newest briefing.",
        examples=["2025-12-23"],
    )
    channel: Channels = Field([], description="Channels, by id.")
    section: Sections = Field([], description="Only items in sections of this kind.")
    entity_type: EntityTypes = Field(
        [],
        description=f"Types; by default {', '.join(DEFAULT_TYPES)}.",
    )
    direction: Literal["rising", "fading"] | None = Field(
        None,
        description="Only entities named more (rising) or less (fading) than expected.",
    )
    support: Whole = Field(
        3,
        ge=1,
        le=1_000,
        description="Minimum number of items in window and baseline that name an entity.",
    )
    sort: Literal["residual", "items"] = Field(
        "residual",
        description="Sort key: furthest from the expected count first, or most items.",
    )


class TimelineAxis(Days, RolledUp, Lang, Fields):
    interval: Interval = Field(
        "day",
        description="Length of a bucket; weeks begin on Monday.",
    )


class TimelineQuery(TimelineAxis):
    top: Whole = Field(
        3,
        ge=0,
        le=TOP,
        description="Number of top items per bucket.",
    )


class TimelinesQuery(TimelineAxis):
    entities: EntityNames = Field(
        description="Two to ten entities, separated by commas: id, slug or any spelling.",
        examples=["NVIDIA,OpenAI"],
    )
    top: Whole = Field(
        0,
        ge=0,
        le=TOP,
        description="Number of top items per bucket.",
    )

    def names_of_entities(self) -> list[str]:
        """Return the entities asked for, each once."""
        return list(dict.fromkeys(comma_separated(self.entities)))


class CompletionQuery(Lang, Fields):
    q: Text = Field(
        description="The beginning of a name, in any script; typos are tolerated.",
        examples=["qw"],
    )
    limit: Whole = Field(
        10,
        ge=1,
        le=50,
        description="Maximum number of completions.",
    )


class EntityQuery(Lang, Fields, Accessed):
    format: Literal["json", "html", "jsonld", "bibtex", "ris", "csl", "apa", "gbt7714"] | None = (
        Field(
            None,
            description="Overrides the `Accept` header.",
        )
    )


class ReviewList(Paging, Lang, Fields):
    kind: Literal["links", "unlisted"] = Field(
        "links",
        description="`links`: uncertain links; `unlisted`: names that no catalogue has.",
    )
    support: Whole = Field(
        2,
        ge=1,
        le=1_000,
        description="Minimum number of different sentences with an unlisted name.",
    )
    sort: Text | None = Field(
        None,
        description="Of links: score or spelling, default `-score`. Of unlisted names: sentences, "
        "items, days, last_seen or spelling, default `-sentences`.",
    )


class HistoryList(Paging, Fields):
    pass
