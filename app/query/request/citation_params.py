"""Parameters of citations: their format and the day that they were looked at."""

from typing import Literal

from pydantic import Field

from app.query.request.params import Day, Params

CitationFormat = Literal["bibtex", "ris", "csl", "apa", "gbt7714"]
CITATION_FORMATS: tuple[CitationFormat, ...] = ("bibtex", "ris", "csl", "apa", "gbt7714")


class Accessed(Params):
    """The day of access that citations name."""

    accessed: Day | None = Field(
        None,
        description="Day of access that citations name; by default today.",
        examples=["2026-01-05"],
    )


class CitedList(Accessed):
    """A list whose page may be one file of citations."""

    format: Literal["json", "bibtex", "ris", "csl", "apa", "gbt7714"] | None = Field(
        None,
        description="Format of the page. `bibtex`, `ris`, `csl`, `apa` and `gbt7714` return the "
        "citations of its entries in one file; `Accept` names the first three too.",
    )
