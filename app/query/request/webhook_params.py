"""The query strings of the lists of webhooks, deliveries and saved searches."""

from pydantic import Field

from app.query.request.params import Fields, Paging
from app.query.schemas.webhooks import DeliveryStatus


class WebhookList(Paging, Fields):
    pass


class DeliveryList(Paging, Fields):
    status: DeliveryStatus | None = Field(None, description="Only deliveries of this status.")


class SearchesList(Paging, Fields):
    pass
