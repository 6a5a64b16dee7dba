"""The W3C Reconciliation Service API 0.2, for OpenRefine and similar tools."""

import re
from typing import Annotated, Any, Literal, get_args
from urllib.parse import parse_qs

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from app import __version__, knowledge
from app.api.wire import responses
from app.api.wire.bodies import MAX_TEXT_BYTES, BodyDep, media, read
from app.api.wire.deps import AcceptLanguageDep, SessionDep
from app.api.wire.responses import CHECKS, MEDIA, VARY
from app.errors import BadRequest, InvalidBody, TooLarge, UnsupportedType
from app.query.entities import extension, references
from app.query.entities import lists as entity_lists
from app.query.names import batches, reconcile
from app.query.names.autocomplete import name_lookup
from app.query.request.reconcile_params import (
    FlyoutQuery,
    ManifestQuery,
    PreviewQuery,
    PropertiesQuery,
    SuggestQuery,
)
from app.query.schemas.entities import EntityOut
from app.query.schemas.extension import (
    ExtendOut,
    ExtensionIn,
    ExtensionOut,
    Properties,
    ServiceManifest,
    SettingOut,
)
from app.query.schemas.reconcile import (
    Address,
    Candidates,
    Flyout,
    Preview,
    QueryIn,
    Results,
    Suggest,
    SuggestAddress,
    Suggestions,
    TypeSuggestions,
    View,
)
from app.query.snapshot import dataset
from app.query.snapshot.budget import require_worker_thread
from app.render import pages
from app.store.db import Session, set_timeout

_STRING_OR_NAN = re.compile(rb'("(?:[^"\\]|\\.)*+")|\bNaN\b')
router = APIRouter(prefix="/v1/reconcile", tags=["reconciliation"])

MAX_QUERIES = 100
"""Maximum number of queries, or of ids to extend, in a batch."""
BATCH_SIZE = 50
"""Number of queries that a client should send at once: with conditions they fit into a body."""
SECONDS_PER_QUERY = 0.3
"""Time that each query adds to the timeout of its batch."""
MAX_FORM_FIELDS = 20
_FORM = "application/x-www-form-urlencoded"
_SCRIPT = "text/javascript; charset=utf-8"
_BATCHES = ("queries", "extend")
SuggestedKind = Literal["entity", "type", "property"]
_JSONP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/javascript": {"schema": {"type": "string"}}}}
}
"""OpenAPI description of the answer to a request with `callback`."""


@router.get(
    "",
    response_model=ServiceManifest | Results | ExtensionOut,
    responses=_JSONP,
    summary="The service manifest, the candidates of `queries` or the cells of `extend`",
    dependencies=CHECKS,
)
def get_reconciliation(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[ManifestQuery, Query()],
) -> Any:
    lang = params.lang or language
    if params.extend is not None:
        columns = _extension(request, session, _parsed("extend", params.extend), lang)
        return _of_host(request, columns, params.callback)
    if params.queries is None:
        return _of_host(request, _manifest(request), params.callback)
    try:
        results = _results(request, session, _parsed("queries", params.queries), lang)
    except InvalidBody as error:
        raise _bad_batch("queries", error.detail) from None
    return _answer(request, session, results, params.callback)


def _parsed(name: str, text: str) -> Any:
    try:
        return _read(text.encode())
    except ValueError:
        raise _bad_batch(name, "not valid; expected JSON") from None


def _bad_batch(name: str, message: str) -> BadRequest:
    return BadRequest(f"{name}: {message}", [{"parameter": name, "message": message}])


_FORM_SCHEMA = {
    "title": "ReconcileForm",
    "description": "A batch, as OpenRefine sends it: exactly one of the fields.",
    "type": "object",
    "properties": {
        "queries": {"type": "string", "description": "A batch: a JSON object of queries by key."},
        "extend": {"type": "string", "description": "A JSON object with ids and properties."},
    },
}
_FORM_BODY = {"requestBody": {"required": True, "content": {_FORM: {"schema": _FORM_SCHEMA}}}}


@router.post(
    "",
    response_model=Results | ExtensionOut,
    summary="The candidates of a batch of queries, or the cells of a data extension",
    openapi_extra=_FORM_BODY,
)
def reconcile_names(
    request: Request, session: SessionDep, language: AcceptLanguageDep, body: BodyDep
) -> Any:
    name, batch = _batch(request, body)
    if name == "extend":
        return responses.no_store(session, _extension(request, session, batch, language))
    return responses.no_store(session, _results(request, session, batch, language))


