"""The query string: one immutable object an endpoint, checked once at the edge and handed on by every door."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.errors import BadRequest
from app.query.request.filter_syntax import clauses, counted, day_range, number_range, split
from app.query.request.suggestions import fault, nearest
from app.query.schemas.shared import (
    Certainty,
    EntityType,
    Interval,
    ItemKind,
    Level,
    MentionKind,
    SectionKind,
    SourceStatus,
)
from app.store.encoding.stored_item import ITEM_PARTS

MAX_VALUE = 256
TOP = 10
"""Items that a bucket of a timeline names at most."""

HAS = (
    "summary", "technical", "applications", "takeaways", "importance", "reason", "entities", "mentions", "sources", "publisher",
    "tags", "keywords", "parent", "extra", "thread",
)  # fmt: skip
BRIEFING_HAS = (
    "summary", "description", "items", "insight", "watchlist", "readings", "background", "tags", "keywords", "entities", "sources",
    "publisher",
)  # fmt: skip
ENTITY_HAS = ("family", "maker", "external_ids")
SOURCE_HAS = ("url", "arxiv_id", "publisher", "items")
SEARCHED = ("items", "entities", "sources", "briefings")
# What an item may have in lists.
ITEM_INCLUDES = (*ITEM_PARTS, "mentions")


def _clean(value: Any) -> Any:
    if isinstance(value, str) and (
        len(value) > MAX_VALUE or "\0" in value or any("\ud800" <= c <= "\udfff" for c in value)
    ):
        raise ValueError(f"a value has at most {MAX_VALUE} characters, none of them NUL")
    return value


def _values(valid: Sequence[str] | None = None) -> Any:
    """A repeatable parameter of clauses; with `valid`, of these values only."""

    def check(given: list[str]) -> list[str]:
        for clause in clauses(counted(given)):
            for value in clause.values if valid else ():
                if value not in (valid or ()):
                    raise ValueError(f"{value!r} is no value of it; {nearest(value, valid or ())}")
        return given

    return AfterValidator(check)


def _ranges(read: Callable[[str], Any]) -> Any:
    """A repeatable parameter of clauses of ranges."""

    def check(given: list[str]) -> list[str]:
        for clause in clauses(counted(given)):
            for value in clause.values:
                read(value)
        return given

    return AfterValidator(check)


def _bounded(value: Any) -> Any:
    # Ten names may be longer than one.
    for part in split(value, ",") if isinstance(value, str) else ():
        _clean(part)
    return value


Text = Annotated[str, BeforeValidator(_clean)]
Values = Annotated[list[Text], _values()]
Numbers = Annotated[list[Text], _ranges(number_range)]
DayRanges = Annotated[list[Text], _ranges(day_range)]


def _parts(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in split(value or "", ",") if part.strip())


class Params(BaseModel):
    """Unknown parameters are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True
    )


class Lang(Params):
    lang: Literal["zh-Hant", "zh-Hans", "en"] | None = Field(
        None,
        description="Which name of an entity is shown; `Accept-Language` otherwise. The document's own text is never altered.",
    )


class Fields(Params):
    fields: Text | None = Field(
        None,
        description="Only these fields, parted by commas; nested ones with a dot: `id,title,importance.level`.",
        examples=["id"],
    )

    def names(self) -> tuple[str, ...]:
        """The paths asked for, in order."""
        return _parts(self.fields)


class Days(Params):
    from_: date | None = Field(
        None, alias="from", description="Briefings of this day or later.", examples=["2025-11-01"]
    )
    to: date | None = Field(
        None, description="Briefings of this day or earlier.", examples=["2025-12-31"]
    )
    channel: Values = Field([], description="Channels.")

    @model_validator(mode="after")
    def _ordered(self) -> "Days":
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError(
                f"from ({self.from_}) is later than to ({self.to}); give the earlier day as from"
            )
        return self


