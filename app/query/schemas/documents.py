"""The shapes of the versions of documents."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.query.schemas.shared import Out


class VersionLinks(Out):
    document: Annotated[str, Field(description="The bytes of this version.")]


class VersionOut(Out):
    """A version of a briefing's document, named by the hash of its bytes."""

    sha256: str
    name: Annotated[str, Field(description="The name of its file.", examples=["2025-12-23.md"])]
    bytes: int
    current: Annotated[bool, Field(description="Whether the briefing is made from it.")]
    first_at: Annotated[datetime, Field(description="When it was first ingested.")]
    last_at: Annotated[
        datetime | None,
        Field(description="When another version took its place; null for the current one."),
    ]
    links: VersionLinks
