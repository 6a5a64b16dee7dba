"""Facets of a list: the largest buckets of some dimensions, under the filters of the list."""

from dataclasses import replace

from sqlmodel import Session

from app.query.listing import grouping
from app.query.listing.dimensions import GroupedQuery
from app.query.listing.page import ListMeta
from app.query.schemas.buckets import BucketOut

MAX_FACETS = 8
MAX_BUCKETS_PER_FACET = 10


def with_facets(
    session: Session,
    groupable: grouping.Groupable,
    query: GroupedQuery,
    lang: str | None,
    meta: ListMeta,
) -> ListMeta:
    """Return `meta` with the facets that `query` asks for.

    Raises BadRequest for unknown dimensions.
    """
    names = query.faceted()
    grouping.check_dimensions(groupable, "facets", names, MAX_FACETS)
    facets: dict[str, list[BucketOut]] = {}
    omitted_counts: dict[str, int] = {}
    for name in names:
        facets[name], omitted_counts[name] = grouping.largest_buckets(
            session, groupable, name, query, lang, MAX_BUCKETS_PER_FACET
        )
    return replace(meta, facets=facets, other=omitted_counts)
