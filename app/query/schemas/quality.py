"""Shapes of quality reports: of one briefing, and over time."""

from typing import Literal

from pydantic import Field

from app.parse.kinds import WarningCode
from app.query.schemas.lists import Page
from app.query.schemas.shared import BriefingId, BriefingRef, Line, Links, Out, SourceStatus, Title

DanglingKind = Literal[
    "told_elsewhere", "section", "stub", "footnote", "insight", "watchlist", "keyword", "reading"
]


class Unassigned(Out):
    """Line that the parser assigned to no part."""

    line: Line
    text: str = Field(description="The line.")


class WarningOut(Out):
    """Doubt about the reading of a document."""

    code: WarningCode = Field(description="Kind of the doubt.")
    text: str = Field(description="The doubt in a sentence.")
    line: int | None = Field(description="Line that caused it; null for the whole document.")


class ReadingScoreOut(Out):
    """Way of reading the document, with its score."""

    name: str = Field(description="Name of the reading.")
    score: float = Field(description="Score from 0 to 1.")
    items: int = Field(description="Number of items of this reading.")


class FieldReport(Out):
    """Missing and repeated fields of an item."""

    item: str = Field(description="Id of the item.")
    title: Title
    missing: list[str] = Field(description="Fields that a full item should have.")
    repeated: list[str] = Field(description="Labels that occur more than once.")


class OddSource(Out):
    """Citation whose target is no ordinary URL."""

    item: str | None = Field(description="Id of the citing item.")
    label: str | None = Field(description="Text of the link, as written.")
    target: str | None = Field(description="Target of the link, as written.")
    status: SourceStatus = Field(description="Quality of the link's target.")
    reason: str | None = Field(description="Why the target is odd.")


class Ungrounded(Out):
    """Name on an entity line that the item's text does not contain."""

    item: str = Field(description="Id of the item.")
    surface: str = Field(description="The name as written.")


class Reported(Out):
    """Number that the document reports, and the number found."""

    reported: int | None = Field(description="Number in the document; null if it reports none.")
    found: int = Field(description="Number found by the parser.")


class Unreasoned(Out):
    """Importance without a reason."""

    item: str = Field(description="Id of the item.")
    label: str = Field(description="Label of the importance.")


class DanglingOut(Out):
    """Reference without a target."""

    kind: DanglingKind = Field(
        description="`told_elsewhere`: a topic said to be reported elsewhere that no item reports; "
        "`section`: a section or item that does not exist; `stub`: an item that refers to no "
        "other item; `footnote`: a footnote without text; otherwise a name, keyword or article "
        "of that part that no item reports."
    )
    name: str = Field(description="Name of the target.", examples=["昆山杯創業大賽"])
    line: Line
    text: str = Field(description="Text that holds the reference.")


class QualityOut(Out):
    """How well a document was parsed, and how well it is made."""

    briefing: BriefingId
    lines: int = Field(description="Number of lines.")
    nonblank: int = Field(description="Number of lines that are not empty.")
    covered: int = Field(description="Number of these lines that belong to a part.")
    coverage: float = Field(description="covered / nonblank; 1 for an empty document.")
    structures: dict[str, int] = Field(description="Number of parts, by kind.")
    unassigned: list[Unassigned] = Field(description="Lines that belong to no part.")
    problems: list[str] = Field(description="Problems of the parser.")
    warnings: list[WarningOut] = Field(
        description="Doubts about the reading: no items, unknown sections, items without sources "
        "where links exist, repeated blocks that are no items."
    )
    readings: list[ReadingScoreOut] = Field(
        description="The reading that was taken and its runner-up, best first."
    )
    fields: list[FieldReport] = Field(description="Items with missing or repeated fields.")
    odd_sources: list[OddSource] = Field(description="Citations without an ordinary URL.")
    listed: int = Field(description="Number of names on the entity lines.")
    ungrounded: list[Ungrounded] = Field(
        description="Names on entity lines that the text of their item does not contain; URLs "
        "do not count as text."
    )
    unreasoned: list[Unreasoned] = Field(description="Items with an importance but no reason.")
    dangling: list[DanglingOut] = Field(description="References without a target.")
    articles: Reported = Field(description="Number of articles.")
    topics: Reported = Field(description="Number of topics.")


class QualityCounts(Out):
    """Report in numbers."""

    items: int = Field(description="Number of items.")
    nonblank: int = Field(description="Number of lines that are not empty.")
    covered: int = Field(description="Number of these lines that belong to a part.")
    coverage: float = Field(description="covered / nonblank; 1 for an empty document.")
    unassigned: int = Field(description="Number of lines that belong to no part.")
    problems: int = Field(description="Number of problems of the parser.")
    missing: int = Field(description="Number of missing fields of full items.")
    repeated: int = Field(description="Number of repeated labels.")
    listed: int = Field(description="Number of names on the entity lines.")
    ungrounded: int = Field(description="Number of names that the text does not contain.")
    unreasoned: int = Field(description="Number of items with an importance but no reason.")
    dangling: int = Field(description="Number of references without a target.")
    placeholder: int = Field(description="Number of citations with a placeholder as target.")
    opaque: int = Field(description="Number of citations with an unreadable target.")
    suspicious: int = Field(description="Number of citations with a suspicious target.")
    inferred: int = Field(description="Number of citations with an inferred URL.")
    articles: Reported = Field(description="Number of articles.")
    topics: Reported = Field(description="Number of topics.")


class QualityDay(Out):
    """Report of one briefing in numbers."""

    briefing: BriefingRef = Field(description="The briefing.")
    counts: QualityCounts = Field(description="The report in numbers.")
    links: Links


class QualityDays(Page[QualityDay]):
    """Reports of briefings, newest first."""

    briefings: int = Field(description="Number of briefings on all pages.")
    totals: QualityCounts = Field(description="Sums over the briefings of all pages.")
