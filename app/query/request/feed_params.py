"""Query strings of feeds: the filters of a list, how many entries, and the week of an archive."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from app.query.request.briefing_params import BriefingFilter
from app.query.request.item_params import ItemFilter
from app.query.request.params import Days, Lang, Params, Text, Whole

MAX_FEED_ENTRIES = 500
_WEEK = re.compile(r"(\d{4})-W(\d\d)", re.ASCII)


def iso_week(day: date) -> str:
    """Return the ISO week of a day: `2025-W52`."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def days_of_week(week: str) -> tuple[date, date]:
    """Return the Monday and the Sunday of an ISO week. Raises ValueError."""
    match = _WEEK.fullmatch(week)
    if match:
        year, number = int(match[1]), int(match[2])
        try:
            monday = date.fromisocalendar(year, number, 1)
            return monday, date.fromisocalendar(year, number, 7)
        except ValueError:
            pass
    raise ValueError(f"{week[:40]!r} is not valid; expected an ISO week such as 2025-W52")


def _checked_week(week: str) -> str:
    days_of_week(week)
    return week


IsoWeek = Annotated[Text, AfterValidator(_checked_week)]


class FeedWindow(Params):
    """The entries of a feed document: the newest ones, or all of a week."""

    limit: Whole = Field(
        100,
        ge=1,
        le=MAX_FEED_ENTRIES,
        description="Entries of the newest document; `archive` has no limit.",
    )
    archive: IsoWeek | None = Field(
        None,
        description="An ISO week: the archive document of its days. `prev-archive` links lead "
        "from the newest document back to the first week.",
        examples=["2025-W52"],
    )


class ItemFeed(ItemFilter, Lang, FeedWindow):
    """A feed of items under filters."""


class SearchFeed(Lang, FeedWindow):
    """A feed of the items of a saved search."""


class BriefingFeed(BriefingFilter, Lang, FeedWindow):
    """A feed of briefings under filters."""

    limit: Whole = Field(
        10,
        ge=1,
        le=100,
        description="Entries of the newest document; `archive` has no limit.",
    )


class WatchFeed(Days, Lang, FeedWindow):
    """A feed of the changes of watch lists."""