@router.get(
    "/properties",
    response_model=Properties,
    responses=_JSONP,
    summary="The properties that data extension offers for a type",
    dependencies=CHECKS,
)
def propose_properties(
    request: Request, session: SessionDep, params: Annotated[PropertiesQuery, Query()]
) -> Any:
    properties = extension.propose(params.type, params.limit)
    return _answer(request, session, properties, params.callback)


@router.get(
    "/suggest/entity",
    response_model=Suggestions,
    responses=_JSONP,
    summary="Entities whose names complete a prefix",
    dependencies=CHECKS,
)
def suggest_entities(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[SuggestQuery, Query()],
) -> Any:
    lang = params.lang or language
    known = name_lookup(session)
    suggestions = extension.suggest_by_id(session, params.prefix, lang)
    if not suggestions.result:
        suggestions = reconcile.suggest(
            session,
            known,
            params.prefix,
            params.cursor,
            lang,
        )
    return _answer(request, session, suggestions, params.callback)


@router.get(
    "/suggest/type",
    response_model=TypeSuggestions,
    responses=_JSONP,
    summary="Types whose names complete a prefix",
    dependencies=CHECKS,
)
def suggest_types(
    request: Request, session: SessionDep, params: Annotated[SuggestQuery, Query()]
) -> Any:
    suggestions = reconcile.suggest_types(params.prefix)
    return _answer(request, session, suggestions, params.callback)


@router.get(
    "/suggest/property",
    response_model=TypeSuggestions,
    responses=_JSONP,
    summary="Properties whose names complete a prefix",
    dependencies=CHECKS,
)
def suggest_properties(
    request: Request, session: SessionDep, params: Annotated[SuggestQuery, Query()]
) -> Any:
    suggestions = extension.suggest_properties(params.prefix)
    return _answer(request, session, suggestions, params.callback)


@router.get(
    "/flyout/{kind}",
    response_model=Flyout,
    responses=_JSONP,
    summary="The card of a suggestion",
    dependencies=CHECKS,
)
def get_flyout(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    kind: Annotated[SuggestedKind, Path(description="Kind of suggestion.", examples=["entity"])],
    params: Annotated[FlyoutQuery, Query()],
) -> Any:
    if kind == "entity":
        reader = _card_reader(request, params.lang or language)
        card = pages.entity_facts(_entity(session, params.id, reader.lang), reader)
    else:
        named = extension.type_named if kind == "type" else extension.property_named
        card = pages.name_card(named(params.id).name, params.id)
    return _answer(
        request,
        session,
        Flyout(id=params.id, html=card),
        params.callback,
    )


@router.get(
    "/preview",
    summary="A card of an entity, as HTML",
    dependencies=CHECKS,
    response_class=HTMLResponse,
)
def preview_entity(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[PreviewQuery, Query()],
) -> Any:
    reader = _card_reader(request, params.lang or language)
    card = pages.entity_card(_entity(session, params.id, reader.lang), reader)
    return responses.text_response(request, session, card, "html")


def _card_reader(request: Request, lang: str | None) -> pages.PageReader:
    """Return the circumstances of a card: English unless another language is asked for."""
    return responses.reader(request, lang or "en")


def _entity(session: Session, name: str, lang: str | None) -> EntityOut:
    entity_pk = references.resolve(session, name)
    return entity_lists.one(session, entity_pk, lang)


def _answer(
    request: Request, session: Session, content: BaseModel, callback: str | None
) -> Response:
    """Return content as JSON, or as JavaScript that calls `callback` (JSONP)."""
    body, media_type = _called(content, callback)
    return responses.cacheable(request, body, media_type, dataset.version(session))


def _of_host(request: Request, content: BaseModel, callback: str | None) -> Response:
    """Return content whose addresses contain the `Host` of the request unless configured.

    Without a public URL, caches must not answer one host with the addresses of another.
    """
    body, media_type = _called(content, callback)
    headers: dict[str, str] = {}
    if not request.app.state.settings.public_url:
        headers = {"Cache-Control": "private, no-cache", "Vary": f"{VARY}, Host"}
    return responses.cacheable(
        request,
        body,
        media_type,
        None,
        headers,
    )


def _called(content: BaseModel, callback: str | None) -> tuple[bytes, str]:
    body = responses.body(content)
    if callback is None:
        return body, MEDIA["json"]
    # The comment keeps the caller from choosing the first bytes of the file.
    return b"/**/" + callback.encode() + b"(" + body + b");", _SCRIPT


