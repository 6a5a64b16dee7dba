"""Story threads."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, SessionDep
from app.api.wire.responses import CHECKS
from app.query.request.item_params import ThreadList
from app.query.request.params import OneQuery
from app.query.schemas.lists import Page
from app.query.schemas.threads import ThreadOut, ThreadSummary
from app.query.stories import threads as query

router = APIRouter(prefix="/v1/threads", tags=["threads"], dependencies=CHECKS)

ThreadId = Annotated[
    str, Path(description="The thread's id.", examples=["th_4bhdq57fxava"], max_length=64)
]


@router.get(
    "", response_model=Page[ThreadSummary], summary="Stories of several items, newest first"
)
def list_threads(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[ThreadList, Query()],
) -> Any:
    listing = query.find(session, params, params.lang or language)
    return responses.list_response(
        request,
        session,
        listing,
        ThreadSummary,
        params,
    )


@router.get(
    "/{thread_id}",
    response_model=ThreadOut,
    summary="A story, with the evidence of each link",
)
def get_thread(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    thread_id: ThreadId,
    params: Annotated[OneQuery, Query()],
) -> Any:
    thread = query.one(session, thread_id, params.lang or language)
    return responses.json_response(request, session, thread, params.names())
