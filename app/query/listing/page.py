"""One page of a list, with its description, facets and warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from app.query.request.paging import PageRows
from app.query.schemas.buckets import BucketOut
from app.query.schemas.shared import EntityRef

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class ListMeta:
    """Description and facets of a list; `other` counts the buckets that each facet omits.

    `members` are the entities that a roll-up counts as those of the filter.
    """

    human_description: str | None = None
    facets: dict[str, list[BucketOut]] = field(default_factory=dict)
    other: dict[str, int] = field(default_factory=dict)
    members: Sequence[EntityRef] = ()


@dataclass(frozen=True)
class Listing(Generic[T_co]):
    """One page of a list.

    `entries` are public shapes or their JSON. `extra` holds the keys that the answer has beside
    `data`, ready for JSON.
    """

    entries: Sequence[T_co]
    rows: PageRows
    warnings: list[str] = field(default_factory=list)
    meta: ListMeta = field(default_factory=ListMeta)
    extra: Mapping[str, Any] = field(default_factory=dict)
