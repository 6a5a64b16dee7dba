"""Shapes of items."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.query.schemas.search import MatchOut
from app.query.schemas.shared import (
    BriefingDate,
    BriefingRef,
    Certainty,
    End,
    EntityRef,
    ItemKind,
    Level,
    Line,
    MentionKind,
    Out,
    PublisherRef,
    Role,
    SectionKind,
    SourceStatus,
    Start,
    Title,
)

FieldPath = Annotated[str, Field(description="Field of the item.", examples=["details.technical"])]


class PartOut(Out):
    """One name of a cell that holds several."""

    surface: str = Field(description="The name as written.")
    entity: EntityRef | None = Field(description="Entity that the name refers to.")


class NamedOut(Out):
    """Name in an item: a cell of the entity line, or the first mention in the text."""

    surface: str = Field(description="The name as written.", examples=["昇騰 Ascend"])
    listed: bool = Field(description="Whether the name is on the entity line.")
    inferred: bool = Field(
        description="Whether the editor marked the name as a guess, as in `ACMA（推）`."
    )
    entity: EntityRef | None = Field(description="Entity that the name refers to.")
    parts: list[PartOut] = Field(description="Names of a cell that holds several.")


class MentionOut(Out):
    """Mention of an entity in an item, with its offsets in the document."""

    entity: EntityRef | None = Field(
        description="The entity; null for a cell of several names, whose parts follow, and for "
        "text that is no name."
    )
    kind: MentionKind = Field(description="Place of the mention.")
    field: FieldPath
    surface: str = Field(description="The name as written.")
    line: Line
    start: Start
    end: End
    method: str = Field(
        description="How the entity was identified.", examples=["exact", "key", "scan"]
    )
    score: float = Field(description="Confidence in the entity, 0 to 1.")


class CitationOut(Out):
    """Source that an item cites."""

    id: str = Field(description="Stable id of the source.", examples=["s_gk3v6n7m2x4a"])
    label: str | None = Field(description="Text of the link, as written.")
    target: str | None = Field(description="Target of the link, as written.")
    url: str | None = Field(description="Normalised URL.")
    arxiv_id: str | None = Field(description="arXiv id without version.", examples=["2512.17527"])
    arxiv_version: int | None = Field(description="arXiv version.", examples=[1])
    status: SourceStatus = Field(description="Quality of the link's target.")
    publisher: PublisherRef | None = Field(description="Publisher of the source.")


class ClaimOut(Out):
    """Claim that the document itself marks as uncertain, with its offsets in the document."""

    kind: Certainty = Field(description="How the claim is marked.")
    field: FieldPath
    surface: str = Field(description="The words that mark the claim.", examples=["（推測）"])
    text: str = Field(description="Sentence of the claim; a long sentence is cut around the mark.")
    line: Line
    start: Start
    end: End


class ImportanceOut(Out):
    """Importance that the editor gives an item."""

    level: Level | None = Field(description="Level; null for an unknown label.")
    label: str = Field(description="Label, as written.", examples=["高"])
    reason: str | None = Field(description="Reason, as written.")


class NodeOut(Out):
    """Bullet with the bullets below it."""

    text: str = Field(description="Text of the bullet.")
    children: list["NodeOut"] = Field(description="Bullets below it.")


class DetailsOut(Out):
    """Bullet lists of an item."""

    technical: list[NodeOut] = Field(description="Technical points.")
    applications: list[NodeOut] = Field(description="Applications.")
    takeaways: list[NodeOut] = Field(description="Takeaways.")


class ExtraOut(Out):
    """Text of an item that belongs to no known field."""

    label: str | None = Field(description="Label of the text, if it has one.")
    text: str = Field(description="The text.")


class ThreadRef(Out):
    """Story thread that an item belongs to."""

    id: str = Field(description="Stable id of the thread.", examples=["th_4bhdq57fxava"])
    role: Role = Field(
        description="`new`: first report; `duplicate`: repeated report; `update`: the same report "
        "with new numbers; `continuing`: another report of the story."
    )
    size: int = Field(description="Number of items of the thread.")
    more: int | None = Field(
        description="Number of other items of the thread that match the query; null without "
        "`collapse=thread`."
    )


class EchoOut(Out):
    """Another place of the briefing that refers to the item."""

    where: Literal["insight", "watchlist", "reading", "keyword"] = Field(
        description="Part of the briefing."
    )
    position: int = Field(description="Position among the entries of this part, from 1.")
    id: str | None = Field(description="Id of the watch-list entry; null in other parts.")
    line: Line
    text: str = Field(description="Words that refer to the item.", examples=["SafeBench-Seq"])
    signal: Literal["source", "name", "title"] = Field(
        description="Evidence of the reference: the same source, a name or words of the title."
    )
    score: float = Field(description="Confidence in the reference, 0 to 1.")


class Lines(Out):
    """Range of lines of a document."""

    first: int = Field(description="First line, from 1.")
    last: int = Field(description="Last line.")


class SectionRef(Out):
    """Short form of a section."""

    position: int = Field(description="Position in the briefing, from 1.")
    kind: SectionKind = Field(description="Kind of the section.")
    title: Title


class ItemLinks(Out):
    """Addresses of an item."""

    self: str = Field(description="The item.")
    source: str = Field(description="The item's lines in the document.")
    briefing: str = Field(description="The item's briefing.")


class ItemCore(Out):
    """Item in a briefing."""

    id: str = Field(description="Stable id of the item.", examples=["i_2f7ah3kqxw5c"])
    kind: ItemKind = Field(description="Form of the item.")
    position: int = Field(description="Position in the section, from 1.")
    parent: str | None = Field(description="Heading that groups a bullet.")
    title: Title
    summary: str | None = Field(description="Summary.")
    details: DetailsOut = Field(description="Bullet lists.")
    importance: ImportanceOut | None = Field(description="Importance, if the item states one.")
    entities: list[NamedOut] = Field(
        description="Names of the entity line in its order, then names in the text only."
    )
    sources: list[CitationOut] = Field(description="Cited sources.")
    certainty: list[ClaimOut] = Field(
        description="Claims that the document itself marks as uncertain."
    )
    extra: list[ExtraOut] = Field(description="Text that belongs to no known field.")
    thread: ThreadRef | None = Field(
        description="Story thread; null if no other item reports the story."
    )
    echoes: list[EchoOut] = Field(
        description="Other places of the briefing that refer to the item."
    )
    lines: Lines = Field(description="Lines of the item in the document.")


class ItemOut(ItemCore):
    """Item alone or in a list.

    A list omits `details`, `extra`, `entities`, `sources`, `certainty` and `echoes` unless
    `include` names them. `mentions` is omitted everywhere unless `include` names it.
    """

    details: DetailsOut = Field(
        default_factory=lambda: DetailsOut(technical=[], applications=[], takeaways=[]),
        description="Bullet lists.",
    )
    entities: list[NamedOut] = Field(
        default_factory=list,
        description="Names of the entity line in its order, then names in the text only.",
    )
    sources: list[CitationOut] = Field(default_factory=list, description="Cited sources.")
    certainty: list[ClaimOut] = Field(
        default_factory=list, description="Claims that the document itself marks as uncertain."
    )
    extra: list[ExtraOut] = Field(
        default_factory=list, description="Text that belongs to no known field."
    )
    echoes: list[EchoOut] = Field(
        default_factory=list, description="Other places of the briefing that refer to the item."
    )
    mentions: list[MentionOut] = Field(
        default_factory=list, description="All mentions of entities in the item."
    )
    match: MatchOut | None = Field(
        None, description="In a list with `q`: why the item matches, and where."
    )
    date: BriefingDate
    briefing: BriefingRef = Field(description="Briefing of the item.")
    section: SectionRef = Field(description="Section of the item.")
    updated_at: datetime = Field(description="Last change of the stored item.")
    links: ItemLinks = Field(description="Addresses of the item.")
