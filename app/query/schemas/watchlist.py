"""Shapes of watch lists and their answers."""

from datetime import date

from pydantic import Field

from app.query.schemas.lists import Page
from app.query.schemas.shared import (
    BriefingId,
    BriefingRef,
    EntityRef,
    ItemRef,
    Line,
    Out,
    WatchStatus,
)


class SharedEntity(Out):
    """Entity that an entry and an item name."""

    entity: EntityRef = Field(description="The entity.")
    weight: float = Field(description="Weight as evidence of an answer; see `rule`.")


class EvidenceOut(Out):
    """Evidence that an item answers an entry."""

    entities: list[SharedEntity] = Field(description="Entities that both name.")
    words: float = Field(
        description="Share of the entry's other words that the item's title and summary contain."
    )
    shared: list[str] = Field(description="These words, folded; Chinese characters in pairs.")


class AnswerOut(Out):
    """Later item that answers an entry."""

    item: ItemRef = Field(description="The item.")
    briefing: BriefingId
    after_days: int = Field(description="Days from the entry to the item.")
    score: float = Field(description="Confidence in the answer, 0 to 1.")
    evidence: EvidenceOut = Field(description="Evidence of the answer.")


class WatchWindow(Out):
    """Days in which an item can answer. Without briefings, silence means nothing."""

    from_: date = Field(alias="from", description="First day.")
    to: date = Field(description="Last day.")
    briefings: int = Field(description="Number of briefings in the window so far.")


class WatchedOut(Out):
    """Entry of a watch list with its answers."""

    id: str = Field(description="Stable id of the entry.", examples=["w_jpnqwd47kuft"])
    briefing: BriefingRef = Field(description="Briefing of the watch list.")
    position: int = Field(description="Position in the watch list, from 1.")
    line: Line
    text: str = Field(description="Text of the entry.")
    entities: list[EntityRef] = Field(
        description="Entities that the entry names, in the order of the text."
    )
    status: WatchStatus = Field(
        description="`hit`: an item answers the entry; `silent`: no item does so far."
    )
    window: WatchWindow = Field(description="Days in which an item can answer.")
    after_days: int | None = Field(description="Days from the entry to its first answer.")
    answered: int = Field(description="Number of items that answer the entry.")
    answers: list[AnswerOut] = Field(description="The earliest answers; `top` limits their number.")


class RuleOut(Out):
    """Rule by which an item answers an entry."""

    formula: str = Field(description="Formula of the score.")
    threshold: float = Field(description="Minimum score of an answer.")
    window_days: int = Field(description="Days in which an item can answer.")
    lookback_days: int = Field(
        description="Days before the entry that tell which names are always in the news."
    )
    source: str = Field(description="Publication that defines the formula.")


class WatchlistOut(Page[WatchedOut]):
    """Entries of watch lists, newest first."""

    rule: RuleOut = Field(description="Rule by which an item answers an entry.")
