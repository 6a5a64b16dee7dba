"""Names looked up: as they are typed, and in a text of the caller's."""

from contextlib import suppress
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app import knowledge
from app.api.wire.bodies import MAX_TEXT_BYTES, BodyDep, read, read_json
from app.api.wire.deps import AcceptLanguageDep, read_endpoint, reject_repeated_parameters
from app.api.wire.responses import CHECKS, MEDIA, cacheable, no_store
from app.errors import InvalidBody, TooLarge
from app.query.names import annotate as annotations
from app.query.names import autocomplete
from app.query.names.autocomplete import NameLookup
from app.query.request.params import CompletionQuery, OneQuery
from app.query.request.sparse_fields import field_tree, pick
from app.query.schemas.lookup import AnnotationsOut, CompletionsOut
from app.store.db import WouldBlock

router = APIRouter(prefix="/v1", tags=["entities"])


class AnnotateIn(BaseModel):
    """A text to be read for known names."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        description="At most 64 KiB of UTF-8.", examples=["NVIDIA 發表新晶片，千問同日更新。"]
    )
    lang: Literal["zh-Hant", "zh-Hans", "en"] | None = Field(
        None, description="Which name of an entity is shown."
    )


@router.get(
    "/autocomplete",
    response_model=CompletionsOut,
    summary="Entities by what is typed of their names",
    dependencies=CHECKS,
)
async def complete(
    request: Request, language: AcceptLanguageDep, params: Annotated[CompletionQuery, Query()]
) -> Any:
    lang = params.lang or language
    known = request.app.state.database.memo.get("names")
    # What is kept is of the version that holds now: nothing of the base need be read.
    if known and known.version.text == await request.app.state.freshness.current():
        with suppress(WouldBlock):
            return _completed(request, None, known, params, lang)
    return await _complete(request=request, language=lang, params=params)


@read_endpoint
def _complete(
    request: Request, session: Session, language: str | None, params: CompletionQuery
) -> Any:
    return _completed(request, session, autocomplete.names(session), params, language)


def _completed(
    request: Request,
    session: Session | None,
    known: NameLookup,
    params: CompletionQuery,
    lang: str | None,
) -> Any:
    data = autocomplete.complete(session, known, params.q, params.limit, lang)
    shown = pick(
        {"data": data, "dataset_version": known.version.text},
        field_tree(CompletionsOut, params.names()),
    )
    return cacheable(request, orjson.dumps(shown), MEDIA["json"], known.version)


_TEXT = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": AnnotateIn.model_json_schema()}},
    }
}


@router.post(
    "/annotate",
    response_model=AnnotationsOut,
    summary="The known names in a text",
    dependencies=[Depends(reject_repeated_parameters)],
    openapi_extra=_TEXT,
)
@read_endpoint
def annotate(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    body: BodyDep,
    params: Annotated[OneQuery, Query()],
) -> Any:
    given = read(AnnotateIn, read_json(request, body))
    try:
        size = len(given.text.encode())
    except UnicodeEncodeError:
        raise InvalidBody("text: holds half a surrogate pair, which is no character.") from None
    if size > MAX_TEXT_BYTES:
        raise TooLarge(f"The text has {size} bytes in UTF-8; at most {MAX_TEXT_BYTES} are taken.")
    lang = given.lang or params.lang or language
    found = annotations.annotate(
        session, knowledge.knowledge().scanner, autocomplete.names(session), given.text, lang
    )
    return no_store(session, found, params.names())
