"""Shapes of the changes."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from app.query.schemas.lists import Page
from app.query.schemas.shared import DatasetVersion, Out

ChangeAction = Literal["added", "updated", "removed", "restored", "purged", "merged", "split"]
ChangedObject = Literal[
    "document", "briefing", "item", "entity", "judgement", "thread", "watch", "source"
]


class ChangeOut(Out):
    """Change of an object, in the order of commits."""

    position: str = Field(
        description="Position of the change; `since` takes it.", examples=["5f0c2a1b-157"]
    )
    version: DatasetVersion
    at: datetime = Field(description="Time of the change.")
    action: ChangeAction = Field(description="What happened to the object.", examples=["added"])
    object: ChangedObject = Field(description="Kind of the object.", examples=["document"])
    object_id: str = Field(description="Id of the object; of a document the SHA-256 of its bytes.")
    briefing: str | None = Field(
        description="Id of the briefing that the object is, or is part of.",
        examples=["2025-12-23"],
    )
    old: str | None = Field(
        description="Hash of the former content, of documents, briefings and items; null where "
        "there was none."
    )
    new: str | None = Field(
        description="Hash of the new content, of documents, briefings and items; null where there "
        "is none."
    )
    details: dict[str, Any] = Field(
        description="What else there is to know, such as the name of a document's file, or the "
        "entity that another one was merged `into`."
    )


class ChangePage(Page[ChangeOut]):
    """Changes in the order of commits."""

    since: str = Field(description="Position after which the page begins.")
    position: str = Field(
        description="Position up to which the page tells everything. Ask next with `since` set "
        "to it."
    )
    digest: str = Field(
        description="SHA-256 in hexadecimal of the JSON of `since`, `data` and `position`, with "
        "sorted keys and without spaces.",
    )
