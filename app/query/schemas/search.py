"""The shapes of search: hits, and why they are."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.normalize.kinds import Difference
from app.query.schemas.lists import Page
from app.query.schemas.shared import EntityRef, Out

HitType = Literal["item", "entity", "source", "briefing"]


class Span(Out):
    """A place in a field's text, in code points from 0, `end` exclusive."""

    start: int
    end: int
    term: Annotated[str, Field(description="The word or phrase of `q` that is found here.")]
    spelling: Annotated[str | None, Field(description="The other spelling it is found by.")]
    folded: Annotated[
        list[Difference], Field(description="What had to be folded for the two to meet.")
    ]


class Highlight(Out):
    """Where a field holds what is sought."""

    field: Annotated[
        str,
        Field(
            examples=["details.technical[0].text"],
            description="The field of the thing as it is shown.",
        ),
    ]
    spans: list[Span]
    marked: Annotated[
        str, Field(description="An excerpt as HTML: escaped, the places in `<mark>`.")
    ]


class Why(Out):
    """What a word or phrase of `q` found, as typed or by another `spelling` of the `entity` it names."""

    term: str
    spelling: str | None
    entity: EntityRef | None
    fields: list[str]
    folded: list[Difference]


class MatchOut(Out):
    """Why a thing was found. `score` is null where the list has another order."""

    score: float | None
    why: list[Why]
    highlights: list[Highlight]


class Expansion(Out):
    """A word of `q` that is a spelling of one entity, and the other spellings it finds."""

    term: str
    entity: EntityRef
    spellings: list[str]


class HitLinks(Out):
    self: str


class Hit(Out):
    """A thing that was found."""

    type: HitType
    id: str
    title: Annotated[
        str, Field(description="Its title or name; of a source the label, else the address.")
    ]
    date: Annotated[
        date,
        Field(
            description="Of its briefing; of an entity or source the last that names or cites it."
        ),
    ]
    match: MatchOut
    links: HitLinks


class Counts(Out):
    """Hits by type, under the same filters."""

    items: int
    entities: int
    sources: int
    briefings: int


class Ranking(Out):
    """How hits are ranked: BM25 of each column, weighted; so many of the newest are, what is older follows by date."""

    weights: dict[str, float]
    k1: float
    b: float
    ranked: int


class SearchOut(Page[Hit]):
    """What was found, best first."""

    counts: Counts
    expanded: list[Expansion]
    ranking: Ranking
