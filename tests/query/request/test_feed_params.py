"""Weeks of archives."""

from datetime import date

import pytest
from pydantic import ValidationError

from app.query.request.feed_params import ItemFeed, days_of_week, iso_week


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2025, 12, 23), "2025-W52"),
        (date(2026, 1, 1), "2026-W01"),
        (date(2027, 1, 3), "2026-W53"),
    ],
)
def test_a_day_is_in_its_week(day: date, week: str) -> None:
    assert iso_week(day) == week
    monday, sunday = days_of_week(week)
    assert (monday <= day <= sunday, (sunday - monday).days) == (True, 6)


@pytest.mark.parametrize(
    "week", ["2025-52", "2025-W54", "2025-W00", "0000-W01", "２０２５-W01", ""]
)
def test_other_texts_are_refused(week: str) -> None:
    with pytest.raises(ValidationError, match="expected an ISO week such as 2025-W52"):
        ItemFeed(archive=week)
