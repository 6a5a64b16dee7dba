"""Webhooks and saved searches: made, changed, rotated, tested, deleted; deliveries and replay."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field

from app.api.wire import responses
from app.api.wire.bodies import In, body_of, documented
from app.api.wire.deps import DatabaseDep, SessionDep, reject_repeated_parameters
from app.api.wire.keys import SubscriberDep
from app.api.wire.responses import PRIVATE, prefixed
from app.api.wire.writing import write_endpoint
from app.query import webhooks as query
from app.query.filters.stored import MAX_FILTER_CHARS
from app.query.request.params import NoQuery
from app.query.request.webhook_params import DeliveryList, SearchesList, WebhookList
from app.query.schemas.lists import Page
from app.query.schemas.webhooks import (
    DeliveryOut,
    RemovedOut,
    ReplayOut,
    SavedSearchOut,
    SecretWebhookOut,
    WebhookOut,
)
from app.store.outbox import EventKind
from app.webhooks import endpoints
from app.webhooks.endpoints import MAX_URL_CHARS, Replay

router = APIRouter(
    prefix="/v1", tags=["webhooks"], dependencies=[Depends(reject_repeated_parameters)]
)

MAX_OVERLAP_HOURS = 24 * 7


def _time(value: Any) -> Any:
    # Bodies are read strictly, and JSON has no times.
    return datetime.fromisoformat(value) if isinstance(value, str) else value


Time = Annotated[AwareDatetime, BeforeValidator(_time)]
Filters = Annotated[
    str,
    Field(
        max_length=MAX_FILTER_CHARS,
        description="Query string of filters of items, as lists take them.",
        examples=["entity=Qwen&importance=high"],
    ),
]
Url = Annotated[str, Field(max_length=MAX_URL_CHARS, description="Address of the endpoint.")]
Events = Annotated[
    list[EventKind], Field(min_length=1, max_length=20, description="Kinds of events.")
]
Description = Annotated[str, Field(max_length=500)] | None
SearchName = Annotated[str, Field(min_length=1, max_length=80, description="Name of the search.")]
WebhookId = Annotated[
    str, Path(description="Id of the webhook.", max_length=64, examples=["wh_mq3dzk5ya2c7"])
]
DeliveryId = Annotated[
    str, Path(description="Id of the event.", max_length=64, examples=["msg_mq3dzk5ya2c7"])
]
SearchId = Annotated[
    str, Path(description="Id of the search.", max_length=64, examples=["ss_mq3dzk5ya2c7"])
]
NoParams = Annotated[NoQuery, Query()]


class WebhookIn(In):
    """Endpoint for events."""

    url: Url
    events: Events
    filters: Filters = ""
    description: Description = Field(None, description="Note on the endpoint.")


class WebhookChangeIn(In):
    """Changes of a webhook; properties that are left out stay."""

    url: Url | None = Field(None, description="Address of the endpoint.")
    events: Events | None = Field(None, description="Kinds of events.")
    filters: Filters | None = Field(None, description="Filters of items.")
    description: Description = Field(None, description="Note on the endpoint.")
    status: Literal["active", "paused"] | None = Field(
        None, description="`paused` keeps events for later; `active` sends them."
    )


class RotationIn(In):
    """How long the former secret still signs."""

    overlap_hours: int = Field(
        24, ge=0, le=MAX_OVERLAP_HOURS, description="Hours that the former secret still signs."
    )


class ReplayIn(In):
    """Deliveries to send again: one, or a range of time."""

    delivery: str | None = Field(None, max_length=64, description="Id of one event.")
    since: Time | None = Field(None, description="Events of this time or later.")
    until: Time | None = Field(None, description="Events of this time or earlier.")
    status: Literal["delivered", "failed"] | None = Field(
        None, description="Only deliveries of this status."
    )


class SearchIn(In):
    """Search to keep by name."""

    name: SearchName
    filters: Filters
    alert: bool = Field(False, description="Whether new items that match are events.")


class SearchChangeIn(In):
    """Changes of a saved search; properties that are left out stay."""

    name: SearchName | None = Field(None, description="Name of the search.")
    filters: Filters | None = Field(None, description="Filters of items.")
    alert: bool | None = Field(None, description="Whether new items that match are events.")


def _answer(request: Request, content: BaseModel, status: int = 200) -> Response:
    """Return the response to a write: it is for this caller and never cached."""
    body = prefixed(content.model_dump_json().encode(), request.app.state.settings.prefix)
    headers = {"Cache-Control": "no-store"}
    return Response(body, status, headers, media_type="application/json")


def _private(response: Response) -> Response:
    response.headers.update(PRIVATE)
    return response


def _stated(body: BaseModel) -> dict[str, Any]:
    """Return the fields of a change that were sent; null means that a field is left out."""
    values = body.model_dump(exclude_unset=True)
    return {name: value for name, value in values.items() if value is not None}


@router.get("/webhooks", response_model=Page[WebhookOut], summary="Webhooks, the newest first")
def list_webhooks(
    request: Request,
    actor: SubscriberDep,
    session: SessionDep,
    params: Annotated[WebhookList, Query()],
) -> Any:
    listing = query.webhooks(session, params)
    return _private(responses.list_response(request, session, listing, WebhookOut, params))


@router.post(
    "/webhooks",
    response_model=SecretWebhookOut,
    responses={201: {"model": SecretWebhookOut, "description": "A new webhook."}},
    summary="Add a webhook",
    openapi_extra=documented(WebhookIn),
)
@write_endpoint
def add_webhook(
    request: Request,
    actor: SubscriberDep,
    database: DatabaseDep,
    body: Annotated[WebhookIn, Depends(body_of(WebhookIn))],
    params: NoParams,
) -> Any:
    return _answer(request, endpoints.create(database, body.model_dump()), 201)


@router.get("/webhooks/{webhook_id}", response_model=WebhookOut, summary="One webhook")
def get_webhook(
    request: Request,
    actor: SubscriberDep,
    session: SessionDep,
    webhook_id: WebhookId,
    params: NoParams,
) -> Any:
    return _private(responses.json_response(request, session, query.one(session, webhook_id)))


@router.patch(
    "/webhooks/{webhook_id}",
    response_model=WebhookOut,
    summary="Change, pause or resume a webhook",
    openapi_extra=documented(WebhookChangeIn),
)
@write_endpoint
def update_webhook(
    request: Request,
    actor: SubscriberDep,
    database: DatabaseDep,
    webhook_id: WebhookId,
    body: Annotated[WebhookChangeIn, Depends(body_of(WebhookChangeIn))],
    params: NoParams,
) -> Any:
    return _answer(request, endpoints.change(database, webhook_id, _stated(body)))


@router.delete("/webhooks/{webhook_id}", response_model=RemovedOut, summary="Delete a webhook")
@write_endpoint
def delete_webhook(
    request: Request,
    actor: SubscriberDep,
    database: DatabaseDep,
    webhook_id: WebhookId,
    params: NoParams,
) -> Any:
    endpoints.remove(database, webhook_id)
    return _answer(request, RemovedOut(id=webhook_id))


@router.post(
    "/webhooks/{webhook_id}/rotate",
    response_model=SecretWebhookOut,
    summary="Give a webhook a new secret",
    openapi_extra=documented(RotationIn),
)
@write_endpoint
def rotate_webhook(
    request: Request,
    actor: SubscriberDep,
    database: DatabaseDep,
    webhook_id: WebhookId,
    body: Annotated[RotationIn, Depends(body_of(RotationIn))],
    params: NoParams,
) -> Any:
    overlap = timedelta(hours=body.overlap_hours)
    return _answer(request, endpoints.rotate(database, webhook_id, overlap))


@router.post("/webhooks/{webhook_id}/test", response_model=DeliveryOut, summary="Send a test event")
def test_webhook(
    request: Request,
    actor: SubscriberDep,
    database: DatabaseDep,
    webhook_id: WebhookId,
    params: NoParams,
) -> Any:
    return _answer(request, endpoints.test(database, webhook_id))


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    response_model=Page[DeliveryOut],
    summary="Events of a webhook with bodies and answers, the newest first",
)
def list_deliveries(
    request: Request,
    actor: SubscriberDep,
    session: SessionDep,
    webhook_id: WebhookId,
    params: Annotated[DeliveryList, Query()],
) -> Any:
    listing = query.deliveries(session, webhook_id, params)
    return _private(responses.list_response(request, session, listing, DeliveryOut, params))


@router.get(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}",
    response_model=DeliveryOut,
    summary="One event of a webhook",
)
def get_delivery(
    request: Request,
    actor: SubscriberDep,
    session: SessionDep,
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
    params: NoParams,
) -> Any:
    delivery = query.delivery(session, webhook_id, delivery_id)
    return _private(responses.json_response(request, session, delivery))


@router.post(
    "/webhooks/{webhook_id}/replay",
    response_model=ReplayOut,
    summary="Send events again",
    openapi_extra=documented(ReplayIn),
)
@write_endpoint
def replay_deliveries(
    request: Request,
    actor: SubscriberDep,
    database: DatabaseDep,
    webhook_id: WebhookId,
    body: Annotated[ReplayIn, Depends(body_of(ReplayIn))],
    params: NoParams,
) -> Any:
    number = endpoints.replay(database, webhook_id, Replay(**body.model_dump()))
    return _answer(request, ReplayOut(replayed=number))


@router.get(
    "/searches", response_model=Page[SavedSearchOut], summary="Saved searches, the newest first"
)
def list_searches(
    request: Request,
    actor: SubscriberDep,
    session: SessionDep,
    params: Annotated[SearchesList, Query()],
) -> Any:
    listing = query.searches(session, params)
    return _private(responses.list_response(request, session, listing, SavedSearchOut, params))


@router.post(
    "/searches",
    response_model=SavedSearchOut,
    responses={201: {"model": SavedSearchOut, "description": "A new search."}},
    summary="Save a search",
    openapi_extra=documented(SearchIn),
)
@write_endpoint
def add_search(
    request: Request,
    actor: SubscriberDep,
    database: DatabaseDep,
    body: Annotated[SearchIn, Depends(body_of(SearchIn))],
    params: NoParams,
) -> Any:
    return _answer(request, endpoints.save_search(database, body.model_dump()), 201)


@router.get("/searches/{search_id}", response_model=SavedSearchOut, summary="One saved search")
def get_search(
    request: Request,
    actor: SubscriberDep,
    session: SessionDep,
    search_id: SearchId,
    params: NoParams,
) -> Any:
    return _private(responses.json_response(request, session, query.search(session, search_id)))


@router.patch(
    "/searches/{search_id}",
    response_model=SavedSearchOut,
    summary="Change a saved search",
    openapi_extra=documented(SearchChangeIn),
)
@write_endpoint
def update_search(
    request: Request,
    actor: SubscriberDep,
    database: DatabaseDep,
    search_id: SearchId,
    body: Annotated[SearchChangeIn, Depends(body_of(SearchChangeIn))],
    params: NoParams,
) -> Any:
    return _answer(request, endpoints.change_search(database, search_id, _stated(body)))


@router.delete("/searches/{search_id}", response_model=RemovedOut, summary="Delete a saved search")
@write_endpoint
def delete_search(
    request: Request,
    actor: SubscriberDep,
    database: DatabaseDep,
    search_id: SearchId,
    params: NoParams,
) -> Any:
    endpoints.remove_search(database, search_id)
    return _answer(request, RemovedOut(id=search_id))
