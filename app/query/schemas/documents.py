"""The shapes of the versions of documents."""

from datetime import datetime

from pydantic import Field

from app.query.schemas.shared import Out


class VersionLinks(Out):
    """Addresses of a version."""

    document: str = Field(description="The bytes of this version.")


class VersionOut(Out):
    """Version of a briefing's document, named by the hash of its bytes."""

    sha256: str = Field(description="SHA-256 of its bytes, in hexadecimal.")
    name: str = Field(description="Name of its file.", examples=["2025-12-23.md"])
    bytes: int = Field(description="Number of bytes.")
    current: bool = Field(description="Whether the briefing is made from it.")
    first_at: datetime = Field(description="Time it was first ingested.")
    last_at: datetime | None = Field(
        description="Time another version took its place; null for the current one."
    )
    links: VersionLinks = Field(description="Addresses of the version.")
