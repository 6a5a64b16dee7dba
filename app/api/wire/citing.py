"""Citations in responses: of one thing, and of the entries of a page in one file."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from pydantic import BaseModel

from app.api.wire import responses
from app.api.wire.responses import link_header
from app.errors import BadRequest
from app.query.listing.page import Listing
from app.query.publishing import citations as query
from app.query.request.citation_params import CITATION_FORMATS, Accessed, CitedList
from app.query.schemas.briefings import BriefingSummary
from app.query.schemas.citations import CitationEvidence
from app.query.schemas.entities import EntitySummary
from app.query.schemas.items import ItemOut
from app.query.schemas.taxonomy import SourceSummary
from app.query.snapshot import dataset
from app.render import linked_data
from app.render.citations import citation
from app.render.citations.bibtex import bibtex
from app.render.citations.citation import CitedWork, Citing
from app.render.citations.csl import csl
from app.render.citations.lines import apa, gbt7714
from app.render.citations.ris import ris
from app.store.db import Session

_WRITERS: dict[str, Callable[[Iterable[CitedWork]], bytes]] = {
    "bibtex": bibtex,
    "ris": ris,
    "csl": csl,
    "apa": apa,
    "gbt7714": gbt7714,
}
TEXT_FORMATS = ("apa", "gbt7714", "bibtex")
"""Formats of citations that people paste."""
_EXTENSIONS = {"bibtex": "bib", "ris": "ris", "csl": "json", "apa": "txt", "gbt7714": "txt"}
_Evidence = Callable[[Session, list[str]], Mapping[str, CitationEvidence]]
_KINDS: dict[type[BaseModel], tuple[str, _Evidence, Callable[..., CitedWork]]] = {
    ItemOut: ("items", query.of_items, citation.of_item),
    BriefingSummary: ("briefings", query.of_briefings, citation.of_briefing),
    EntitySummary: ("entities", query.of_entities, citation.of_entity),
    SourceSummary: ("sources", query.of_sources, citation.of_source),
}
"""The name of a list, the evidence and the citation of its entries, by their shape."""
MAX_CITATIONS = 1_000
"""Citations in one file without a `limit`; `Link` leads to the others."""
_Page = TypeVar("_Page", bound=CitedList)
LISTED: tuple[responses.Format, ...] = ("json", "bibtex", "ris", "csl")
"""Formats of a list that `Accept` may name."""


def is_citation(format_: str) -> bool:
    """Return whether a format is one of citations."""
    return format_ in CITATION_FORMATS


def list_format(request: Request, params: CitedList, group_by: str | None) -> responses.Format:
    """Return the format of a list. Raises BadRequest for citations of buckets."""
    format_ = responses.requested_format(request, params.format, LISTED)
    if group_by is not None and is_citation(format_):
        if params.format is None:
            return "json"
        raise BadRequest(f"format: {format_!r} cannot be combined with group_by; leave out one")
    return format_


def with_entries(params: _Page, format_: responses.Format) -> _Page:
    """Return the parameters of a list: a file of citations has more entries by default."""
    if format_ == "json" or "limit" in params.model_fields_set:
        return params
    return params.model_copy(update={"limit": MAX_CITATIONS})


def cited_list(
    request: Request,
    session: Session,
    listing: Listing[Any],
    shape: type[BaseModel],
    params: CitedList,
    format_: responses.Format,
) -> Response:
    """Return the citations of a page of a list in one file; `Link` leads to the next page."""
    things = []
    for entry in listing.entries:
        is_json = isinstance(entry, bytes)
        things.append(shape.model_validate_json(entry) if is_json else entry)
    name, _, _ = _KINDS[shape]
    following = responses.next_page(request, listing.rows.next_cursor)
    headers = link_header(request.app.state.settings.prefix, following, None)
    return _file(request, session, things, shape, params, format_, name, headers)


def cited(
    request: Request,
    session: Session,
    thing: Any,
    shape: type[BaseModel],
    params: Accessed,
    format_: responses.Format,
) -> Response:
    """Return the citation of one thing."""
    return _file(request, session, [thing], shape, params, format_, thing.id, {})


def today(request: Request) -> date:
    """Return the day of access of a citation that is made now."""
    return datetime.now(ZoneInfo(request.app.state.settings.timezone)).date()


def citation_texts(
    request: Request, session: Session, thing: Any, shape: type[BaseModel], accessed: date
) -> dict[str, str]:
    """Return the citation of one thing as text, by format."""
    return texts_of(_works(request, session, [thing], shape, accessed))


def texts_of(works: Iterable[CitedWork]) -> dict[str, str]:
    """Return citations as text, by format."""
    cited_works = list(works)
    return {format_: _WRITERS[format_](cited_works).decode().strip() for format_ in TEXT_FORMATS}


def _works(
    request: Request,
    session: Session,
    things: list[Any],
    shape: type[BaseModel],
    accessed: date,
) -> list[CitedWork]:
    """Return the citations of things, with the lines that say so."""
    _, evidence_of, citation_of = _KINDS[shape]
    evidence = evidence_of(session, [thing.id for thing in things])
    citing = Citing(responses.home(request), accessed)
    return [citation_of(thing, evidence.get(thing.id), citing) for thing in things]


def _file(
    request: Request,
    session: Session,
    things: list[Any],
    shape: type[BaseModel],
    params: Accessed,
    format_: responses.Format,
    name: str,
    headers: dict[str, str],
) -> Response:
    accessed = params.accessed
    if accessed is None:
        accessed = today(request)
        # Tomorrow it is another file.
        headers = headers | {"Cache-Control": "private, no-cache"}
    body = _WRITERS[format_](_works(request, session, things, shape, accessed))
    file_name = f"{name.replace(':', '-')}.{_EXTENSIONS[format_]}"
    return responses.cacheable(
        request,
        body,
        responses.MEDIA[format_],
        dataset.version(session),
        responses.file_headers(file_name) | headers,
    )


def linked_response(request: Request, session: Session, thing: linked_data.Thing) -> Response:
    """Return a thing as JSON-LD."""
    media = responses.MEDIA["jsonld"]
    body = linked_data.document(thing)
    return responses.cacheable(request, body, media, dataset.version(session))
