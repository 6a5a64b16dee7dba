"""Shapes of every list and every error."""

from typing import Generic, TypeVar

from pydantic import Field

from app.query.schemas.buckets import BucketOut
from app.query.schemas.shared import DatasetVersion, EntityRef, Out, Warnings

T = TypeVar("T")


class Meta(Out):
    """Size, description and facets of a list."""

    total: int = Field(description="Number of entries on all pages.")
    limit: int = Field(description="Maximum number of entries on a page.")
    next_cursor: str | None = Field(description="Cursor of the next page; null on the last page.")
    dataset_version: DatasetVersion
    warnings: Warnings
    human_description: str | None = Field(
        description="The query in words; null for a list without filters."
    )
    members: list[EntityRef] = Field(
        description="Mentioned entities that a roll-up counts as those of the filter `entity`."
    )
    facets: dict[str, list[BucketOut]] = Field(
        description="Largest buckets of each dimension that `facets` names."
    )
    facets_other: dict[str, int] = Field(
        description="Number of buckets that each facet omits; `group_by` lists all."
    )


class PageLinks(Out):
    """Addresses of a page."""

    self: str = Field(description="This page.")
    next: str | None = Field(description="The next page; null on the last page.")


class Page(Out, Generic[T]):
    """Page of a list. Follow `links.next` until it is null."""

    data: list[T] = Field(description="Entries of the page.")
    meta: Meta = Field(description="Size, description and facets of the list.")
    links: PageLinks = Field(description="Addresses of the pages.")


class FaultOut(Out):
    """Invalid part of a request."""

    parameter: str = Field(description="Name of the parameter.")
    message: str = Field(description="What is wrong, and what is expected.")


class Problem(Out):
    """Error in the form of RFC 9457."""

    type: str = Field(
        description="Stable id of the kind of error.",
        examples=["urn:briefbase:problem:invalid-request"],
    )
    title: str = Field(description="Kind of error in words.")
    status: int = Field(description="HTTP status code.")
    detail: str = Field(description="What is wrong with this request.")
    errors: list[FaultOut] = Field(description="Invalid parts of the request.")
    request_id: str | None = Field(description="Id of the request in the log.")
