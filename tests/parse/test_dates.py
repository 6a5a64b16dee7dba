from datetime import date, timedelta, timezone

import pytest

from app.parse.dates import (
    find_day,
    find_day_of_year,
    find_moment,
    moment_day,
    names_minguo,
    written_day,
)


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
        ("中華民國114年12月23日", "2025-12-23"),
        ("中華民國一一四年十二月二十三日", "2025-12-23"),
        ("民國一百一十四年十二月二十三日", "2025-12-23"),
        ("民國 114 / 12 / 23", "2025-12-23"),
        ("民國114.12.23", "2025-12-23"),
        ("令和七年十二月二十三日（火）", "2025-12-23"),
        ("令和7.12.23", "2025-12-23"),
        ("平成31年4月30日", "2019-04-30"),
        ("二零二五年十二月廿三日", "2025-12-23"),
        ("2025年十二月23日", "2025-12-23"),
        ("2025.12.23", "2025-12-23"),
        ("2025·12·23", "2025-12-23"),
        ("2025–12–23", "2025-12-23"),
        ("Dec 23rd, 2025", "2025-12-23"),
        ("Dec. 23 '25", "2025-12-23"),
        ("23-Dec-2025", "2025-12-23"),
        ("_December 23, 2025_", "2025-12-23"),
        ("*23 December 2025*", "2025-12-23"),
        ("23/12/2025", "2025-12-23"),
        ("12/23/2025", "2025-12-23"),
        ("23.12.2025", "2025-12-23"),
        ("10.04.2026", "2026-04-10"),
        ("2025W52-2", "2025-12-23"),
        ("daily_20251223_ai", "2025-12-23"),
    ],
)
def test_a_day_is_found_in_every_form(text: str, day: str) -> None:
    assert find_day(text) == date.fromisoformat(day)


def test_no_day_is_made_up() -> None:
    for text in (
        "",
        "2026-13-45",
        "version 2026",
        "32 August 2026",
        "2026-W99",
        "1.2.3",
        "03/04/2025",
        "03-04-2025",
        "114/12/23",
        "114年12月23日",
        "12月23日",
        "令和元號",
        "v1.12.2025.3",
    ):
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


def test_a_year_of_three_digits_is_minguo_where_the_era_is_named() -> None:
    assert names_minguo("中華民國人工智慧日報")
    for text in ("114/12/23", "114年12月23日（二）", "114-12-23.md"):
        assert find_day(text, minguo=True) == date(2025, 12, 23)
    assert find_day("99/12/23, 1.114.12.23", minguo=True) is None


@pytest.mark.parametrize(
    "text", ["12/23(二)", "12月23日（火）", "12月23日 星期二", "12-23（週二）"]
)
def test_a_day_without_a_year_takes_it_from_elsewhere(text: str) -> None:
    assert find_day_of_year(text, "AI 日報 2025") == date(2025, 12, 23)
    assert find_day_of_year(text, "2024 2025") == date(2025, 12, 23)
    assert find_day_of_year(text, "") is None
    assert find_day_of_year(text, "2024") is None


def test_a_share_is_no_day_and_several_years_are_none() -> None:
    assert find_day_of_year("1/2 的模型", "2025") is None
    assert find_day_of_year("12月23日", "2024 2025") is None
    assert find_day_of_year("12月23日日本", "2025") == date(2025, 12, 23)
    assert find_day_of_year("2月30日", "2025") is None


def test_a_moment_of_a_feed_has_its_offset() -> None:
    assert moment_day("Tue, 23 Dec 2025 20:00:00 +0000") == date(2025, 12, 24)
    assert moment_day("23 Dec 2025 20:00:00 GMT") == date(2025, 12, 24)
    assert moment_day("Tue, 23 Dec 2025 20:00:00 +0800") == date(2025, 12, 23)


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        (("26", "XI", "28"), "2026-11-28"),
        (("115", "11", "28"), "2026-11-28"),
        (("2026", "Sept.", "3"), "2026-09-03"),
        (("二〇二六", "十一", "廿八"), "2026-11-28"),
    ],
)
def test_a_day_is_put_together_from_parts(parts: tuple[str, str, str], day: str) -> None:
    assert str(written_day(*parts)) == day


@pytest.mark.parametrize(
    ("before", "year", "day"),
    [
        ("令和", "八", "2026-11-28"),
        ("発行：令和 ", "8", "2026-11-28"),
        ("", "R8", "2026-11-28"),
        ("R", "8", "2026-11-28"),
        ("", "令和8年", "2026-11-28"),
        ("令和", "元", "2019-11-28"),
        ("民國", "115", "2026-11-28"),
        ("", "民國115", "2026-11-28"),
        ("NR", "26", "2026-11-28"),
    ],
)
def test_a_year_counts_from_its_era(before: str, year: str, day: str) -> None:
    assert str(written_day(year, "11", "28", before)) == day


@pytest.mark.parametrize("year", ["8", "八", "元"])
def test_a_year_of_one_digit_needs_an_era(year: str) -> None:
    with pytest.raises(ValueError, match=f"y='{year}' is a year of one digit without an era"):
        written_day(year, "11", "28", "第")


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (("2026", "XIV", "1"), "m='XIV' is no month"),
        (("2026", "13", "1"), "m='13' is no month"),
        (("2026", "2", "30"), "d='30' is no day of that month"),
        (("", "2", "3"), "y='' is no year"),
    ],
)
def test_a_part_that_fits_no_day_is_named(parts: tuple[str, str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        written_day(*parts)
