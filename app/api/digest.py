"""Digests of the last days, as JSON and as messages of other services."""

from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request

from app import digest as conductor
from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, SettingsDep, read_endpoint
from app.api.wire.responses import CHECKS
from app.query.request.digest_params import DigestFormat, DigestQuery
from app.query.schemas.digest import DigestOut
from app.query.snapshot import dataset
from app.render.messages import SERVICES
from app.store.db import Session

router = APIRouter(prefix="/v1/digest", tags=["briefings"], dependencies=CHECKS)


@router.get(
    "",
    response_model=DigestOut,
    summary="The stories of the last days within a budget of characters",
    responses=responses.formats("text", "md", "html"),
)
@read_endpoint
def get_digest(
    request: Request,
    session: Session,
    settings: SettingsDep,
    language: AcceptLanguageDep,
    params: Annotated[DigestQuery, Query()],
) -> Any:
    format_ = _format(request, params)
    body = conductor.write(
        session,
        params,
        format_,
        params.lang or language,
        home=settings.home("") if settings.public_url else "",
        prefix=settings.prefix,
    )
    media = responses.MEDIA["json"] if format_ == "json" else SERVICES[format_].media
    return responses.cacheable(request, body, media, dataset.version(session))


def _format(request: Request, params: DigestQuery) -> DigestFormat:
    if params.format:
        return params.format
    accepted = responses.requested_format(request, None, ("json", "text", "md", "html"))
    return cast(DigestFormat, accepted)
