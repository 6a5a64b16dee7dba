"""Facets of a list: the largest buckets of some dimensions, under the filters of the list."""

from collections.abc import Callable

from sqlmodel import Session

from app.query.listing import grouping
from app.query.listing.dimensions import GroupedQuery
from app.query.listing.page import ListMeta
from app.query.schemas.buckets import BucketOut

MAX_FACETS = 8
MAX_BUCKETS_PER_FACET = 10


def list_meta(
    session: Session,
    make_groupable: Callable[[], grouping.Groupable],
    query: GroupedQuery,
    lang: str | None,
    human_description: str,
) -> ListMeta:
    """Return the description of a list with the facets that `query` asks for.

    `make_groupable` is called only if there are facets. Raises BadRequest for unknown dimensions.
    """
    names = query.faceted()
    if not names:
        return ListMeta(human_description)
    groupable = make_groupable()
    grouping.check_dimensions(groupable, "facets", names, MAX_FACETS)
    facets: dict[str, list[BucketOut]] = {}
    omitted_counts: dict[str, int] = {}
    for name in names:
        facets[name], omitted_counts[name] = grouping.largest_buckets(
            session, groupable, name, query, lang, MAX_BUCKETS_PER_FACET
        )
    return ListMeta(human_description, facets, omitted_counts)
