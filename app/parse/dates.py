"""Days and moments as dailies write them, in Chinese, Japanese and English."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import (
    date,
    datetime,
    timedelta,
    timezone,
    tzinfo,
)
from email.utils import parsedate_to_datetime

TAIPEI = timezone(timedelta(hours=8))
"""The usual zone of a channel; a moment written without an offset is of the channel's zone."""

MAX_SEARCHED_CHARS = 2_000
_MONTHS_A_YEAR = 12

_NUMERIC = re.compile(
    r"(?<!\d)(20\d{2})\s*(?:[-/._·‧・–—]|年)\s*(\d{1,2})\s*(?:[-/._·‧・–—]|月)\s*(\d{1,2})(?!\d)"
    r"|(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)"
)
# The year last: which number is the month shows only where the other one is over twelve.
_YEAR_LAST = re.compile(r"(?<![A-Za-z\d./-])(\d{1,2})([-/.])(\d{1,2})\2(20\d{2})(?!\d|\.\d)")
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_MONTH_ABBREVIATION = _MONTH.format("month")
_DAY_NUMBER = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?"
_ENGLISH = re.compile(
    r"(?<![^\W_])"
    + _MONTH.format("m1")
    + r"\s+"
    + _DAY_NUMBER.format("d1")
    + r"\s*,?\s+(?P<y1>20\d{2}|['’]\d{2})(?![^\W_])"
    r"|(?<![^\W_])"
    + _DAY_NUMBER.format("d2")
    + r"(?:\s+(?:of\s+)?|[-/])"
    + _MONTH.format("m2")
    + r"(?:\s*,?\s+|[-/])(?P<y2>20\d{2}|['’]\d{2})(?![^\W_])"
    r"|(?<![^\W_])(?P<y3>20\d{2})[\s,\-/]+"
    + _MONTH.format("m3")
    + r"[\s,\-/]+"
    + _DAY_NUMBER.format("d3")
    + r"(?![^\W_])",
    re.IGNORECASE,
)
_HAN = "〇零○一二三四五六七八九十百廿卅"
_ERA_NAME = r"(?P<era>令和|平成|民國|民国)"
_ERA = re.compile(
    _ERA_NAME + rf"\s*(?P<y>\d{{1,3}}|元|[{_HAN}]{{1,7}})\s*(?:年|[-/.])\s*"
    rf"(?P<m>\d{{1,2}}|[{_HAN}]{{1,3}})\s*(?:月|[-/.])\s*(?P<d>\d{{1,2}}|[{_HAN}]{{1,3}})(?!\d)"
)
_ERA_STARTS = {
    "令和": 2018,
    "平成": 1988,
    "民國": 1911,
    "民国": 1911,
}
_MINGUO = re.compile(r"民[國国]")
# In a document that names the era: `114/12/23`, `114年12月23日`.
_MINGUO_DAY = re.compile(
    r"(?<![\d./-])(?P<y>1\d{2})\s*(?:年|[-/.])\s*(?P<m>\d{1,2})\s*(?:月|[-/.])\s*(?P<d>\d{1,2})"
    r"(?![\d/-]|\.\d)"
)
_HAN_DAY = re.compile(
    rf"(?P<y>二[〇零○]二[〇零○一二三四五六七八九]|20\d{{2}})\s*年\s*"
    rf"(?P<m>\d{{1,2}}|[{_HAN}]{{1,3}})\s*月\s*(?P<d>\d{{1,2}}|[{_HAN}]{{1,3}})(?!\d)"
)
_HAN_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
# A day without its year: `12月23日`, `12/23(二)`.
_MONTH_DAY = re.compile(
    r"(?<![\d./-])(?P<m>\d{1,2})(?:\s*月\s*(?P<d1>\d{1,2})\s*[日號号]|[-/](?P<d2>\d{1,2})(?![\d/.-]))"
    r"(?:\s*[(\[]\s*(?:星期|週|周)?(?P<w1>[一二三四五六日天月火水木金土])(?:曜日?)?\s*[)\]]"
    r"|\s*(?:星期|週|周|礼拜|禮拜)(?P<w2>[一二三四五六日天])|\s*(?P<w3>[月火水木金土日])曜)?"
)
_WEEKDAYS = dict(zip("一二三四五六日月火水木金土天", (*range(7), *range(6), 6), strict=True))
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_ISO_WEEK = re.compile(
    r"(?<!\d)(?P<y1>20\d{2})-?W(?P<w1>\d{1,2})(?:-?(?P<weekday>[1-7]))?(?!\d)"
    r"|(?<!\d)(?P<y2>20\d{2})\s*年?\s*第\s*(?P<w2>\d{1,2})\s*[週周]"
    r"|\bweek\s+(?P<w3>\d{1,2})\s*,?\s+(?:of\s+)?(?P<y3>20\d{2})\b",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"^\s*(?P<y>20\d{2})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})[T\s]+(?P<H>\d{1,2}):(?P<M>\d{2})"
    r"(?::(?P<S>\d{2})(?:\.\d+)?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*$",
    re.IGNORECASE,
)
_FEED_MOMENT = re.compile(
    r"\s*(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+20\d{2}\s+\d{2}:\d{2}(?::\d{2})?"
    r"\s+(?:[+-]\d{4}|GMT|UTC?|Z)\s*$"
)


