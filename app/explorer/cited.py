"""Citations on pages: texts to copy, and the permanent address of the page."""

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from app.api.wire.citing import citation_texts, texts_of, today
from app.explorer.visit import Visit
from app.query.snapshot import dataset
from app.render.citations import citation
from app.render.citations.citation import Citing

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
    return _titled(texts, visit.home + path, day)


def cited_page(visit: Visit, title: str, data: str) -> CitedPage:
    """Return the citations of a page of several things; `data` is the address of its data."""
    day = today(visit.request)
    path = visit.here(lang=None).removeprefix(visit.prefix)
    modified_at = dataset.version(visit.session).modified_at
    work = citation.of_page(
        title,
        path,
        data.removeprefix(visit.prefix),
        modified_at.date() if modified_at else None,
        Citing(visit.home, day),
    )
    return _titled(texts_of([work]), work.url, day)


def _titled(texts: dict[str, str], permalink: str, day: date) -> CitedPage:
    titled = {TITLES[format_]: text for format_, text in texts.items()}
    return CitedPage(titled, permalink, day.isoformat())
