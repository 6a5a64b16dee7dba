"""The shapes of watch lists and what came of them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.query.schemas.lists import Page
from app.query.schemas.shared import BriefingRef, EntityRef, ItemRef, Out

Status = Literal["hit", "silent"]


class SharedEntity(Out):
    """A thing that entry and item both name."""

    entity: EntityRef
    weight: Annotated[float, Field(description="How much that speaks for an answer; see `rule`.")]


class EvidenceOut(Out):
    """Why an item answers an entry."""

    entities: list[SharedEntity]
    words: Annotated[
        float, Field(description="The share of the entry's other words that title and summary say.")
    ]
    shared: Annotated[
        list[str], Field(description="Those words, folded, Han in pairs of characters.")
    ]


class AnswerOut(Out):
    """A later item that answers an entry."""

    item: ItemRef
    briefing: str
    after_days: int
    score: float
    evidence: EvidenceOut


class WatchWindow(Out):
    """The days in which an item may answer. `briefings` is how many there are so far: silence in a gap says nothing."""

    from_: Annotated[date, Field(alias="from")]
    to: date
    briefings: int


class WatchedOut(Out):
    """An entry of a watch list, and what came of it."""

    id: Annotated[str, Field(examples=["w_jpnqwd47kuft"])]
    briefing: BriefingRef
    position: int
    line: int
    text: str
    entities: Annotated[list[EntityRef], Field(description="What the entry names, in its order.")]
    status: Annotated[
        Status, Field(description="`hit`: something answered it; `silent`: nothing has, so far.")
    ]
    window: WatchWindow
    after_days: Annotated[int | None, Field(description="Days from the entry to its first answer.")]
    answered: Annotated[int, Field(description="How many items answer it.")]
    answers: Annotated[
        list[AnswerOut],
        Field(description="The first of them, the earliest first; `top` says how many."),
    ]


class RuleOut(Out):
    """When an item answers an entry."""

    formula: str
    threshold: float
    window_days: int
    lookback_days: int
    source: str


class WatchlistOut(Page[WatchedOut]):
    """Entries of watch lists, newest first."""

    rule: RuleOut
