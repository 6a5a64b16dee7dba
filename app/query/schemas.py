"""The public shapes. Every field is always there, null said explicitly, but where `fields` or `include` ask otherwise."""

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")
SectionKind = Literal["headlines", "research", "tools", "industry", "trends", "market", "editorial", "resources", "other"]
ItemKind = Literal["full", "bullet", "stub"]
Level = Literal["high", "medium_high", "medium", "medium_low", "low"]
EntityType = Literal["org", "model", "product", "person", "method", "dataset", "chip", "place", "event", "concept", "other"]
SourceStatus = Literal["ok", "arxiv", "inferred", "placeholder", "opaque", "suspicious"]
Interval = Literal["day", "week", "month", "quarter", "year"]


class Out(BaseModel):
    """Shared configuration of all shapes."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)


class EntityRef(Out):
    id: Annotated[str, Field(examples=["e_bcipivtijjyp"])]
    slug: Annotated[str, Field(examples=["sglang"])]
    name: Annotated[str, Field(examples=["SGLang"])]
    type: EntityType


class PartOut(Out):
    """One name of a composite cell."""

    surface: str
    entity: EntityRef | None


class NamedOut(Out):
    """A name an item holds. `listed`: it is a cell of the entity line, in its order and as written."""

    surface: Annotated[str, Field(examples=["昇騰 Ascend"])]
    listed: bool
    inferred: Annotated[bool, Field(description="The editor marked it as a guess, as in `ACMA（推）`.")]
    entity: EntityRef | None
    parts: list[PartOut]


class PublisherRef(Out):
    id: Annotated[str, Field(examples=["techcrunch.com"])]
    name: Annotated[str, Field(examples=["TechCrunch"])]


class CitationOut(Out):
    """A source as an item writes it. `target` is as written, `url` normalised."""

    id: Annotated[str, Field(examples=["s_gk3v6n7m2x4a"])]
    label: str | None
    target: str | None
    url: str | None
    arxiv_id: Annotated[str | None, Field(examples=["2512.17527"])]
    arxiv_version: Annotated[int | None, Field(examples=[1])]
    status: SourceStatus
    publisher: PublisherRef | None


class ImportanceOut(Out):
    level: Level | None
    label: Annotated[str, Field(examples=["高"])]
    reason: str | None


class NodeOut(Out):
    """A bullet with the bullets below it."""

    text: str
    children: list["NodeOut"]


class DetailsOut(Out):
    technical: list[NodeOut]
    applications: list[NodeOut]
    takeaways: list[NodeOut]


class ExtraOut(Out):
    """Text under a label that is no field, or (`label` null) under none."""

    label: str | None
    text: str


class Lines(Out):
    first: int
    last: int


class BriefingRef(Out):
    id: Annotated[str, Field(examples=["2025-12-23"])]
    channel: Annotated[str, Field(examples=["daily"])]
    date: date
    title: str


class SectionRef(Out):
    position: int
    kind: SectionKind
    title: str


class ItemLinks(Out):
    self: str
    source: str
    briefing: str


class ItemCore(Out):
    """An item as a briefing holds it."""

    id: Annotated[str, Field(examples=["i_2f7ah3kqxw5c"])]
    kind: ItemKind
    position: Annotated[int, Field(description="Within its section, from 1.")]
    parent: Annotated[str | None, Field(description="The container heading a bullet stands under.")]
    title: str
    summary: str | None
    details: DetailsOut
    importance: ImportanceOut | None
    entities: list[NamedOut]
    sources: list[CitationOut]
    extra: list[ExtraOut]
    lines: Lines


class ItemOut(ItemCore):
    """An item on its own, or in a list; there `details`, `extra`, `entities` and `sources` come with `include`."""

    details: DetailsOut = Field(default_factory=lambda: DetailsOut(technical=[], applications=[], takeaways=[]))
    entities: list[NamedOut] = Field(default_factory=list)
    sources: list[CitationOut] = Field(default_factory=list)
    extra: list[ExtraOut] = Field(default_factory=list)
    briefing: BriefingRef
    section: SectionRef
    updated_at: datetime
    links: ItemLinks


class SectionOut(Out):
    position: int
    kind: SectionKind
    title: str
    blurb: str | None
    notes: list[str]
    containers: Annotated[list[dict[str, Any]], Field(description="Headings that gather bullets: `{title, position}`.")]
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


class Unassigned(Out):
    line: int
    text: str


class FieldReport(Out):
    item: str
    title: str
    missing: list[str]
    repeated: list[str]


class OddSource(Out):
    item: str | None
    label: str | None
    target: str | None
    status: SourceStatus
    reason: str | None


class Ungrounded(Out):
    item: str
    surface: str


class Reported(Out):
    reported: int | None
    found: int


class QualityOut(Out):
    """How well a document was read, and how well it is made."""

    briefing: str
    lines: int
    nonblank: int
    covered: int
    coverage: Annotated[float, Field(description="covered / nonblank; 1 for an empty document.")]
    structures: dict[str, int]
    unassigned: list[Unassigned]
    problems: list[str]
    fields: list[FieldReport]
    odd_sources: list[OddSource]
    ungrounded: Annotated[list[Ungrounded], Field(description="Listed entities that do not occur in their own item's text.")]
    articles: Reported
    topics: Reported


class EntityCounts(Out):
    items: int
    mentions: int
    briefings: int


class EntityLinks(Out):
    self: str
    items: str
    timeline: str


class EntitySummary(EntityRef):
    """An entity in a list; its counts are those under the filters given."""

    counts: EntityCounts
    first_seen: date | None
    last_seen: date | None
    links: EntityLinks


class AliasOut(Out):
    name: str
    lang: str | None
    kind: str


class EntityOut(EntitySummary):
    names: dict[str, str]
    aliases: list[AliasOut]
    family: EntityRef | None
    maker: EntityRef | None


class ItemRef(Out):
    id: str
    title: str
    date: date


class Bucket(Out):
    """One interval: what was said in it. `briefings` 0 marks a gap in coverage, not silence."""

    start: date
    end: date
    items: int
    mentions: int
    briefings: int
    share: Annotated[float | None, Field(description="Share of the interval's items that name the entity; null where there were none.")]
    top_items: list[ItemRef]


class TimelineOut(Out):
    entity: EntityRef
    interval: Interval
    from_: Annotated[date | None, Field(alias="from")]
    to: date | None
    buckets: list[Bucket]
    totals: EntityCounts
    dataset_version: str
    warnings: list[str]


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


class Gap(Out):
    """Days in a row without a briefing, both ends included."""

    from_: Annotated[date, Field(alias="from")]
    to: date
    days: int


class ChannelInfo(Out):
    id: str
    briefings: int
    first: date
    last: date
    gaps: list[Gap]


class InfoOut(Out):
    name: str
    version: str
    schema_revision: str | None
    dataset_version: str
    modified_at: datetime | None
    counts: dict[str, int]
    channels: list[ChannelInfo]
    links: dict[str, str]


class Meta(Out):
    total: int
    limit: int
    next_cursor: str | None
    dataset_version: str
    warnings: list[str]


class PageLinks(Out):
    self: str
    next: str | None


class Page(Out, Generic[T]):
    """A list: walk it to its end by `links.next`."""

    data: list[T]
    meta: Meta
    links: PageLinks


class Headlines(Page[ItemOut]):
    briefing: BriefingRef


class FaultOut(Out):
    parameter: str
    message: str


class Problem(Out):
    """RFC 9457. `type` is stable; `errors` holds an entry a fault."""

    type: Annotated[str, Field(examples=["urn:briefbase:problem:invalid-request"])]
    title: str
    status: int
    detail: str
    errors: list[FaultOut]
    request_id: str | None


class Health(Out):
    status: Literal["ok"]


class Readiness(Out):
    status: Literal["ready", "not ready"]
    checks: dict[str, str]
