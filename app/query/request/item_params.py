"""Query strings of items, exports, threads and search."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from app.errors import BadRequest
from app.query.request.citation_params import Accessed, CitedList
from app.query.request.params import (
    GROUP_BY,
    OF_KIND,
    WITH_PARTS,
    Certainties,
    Days,
    DimensionNames,
    Entities,
    EntityTypes,
    Fields,
    Grouping,
    Importance,
    Keywords,
    Lang,
    Languages,
    Moments,
    OneOf,
    Paging,
    Phrases,
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
    comma_separated,
)
from app.query.request.suggestions import fault, nearest
from app.query.schemas.shared import ItemKind
from app.store.encoding.stored_item import ITEM_PARTS

HAS = {
    "summary": "摘要",
    "technical": "技術要點",
    "applications": "應用",
    "takeaways": "啟示",
    "importance": "重要性",
    "reason": "理由",
    "entities": "實體列",
    "mentions": "提及的實體",
    "sources": "來源",
    "publisher": "已知出處",
    "tags": "標籤",
    "keywords": "關鍵詞",
    "parent": "上層標題",
    "extra": "其他欄位",
    "thread": "故事",
}
"""Values of `has` in filters of items, with their Chinese words."""
SEARCHED = ("items", "entities", "sources", "briefings")
"""Kinds of things that a search finds."""
ITEM_INCLUDES = (*ITEM_PARTS, "mentions")
"""Parts of an item that lists leave out by default."""


ITEM_DIMENSIONS = (
    "section",
    "importance",
    "kind",
    "entity",
    "entity_type",
    "tag",
    "keyword",
    "publisher",
    "source_status",
    "channel",
    "day",
    "week",
    "month",
)
"""Dimensions that `group_by` takes."""


class ItemFilter(Days, RolledUp, Searched):
    """Filters of items.

    Repeating a parameter is AND, `a|b` inside one is OR, a leading `!` is NOT.
    """

    section: Sections = Field(
        [],
        description="Kind of section.",
        examples=[["headlines|research"]],
    )
    importance: Importance = Field(
        [],
        description="Level; `unknown` for a label that is not recognised, `none` without a label.",
        examples=[["high"]],
    )
    kind: Annotated[list[Text], OneOf(get_args(ItemKind)), OF_KIND] = Field(
        [],
        description="Kind of item.",
    )
    entity: Entities = Field(
        [],
        description="Entities that the item names: id, slug or any spelling.",
        examples=[["SGLang|昇騰"]],
    )
    entity_type: EntityTypes = Field(
        [],
        description="Types of entities that the item names.",
    )
    tag: Tags = Field(
        [],
        description="Front-matter tags of the item's briefing: slug or name.",
        examples=[["mlops"]],
    )
    keyword: Keywords = Field(
        [],
        description="Keywords of the item's briefing: slug or name.",
    )
    source: Sources = Field(
        [],
        description="Sources that the item cites: id, `arxiv:ID` or URL.",
        examples=[["arxiv:2512.17527"]],
    )
    publisher: Publishers = Field(
        [],
        description="Publishers of its sources, by domain.",
        examples=[["techcrunch.com"]],
    )
    source_status: SourceStatuses = Field([], description="Statuses of its sources.")
    certainty: Certainties = Field(
        [],
        description="How the document hedges claims of the item: `guessed`, `undisclosed`, "
        "`claimed`; or `none`.",
        examples=[["guessed"]],
    )
    language: Languages = Field([], description="Languages of the item's document.")
    thread: Threads = Field(
        [],
        description="Story threads that the item belongs to, by id.",
    )
    updated_since: Moments = Field(
        [],
        description="Times: only what changed at or after them; a day means its beginning in UTC.",
        examples=[["2025-12-23T08:00:00Z"]],
    )
    has: Annotated[list[Text], OneOf(tuple(HAS)), WITH_PARTS] = Field(
        [],
        description=f"Parts that the item has: {', '.join(HAS)}.",
    )


class Include(Fields):
    include: Text | None = Field(
        None,
        description=f"Parts to add: {', '.join(ITEM_INCLUDES)}. "
        "Lists leave out all of them; a single item leaves out only `mentions`.",
    )

    def includes(self) -> tuple[str, ...]:
        """Return the parts asked for by `include` or `fields`. Raises BadRequest."""
        parts = list(comma_separated(self.include))
        for name in parts:
            if name not in ITEM_INCLUDES:
                raise BadRequest(
                    f"include: {name!r} is not valid; {nearest(name, ITEM_INCLUDES)}",
                    [fault("include", name, ITEM_INCLUDES)],
                )

        for name in self.names():
            head = name.partition(".")[0]
            if head in ITEM_INCLUDES:
                parts.append(head)

        return tuple(parts)


class ItemList(ItemFilter, Grouping, Paging, Lang, Include, CitedList):
    sort: Text | None = Field(
        None,
        description="Keys separated by commas, `-` for descending: date, title, importance, "
        "position, updated_at; or `relevance` with a `q`. Default `-date,position`. "
        "Keys of buckets: count, key. Default `-count`.",
    )

    collapse: Literal["thread"] | None = Field(
        None,
        description="`thread`: return only the newest item of each story; "
        "`thread.more` is the number of its other matching items.",
    )


class ItemBucketList(ItemList):
    """Buckets of the list."""

    group_by: Annotated[Text, DimensionNames(ITEM_DIMENSIONS)] = Field(
        description=GROUP_BY,
        examples=["importance"],
    )


class ItemQuery(Lang, Include, Accessed):
    format: Literal["json", "html", "jsonld", "bibtex", "ris", "csl", "apa", "gbt7714"] | None = (
        Field(
            None,
            description="Overrides the `Accept` header.",
        )
    )


class RelatedItemsQuery(Days, Paging, Lang, Fields):
    pass


class ThreadFilter(ItemFilter):
    """Threads with an item that matches the filters."""

    items: Whole = Field(
        2,
        ge=2,
        le=10_000,
        description="Minimum number of items.",
    )


class ThreadList(ThreadFilter, Paging, Lang, Fields):
    sort: Text | None = Field(
        None,
        description="last, first or items. Default `-last`.",
    )


class SearchList(ItemFilter, Paging, Lang, Fields):
    q: Text = Field(
        description=Searched.model_fields["q"].description,
        examples=["昇騰"],
    )
    type: Annotated[
        list[Text],
        OneOf(SEARCHED),
        Phrases("of type {}", "not of type {}", "類型為{}", "類型非{}"),
    ] = Field(
        [],
        description="Kinds of things to search.",
        examples=[["items|entities"]],
    )
