"""Shapes of the rows of exported tables. Texts never look like numbers in all rows of a column.

pandas turns a column of texts such as `2512.10230` into numbers, so arXiv ids have a prefix.
"""

from datetime import date, datetime

from pydantic import Field

from app.query.schemas.items import (
    CitationOut,
    ClaimOut,
    EchoOut,
    ExtraOut,
    ImportanceOut,
    Lines,
    NamedOut,
    SectionRef,
)
from app.query.schemas.shared import (
    BriefingDate,
    BriefingId,
    BriefingRef,
    End,
    EntityType,
    Interval,
    ItemKind,
    Line,
    MentionKind,
    Out,
    Role,
    SourceStatus,
    Start,
    Title,
)


class BulletRow(Out):
    """Bullet of an item, in the order of the text."""

    depth: int = Field(description="Depth of the bullet, from 0.")
    text: str = Field(description="Text of the bullet.")


class DetailsRow(Out):
    """Bullet lists of an item, flat."""

    technical: list[BulletRow] = Field(description="Technical points.")
    applications: list[BulletRow] = Field(description="Applications.")
    takeaways: list[BulletRow] = Field(description="Takeaways.")


class ItemThreadRow(Out):
    """Story thread of an item."""

    id: str = Field(description="Stable id of the thread.")
    role: Role = Field(description="Role of the item in the story.")
    size: int = Field(description="Number of items of the thread.")


class ItemRow(Out):
    """Item with all its parts, as `/v1/items/{item_id}` shows it, in columns."""

    id: str = Field(description="Stable id of the item.")
    date: BriefingDate
    briefing: BriefingRef = Field(description="Briefing of the item.")
    section: SectionRef = Field(description="Section of the item.")
    position: int = Field(description="Position in the section, from 1.")
    kind: ItemKind = Field(description="Form of the item.")
    parent: str | None = Field(description="Heading that groups a bullet.")
    title: Title
    summary: str | None = Field(description="Summary.")
    details: DetailsRow = Field(description="Bullet lists, flat.")
    importance: ImportanceOut | None = Field(description="Importance, if the item states one.")
    entities: list[NamedOut] = Field(
        description="Names of the entity line in its order, then names in the text only."
    )
    sources: list[CitationOut] = Field(description="Cited sources.")
    certainty: list[ClaimOut] = Field(
        description="Claims that the document itself marks as uncertain."
    )
    extra: list[ExtraOut] = Field(description="Text that belongs to no known field.")
    thread: ItemThreadRow | None = Field(description="Story thread, if another item reports it.")
    echoes: list[EchoOut] = Field(
        description="Other places of the briefing that refer to the item."
    )
    lines: Lines = Field(description="Lines of the item in the document.")
    updated_at: datetime = Field(description="Last change of the stored item.")


class EntityRow(Out):
    """Entity with its counts under the filters."""

    id: str = Field(description="Stable id of the entity.")
    slug: str = Field(description="Readable id; it may change.")
    type: EntityType = Field(description="Type of the entity.")
    name: str = Field(description="Usual name in the language of the export.")
    name_en: str | None = Field(description="Usual English name.")
    name_zh_hant: str | None = Field(description="Usual name in Traditional Chinese.")
    name_zh_hans: str | None = Field(description="Usual name in Simplified Chinese.")
    family: str | None = Field(description="Id of the family it belongs to.")
    maker: str | None = Field(description="Id of the organisation or person that makes it.")
    items: int = Field(description="Number of items that mention it.")
    mentions: int = Field(description="Number of mentions.")
    briefings: int = Field(description="Number of briefings that mention it.")
    first_seen: date | None = Field(description="Date of the first mention.")
    last_seen: date | None = Field(description="Date of the last mention.")
    spellings: list[str] = Field(description="Names that documents use, the most frequent first.")


