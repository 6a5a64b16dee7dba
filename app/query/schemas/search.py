"""Shapes of search: hits and the reasons for them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.normalize.kinds import Difference
from app.query.schemas.lists import Page
from app.query.schemas.shared import End, EntityRef, Out, Start

HitType = Literal["item", "entity", "source", "briefing"]
Folded = Annotated[
    list[Difference],
    Field(description="Differences ignored by this match: script, width, case, accent, sign."),
]


class Span(Out):
    """Match in the text of a field. Offsets count code points."""

    start: Start
    end: End
    term: str = Field(description="Word or phrase of `q` that matches here.")
    spelling: str | None = Field(
        description="Other spelling that matches; null if the term itself does."
    )
    folded: Folded


class Highlight(Out):
    """Matches in a field."""

    field: str = Field(
        description="Path of the field in the answer.", examples=["details.technical[0].text"]
    )
    spans: list[Span] = Field(description="Matches in the order of the text.")
    marked: str = Field(description="Excerpt as escaped HTML, with matches in `<mark>`.")


class Why(Out):
    """Word or phrase of `q` and the fields that match it."""

    term: str = Field(description="Word or phrase of `q`.")
    spelling: str | None = Field(
        description="Other spelling that matches; null if the term itself does."
    )
    entity: EntityRef | None = Field(description="Entity that the term names.")
    fields: list[str] = Field(description="Fields that match.")
    folded: Folded


class MatchOut(Out):
    """Reasons why an entry matches `q`."""

    score: float | None = Field(
        description="Relevance; null if the list is not sorted by relevance."
    )
    why: list[Why] = Field(description="Terms that match, and where.")
    highlights: list[Highlight] = Field(description="Matches in each field.")


class Expansion(Out):
    """Word of `q` that is a spelling of exactly one entity."""

    term: str = Field(description="Word or phrase of `q`.")
    entity: EntityRef = Field(description="Entity that the term names.")
    spellings: list[str] = Field(description="Other spellings that also match.")


class HitLinks(Out):
    """Addresses of a hit."""

    self: str = Field(description="The resource.")


class Hit(Out):
    """Search result."""

    type: HitType = Field(description="Type of the resource.")
    id: str = Field(description="Id of the resource.")
    title: str = Field(description="Title or name; for a source its label or else its URL.")
    date: Annotated[
        date,
        Field(
            description="Date of the briefing; for an entity or source, date of the last mention."
        ),
    ]
    match: MatchOut = Field(description="Why the resource matches.")
    links: HitLinks = Field(description="Address of the resource.")


class Counts(Out):
    """Number of hits of each type, under the same filters."""

    items: int = Field(description="Number of items.")
    entities: int = Field(description="Number of entities.")
    sources: int = Field(description="Number of sources.")
    briefings: int = Field(description="Number of briefings.")


class Ranking(Out):
    """Parameters of the ranking: BM25 of the newest hits; older hits follow by date."""

    weights: dict[str, float] = Field(description="Weight of each column.")
    k1: float = Field(description="Saturation of term frequency.")
    b: float = Field(description="Normalisation by length.")
    ranked: int = Field(description="Number of newest hits that are ranked.")


class SearchOut(Page[Hit]):
    """Hits, best first."""

    counts: Counts = Field(description="Number of hits of each type.")
    expanded: list[Expansion] = Field(description="Words that also match other spellings.")
    ranking: Ranking = Field(description="Parameters of the ranking.")
