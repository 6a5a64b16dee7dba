"""Days and moments as dailies write them, in Chinese, Japanese and English."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import (
    date,
    datetime,
    timedelta,
    timezone,
    tzinfo,
)

TAIPEI = timezone(timedelta(hours=8))
"""The usual zone of a channel; a moment written without an offset is of the channel's zone."""

MAX_SEARCHED_CHARS = 2_000

_NUMERIC = re.compile(
    r"(?<!\d)(20\d{2})\s*(?:[-/._]|年)\s*(\d{1,2})\s*(?:[-/._]|月)\s*(\d{1,2})(?!\d)"
    r"|(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)"
)
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY_NUMBER = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?"
_ENGLISH = re.compile(
    r"\b" + _MONTH.format("m1") + r"\s+" + _DAY_NUMBER.format("d1") + r"\s*,?\s+(?P<y1>20\d{2})\b"
    r"|\b"
    + _DAY_NUMBER.format("d2")
    + r"\s+(?:of\s+)?"
    + _MONTH.format("m2")
    + r"\s*,?\s+(?P<y2>20\d{2})\b"
    r"|\b(?P<y3>20\d{2})[\s,\-/]+"
    + _MONTH.format("m3")
    + r"[\s,\-/]+"
    + _DAY_NUMBER.format("d3")
    + r"\b",
    re.IGNORECASE,
)
_ERA = re.compile(
    r"(?P<era>令和|民國|民国)\s*(?P<y>\d{1,3}|元)\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})"
)
_ERA_STARTS = {
    "令和": 2018,
    "民國": 1911,
    "民国": 1911,
}
_HAN_DAY = re.compile(
    r"(?P<y>二[〇零○]二[〇零○一二三四五六七八九])\s*年\s*(?P<m>[一二三四五六七八九十]{1,2})\s*月\s*"
    r"(?P<d>[一二三四五六七八九十]{1,3})"
)
_HAN_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
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


def find_day(text: str) -> date | None:
    """Return the first day a text names, in any form known; a week stands for its Monday."""
    text = unicodedata.normalize("NFKC", text[:MAX_SEARCHED_CHARS])
    days = list(_days(text))
    return min(days, key=lambda entry: entry[0])[1] if days else None


def _days(text: str) -> Iterator[tuple[int, date]]:
    """Yield the position and day of each form's first valid match."""
    for pattern, reader in _READERS:
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


def _english(match: re.Match[str]) -> date:
    groups = match.groupdict()
    for form in "123":
        month = groups[f"m{form}"]
        if month:
            number = next(
                n for n, name in enumerate(_MONTHS, 1) if name.startswith(month[:3].lower())
            )
            return date(
                int(groups[f"y{form}"]),
                number,
                int(groups[f"d{form}"]),
            )
    raise ValueError


def _era(match: re.Match[str]) -> date:
    year = 1 if match["y"] == "元" else int(match["y"])
    return date(
        _ERA_STARTS[match["era"]] + year,
        int(match["m"]),
        int(match["d"]),
    )


def _han(match: re.Match[str]) -> date:
    year = int("".join(str(_HAN_DIGITS[char]) for char in match["y"]))
    return date(
        year,
        _han_number(match["m"]),
        _han_number(match["d"]),
    )


def _han_number(text: str) -> int:
    """Return 1 to 39 from 一 … 三十九."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return _HAN_DIGITS[tens]
    return 10 * (_HAN_DIGITS[tens] if tens else 1) + (_HAN_DIGITS[ones] if ones else 0)


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


_READERS = (
    (_NUMERIC, _numeric),
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
        return None
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


def moment_day(text: str, zone: tzinfo = TAIPEI) -> date | None:
    """Return the day a date value means in `zone`: that of its moment, else the day it names."""
    moment = find_moment(text, zone)
    if moment is None:
        return find_day(text)
    try:
        return moment.astimezone(zone).date()
    except (OverflowError, ValueError):
        return moment.date()
