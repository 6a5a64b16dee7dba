"""What stands beside a list: its filters in words, and how its entries divide in other dimensions."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from app.query.listing import grouping
from app.query.listing.page import ListMeta

MOST = 10
MOST_DIMENSIONS = 8


def of(
    session: Session,
    made_of: Callable[[], grouping.Things],
    query: Any,
    lang: str | None,
    described: str,
) -> ListMeta:
    """The facets `query` asks for, under its own filters, the fullest buckets of each."""
    names = query.faceted()
    if not names:
        return ListMeta(described)
    things = made_of()
    grouping.known(things, "facets", names, MOST_DIMENSIONS)
    counted = {name: grouping.top(session, things, name, query, lang, MOST) for name in names}
    return ListMeta(
        described,
        {name: shown for name, (shown, _) in counted.items()},
        {name: more for name, (_, more) in counted.items()},
    )