class Family(Params):
    family: bool = Field(
        False,
        description="Count the members of an entity's family under it, however far down; the answer names them.",
    )


class Searched(Params):
    q: Text | None = Field(
        None,
        description='What is looked for: words, a "phrase", `-what` to leave out, the beginning of a word as `prefix*`, `a OR b`.',
        examples=["昇騰"],
    )
    expand: bool = Field(
        True, description="Words that are a spelling of one entity also find its other spellings."
    )


class ItemFilter(Days, Family, Searched):
    """Filters of items. Repeating a parameter is AND, `a|b` inside one is OR, a leading `!` is NOT."""

    section: Annotated[list[Text], _values(get_args(SectionKind))] = Field(
        [], description="Kind of section.", examples=[["headlines|research"]]
    )
    importance: Annotated[list[Text], _values((*get_args(Level), "unknown", "none"))] = Field(
        [],
        description="Level; `unknown` where nobody knows the label written, `none` where none is.",
        examples=[["high"]],
    )
    kind: Annotated[list[Text], _values(get_args(ItemKind))] = Field(
        [], description="Kind of item."
    )
    entity: Values = Field(
        [],
        description="Entities the item names: id, slug or any spelling.",
        examples=[["SGLang|昇騰"]],
    )
    entity_type: Annotated[list[Text], _values(get_args(EntityType))] = Field(
        [], description="Types of entities the item names."
    )
    tag: Values = Field(
        [],
        description="Front-matter tags of the item's briefing: slug or name.",
        examples=[["mlops"]],
    )
    keyword: Values = Field(
        [], description="Keywords of the day of the item's briefing: slug or name."
    )
    source: Values = Field(
        [],
        description="Sources the item cites: id, `arxiv:ID` or URL.",
        examples=[["arxiv:2512.17527"]],
    )
    publisher: Values = Field(
        [], description="Publishers of its sources, by domain.", examples=[["techcrunch.com"]]
    )
    source_status: Annotated[list[Text], _values(get_args(SourceStatus))] = Field(
        [], description="Statuses of its sources."
    )
    certainty: Annotated[list[Text], _values((*get_args(Certainty), "none"))] = Field(
        [],
        description="How the document marks claims of the item: as `guessed`, `undisclosed`, `claimed`; or `none`.",
        examples=[["guessed"]],
    )
    thread: Values = Field([], description="Story threads the item is a member of, by id.")
    has: Annotated[list[Text], _values(HAS)] = Field(
        [], description=f"What the item has: {', '.join(HAS)}."
    )


class BriefingFilter(Days, Family, Searched):
    tag: Values = Field([], description="Front-matter tags: slug or name.")
    keyword: Values = Field([], description="Keywords of the day: slug or name.")
    section: Annotated[list[Text], _values(get_args(SectionKind))] = Field(
        [], description="Kinds of section it has items in."
    )
    importance: Annotated[list[Text], _values((*get_args(Level), "unknown", "none"))] = Field(
        [], description="Importance of an item it has, as labelled."
    )
    certainty: Annotated[list[Text], _values((*get_args(Certainty), "none"))] = Field(
        [], description="How it marks claims of an item it has."
    )
    source_status: Annotated[list[Text], _values(get_args(SourceStatus))] = Field(
        [], description="Statuses of sources of its items."
    )
    thread: Values = Field([], description="Story threads one of its items is a member of, by id.")
    entity: Values = Field([], description="Entities it names: id, slug or any spelling.")
    entity_type: Annotated[list[Text], _values(get_args(EntityType))] = Field(
        [], description="Types of entities it names."
    )
    source: Values = Field([], description="Sources it cites: id, `arxiv:ID` or URL.")
    publisher: Values = Field([], description="Publishers of its sources, by domain.")
    has: Annotated[list[Text], _values(BRIEFING_HAS)] = Field(
        [], description=f"What the briefing has: {', '.join(BRIEFING_HAS)}."
    )
    items: Numbers = Field(
        [], description="How many items it has: a number or a range, `20..`.", examples=[["20.."]]
    )


