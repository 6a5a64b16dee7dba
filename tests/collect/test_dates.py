from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.collect.dates import read_moment

TAIPEI = ZoneInfo("Asia/Taipei")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tue, 23 Dec 2025 06:44:54 +0800", datetime(2025, 12, 22, 22, 44, 54)),
        ("Tue, 23 Dec 2025 06:44:54 GMT", datetime(2025, 12, 23, 6, 44, 54)),
        ("23 Dec 25 06:44 EST", datetime(2025, 12, 23, 11, 44)),
        ("Tue, 23 Dec 2025 06:44:54", datetime(2025, 12, 23, 6, 44, 54)),
        ("Tue, 23 Dec 2025 06:44:54 JST", datetime(2025, 12, 22, 21, 44, 54)),
        ("2025-12-23T06:44:54.123+08:00", datetime(2025, 12, 22, 22, 44, 54)),
        ("2025-12-23T06:44:54Z", datetime(2025, 12, 23, 6, 44, 54)),
        ("2025-12-23T06:44:54", datetime(2025, 12, 22, 22, 44, 54)),
        ("2025年12月23日 06:44", datetime(2025, 12, 22, 22, 44)),
        ("2025年12月23日 下午3:05", datetime(2025, 12, 23, 7, 5)),
        ("2025/12/23 06:44", datetime(2025, 12, 22, 22, 44)),
        ("2025-12-23", datetime(2025, 12, 22, 16, 0)),
        ("Dec 23, 2025", datetime(2025, 12, 23)),
        # The weekday is wrong; the date counts.
        ("Mon, 23 Dec 2025 06:44:54 GMT", datetime(2025, 12, 23, 6, 44, 54)),
        ("Tue, 23 Dec 25 06:44:54 Z", datetime(2025, 12, 23, 6, 44, 54)),
        ("Tue, 23 Dec 2025 06:44:54 PM GMT", datetime(2025, 12, 23, 18, 44, 54)),
        ("Dec 23, 2025 12:05 AM", datetime(2025, 12, 23, 0, 5)),
        ("Tue Dec 23 06:44:54 2025", datetime(2025, 12, 23, 6, 44, 54)),
        ("Tue Dec 23 2025 06:44:54 GMT+0800 (CST)", datetime(2025, 12, 22, 22, 44, 54)),
        ("2025-12-23T06:44:54-05", datetime(2025, 12, 23, 11, 44, 54)),
        ("1766444694", datetime(2025, 12, 22, 23, 4, 54)),
        ("1766444694000", datetime(2025, 12, 22, 23, 4, 54)),
        ("Tuesday, December 23, 2025 06:44 PST", datetime(2025, 12, 23, 14, 44)),
    ],
)
def test_dates_are_read_as_they_are_written(text: str, moment: datetime) -> None:
    assert read_moment(text, TAIPEI) == moment.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2025-13-40", "32 Dec 2025", "12月23日", "9", "1小時前"),
        # What a program writes that knows no date.
        *("0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_moment(text, TAIPEI) is None
