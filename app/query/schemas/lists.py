"""The shapes every list and every error has."""

from typing import Annotated, Generic, TypeVar

from pydantic import Field

from app.query.schemas.buckets import BucketOut
from app.query.schemas.shared import Out

T = TypeVar("T")


class Meta(Out):
    total: int
    limit: int
    next_cursor: str | None
    dataset_version: str
    warnings: list[str]
    human_description: Annotated[
        str | None,
        Field(description="What was asked, in words; null where a list takes no filters."),
    ]
    facets: Annotated[
        dict[str, list[BucketOut]],
        Field(description="The fullest buckets of each dimension of `facets`."),
    ]
    facets_other: Annotated[
        dict[str, int],
        Field(description="How many buckets each facet leaves out; `group_by` lists them all."),
    ]


class PageLinks(Out):
    self: str
    next: str | None


class Page(Out, Generic[T]):
    """A list: walk it to its end by `links.next`."""

    data: list[T]
    meta: Meta
    links: PageLinks


class FaultOut(Out):
    parameter: str
    message: str


class Problem(Out):
    """RFC 9457. `type` is stable; `errors` holds an entry a fault."""

    type: Annotated[str, Field(examples=["urn:briefbase:problem:invalid-request"])]
    title: str
    status: int
    detail: str
    errors: list[FaultOut]
    request_id: str | None
