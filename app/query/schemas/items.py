"""The shapes of items."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.query.schemas.search import MatchOut
from app.query.schemas.shared import (
    BriefingRef,
    Certainty,
    EntityRef,
    ItemKind,
    Level,
    MentionKind,
    Out,
    PublisherRef,
    Role,
    SectionKind,
    SourceStatus,
)


class PartOut(Out):
    """One name of a composite cell."""

    surface: str
    entity: EntityRef | None


class NamedOut(Out):
    """A name an item holds. `listed`: it is a cell of the entity line, in its order and as written; else its text names it, first like this."""

    surface: Annotated[str, Field(examples=["昇騰 Ascend"])]
    listed: bool
    inferred: Annotated[
        bool, Field(description="The editor marked it as a guess, as in `ACMA（推）`.")
    ]
    entity: EntityRef | None
    parts: list[PartOut]


class MentionOut(Out):
    """A place where an item names something. Characters count from 0 in the document, `end` exclusive."""

    entity: Annotated[
        EntityRef | None,
        Field(
            description="Null for a composite cell, whose parts follow, and for what is no name."
        ),
    ]
    kind: MentionKind
    field: Annotated[str, Field(examples=["details.technical"])]
    surface: str
    line: int
    start: int
    end: int
    method: Annotated[
        str, Field(description="How it was told who is meant.", examples=["exact", "key", "scan"])
    ]
    score: float


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


class ClaimOut(Out):
    """A claim the document itself marks as guessed, undisclosed or only claimed. Characters count from 0 in the document, `end` exclusive."""

    kind: Certainty
    field: Annotated[str, Field(examples=["details.technical"])]
    surface: Annotated[str, Field(description="The words that mark it.", examples=["（推測）"])]
    text: Annotated[
        str, Field(description="The sentence they stand in; of a long one what is nearest.")
    ]
    line: int
    start: int
    end: int


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


class ThreadRef(Out):
    """The story an item is told in."""

    id: Annotated[str, Field(examples=["th_4bhdq57fxava"])]
    role: Annotated[
        Role,
        Field(
            description="`new`: the first; `duplicate`: the same report again; `update`: the same report with new figures; `continuing`: another."
        ),
    ]
    size: Annotated[int, Field(description="Items of the thread.")]
    more: Annotated[
        int | None,
        Field(
            description="With `collapse=thread`: how many other items of the thread match; else null."
        ),
    ]


class EchoOut(Out):
    """Another place of the same briefing that speaks of the item."""

    where: Literal["insight", "watchlist", "reading", "keyword"]
    position: Annotated[int, Field(description="Among those of its kind, from 1.")]
    id: Annotated[str | None, Field(description="Of an entry of the watch list.")]
    line: int
    text: Annotated[
        str, Field(description="The words that speak of it.", examples=["SafeBench-Seq"])
    ]
    signal: Annotated[
        Literal["source", "name", "title"],
        Field(description="What tells so: the same source, a name, words of the title."),
    ]
    score: float


class Lines(Out):
    first: int
    last: int


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
    certainty: Annotated[
        list[ClaimOut], Field(description="Claims the document itself marks as uncertain.")
    ]
    extra: list[ExtraOut]
    thread: Annotated[
        ThreadRef | None, Field(description="Null where no other item tells the story.")
    ]
    echoes: list[EchoOut]
    lines: Lines


class ItemOut(ItemCore):
    """An item on its own, or in a list; there `details`, `extra`, `entities`, `sources`, `certainty` and `echoes` come with `include`, as do `mentions`, always."""

    details: DetailsOut = Field(
        default_factory=lambda: DetailsOut(technical=[], applications=[], takeaways=[])
    )
    entities: list[NamedOut] = Field(default_factory=list)
    sources: list[CitationOut] = Field(default_factory=list)
    certainty: list[ClaimOut] = Field(default_factory=list)
    extra: list[ExtraOut] = Field(default_factory=list)
    echoes: list[EchoOut] = Field(default_factory=list)
    mentions: list[MentionOut] = Field(default_factory=list)
    match: MatchOut | None = Field(
        None,
        description="In a list under `q`: where the item holds what is sought, and why that counts.",
    )
    date: date
    briefing: BriefingRef
    section: SectionRef
    updated_at: datetime
    links: ItemLinks
