"""Moments as feeds write them, read from the raw text: RFC 822, ISO 8601, Chinese and slashed.

Seconds since 1970 are read, too. A date before 1990 is a default that nobody set: `0001-01-01`.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

# CST is China's time beside a Chinese date only; RFC 822 defines it as that of Chicago.
_ZONE_HOURS = {
    "UT": 0.0,
    "UTC": 0.0,
    "GMT": 0.0,
    "Z": 0.0,
    "EST": -5.0,
    "EDT": -4.0,
    "CST": -6.0,
    "CDT": -5.0,
    "MST": -7.0,
    "MDT": -6.0,
    "PST": -8.0,
    "PDT": -7.0,
    "JST": 9.0,
    "KST": 9.0,
    "HKT": 8.0,
    "CET": 1.0,
    "CEST": 2.0,
    "BST": 1.0,
    "IST": 5.5,
    "AEST": 10.0,
}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_TIME = (
    r"(?:[T\s,]+(?P<period>[上下]午)?\s*(?P<h>\d{1,2})[:時时点點](?P<min>\d{2})分?"
    r"(?::?(?P<s>\d{2})秒?)?(?:[.,]\d+)?(?:\s*(?P<half>[AaPp])\.?[Mm]\b\.?)?)?"
)
_ZONE = r"\s*(?P<zone>(?:GMT|UTC)?[+-]\d{2}(?::?\d{2})?|[A-Z]{1,4})?"
_FIRST_YEAR = 1990
_EPOCH = re.compile(r"^\s*(\d{10})(?:\d{3}|\.\d+)?\s*$")
# The form of C's asctime: Tue Dec 23 06:44:54 2025.
_ASCTIME = re.compile(r"^\s*(\w{3} \w{3} +\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4})\s*$")
_NUMERIC = re.compile(
    r"^\s*(?P<y>\d{4})\s*[-/.年]\s*(?P<mon>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?:\s*日)?"
    + _TIME
    + _ZONE,
)
_NAMED = re.compile(
    r"^\s*(?:[A-Za-z]{3,9},?\s+)?(?P<d>\d{1,2})[\s-]+(?P<mon>[A-Za-z]{3})[a-z]*[\s-]+(?P<y>\d{2,4})"
    + _TIME
    + _ZONE,
)
_NAMED_US = re.compile(
    r"^\s*(?:[A-Za-z]{3,9},?\s+)?(?P<mon>[A-Za-z]{3})[a-z]*\.?\s+(?P<d>\d{1,2}),?\s+(?P<y>\d{4})"
    + _TIME
    + _ZONE,
)


def read_moment(text: str, zone: tzinfo) -> datetime | None:
    """Return the moment in UTC; None for a text that is no date.

    `zone` is that of a date in numbers that names none; a date in RFC 822 is then in UTC.
    """
    epoch = _EPOCH.match(text)
    if epoch:
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    text = _ASCTIME.sub(r"\1 \3 \2", text)
    for pattern, default in ((_NUMERIC, zone), (_NAMED, UTC), (_NAMED_US, UTC)):
        match = pattern.match(text)
        if match:
            return _moment(match, default)
    return None


def _moment(match: re.Match[str], default: tzinfo) -> datetime | None:
    month = match["mon"].lower()
    if not month.isdecimal() and month not in _MONTHS:
        return None
    number = int(month) if month.isdecimal() else _MONTHS.index(month) + 1
    year = int(match["y"])
    hour = int(match["h"] or 0)
    half = (match["half"] or "").lower()
    if (match["period"] == "下午" or half == "p") and hour < 12:
        hour += 12
    elif (match["period"] == "上午" or half == "a") and hour == 12:
        hour = 0
    if len(match["y"]) == 2:
        year += 2000
    if year < _FIRST_YEAR:
        return None
    try:
        moment = datetime(
            year,
            number,
            int(match["d"]),
            hour,
            int(match["min"] or 0),
            min(int(match["s"] or 0), 59),
            tzinfo=_zone(match["zone"], default),
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None, default: tzinfo) -> tzinfo:
    if not text:
        return default
    if text in _ZONE_HOURS:
        return timezone(timedelta(hours=_ZONE_HOURS[text]))
    offset = text.removeprefix("GMT").removeprefix("UTC")
    if offset[0] not in "+-":
        return default
    digits = offset[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
