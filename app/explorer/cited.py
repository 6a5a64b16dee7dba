"""Citations on pages: texts to copy, and the permanent address of the page."""

from dataclasses import dataclass

from pydantic import BaseModel

from app.api.wire.citing import citation_texts, today
from app.explorer.visit import Visit

TITLES = {"apa": "APA", "gbt7714": "GB/T 7714", "bibtex": "BibTeX"}


@dataclass(frozen=True, slots=True)
class CitedPage:
    """The citations of a page by the name of their format, with the day of access in them."""

    texts: dict[str, str]
    permalink: str
    accessed: str


def cited(visit: Visit, thing: BaseModel, shape: type[BaseModel], path: str) -> CitedPage:
    """Return the citations of a thing whose page has the path `path`."""
    day = today(visit.request)
    texts = citation_texts(
        visit.request,
        visit.session,
        thing,
        shape,
        day,
    )
    titled = {TITLES[format_]: text for format_, text in texts.items()}
    return CitedPage(titled, visit.home + path, day.isoformat())
