"""Shapes of story threads and of related items."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.query.schemas.lists import Page
from app.query.schemas.shared import BriefingId, EntityRef, ItemRef, Links, Out, Role

Signal = Literal["paper", "article", "reference", "title", "names", "text"]


class WeighedEntity(Out):
    """Entity that two items share."""

    entity: EntityRef = Field(description="The entity.")
    bits: float = Field(
        description="Evidence in bits: log2((N + 1) / df), less for a term and for a mention in "
        "the text only."
    )


class JoinEvidence(Out):
    """Evidence that two items report one story.

    Shared `sources` or a `reference` suffice alone; the similarities of titles, names and texts
    (0 to 1) count together.
    """

    sources: list[str] = Field(description="Ids of the sources that both items cite.")
    reference: str | None = Field(
        description="Words of one item that refer to the other.",
        examples=["已於「模型與技術更新」詳述"],
    )
    title: float | None = Field(description="Similarity of the titles, 0 to 1.")
    words: list[str] = Field(
        description="Words of both titles, folded; Chinese characters in pairs."
    )
    names: float | None = Field(description="Similarity of the mentioned entities, 0 to 1.")
    entities: list[WeighedEntity] = Field(description="Entities that both items mention.")
    text: float | None = Field(description="Similarity of the texts, 0 to 1.")


class JoinOut(Out):
    """Link of an item to an earlier item of its thread."""

    item: str = Field(description="Id of the earlier item.")
    signal: Signal = Field(description="Strongest evidence.")
    score: float = Field(description="Confidence in the link, 0 to 1.")
    evidence: JoinEvidence = Field(description="All evidence.")


class ThreadMemberOut(Out):
    """Item of a thread."""

    item: ItemRef = Field(description="The item.")
    briefing: BriefingId
    channel: str = Field(description="Channel of the briefing.")
    role: Role = Field(description="Role of the item in the story.")
    joined: JoinOut | None = Field(description="Link to an earlier item; null for the first item.")


class ThreadLinks(Out):
    """Addresses of a thread."""

    self: str = Field(description="The thread.")
    items: str = Field(description="The items of the thread.")


class ThreadSummary(Out):
    """Story that at least two items report."""

    id: str = Field(description="Stable id of the thread.", examples=["th_4bhdq57fxava"])
    title: str = Field(description="Title of the first item.")
    items: int = Field(description="Number of items.")
    channels: list[str] = Field(description="Channels of the items.")
    first_date: date = Field(description="Date of the first item.")
    last_date: date = Field(description="Date of the last item.")
    latest: ItemRef = Field(description="Newest item.")
    links: ThreadLinks = Field(description="Addresses of the thread.")


class ThreadEntity(Out):
    """Entity that a thread is about."""

    entity: EntityRef = Field(description="The entity.")
    items: int = Field(description="Number of items that name it in the title or entity line.")


class ThreadOut(ThreadSummary):
    """Thread with its items."""

    members: list[ThreadMemberOut] = Field(description="Items in the order of publication.")
    entities: list[ThreadEntity] = Field(
        description="Entities that two or more items name, the most frequent first."
    )


class ReasonOut(Out):
    """Reason why an item is related."""

    kind: Literal["thread", "source", "entities", "title", "family"] = Field(
        description="Kind of reason."
    )
    score: float = Field(description="Score that this reason alone gives, 0 to 1.")
    text: str = Field(description="The reason in words.")
    sources: list[str] = Field(description="Ids of the sources that both items cite.")
    entities: list[WeighedEntity] = Field(description="Entities that both items mention.")


class RelatedItemOut(ItemRef):
    """Related item."""

    briefing: BriefingId
    score: float = Field(description="1 - Π(1 - score of each reason).")
    reasons: list[ReasonOut] = Field(description="Reasons, the strongest first.")
    links: Links


class RelatedItems(Page[RelatedItemOut]):
    """Items related to an item."""

    item: ItemRef = Field(description="The item.")
    formula: str = Field(description="Formula of the score.")
