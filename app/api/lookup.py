"""Name lookup: autocompletion, and annotation of a text with known names."""

from contextlib import suppress
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from app import knowledge
from app.api.wire.bodies import MAX_TEXT_BYTES, BodyDep, documented, read, read_json
from app.api.wire.deps import AcceptLanguageDep, read_endpoint, reject_repeated_parameters
from app.api.wire.responses import CHECKS, MEDIA, cacheable, no_store
from app.errors import InvalidBody, TooLarge
from app.query.names import annotate as annotations
from app.query.names import autocomplete
from app.query.names.autocomplete import NameLookup
from app.query.request.entity_params import CompletionQuery
from app.query.request.params import OneQuery
from app.query.request.sparse_fields import field_tree, pick
from app.query.schemas.lookup import AnnotationsOut, CompletionsOut
from app.query.snapshot.budget import require_worker_thread
from app.store.db import Session, WouldBlock

router = APIRouter(prefix="/v1", tags=["entities"])
# A dense text takes 6 µs a character: 5 ms.
_MAX_LOOP_CHARS = 800


class AnnotateIn(BaseModel):
    """A text to annotate with the entities it names."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        description="At most 64 KiB of UTF-8.", examples=["NVIDIA 發表新晶片，千問同日更新。"]
    )
    lang: Literal["zh-Hant", "zh-Hans", "en"] | None = Field(
        None, description="Language of the entities' names."
    )


@router.get(
    "/autocomplete",
    response_model=CompletionsOut,
    summary="Entities whose names complete a prefix",
    dependencies=CHECKS,
)
async def complete_names(
    request: Request, language: AcceptLanguageDep, params: Annotated[CompletionQuery, Query()]
) -> Any:
    lang = params.lang or language
    names = request.app.state.database.cache.get("names")
    # The cached names are of the current version: no database read is necessary.
    if names and names.version.text == await request.app.state.freshness.current():
        with suppress(WouldBlock):
            return _completions(request, None, names, params, lang)
    return await _complete(request=request, language=lang, params=params)


@read_endpoint
def _complete(
    request: Request, session: Session, language: str | None, params: CompletionQuery
) -> Any:
    return _completions(
        request,
        session,
        autocomplete.name_lookup(session),
        params,
        language,
    )


def _completions(
    request: Request,
    session: Session | None,
    names: NameLookup,
    params: CompletionQuery,
    lang: str | None,
) -> Any:
    data = {
        "data": autocomplete.complete(session, names, params.q, params.limit, lang),
        "dataset_version": names.version.text,
    }
    body = orjson.dumps(pick(data, field_tree(CompletionsOut, params.names())))
    return cacheable(request, body, MEDIA["json"], names.version)


@router.post(
    "/annotate",
    response_model=AnnotationsOut,
    summary="The entities a text names",
    dependencies=[Depends(reject_repeated_parameters)],
    openapi_extra=documented(AnnotateIn),
)
@read_endpoint
def annotate_text(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    body: BodyDep,
    params: Annotated[OneQuery, Query()],
) -> Any:
    annotated = read(AnnotateIn, read_json(request, body))
    _check_size(annotated.text)
    lang = annotated.lang or params.lang or language
    if not knowledge.is_loaded() or len(annotated.text) > _MAX_LOOP_CHARS:
        require_worker_thread(session)
    scanner, names = knowledge.knowledge().scanner, autocomplete.name_lookup(session)
    result = annotations.annotate(
        session,
        scanner,
        names,
        annotated.text,
        lang,
    )
    return no_store(session, result, params.names())


def _check_size(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise InvalidBody("text: contains half a surrogate pair; expected UTF-8 text.") from None
    if size > MAX_TEXT_BYTES:
        raise TooLarge(f"The text has {size} bytes; expected at most {MAX_TEXT_BYTES}.")
