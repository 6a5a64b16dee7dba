"""Numbers of a briefing's footer: articles, topics, hours covered, and when it was made."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone

from app.parse.draft import Passage, Stats
from app.parse.inline import unwrapped
from app.parse.lines import Line
from app.parse.markdown import Block

_MAX_FOOTER_CHARS = 400
_ARTICLES = re.compile(
    r"(?:資料來源|资料来源|數據來源|数据来源|來源|来源|sources?|articles?(?: analy[sz]ed| scanned|"
    r" collected)?)\s*[：:]\s*(?:共\s*)?"
    r"(?P<n>[\d,]+)\s*(?:篇|則|则|條|条|份|個來源|个来源|articles?|sources?|stories|items|$)"
    r"|(?:文章數|文章数|articles?(?: analy[sz]ed| scanned| collected|"
    r" reviewed)?)\s*[：:]\s*(?P<n3>\d[\d,]*)\b"
    r"|(?:(?:共|收錄|收录|彙整|汇整)\s*|\bbased on )(?P<n2>\d[\d,]*)\s*(?:(?:篇|則|则|條|条)(?:文章|新聞|新闻|報導|"
    r"报道)?|articles|sources|stories)",
    re.IGNORECASE,
)
_TOPICS = re.compile(
    r"(?:分析主題|分析主题|主題數|主题数|主題|主题|topics?(?: analy[sz]ed| covered)?|"
    r"themes?)\s*[：:]\s*(?:共\s*)?(?P<n>[\d,]+)"
    r"|(?:分析)?(?:主題|主题)\s*(?P<n2>\d[\d,]*)\s*(?:個|个|項|项)|(?P<n3>\d[\d,]*) topics\b",
    re.IGNORECASE,
)
_WINDOW = re.compile(
    r"(?:(?:資料|资料|數據|数据)?(?:收集|蒐集|搜集|採集|采集|涵蓋|涵盖|覆蓋|覆盖|統計|统计)(?:時間|时间|區間|区间|範圍|范围)?"
    r"|時間(?:範圍|窗口|區間)|时间(?:范围|窗口|区间)|window|collection (?:period|window|time)|collected|"
    r"data collected|period|time range)"
    r"\s*[：:]?\s*(?:過去|过去|最近|近|前|the |past |last |previous |in )*\s*"
    r"(?P<n>\d+(?:\.\d+)?)\s*(?P<unit>小時|小时|個小時|个小时|hours?|hrs?|h\b|天|日|days?|週|周|weeks?)"
    r"|\b(?:past|last) (?P<n2>\d+) (?P<unit2>hours?|days?)\b",
    re.IGNORECASE,
)
_GENERATED = re.compile(
    r"(?:(?:報告|报告|簡報|简报|文件)?(?:生成|產生|产生|產出|产出|发布|發布|更新|製作|制作)(?:時間|时间|於|于)"
    r"|(?:report )?generated(?: at| on)?|created(?: at)?|updated(?: at)?)\s*[：:]?\s*"
    r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?:\s*日)?"
    r"(?:[T\s]+(?:at\s+)?(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?(?:\.\d+)?\s*"
    r"(?P<zone>Z\b|(?:UTC|GMT)?\s*[+-]\d{1,2}(?::?\d{2})?\b|[A-Z]{2,4}\b)?)?",
    re.IGNORECASE,
)
# CST on these dailies is China Standard Time, which is Taipei's, too.
_ZONES: dict[str, float] = {
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
    "CST": 8,
    "HKT": 8,
    "TST": 8,
    "JST": 9,
    "KST": 9,
    "EST": -5,
    "EDT": -4,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "BST": 1,
}
_UNIT_HOURS = {
    "天": 24,
    "日": 24,
    "d": 24,
    "週": 168,
    "周": 168,
    "w": 168,
}
_PATTERNS = {
    "articles": _ARTICLES,
    "topics": _TOPICS,
    "window": _WINDOW,
    "generated": _GENERATED,
}


def is_footer(block: Block) -> bool:
    """Return whether every line (or bullet) of `block` states a number of the footer."""
    if block.kind not in (
        "paragraph",
        "list",
        "quote",
    ):
        return False
    lines = list(block_lines(block))
    return bool(lines) and all(map(_states_numbers, lines))


def _states_numbers(line: Line) -> bool:
    """Return whether a line is of a footer.

    What an ordinary sentence may say, too (共 30 篇), counts in emphasis or in company.
    """
    plain = unwrapped(line)
    matches = _matches(plain.text)
    if len(matches) > 1 or (matches and plain.text != line.text):
        return True
    return any(map(_is_labelled, matches.items()))


def _is_labelled(
    entry: tuple[str, re.Match[str]],
) -> bool:
    name, match = entry
    groups = match.groupdict()
    labelled = groups["y"] if name == "generated" else groups["n"]
    return bool(labelled or groups.get("n3"))


def _matches(text: str) -> dict[str, re.Match[str]]:
    matches: dict[str, re.Match[str]] = {}
    if len(text) > _MAX_FOOTER_CHARS:
        return matches
    for name, pattern in _PATTERNS.items():
        match = pattern.search(text)
        if match:
            matches[name] = match
    return matches


def block_lines(block: Block) -> Iterator[Line]:
    """Yield the lines of a block and of the blocks inside that are not blank."""
    if block.children:
        for child in block.children:
            yield from block_lines(child)
        return
    for line in block.lines:
        if line.text.strip():
            yield line.cut(0)


def footer_stats(lines: Iterable[Line]) -> Stats:
    """Return the numbers of footer lines; the first of each counts."""
    matches: dict[str, re.Match[str]] = {}
    passages: list[Passage] = []
    for line in lines:
        plain = unwrapped(line)
        passages.append(Passage(plain.text, line.span))
        for name, match in _matches(plain.text).items():
            matches.setdefault(name, match)
    return Stats(
        articles=_count(matches.get("articles")),
        topics=_count(matches.get("topics")),
        window_hours=_hours(matches.get("window")),
        generated_at=_moment(matches.get("generated")),
        text=tuple(passages),
    )


def _count(
    match: re.Match[str] | None,
) -> int | None:
    if match is None:
        return None
    digits = match["n"] or match["n2"] or match["n3"]
    return int(digits.replace(",", "")[:9])


def _hours(
    match: re.Match[str] | None,
) -> int | None:
    if match is None:
        return None
    number, unit = match["n"], match["unit"]
    if not number:
        number, unit = match["n2"], match["unit2"]
    return round(float(number[:9]) * _UNIT_HOURS.get(unit[0].lower(), 1))


def _moment(
    match: re.Match[str] | None,
) -> str | None:
    """Return RFC 3339; a moment without a zone is Taipei's, a day alone is no moment."""
    if match is None or not match["H"]:
        return None
    hours = _zone_hours((match["zone"] or "CST").upper().replace(" ", ""))
    if hours is None:
        return None
    numbers = [int(match[name] or 0) for name in ("y", "m", "d", "H", "M", "S")]
    year, month, day, hour, minute, second = numbers
    try:
        zone = timezone(timedelta(hours=hours))
        moment = datetime(
            year,
            month,
            day,
            hour,
            minute,
            second,
            tzinfo=zone,
        )
    except ValueError:
        return None
    return moment.isoformat()


def _zone_hours(zone: str) -> float | None:
    hours = _ZONES.get(zone)
    if hours is not None:
        return hours
    offset = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", zone)
    if offset is None:
        return None
    size = int(offset[2]) + int(offset[3] or 0) / 60
    return -size if offset[1] == "-" else size