class Paging(Params):
    limit: int = Field(20, ge=1, le=100, description="Entries a page.")
    cursor: (
        Annotated[
            str, BeforeValidator(lambda v: v if isinstance(v, str) and len(v) <= 2_000 else "!")
        ]
        | None
    ) = Field(None, description="`meta.next_cursor` of the page before.")

    def scope(self, *of: object) -> str:
        """What a walk is of: the list, its filters, its order; not what is shown of each entry."""
        shown = {"cursor", "limit", "fields", "lang", "include", "facets", "top"}
        return f"{type(self).__name__}/{of}/{self.model_dump(exclude=shown)}"


class Grouping(Params):
    group_by: Text | None = Field(
        None, description="Buckets by one dimension or two, parted by a comma, instead of entries."
    )
    facets: Text | None = Field(
        None,
        description="Dimensions, parted by commas, whose most frequent values are counted beside the list, in `meta.facets`.",
    )

    def dimensions(self) -> tuple[str, ...]:
        """Those of `group_by`, in order."""
        return tuple(dict.fromkeys(_parts(self.group_by)))

    def faceted(self) -> tuple[str, ...]:
        """Those of `facets`, in order."""
        return tuple(dict.fromkeys(_parts(self.facets)))


class Include(Fields):
    include: Text | None = Field(
        None,
        description=f"Parts that are left out otherwise: {', '.join(ITEM_INCLUDES)}; an item alone leaves out `mentions` only.",
    )

    def includes(self) -> tuple[str, ...]:
        """The parts asked for; those `fields` names come along."""
        given = _parts(self.include)
        for name in given:
            if name not in ITEM_INCLUDES:
                raise BadRequest(
                    f"There is no include {name!r}; {nearest(name, ITEM_INCLUDES)}",
                    [fault("include", name, ITEM_INCLUDES)],
                )
        return (
            *given,
            *(head for name in self.names() if (head := name.partition(".")[0]) in ITEM_INCLUDES),
        )


class ItemList(ItemFilter, Grouping, Paging, Lang, Include):
    sort: Text | None = Field(
        None,
        description="Keys parted by commas, `-` for descending: date, title, importance, position, updated_at; or `relevance`, where there is a `q`. Default `-date,position`."
        " Of buckets: count, key. Default `-count`.",
    )

    collapse: Literal["thread"] | None = Field(
        None,
        description="`thread`: of the items of one story only the newest; `thread.more` says how many others match.",
    )


class ItemExport(ItemFilter, Lang):
    pass


class ThreadList(ItemFilter, Paging, Lang, Fields):
    """Threads one item of which is what the filters ask for."""

    items: int = Field(2, ge=2, le=10_000, description="At least so many items.")
    sort: Text | None = Field(None, description="last, first or items. Default `-last`.")


class RelatedItemsQuery(Days, Paging, Lang, Fields):
    pass


class BriefingList(BriefingFilter, Grouping, Paging, Lang, Fields):
    sort: Text | None = Field(
        None,
        description="date or title, `-` for descending; or `relevance`, where there is a `q`. Default `-date`. Of buckets: count, key.",
    )


class QualityList(Days, Paging, Lang, Fields):
    pass


class WatchFilter(Days, Family):
    status: Annotated[list[Text], _values(("hit", "silent"))] = Field(
        [], description="`hit`: a later item answers; `silent`: none does."
    )
    entity: Values = Field([], description="Entities the entry names: id, slug or any spelling.")


class WatchlistQuery(WatchFilter, Paging, Lang, Fields):
    top: int = Field(5, ge=0, le=50, description="How many answers an entry shows.")