class MentionRow(Out):
    """Mention of an entity: a cell of an entity line, or a span of running text."""

    briefing: BriefingId
    channel: str = Field(description="Channel of the briefing.")
    date: BriefingDate
    item: str | None = Field(description="Id of the item; null for text outside of items.")
    kind: MentionKind = Field(description="Place of the mention.")
    field: str = Field(description="Field that contains the mention.")
    surface: str = Field(description="The name as written.")
    entity: str | None = Field(description="Id of the entity; null for a cell of several names.")
    entity_name: str | None = Field(description="Usual name of the entity.")
    entity_type: EntityType | None = Field(description="Type of the entity.")
    inferred: bool = Field(description="Whether the editor marked the name as a guess.")
    method: str = Field(description="How the entity was identified.")
    score: float = Field(description="Confidence in the entity, 0 to 1.")
    line: Line
    start: Start
    end: End


class SourceRow(Out):
    """Cited article or paper with its counts under the filters."""

    id: str = Field(description="Stable id of the source.")
    status: SourceStatus = Field(description="Quality of the target.")
    url: str | None = Field(description="Normalised URL.")
    arxiv: str | None = Field(description="arXiv id without version, as `arXiv:2512.17527`.")
    publisher: str | None = Field(description="Domain of the publisher.")
    publisher_name: str | None = Field(description="Name of the publisher.")
    label: str | None = Field(description="Label of the earliest citation.")
    target: str | None = Field(description="Target of the earliest citation, as written.")
    citations: int = Field(description="Number of citations.")
    first_cited: date = Field(description="Date of the first citation.")
    last_cited: date = Field(description="Date of the last citation.")


class ThreadMemberRow(Out):
    """Item of a thread."""

    item: str = Field(description="Id of the item.")
    briefing: BriefingId
    date: BriefingDate
    role: Role = Field(description="Role of the item in the story.")
    title: Title


class ThreadRow(Out):
    """Story that at least two items report."""

    id: str = Field(description="Stable id of the thread.")
    title: str = Field(description="Title of the first item.")
    items: int = Field(description="Number of items.")
    channels: list[str] = Field(description="Channels of the items.")
    first_date: date = Field(description="Date of the first item.")
    last_date: date = Field(description="Date of the last item.")
    latest_item: str = Field(description="Id of the newest item.")
    members: list[ThreadMemberRow] = Field(description="Items in the order of publication.")


class PairRow(Out):
    """Two entities that the same items mention; each pair comes once."""

    a: str = Field(description="Id of the first entity.")
    a_name: str = Field(description="Usual name of the first entity.")
    a_type: EntityType = Field(description="Type of the first entity.")
    b: str = Field(description="Id of the second entity.")
    b_name: str = Field(description="Usual name of the second entity.")
    b_type: EntityType = Field(description="Type of the second entity.")
    count: int = Field(description="Number of items that mention both.")
    a_items: int = Field(description="Number of items that mention the first.")
    b_items: int = Field(description="Number of items that mention the second.")
    expected: float = Field(description="Number of items that would mention both by chance.")
    g2: float = Field(description="Log-likelihood ratio (Dunning 1993), negative below chance.")
    npmi: float = Field(description="Normalised pointwise mutual information, -1 to 1.")


class TimelineRow(Out):
    """One interval of an entity's timeline; intervals without a mention are left out."""

    entity: str = Field(description="Id of the entity.")
    entity_name: str = Field(description="Usual name of the entity.")
    entity_type: EntityType = Field(description="Type of the entity.")
    interval: Interval = Field(description="Length of the interval.")
    start: date = Field(description="First day of the interval.")
    end: date = Field(description="Last day of the interval.")
    briefings: int = Field(description="Number of briefings published in the interval.")
    items: int = Field(description="Number of items that mention the entity.")
    mentions: int = Field(description="Number of mentions.")
    salience: float = Field(description="Weighted sum of the mentions.")
    share: float | None = Field(
        description="Share of the interval's items that mention the entity; null without items."
    )
