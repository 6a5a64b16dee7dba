"""Shapes of the answers. Properties without a value are left out."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.query.schemas.lookup import Annotation
from app.query.schemas.shared import DatasetVersion, EntityRef, Out, Title

_Day = date
Id = Annotated[str, Field(description="Stable id.")]


class Cite(Out):
    """Place that states a fact: `/v1/documents/{sha256}#L{lines}` has exactly these lines."""

    id: str = Field(description="Id of the item, entity, source or briefing.")
    url: str = Field(description="Permanent address.")
    sha256: str = Field(description="SHA-256 of the version of the document.")
    lines: str | None = Field(None, description="Lines in it: `84-90`; absent for all of it.")


class ToolAnswer(Out):
    """Answer of a tool."""

    dataset_version: DatasetVersion
    warnings: list[str] | None = Field(None, description="Names that do not exist.")
    total: int = Field(description="Number of entries on all pages.")
    shown: int = Field(description="Number of entries in this answer.")
    cut: str | None = Field(None, description="What was left out, and how to get it.")
    next_cursor: str | None = Field(None, description="Cursor of the next entries.")


class SourceOfItem(Out):
    """Source that an item cites."""

    id: Id
    label: str | None = Field(None, description="Text of the link.")
    url: str | None = Field(None, description="Address.")


class Story(Out):
    """Item of a briefing."""

    id: Id
    title: Title
    date: Annotated[date, Field(description="Date of the briefing.")]
    section: str = Field(description="Kind of section.")
    importance: str | None = Field(None, description="Importance: a level, else as written.")
    summary: str | None = Field(None, description="Summary, as written.")
    thread: str | None = Field(None, description="Id of the story thread.")
    entities: list[str] | None = Field(None, description="Names in the item, as written.")
    sources: list[SourceOfItem] | None = Field(None, description="Cited sources.")
    reports: int | None = Field(None, description="Number of items that tell the story.")
    cite: Cite = Field(description="Lines of the item.")


class StoriesAnswer(ToolAnswer):
    """Items in the order of the tool."""

    from_: date | None = Field(None, alias="from", description="First day.")
    to: date | None = Field(None, description="Last day.")
    entries: list[Story] = Field(description="Items.")


class FoundThing(Out):
    """Search result."""

    type: str = Field(description="item, entity, source or briefing.")
    id: Id
    title: str = Field(description="Title or name.")
    date: Annotated[date, Field(description="Date of the briefing, or of the last mention.")]
    excerpt: str | None = Field(None, description="Text around the match.")
    cite: Cite | None = Field(
        None, description="Lines of an item; where a source or an entity is named first."
    )


class SearchAnswer(ToolAnswer):
    """Search results, best first."""

    counts: dict[str, int] = Field(description="Number of hits of each type.")
    entries: list[FoundThing] = Field(description="Results.")


class SourceLine(Out):
    """Line of a document, unchanged."""

    line: int = Field(description="Number of the line, from 1.")
    text: str = Field(description="The line.")


class CitedClaim(Out):
    """Claim that the document marks as uncertain."""

    kind: str = Field(description="guessed, undisclosed or claimed.")
    text: str = Field(description="The sentence.")
    line: int = Field(description="Line of the document.")


class ItemAnswer(ToolAnswer):
    """Item with its exact lines; the first answer of a walk describes it too."""

    item: Story | None = Field(None, description="The item; absent on later pages.")
    certainty: list[CitedClaim] | None = Field(None, description="Uncertain claims.")
    cite: Cite = Field(description="Lines of the item.")
    entries: list[SourceLine] = Field(description="Lines of the document, unchanged.")


class EntityAnswer(ToolAnswer):
    """Entity, and the newest items that name it."""

    entity: EntityRef = Field(description="The entity.")
    names: dict[str, str] | None = Field(None, description="Usual names, by language.")
    aliases: list[str] | None = Field(None, description="Other spellings, the first ten.")
    family: str | None = Field(None, description="Family that it belongs to.")
    maker: str | None = Field(None, description="Who makes it.")
    items: int | None = Field(None, description="Number of items that name it.")
    mentions: int | None = Field(None, description="Number of mentions.")
    briefings: int | None = Field(None, description="Number of briefings that name it.")
    first_seen: date | None = Field(None, description="Date of the first mention.")
    last_seen: date | None = Field(None, description="Date of the last mention.")
    related: list[str] | None = Field(None, description="Entities most often named with it.")
    external_ids: dict[str, str] | None = Field(None, description="Ids in other databases.")
    cite: Cite | None = Field(None, description="The line of its first mention.")
    entries: list[Story] = Field(description="Items that name it, newest first.")


class TopItem(Out):
    """Item that exemplifies a number."""

    title: Title
    date: Annotated[date, Field(description="Date of the briefing.")]
    cite: Cite = Field(description="Lines of the item.")


class NamedInterval(Out):
    """Interval in which an entity is named; others are left out."""

    entity: str | None = Field(None, description="Id of the entity, where there are several.")
    start: Annotated[date, Field(description="First day.")]
    end: Annotated[date, Field(description="Last day.")]
    items: int = Field(description="Number of items that name it.")
    mentions: int = Field(description="Number of mentions.")
    share: float | None = Field(None, description="Share of the items of the interval.")
    salience: float = Field(description="Weighted sum of the mentions.")
    top: TopItem | None = Field(None, description="Its most salient item there.")


class Series(EntityRef):
    """Entity with its sums over all intervals."""

    items: int = Field(description="Number of items that name it.")
    mentions: int = Field(description="Number of mentions.")
    briefings: int = Field(description="Number of briefings that name it.")


class IntervalsAnswer(ToolAnswer):
    """Intervals in which entities are named."""

    interval: str = Field(description="Length of an interval.")
    from_: date | None = Field(None, alias="from", description="First day of the axis.")
    to: date | None = Field(None, description="Last day of the axis.")
    silent: int = Field(description="Intervals with briefings that name none of them.")
    gaps: int = Field(description="Intervals without briefings: no silence, no data.")
    series: list[Series] = Field(description="The entities with their sums.")
    entries: list[NamedInterval] = Field(description="Intervals, earliest first.")


class RelatedThing(Out):
    """Related item or entity."""

    id: Id
    name: str = Field(description="Title or name.")
    type: str | None = Field(None, description="Type of an entity.")
    date: Annotated[_Day | None, Field(description="Date of an item.")] = None
    score: float = Field(description="Of items 0 to 1; of entities G², see the formula.")
    together: int | None = Field(None, description="Number of items that name both entities.")
    reasons: list[str] | None = Field(None, description="Reasons, the strongest first.")
    cite: Cite | None = Field(None, description="The item; the newest that names both entities.")


class RelatedAnswer(ToolAnswer):
    """Related items or entities, the closest first."""

    formula: str = Field(description="Formula of the score.")
    entries: list[RelatedThing] = Field(description="Related things.")


class Trend(EntityRef):
    """Entity named more or less often than before."""

    items: int = Field(description="Number of items in the window.")
    baseline: int = Field(description="Number of items in the baseline.")
    expected: float = Field(description="Number of items expected in the window.")
    residual: float = Field(description="Deviation; see the statistic.")
    new: bool = Field(description="Whether it was never named before.")
    cite: Cite | None = Field(None, description="Newest item in window or baseline.")


class TrendsAnswer(ToolAnswer):
    """Rising and fading entities."""

    from_: date = Field(alias="from", description="First day of the window.")
    to: date = Field(description="Last day of the window.")
    statistic: str = Field(description="Formula of the residual.")
    entries: list[Trend] = Field(description="Entities, furthest from the expected first.")


class Member(Out):
    """Item of a story."""

    id: Id
    title: Title
    date: Annotated[date, Field(description="Date of the briefing.")]
    role: str = Field(description="new, continuing, update or duplicate.")
    signal: str | None = Field(None, description="Strongest evidence that it belongs.")
    score: float | None = Field(None, description="Confidence in it, 0 to 1.")
    cite: Cite = Field(description="Lines of the item.")


class ThreadAnswer(ToolAnswer):
    """Story across days."""

    id: Id
    title: Title
    entities: list[str] | None = Field(None, description="Entities that it is about.")
    entries: list[Member] = Field(description="Items in the order of publication.")


class ProfileName(Annotation):
    """Known name in a text."""

    name: str = Field(description="Usual name of the entity.")
    type: str = Field(description="Type of the entity.")
    cite: Cite | None = Field(None, description="Newest item that names it.")


class AnnotateAnswer(ToolAnswer):
    """Known names in a text, in its order."""

    entries: list[ProfileName] = Field(description="Names.")


class OutlineItem(Out):
    """Item in the outline of a briefing."""

    id: Id
    section: str = Field(description="Kind of section.")
    title: Title
    importance: str | None = Field(None, description="Importance: a level, else as written.")
    lines: str = Field(description="Lines of the document.")


class BriefingAnswer(ToolAnswer):
    """Outline of a briefing; each item is in the document that `cite` names."""

    id: Id
    title: Title
    date: Annotated[date, Field(description="Date of the briefing.")]
    summary: str | None = Field(None, description="Summary of the day.")
    next_uri: str | None = Field(None, description="Resource with the next entries.")
    cite: Cite = Field(description="The document.")
    entries: list[OutlineItem] = Field(description="Items in the order of the document.")