class TrendsQuery(Family, Paging, Lang, Fields):
    window: int = Field(7, ge=1, le=90, description="Days that are looked at.")
    baseline: int = Field(
        28, ge=1, le=365, description="Days before them that they are compared with."
    )
    until: date | None = Field(
        None,
        description="The last day of the window; the newest briefing's otherwise.",
        examples=["2025-12-23"],
    )
    channel: Values = Field([], description="Channels.")
    section: Annotated[list[Text], _values(get_args(SectionKind))] = Field(
        [], description="Within items of sections of this kind."
    )
    entity_type: Annotated[list[Text], _values(get_args(EntityType))] = Field(
        [], description="Types."
    )
    direction: Literal["rising", "fading"] | None = Field(
        None, description="Only those named more (less) often than expected."
    )
    support: int = Field(
        3, ge=1, le=1_000, description="How many items of window and baseline must name an entity."
    )
    sort: Literal["residual", "items"] = Field(
        "residual",
        description="By what they are ranked: furthest from expected, or most items, first.",
    )


class DiffQuery(Lang, Fields):
    from_: Text = Field(
        alias="from",
        description="The briefing that is compared with: an id, its date in the default channel.",
        examples=["2025-11-22"],
    )
    to: Text = Field(description="The briefing that is compared.", examples=["2025-12-23"])
    entity_type: Annotated[list[Text], _values(get_args(EntityType))] = Field(
        [], description="Types of entities."
    )


class EntityList(ItemFilter, Grouping, Paging, Lang, Fields):
    """With a filter of items, counts are of the items it asks for."""

    entity_type: Annotated[list[Text], _values(get_args(EntityType))] = Field(
        [], description="Types."
    )
    mention: Annotated[list[Text], _values(get_args(MentionKind))] = Field(
        [],
        description="Named this way: in a cell of the entity line, a title, the text, …; the counts are of these.",
        examples=[["title|listed"]],
    )
    has: Annotated[list[Text], _values(ENTITY_HAS)] = Field(
        [], description=f"What the entity has: {', '.join(ENTITY_HAS)}."
    )
    mentions: Numbers = Field(
        [], description="How often it is named: a number or a range, `10..`.", examples=[["2.."]]
    )
    items: Numbers = Field([], description="How many items name it: a number or a range.")
    first_seen: DayRanges = Field(
        [], description="When it was named first: a day or a range, `2025-12-01..`."
    )
    last_seen: DayRanges = Field([], description="When it was named last: a day or a range.")
    sort: Text | None = Field(
        None,
        description="mentions, items, briefings, name, first_seen or last_seen; or `relevance`, where there is a `q`. Default `-mentions`.",
    )


class TagList(BriefingFilter, Paging, Lang, Fields):
    """On the briefings the filters ask for."""

    q: Text | None = Field(
        None, description="A part of its name, in any script and case.", examples=["推理"]
    )
    kind: Annotated[list[Text], _values(("tag", "keyword"))] = Field(
        [], description="`tag`: of the front matter; `keyword`: of the day."
    )
    briefings: Numbers = Field([], description="How many briefings carry it: a number or a range.")
    sort: Text | None = Field(
        None, description="briefings, name, first_seen or last_seen. Default `-briefings`."
    )


class SourceList(ItemFilter, Grouping, Paging, Lang, Fields):
    """With a filter of items, counts are of the items it asks for."""

    status: Annotated[list[Text], _values(get_args(SourceStatus))] = Field(
        [], description="Statuses."
    )
    publisher: Values = Field([], description="Publishers, by domain.")
    has: Annotated[list[Text], _values(SOURCE_HAS)] = Field(
        [], description=f"What the source has: {', '.join(SOURCE_HAS)}."
    )
    citations: Numbers = Field([], description="How often it is cited: a number or a range, `2..`.")
    sort: Text | None = Field(
        None,
        description="citations, first_cited or last_cited; or `relevance`, where there is a `q`. Default `-last_cited`.",
    )


