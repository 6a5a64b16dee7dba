"""Example answers of webhooks, deliveries and saved searches."""

from pydantic import BaseModel

from app.api.examples.things import AT, links, meta
from app.query.schemas.lists import Page
from app.query.schemas.webhooks import (
    AttemptOut,
    DeliveryOut,
    RemovedOut,
    ReplayOut,
    SavedSearchOut,
    SecretOut,
    SecretWebhookOut,
    WebhookOut,
)

_ID = "wh_mq3dzk5ya2c7"
_FILTERS = "entity=Qwen&importance=high"
_WEBHOOK = WebhookOut(
    id=_ID,
    url="https://bot.example/events",
    events=["item.created", "entity.merged"],
    filters=_FILTERS,
    description=None,
    status="active",
    pending=0,
    secrets=[SecretOut(created_at=AT, expires_at=None)],
    created_at=AT,
    updated_at=AT,
    created_by="bot",
    links={"self": f"/v1/webhooks/{_ID}", "deliveries": f"/v1/webhooks/{_ID}/deliveries"},
)
_DELIVERY = DeliveryOut(
    id="msg_mq3dzk5ya2c7",
    event="webhook.test",
    at=AT,
    status="delivered",
    due_at=AT,
    finished_at=AT,
    body={"type": "webhook.test", "timestamp": AT.isoformat(), "data": {"webhook": _ID}},
    attempts=[AttemptOut(at=AT, status=204, answer=None, error=None, milliseconds=41)],
)
_SEARCH = SavedSearchOut(
    id="ss_mq3dzk5ya2c7",
    name="Qwen, important",
    filters=_FILTERS,
    alert=True,
    created_at=AT,
    updated_at=AT,
    created_by="bot",
    links={
        "self": "/v1/searches/ss_mq3dzk5ya2c7",
        "items": f"/v1/items?{_FILTERS}",
        "feed": "/feeds/searches/ss_mq3dzk5ya2c7.atom",
    },
)
WEBHOOKS: list[BaseModel] = [
    _WEBHOOK,
    SecretWebhookOut(webhook=_WEBHOOK, secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
    _DELIVERY,
    _SEARCH,
    ReplayOut(replayed=1),
    RemovedOut(id=_ID),
    Page[WebhookOut](data=[_WEBHOOK], meta=meta(1), links=links("/v1/webhooks")),
    Page[DeliveryOut](
        data=[_DELIVERY], meta=meta(1), links=links(f"/v1/webhooks/{_ID}/deliveries")
    ),
    Page[SavedSearchOut](data=[_SEARCH], meta=meta(1), links=links("/v1/searches")),
]
