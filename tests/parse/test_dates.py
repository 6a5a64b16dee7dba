from datetime import date, timedelta, timezone

import pytest

from app.parse.dates import find_day, find_moment, moment_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-08-22", "2026-08-22"),
        ("日報 2026/8/2", "2026-08-02"),
        ("20260822.md", "2026-08-22"),
        ("2026年8月3日（月）", "2026-08-03"),
        ("２０２６年８月３日", "2026-08-03"),
        ("August 22, 2026", "2026-08-22"),
        ("Thursday, 9 April 2026", "2026-04-09"),
        ("Aug. 1st, 2026", "2026-08-01"),
        ("2026 Dec 3", "2026-12-03"),
        ("令和8年8月3日", "2026-08-03"),
        ("民國115年8月3日", "2026-08-03"),
        ("二〇二六年十二月三十一日", "2026-12-31"),
        ("2026-W31", "2026-07-27"),
        ("2026年第31週", "2026-07-27"),
        ("Week 31, 2026", "2026-07-27"),
    ],
)
def test_a_day_is_found_in_every_form(text: str, day: str) -> None:
    assert find_day(text) == date.fromisoformat(day)


def test_no_day_is_made_up() -> None:
    for text in ("", "2026-13-45", "version 2026", "32 August 2026", "2026-W99", "1.2.3"):
        assert find_day(text) is None


def test_the_zone_decides_the_day_of_a_moment() -> None:
    assert moment_day("2026-04-10T22:40:00Z") == date(2026, 4, 11)
    assert moment_day("2026-04-10T22:40:00Z", timezone(timedelta(0))) == date(2026, 4, 10)
    assert moment_day("2026-04-10 22:40:00 +0800") == date(2026, 4, 10)
    assert moment_day("2026-04-10") == date(2026, 4, 10)


def test_a_moment_without_an_offset_is_of_the_zone() -> None:
    moment = find_moment("2026-04-10 22:40", timezone(timedelta(hours=9)))
    assert moment is not None
    assert moment.isoformat() == "2026-04-10T22:40:00+09:00"
    assert find_moment("2026-04-10") is None