def find_day(text: str, *, minguo: bool = False) -> date | None:
    """Return the first day a text names, in any form known; a week means its Monday.

    With `minguo` a year of three digits is one of the Republic of China.
    """
    text = unicodedata.normalize("NFKC", text[:MAX_SEARCHED_CHARS])
    days = list(_days(text, _READERS))
    if minguo:
        days.extend(_days(text, ((_MINGUO_DAY, _minguo),)))
    return min(days, key=lambda entry: entry[0])[1] if days else None


def names_minguo(text: str) -> bool:
    """Return whether a text names the era of the Republic of China."""
    return _MINGUO.search(text) is not None


def find_day_of_year(text: str, years_from: str) -> date | None:
    """Return the first day without its year in a text; `years_from` is what may name the year.

    A weekday beside the day must fit. None if the texts name no year, or if several fit.
    """
    years = {int(year) for year in _YEAR.findall(years_from[:MAX_SEARCHED_CHARS])}
    text = unicodedata.normalize("NFKC", text[:MAX_SEARCHED_CHARS])
    for match in _MONTH_DAY.finditer(text):
        weekday = match["w1"] or match["w2"] or match["w3"]
        if match["d2"] and not weekday:
            continue  # 「1/2」 alone is a share
        days = {day for day in _days_of_years(match, years) if _fits(day, weekday)}
        if days:
            return days.pop() if len(days) == 1 else None
    return None


def _days_of_years(match: re.Match[str], years: Iterable[int]) -> Iterator[date]:
    for year in years:
        try:
            yield date(year, int(match["m"]), int(match["d1"] or match["d2"]))
        except ValueError:
            continue


def _fits(day: date, weekday: str | None) -> bool:
    return weekday is None or day.weekday() == _WEEKDAYS[weekday]


_Reader = tuple[re.Pattern[str], Callable[[re.Match[str]], date]]


def _days(text: str, readers: Iterable[_Reader]) -> Iterator[tuple[int, date]]:
    """Yield the position and day of each form's first valid match."""
    for pattern, reader in readers:
        for match in pattern.finditer(text):
            try:
                day = reader(match)
            except (ValueError, KeyError):
                continue
            yield match.start(), day
            break


def _numeric(match: re.Match[str]) -> date:
    year, month, day = (int(part) for part in match.groups() if part)
    return date(year, month, day)


def _year_last(match: re.Match[str]) -> date:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    # Full stops write the day first: 10.04.2026 is in April.
    if first > _MONTHS_A_YEAR or match[2] == ".":
        return date(year, second, first)
    if second > _MONTHS_A_YEAR or first == second:
        return date(year, first, second)
    raise ValueError("either number may be the month")


def _english(match: re.Match[str]) -> date:
    groups = match.groupdict()
    for form in "123":
        month = groups[f"m{form}"]
        if month:
            number = next(
                n for n, name in enumerate(_MONTHS, 1) if name.startswith(month[:3].lower())
            )
            return date(
                _full_year(groups[f"y{form}"]),
                number,
                int(groups[f"d{form}"]),
            )
    raise ValueError


def _full_year(written: str) -> int:
    """Return the year of `2025` or `'25`."""
    return int(written) if written.isdecimal() else 2000 + int(written[1:])


def _era(match: re.Match[str]) -> date:
    return _recent(_ERA_STARTS[match["era"]], match)


def _minguo(match: re.Match[str]) -> date:
    return _recent(_ERA_STARTS["民國"], match)


def _han(match: re.Match[str]) -> date:
    return _recent(0, match)


def _recent(start: int, match: re.Match[str]) -> date:
    """Return the day of an era that begins after the year `start`; it is of this century."""
    year = start + _number(match["y"])
    if year < 2000:
        raise ValueError("the year is before 2000")
    return date(year, _number(match["m"]), _number(match["d"]))


def _number(text: str) -> int:
    """Return the number that digits or Han numerals write: 23, 二十三, 廿三, 一百一十四, 一一四."""
    if text.isdecimal():
        return int(text)
    if text == "元":
        return 1
    text = text.replace("廿", "二十").replace("卅", "三十")
    hundreds, hundred, rest = text.rpartition("百")
    if not hundred and "十" not in text:
        return int("".join(str(_HAN_DIGITS[char]) for char in text))
    number = 100 * (_HAN_DIGITS[hundreds] if hundreds else 1) if hundred else 0
    tens, ten, ones = rest.lstrip("〇零○").rpartition("十")
    if ten:
        number += 10 * (_HAN_DIGITS[tens] if tens else 1)
    return number + (_HAN_DIGITS[ones] if ones else 0)