class PublisherList(ItemFilter, Paging, Lang, Fields):
    """With a filter of items, counts are of the items it asks for."""

    q: Text | None = Field(
        None, description="A part of its name or domain, in any case.", examples=["techcrunch"]
    )
    publisher: Values = Field([], description="These, by domain.")
    status: Annotated[list[Text], _values(get_args(SourceStatus))] = Field(
        [], description="By sources of these statuses."
    )
    citations: Numbers = Field([], description="How often it is cited: a number or a range.")
    sort: Text | None = Field(
        None, description="citations, sources, name or last_cited. Default `-citations`."
    )


class HeadlinesQuery(Lang, Fields):
    day: date | None = Field(
        None, alias="date", description="The day; the latest otherwise.", examples=["2025-12-23"]
    )
    channel: Text | None = Field(None, description="The channel; the default one otherwise.")
    limit: int | None = Field(
        None, ge=1, le=100, description="At most so many; all of them otherwise."
    )
    format: Literal["json", "text", "md"] | None = Field(
        None, description="Instead of the `Accept` header."
    )


class BriefingQuery(Lang, Fields):
    format: Literal["json", "md", "html"] | None = Field(
        None, description="Instead of the `Accept` header."
    )


class LatestQuery(BriefingQuery):
    channel: Text | None = Field(None, description="The channel; the default one otherwise.")


class OneQuery(Lang, Fields):
    pass


class ItemQuery(Lang, Include):
    pass


class PlainQuery(Fields):
    pass


class NoQuery(Params):
    pass


class ReviewList(Paging, Lang, Fields):
    sort: Text | None = Field(None, description="score or spelling. Default `-score`.")


class HistoryList(Paging, Fields):
    pass


class RelatedQuery(Days, Family, Paging, Lang, Fields):
    entity_type: Annotated[list[Text], _values(get_args(EntityType))] = Field(
        [], description="Types."
    )
    section: Annotated[list[Text], _values(get_args(SectionKind))] = Field(
        [], description="Within items of sections of this kind."
    )
    sort: Literal["g2", "count", "npmi"] = Field(
        "g2", description="By what they are ranked, highest first."
    )


class CompletionQuery(Lang, Fields):
    q: Text = Field(
        description="What is typed: the beginning of a name, in any script; slips are forgiven.",
        examples=["qw"],
    )
    limit: int = Field(10, ge=1, le=50, description="At most so many.")


class ManifestQuery(Lang):
    queries: str | None = Field(
        None, description="A batch of reconciliation queries: a JSON object of queries by key."
    )


class SuggestQuery(Lang):
    prefix: Text = Field("", description="What is typed.", examples=["qw"])
    cursor: int = Field(0, ge=0, le=1_000, description="How many suggestions were shown before.")


class PreviewQuery(Lang):
    id: Text = Field(description="The entity's id.", examples=["SGLang"])


class TimelineAxis(Days, Family, Lang, Fields):
    interval: Interval = Field("day", description="Length of a bucket; weeks begin on Monday.")


class TimelineQuery(TimelineAxis):
    top: int = Field(3, ge=0, le=TOP, description="How many top items a bucket names.")


class TimelinesQuery(TimelineAxis):
    entities: Annotated[str, BeforeValidator(_bounded)] = Field(
        description="Two to ten entities, parted by commas: id, slug or any spelling.",
        examples=["NVIDIA,OpenAI"],
    )
    top: int = Field(0, ge=0, le=TOP, description="How many top items a bucket names.")

    def given(self) -> list[str]:
        """The entities asked for, each once."""
        return list(dict.fromkeys(_parts(self.entities)))


class SearchList(ItemFilter, Paging, Lang, Fields):
    q: Text = Field(description=Searched.model_fields["q"].description, examples=["昇騰"])
    type: Annotated[list[Text], _values(SEARCHED)] = Field(
        [], description="Kinds of things looked for.", examples=[["items|entities"]]
    )
