"""The W3C Reconciliation Service API 0.2, for OpenRefine and similar tools."""

from typing import Annotated, Any
from urllib.parse import parse_qs

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app import knowledge
from app.api.wire import responses
from app.api.wire.bodies import MAX_TEXT_BYTES, BodyDep, media, read
from app.api.wire.deps import AcceptLanguageDep, SessionDep
from app.api.wire.responses import CHECKS, json_response
from app.errors import BadRequest, InvalidBody, TooLarge, UnsupportedType
from app.query import entities
from app.query.names import reconcile
from app.query.names.autocomplete import name_lookup
from app.query.request.entity_params import ManifestQuery, PreviewQuery, SuggestQuery
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
from app.render import markup
from app.settings import VERSION
from app.store.db import Session

router = APIRouter(prefix="/v1/reconcile", tags=["reconciliation"])

MAX_QUERIES = 100
"""Maximum number of queries in a batch; OpenRefine sends ten."""
MAX_FORM_FIELDS = 20
_FORM = "application/x-www-form-urlencoded"


@router.get(
    "",
    response_model=Manifest | Results,
    summary="The service manifest, or the candidates of `queries`",
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
        batch = orjson.loads(params.queries)
        results = _results(session, batch, params.lang or language)
    except orjson.JSONDecodeError:
        raise _bad_queries("not valid; expected JSON") from None
    except InvalidBody as error:
        raise _bad_queries(error.detail) from None
    return json_response(request, session, results)


def _bad_queries(message: str) -> BadRequest:
    return BadRequest(f"queries: {message}", [{"parameter": "queries", "message": message}])


_QUERIES = {
    "type": "object",
    "properties": {
        "queries": {"type": "string", "description": "A batch: a JSON object of queries by key."}
    },
}
_FORM_BODY = {"requestBody": {"required": True, "content": {_FORM: {"schema": _QUERIES}}}}


@router.post(
    "",
    response_model=Results,
    summary="The candidates of a batch of queries",
    openapi_extra=_FORM_BODY,
)
def post_queries(
    request: Request, session: SessionDep, language: AcceptLanguageDep, body: BodyDep
) -> Any:
    results = _results(session, _batch(request, body), language)
    return responses.no_store(session, results)


@router.get(
    "/suggest/entity",
    response_model=Suggestions,
    summary="Entities whose names complete a prefix",
    dependencies=CHECKS,
)
def suggest_entity(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[SuggestQuery, Query()],
) -> Any:
    lang = params.lang or language
    suggestions = reconcile.suggest(
        session,
        name_lookup(session),
        params.prefix,
        params.cursor,
        lang,
    )
    return json_response(request, session, suggestions)


@router.get(
    "/suggest/type",
    response_model=TypeSuggestions,
    summary="Types whose names complete a prefix",
    dependencies=CHECKS,
)
def suggest_type(
    request: Request, session: SessionDep, params: Annotated[SuggestQuery, Query()]
) -> Any:
    return json_response(request, session, reconcile.suggest_types(params.prefix))


@router.get(
    "/suggest/property",
    response_model=TypeSuggestions,
    summary="Properties whose names complete a prefix",
    dependencies=CHECKS,
)
def suggest_property(
    request: Request, session: SessionDep, params: Annotated[SuggestQuery, Query()]
) -> Any:
    return json_response(request, session, reconcile.suggest_properties(params.prefix))


@router.get(
    "/preview",
    summary="A card of an entity, as HTML",
    dependencies=CHECKS,
    response_class=HTMLResponse,
)
def preview(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[PreviewQuery, Query()],
) -> Any:
    entity_pk = entities.resolve(session, params.id)
    entity = entities.one(session, entity_pk, params.lang or language)
    return responses.text_response(request, session, markup.entity_card(entity), "html")


def _batch(request: Request, body: bytes) -> Any:
    """Return the queries of a form, or of a JSON body: the batch itself or under `queries`."""
    media_type = media(request)
    try:
        if media_type in (_FORM, ""):
            return orjson.loads(_limited(_form_queries(body)))
        if media_type == "application/json":
            data = orjson.loads(_limited(body))
            if isinstance(data, dict) and list(data) == ["queries"]:
                return data["queries"]
            return data
    except (ValueError, UnicodeError):
        raise InvalidBody("The body is not valid; expected JSON in UTF-8.") from None
    raise UnsupportedType(
        f"The media type of the body is not supported; expected {_FORM} or application/json."
    )


def _form_queries(body: bytes) -> bytes:
    fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS)
    values = fields.get("queries", [])
    if len(values) != 1:
        raise InvalidBody(f"queries: given {len(values)} times; expected one value.")
    return values[0].encode()


def _limited(batch: bytes) -> bytes:
    if len(batch) > MAX_TEXT_BYTES:
        raise TooLarge(f"The batch has {len(batch)} bytes; expected at most {MAX_TEXT_BYTES}.")
    return batch


def _results(session: Session, data: Any, lang: str | None) -> Results:
    if isinstance(data, dict) and len(data) > MAX_QUERIES:
        raise TooLarge(f"The batch has {len(data)} queries; expected at most {MAX_QUERIES}.")
    batch = read(Batch, data)
    catalogue = knowledge.knowledge().catalogue
    return reconcile.reconcile(
        session,
        name_lookup(session),
        catalogue,
        batch,
        lang,
    )


def _manifest(request: Request) -> Manifest:
    home = str(request.base_url).rstrip("/")
    service = f"{home}/v1/reconcile"
    return Manifest(
        versions=["0.2"],
        name="Briefbase",
        identifierSpace=f"{home}/v1/entities/",
        schemaSpace=f"{home}/docs#types",
        documentation=f"{home}/docs",
        serviceVersion=VERSION,
        view=View(url=f"{home}/v1/entities/{{{{id}}}}"),
        defaultTypes=reconcile.types(),
        suggest=Suggest(
            entity=Address(service_url=service, service_path="/suggest/entity"),
            type=Address(service_url=service, service_path="/suggest/type"),
            property=Address(service_url=service, service_path="/suggest/property"),
        ),
        preview=Preview(url=f"{service}/preview?id={{{{id}}}}", width=420, height=160),
    )