_ROMAN_MONTHS = "i ii iii iv v vi vii viii ix x xi xii".split()


_WRITTEN_ERA = re.compile(r"(?:(?P<name>令和|平成|民[國国])|(?<![A-Za-z])(?P<letter>[RHrh])\.?)\s*")
_ERA_LETTERS = {"R": "令和", "H": "平成"}


def written_day(year: str, month: str, day: str, before: str = "") -> date:
    """Return the day of its parts as written: 26, 115 (of the Republic of China) or 2026.

    The year may begin with an era, which may also end the text `before` it: 令和八, R8, 民國115.
    The month may be a number, a Roman one or a name. Raises ValueError, which names the part.
    """
    era, year = _written_era(year or "", before)
    parts: list[int] = []
    for name, place, text in (("y", "year", year), ("m", "month", month), ("d", "day", day)):
        number = _part_of_day(text or "", is_month=name == "m")
        if number is None:
            raise ValueError(f"{name}='{text}' is no {place}")
        parts.append(number)
    if era:
        parts[0] += _ERA_STARTS[era]
    elif len(year.strip()) == 1:
        raise ValueError(
            f"y='{year}' is a year of one digit without an era; expected 2 to 4 digits, "
            "or 令和, R or 民國 before it"
        )
    elif parts[0] < 100:
        parts[0] += 2000
    elif parts[0] < 1000:
        parts[0] += _ERA_STARTS["民國"]
    if parts[1] > _MONTHS_A_YEAR:
        raise ValueError(f"m='{month}' is no month")
    try:
        return date(*parts)
    except ValueError:
        raise ValueError(f"d='{day}' is no day of that month") from None


def _written_era(year: str, before: str) -> tuple[str | None, str]:
    """Return the era at the start of a year or directly before it, and the year alone."""
    text = unicodedata.normalize("NFKC", year).strip()
    match = _WRITTEN_ERA.match(text)
    if match:
        year = text[match.end() :].removesuffix("年")
    else:
        above = unicodedata.normalize("NFKC", before)
        match = next((m for m in _WRITTEN_ERA.finditer(above) if m.end() == len(above)), None)
    if match is None:
        return None, year
    return match["name"] or _ERA_LETTERS[match["letter"].upper()], year


def _part_of_day(text: str, *, is_month: bool) -> int | None:
    plain = unicodedata.normalize("NFKC", text).strip(" .").lower()
    if is_month and plain in _ROMAN_MONTHS:
        return 1 + _ROMAN_MONTHS.index(plain)
    for number, name in enumerate(_MONTHS, 1):
        if is_month and re.fullmatch(_MONTH_ABBREVIATION, plain) and name.startswith(plain[:3]):
            return number
    try:
        return _number(plain.removesuffix("月"))
    except (ValueError, KeyError):
        return None


def _week(match: re.Match[str]) -> date:
    groups = match.groupdict()
    for form in "123":
        if groups[f"w{form}"]:
            weekday = int(groups["weekday"] or 1)
            return date.fromisocalendar(
                int(groups[f"y{form}"]),
                int(groups[f"w{form}"]),
                weekday,
            )
    raise ValueError


_READERS: tuple[_Reader, ...] = (
    (_NUMERIC, _numeric),
    (_YEAR_LAST, _year_last),
    (_ENGLISH, _english),
    (_ERA, _era),
    (_HAN_DAY, _han),
    (_ISO_WEEK, _week),
)


def find_moment(text: str, zone: tzinfo = TAIPEI) -> datetime | None:
    """Return the moment a text consists of, with its offset; None for a day alone.

    A moment without an offset is meant in `zone`.
    """
    match = _MOMENT.match(text)
    if not match:
        return _feed_moment(text)
    try:
        return datetime(
            int(match["y"]),
            int(match["m"]),
            int(match["d"]),
            int(match["H"]),
            int(match["M"]),
            int(match["S"] or 0),
            tzinfo=_offset(match["zone"], zone),
        )
    except ValueError:
        return None


def _feed_moment(text: str) -> datetime | None:
    """Return a moment as feeds write it (RFC 5322): `Tue, 23 Dec 2025 20:00:00 +0000`."""
    if not _FEED_MOMENT.match(text):
        return None
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def _offset(written: str | None, zone: tzinfo) -> tzinfo:
    if not written:
        return zone
    if written.upper() in ("Z", "UTC", "GMT"):
        return timezone(timedelta(0))
    offset = timedelta(
        hours=int(written[1:3]),
        minutes=int(written[-2:]),
    )
    return timezone(offset if written[0] == "+" else -offset)


def moment_day(text: str, zone: tzinfo = TAIPEI, *, minguo: bool = False) -> date | None:
    """Return the day a date value means in `zone`: that of its moment, else the day it names."""
    moment = find_moment(text, zone)
    if moment is None:
        return find_day(text, minguo=minguo)
    try:
        return moment.astimezone(zone).date()
    except (OverflowError, ValueError):
        return moment.date()