def _batch(request: Request, body: bytes) -> tuple[str, Any]:
    """Return the name and the JSON of a batch: `queries` or `extend`.

    A JSON body holds the batch under its name, or is a batch of queries itself.
    """
    media_type = media(request)
    try:
        if media_type in (_FORM, ""):
            name, text = _form_batch(body)
            return name, _read(_limited(text))
        if media_type == "application/json":
            data = _read(_limited(body))
            if isinstance(data, dict) and len(data) == 1 and next(iter(data)) in _BATCHES:
                return next(iter(data.items()))
            return "queries", data
    except (ValueError, UnicodeError):
        raise InvalidBody("The body is not valid; expected JSON in UTF-8.") from None
    raise UnsupportedType(
        f"The media type of the body is not supported; expected {_FORM} or application/json."
    )


def _form_batch(body: bytes) -> tuple[str, bytes]:
    fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS)
    name = "extend" if "extend" in fields and "queries" not in fields else "queries"
    values = fields.get(name, [])
    if len(values) != 1:
        raise InvalidBody(f"{name}: given {len(values)} times; expected one value.")
    return name, values[0].encode()


def _read(batch: bytes) -> Any:
    """Return the JSON of a batch; NaN, as pandas writes an empty cell, is null.

    Raises ValueError for other text.
    """
    try:
        return orjson.loads(batch)
    except orjson.JSONDecodeError:
        if b"NaN" not in batch:
            raise
    return orjson.loads(_STRING_OR_NAN.sub(lambda match: match[1] or b"null", batch))


def _limited(batch: bytes) -> bytes:
    if len(batch) > MAX_TEXT_BYTES:
        raise TooLarge(f"The batch has {len(batch)} bytes; expected at most {MAX_TEXT_BYTES}.")
    return batch


def _results(request: Request, session: Session, data: Any, lang: str | None) -> Results:
    """Return the candidates of each query; a query that is not valid fails alone."""
    if not isinstance(data, dict):
        raise InvalidBody("The batch is not valid; expected a JSON object of queries by key.")
    _check_count(len(data), "queries")
    queries: dict[str, QueryIn] = {}
    results: dict[str, Candidates] = {}
    for key, query in data.items():
        results[key] = Candidates(result=[])
        try:
            queries[key] = read(QueryIn, batches.usual_form(query))
        except InvalidBody as error:
            results[key] = Candidates(result=[], error=error.detail)
    if not knowledge.is_loaded():
        require_worker_thread(session)
    known = name_lookup(session)
    _allow_time(request, session, len(queries))
    catalogue = knowledge.knowledge().catalogue
    results.update(
        batches.answer(
            session,
            known,
            catalogue,
            queries,
            lang,
        )
    )
    return Results(results)


def _extension(request: Request, session: Session, data: Any, lang: str | None) -> ExtensionOut:
    query = read(ExtensionIn, data)
    _check_count(len(query.ids), "ids")
    _allow_time(request, session, len(query.ids))
    return extension.extend(session, query, _service(request), lang)


def _check_count(count: int, name: str) -> None:
    if count > MAX_QUERIES:
        raise TooLarge(f"The batch has {count} {name}; expected at most {MAX_QUERIES}.")


def _allow_time(request: Request, session: Session, count: int) -> None:
    """Let a batch take longer than one read: its timeout grows with its queries."""
    set_timeout(session, request.app.state.settings.read_timeout + SECONDS_PER_QUERY * count)


def _service(request: Request) -> str:
    return f"{_home(request)}/v1/reconcile"


def _home(request: Request) -> str:
    return str(request.app.state.settings.home(str(request.base_url)))


def _manifest(request: Request) -> ServiceManifest:
    home, service = _home(request), _service(request)
    limit = SettingOut(
        type="number",
        name="limit",
        label="Limit",
        default=0,
        help_text="Maximum number of values in a cell; 0 for all.",
    )
    addresses: dict[str, SuggestAddress] = {}
    for kind in get_args(SuggestedKind):
        addresses[kind] = SuggestAddress(
            service_url=service,
            service_path=f"/suggest/{kind}",
            flyout_service_url=service,
            flyout_service_path=f"/flyout/{kind}?id=${{id}}",
        )
    return ServiceManifest(
        versions=["0.2"],
        name="Briefbase",
        identifierSpace=f"{home}/v1/entities/",
        schemaSpace=f"{home}/docs#types",
        documentation=f"{home}/docs",
        serviceVersion=__version__,
        view=View(url=f"{home}/v1/entities/{{{{id}}}}?format=html"),
        defaultTypes=reconcile.types(),
        suggest=Suggest(
            entity=addresses["entity"],
            type=addresses["type"],
            property=addresses["property"],
        ),
        preview=Preview(url=f"{service}/preview?id={{{{id}}}}", width=420, height=160),
        batchSize=BATCH_SIZE,
        extend=ExtendOut(
            propose_properties=Address(service_url=service, service_path="/properties"),
            property_settings=[limit],
        ),
    )
