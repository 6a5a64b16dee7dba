"""The shapes of quality: of one briefing, and over time."""

from typing import Annotated, Literal

from pydantic import Field

from app.query.schemas.lists import Page
from app.query.schemas.shared import BriefingRef, Out, SourceStatus

Dangler = Literal[
    "told_elsewhere", "section", "stub", "footnote", "insight", "watchlist", "keyword", "reading"
]


class Unassigned(Out):
    line: int
    text: str


class FieldReport(Out):
    item: str
    title: str
    missing: list[str]
    repeated: list[str]


class OddSource(Out):
    item: str | None
    label: str | None
    target: str | None
    status: SourceStatus
    reason: str | None


class Ungrounded(Out):
    item: str
    surface: str


class Reported(Out):
    reported: int | None
    found: int


class Unreasoned(Out):
    item: str
    label: str


class DanglingOut(Out):
    """A reference that leads nowhere."""

    kind: Annotated[
        Dangler,
        Field(
            description="`told_elsewhere`: a thing said to be told elsewhere that no item tells of; `section`: a section or item that is not there; "
            "`stub`: an item told elsewhere that is not; `footnote`: one without its text; else a name, keyword or article of that part that no "
            "item tells of."
        ),
    ]
    name: Annotated[str, Field(examples=["昆山杯創業大賽"])]
    line: int
    text: str


class QualityOut(Out):
    """How well a document was read, and how well it is made."""

    briefing: str
    lines: int
    nonblank: int
    covered: int
    coverage: Annotated[float, Field(description="covered / nonblank; 1 for an empty document.")]
    structures: dict[str, int]
    unassigned: list[Unassigned]
    problems: list[str]
    fields: list[FieldReport]
    odd_sources: list[OddSource]
    listed: Annotated[int, Field(description="Cells of the entity lines.")]
    ungrounded: Annotated[
        list[Ungrounded],
        Field(
            description="Those that do not occur in what their own item says; addresses of sources say nothing."
        ),
    ]
    unreasoned: Annotated[
        list[Unreasoned], Field(description="Items whose importance is given without a reason.")
    ]
    dangling: list[DanglingOut]
    articles: Reported
    topics: Reported


class QualityCounts(Out):
    """A report in figures. `articles` and `topics` are as reported (null where nothing is) and as found."""

    items: int
    nonblank: int
    covered: int
    coverage: float
    unassigned: int
    problems: int
    missing: Annotated[int, Field(description="Fields that a full item has and these lack.")]
    repeated: int
    listed: int
    ungrounded: int
    unreasoned: int
    dangling: int
    placeholder: int
    opaque: int
    suspicious: int
    inferred: int
    articles: Reported
    topics: Reported


class QualityDay(Out):
    """The report of one briefing, in figures."""

    briefing: BriefingRef
    counts: QualityCounts
    links: dict[str, str]


class QualityDays(Page[QualityDay]):
    """Briefings, newest first. `totals` add up all that the filters leave, not this page alone."""

    briefings: int
    totals: QualityCounts
