"""The shapes of story threads, and of items that are related."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.query.schemas.lists import Page
from app.query.schemas.shared import EntityRef, ItemRef, Out, Role

Signal = Literal["paper", "article", "reference", "title", "names", "text"]


class WeighedEntity(Out):
    """An entity two items share, and what that says: log2((N + 1) / df), less where it is a term or stands in the text alone."""

    entity: EntityRef
    bits: float


class JoinEvidence(Out):
    """What ties two items: by `sources` or a `reference` alone, or by the likeness of titles, names and texts (0 to 1) together."""

    sources: Annotated[list[str], Field(description="Ids of the sources both cite.")]
    reference: Annotated[
        str | None,
        Field(
            description="The words that refer from one to the other.",
            examples=["已於「模型與技術更新」詳述"],
        ),
    ]
    title: float | None
    words: Annotated[list[str], Field(description="What both titles hold, folded; Han in pairs.")]
    names: float | None
    entities: list[WeighedEntity]
    text: float | None


class JoinOut(Out):
    """By which earlier item, on what evidence."""

    item: str
    signal: Signal
    score: float
    evidence: JoinEvidence


class ThreadMemberOut(Out):
    item: ItemRef
    briefing: str
    channel: str
    role: Role
    joined: Annotated[JoinOut | None, Field(description="Null for the first.")]


class ThreadLinks(Out):
    self: str
    items: str


class ThreadSummary(Out):
    """A story told by two items or more, titled as it was first told."""

    id: Annotated[str, Field(examples=["th_4bhdq57fxava"])]
    title: str
    items: int
    channels: list[str]
    first_date: date
    last_date: date
    latest: ItemRef
    links: ThreadLinks


class ThreadEntity(Out):
    entity: EntityRef
    items: Annotated[int, Field(description="Members whose title or entity line names it.")]


class ThreadOut(ThreadSummary):
    """A thread with its members, in the order they were told."""

    members: list[ThreadMemberOut]
    entities: Annotated[
        list[ThreadEntity], Field(description="What two members or more name, most of them first.")
    ]


class ReasonOut(Out):
    """Why an item is related; `score` is what this reason alone would give."""

    kind: Literal["thread", "source", "entities", "title", "family"]
    score: float
    text: Annotated[str, Field(description="In words.")]
    sources: list[str]
    entities: list[WeighedEntity]


class RelatedItemOut(ItemRef):
    briefing: str
    score: Annotated[float, Field(description="1 - Π(1 - score of each reason).")]
    reasons: list[ReasonOut]
    links: dict[str, str]


class RelatedItems(Page[RelatedItemOut]):
    """What is related to `item`."""

    item: ItemRef
    formula: str
