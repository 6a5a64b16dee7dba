"""The W3C Reconciliation Service API 0.2, for OpenRefine and its like."""

import html
from typing import Annotated, Any
from urllib.parse import parse_qs

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app import knowledge
from app.api.wire import responses
from app.api.wire.bodies import MAX_TEXT_BYTES, BodyDep, media, read
from app.api.wire.deps import AcceptLanguageDep, SessionDep
from app.api.wire.responses import CHECKS, json_response, no_store
from app.errors import BadRequest, InvalidBody, TooLarge, UnsupportedType
from app.query import entities
from app.query.names import reconcile
from app.query.names.autocomplete import names
from app.query.request.params import ManifestQuery, PreviewQuery, SuggestQuery
from app.query.schemas.reconcile import (
    Address,
    Batch,
    Manifest,
    Preview,
    Results,
    Suggest,
    Suggestions,
    TypeSuggestions,
    View,
)
from app.settings import VERSION

router = APIRouter(prefix="/v1/reconcile", tags=["reconciliation"])

# OpenRefine asks for ten at a time.
MAX_QUERIES = 100


@router.get(
    "",
    response_model=Manifest | Results,
    summary="The service manifest; with `queries`, their candidates",
    dependencies=CHECKS,
)
def get_manifest(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[ManifestQuery, Query()],
) -> Any:
    if params.queries is None:
        return json_response(request, session, _manifest(request))
    try:
        return json_response(
            request,
            session,
            _results(request, session, orjson.loads(params.queries), params.lang or language),
        )
    except (orjson.JSONDecodeError, InvalidBody) as error:
        said = error.detail if isinstance(error, InvalidBody) else "it is no JSON"
        raise BadRequest(f"queries: {said}", [{"parameter": "queries", "message": said}]) from None


_QUERIES = {
    "type": "object",
    "properties": {
        "queries": {"type": "string", "description": "The batch: a JSON object of queries by key."}
    },
}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {"application/x-www-form-urlencoded": {"schema": _QUERIES}},
    }
}


@router.post(
    "", response_model=Results, summary="The candidates of a batch of queries", openapi_extra=_FORM
)
def post_queries(
    request: Request, session: SessionDep, language: AcceptLanguageDep, body: BodyDep
) -> Any:
    return no_store(session, _results(request, session, _batch(request, body), language))


@router.get(
    "/suggest/entity",
    response_model=Suggestions,
    summary="Entities by what is typed",
    dependencies=CHECKS,
)
def suggest_entity(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[SuggestQuery, Query()],
) -> Any:
    found = reconcile.suggest(
        session, names(session), params.prefix, params.cursor, params.lang or language
    )
    return json_response(request, session, found)


@router.get(
    "/suggest/type",
    response_model=TypeSuggestions,
    summary="Types by what is typed",
    dependencies=CHECKS,
)
def suggest_type(
    request: Request, session: SessionDep, params: Annotated[SuggestQuery, Query()]
) -> Any:
    return json_response(request, session, reconcile.suggest_types(params.prefix))


@router.get(
    "/suggest/property",
    response_model=TypeSuggestions,
    summary="Properties by what is typed",
    dependencies=CHECKS,
)
def suggest_property(
    request: Request, session: SessionDep, params: Annotated[SuggestQuery, Query()]
) -> Any:
    return json_response(request, session, reconcile.suggest_properties(params.prefix))


@router.get(
    "/preview",
    summary="An entity on a card, as HTML",
    dependencies=CHECKS,
    response_class=HTMLResponse,
)
def preview(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[PreviewQuery, Query()],
) -> Any:
    shown = entities.one(session, entities.resolve(session, params.id), params.lang or language)
    above = " · ".join([shown.type, *(ref.name for ref in (shown.maker, shown.family) if ref)])
    said = f"{shown.counts.items} items, {shown.counts.mentions} mentions, {shown.first_seen} to {shown.last_seen}"
    lines = [
        f"<h1>{html.escape(shown.name)}</h1>",
        f"<p>{html.escape(above)}</p>",
        f"<p>{html.escape(said)}</p>",
    ]
    page = "<!DOCTYPE html>\n<html>\n<head><meta charset='utf-8'><title>Briefbase</title></head>\n<body>\n{}\n</body>\n</html>\n"
    return responses.text_response(request, session, page.format("\n".join(lines)), "html")


def _batch(request: Request, body: bytes) -> Any:
    """The queries of a form's `queries`, or of a JSON body: the batch itself or under `queries`."""
    kind = media(request)
    try:
        if kind in ("application/x-www-form-urlencoded", ""):
            given = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20).get(
                "queries", []
            )
            if len(given) != 1:
                raise InvalidBody("queries: the form is to hold it once.")
            return orjson.loads(_bounded(given[0].encode()))
        if kind == "application/json":
            data = orjson.loads(_bounded(body))
            return data["queries"] if isinstance(data, dict) and list(data) == ["queries"] else data
    except (ValueError, UnicodeError):
        raise InvalidBody("The body holds no JSON in UTF-8.") from None
    raise UnsupportedType(
        "The body is to be application/x-www-form-urlencoded or application/json."
    )


def _bounded(batch: bytes) -> bytes:
    if len(batch) > MAX_TEXT_BYTES:
        raise TooLarge(f"The batch has {len(batch)} bytes; at most {MAX_TEXT_BYTES} are taken.")
    return batch


def _results(request: Request, session: Session, data: Any, lang: str | None) -> Results:
    if isinstance(data, dict) and len(data) > MAX_QUERIES:
        raise TooLarge(f"The batch has {len(data)} queries; at most {MAX_QUERIES} are taken.")
    batch = read(Batch, data)
    return reconcile.reconcile(
        session, names(session), knowledge.knowledge().catalogue, batch, lang
    )


def _manifest(request: Request) -> Manifest:
    home = str(request.base_url).rstrip("/")
    own = f"{home}/v1/reconcile"
    entity, kind, prop = (
        Address(service_url=own, service_path=f"/suggest/{what}")
        for what in ("entity", "type", "property")
    )
    return Manifest(
        versions=["0.2"],
        name="Briefbase",
        identifierSpace=f"{home}/v1/entities/",
        schemaSpace=f"{home}/docs#types",
        documentation=f"{home}/docs",
        serviceVersion=VERSION,
        view=View(url=f"{home}/v1/entities/{{{{id}}}}"),
        defaultTypes=reconcile.types(),
        suggest=Suggest(entity=entity, type=kind, property=prop),
        preview=Preview(url=f"{own}/preview?id={{{{id}}}}", width=420, height=160),
    )
