"""Shapes of webhooks, their deliveries and saved searches."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from app.query.schemas.shared import Links, Out

WebhookStatus = Literal["active", "paused", "disabled"]
DeliveryStatus = Literal["pending", "delivered", "failed"]


class SecretOut(Out):
    """Secret that signs; its text is shown once."""

    created_at: datetime = Field(description="Time it was made.")
    expires_at: datetime | None = Field(description="Time it stops signing; null for the newest.")


class WebhookOut(Out):
    """Endpoint that events are sent to."""

    id: str = Field(description="Id of the webhook.", examples=["wh_mq3dzk5ya2c7"])
    url: str = Field(description="Address that events are sent to.")
    events: list[str] = Field(description="Kinds of events.", examples=[["item.created"]])
    filters: str = Field(
        description="Query string of filters of items; empty for none.",
        examples=["entity=Qwen&importance=high"],
    )
    description: str | None = Field(description="Note on the endpoint.")
    status: WebhookStatus = Field(
        description="`paused` keeps events for later; `disabled` after an answer 410."
    )
    pending: int = Field(description="Number of events that wait.")
    secrets: list[SecretOut] = Field(description="Secrets, the newest first.")
    created_at: datetime = Field(description="Time it was made.")
    updated_at: datetime = Field(description="Time it was last changed.")
    created_by: str = Field(description="Name of the key that made it.")
    links: Links


class SecretWebhookOut(Out):
    """Webhook with the text of its new secret, which is shown only here."""

    webhook: WebhookOut = Field(description="The webhook.")
    secret: str = Field(
        description="Secret to verify signatures with.", examples=["whsec_C2FVsBQIhrscChlQIMV"]
    )


class AttemptOut(Out):
    """Attempt to deliver an event."""

    at: datetime = Field(description="Time of the attempt.")
    status: int | None = Field(description="HTTP status of the answer; null without an answer.")
    answer: str | None = Field(description="Beginning of the answer.")
    error: str | None = Field(description="Reason that there is no answer.")
    milliseconds: int = Field(description="Duration of the attempt.")


class DeliveryOut(Out):
    """Event for an endpoint, with the attempts to deliver it."""

    id: str = Field(
        description="Id of the event, the `webhook-id` of each attempt.",
        examples=["msg_mq3dzk5ya2c7"],
    )
    event: str = Field(description="Kind of the event.", examples=["item.created"])
    at: datetime = Field(description="Time of the event, or of its replay.")
    status: DeliveryStatus = Field(description="What became of it so far.")
    due_at: datetime = Field(description="Time of the next attempt while it is pending.")
    finished_at: datetime | None = Field(description="Time it was delivered, or given up.")
    body: dict[str, Any] | None = Field(description="JSON that is sent; null before it is known.")
    attempts: list[AttemptOut] = Field(description="Attempts, the first one first.")


class ReplayOut(Out):
    """Effect of a replay."""

    replayed: int = Field(description="Number of events that are sent again.")


class RemovedOut(Out):
    """Effect of removing a webhook or a saved search."""

    id: str = Field(description="Id of what was removed.", examples=["wh_mq3dzk5ya2c7"])


class SavedSearchOut(Out):
    """Search that is kept by name."""

    id: str = Field(description="Id of the search.", examples=["ss_mq3dzk5ya2c7"])
    name: str = Field(description="Name of the search.", examples=["Qwen, important"])
    filters: str = Field(
        description="Query string of filters of items.",
        examples=["q=Qwen&importance=high"],
    )
    alert: bool = Field(description="Whether new items that match are events `search.hit`.")
    created_at: datetime = Field(description="Time it was made.")
    updated_at: datetime = Field(description="Time it was last changed.")
    created_by: str = Field(description="Name of the key that made it.")
    links: Links
