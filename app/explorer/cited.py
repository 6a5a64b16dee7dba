"""Citations on pages: texts to copy, and the permanent address of the page."""

from dataclasses import dataclass

from pydantic import BaseModel

from app.api.wire.citing import citation_texts, texts_of, today
from app.explorer.visit import Visit
from app.query.snapshot import dataset
from app.render.citations import citation
from app.render.citations.citation import Citing

TITLES = {"apa": "APA", "gbt7714": "GB/T 7714", "bibtex": "BibTeX"}


@dataclass(frozen=True, slots=True)
class CitedPage:
    """The citations of a page by the name of their format, with the day of access in them.

    Folded ones are laid out when a reader opens them.
    """

    texts: dict[str, str]
    permalink: str
    accessed: str
    is_folded: bool = False


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
    return CitedPage(_titled(texts), visit.home + path, day.isoformat())


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
    return CitedPage(_titled(texts_of([work])), work.url, day.isoformat(), is_folded=True)


def _titled(texts: dict[str, str]) -> dict[str, str]:
    return {TITLES[format_]: text for format_, text in texts.items()}
