"""Conflicts between two titles: another version, place, month, quarter or work in 《》."""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache
from itertools import pairwise

from app.normalize.lexicon.gazetteer import places, places_in_chinese
from app.normalize.text.folding import fold
from app.normalize.text.idf import versions, words

MAX_CHARS = 2_000
"""Characters read of a text."""

_HAN = r"\u3400-\u9fff"
_AFTER_NUMBER = r"(?:$|[,.](?!\d)|[;:!?，。；：！？、（）()「」《》])"
_AFTER_HAN_NUMBER = r"(?:$|[，。；：！？、（）()「」《》])"
# The number in `Medium 4`, `海螺 4`: alone after a name, neither count, sum, share nor date.
_BARE_NUMBERS = (
    re.compile(
        r"(?:(?<=[A-Z][a-z])|(?<=[a-z]{2})|(?<=[A-Z]{2})) ?(\d{1,3})"
        rf"(?= [A-Z{_HAN}(]|[\s]*{_AFTER_NUMBER})"
    ),
    re.compile(rf"(?<=[{_HAN}]) ?(\d{{1,3}})(?= [A-Z{_HAN}(]|\s*{_AFTER_HAN_NUMBER})"),
)
_UNIT = re.compile(
    r"\s*(?:[億亿萬万兆千百十%個个月日年季家款名倍次種种項项人小時"
    r"时天週周點点美歐欧分階阶期位座則则件張张頁页條条篇步大場场檔台部]"
    r"|(?:million|billion|trillion|percent|B|M|K|T|GB|nm)\b)"
)
_PERIODS = {
    "month": re.compile(
        r"(?<![\d.個个])(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])\s?月"
        r"(?!\s?\d|\s?[一二三四五六七八九十]+日|[之球亮])"
    ),
    "quarter": re.compile(r"第\s?([一二三四1-4])\s?季|(?<![a-z0-9])q([1-4])(?!\d)"),
}
# March and May are left out: both are common words, too.
_ENGLISH_MONTHS = {
    "January": "1",
    "February": "2",
    "April": "4",
    "June": "6",
    "July": "7",
    "August": "8",
    "September": "9",
    "October": "10",
    "November": "11",
    "December": "12",
}
_ENGLISH_MONTH = re.compile(rf"\b({'|'.join(_ENGLISH_MONTHS)})\b")
_HAN_NUMBERS = dict(zip("一二三四五六七八九十", "1 2 3 4 5 6 7 8 9 10".split(), strict=True))
_HAN_NUMBERS |= {"十一": "11", "十二": "12"}
# A work cited as the source of a report is not its subject: 《彭博》報導.
_QUOTED_WORK = re.compile(r"《([^》]{1,60})》(?!\s?(?:[:：]|報導|报道|報道|稱|称|披露|引述))")


@lru_cache(maxsize=32_000)
def title_versions(title: str) -> frozenset[str]:
    """Return versions and sizes in a title; a bare number after a name is one, too."""
    start = title[:MAX_CHARS]
    bare_numbers: set[str] = set()
    for pattern in _BARE_NUMBERS:
        for match in pattern.finditer(start):
            # 70 億 counts something.
            if _UNIT.match(title, match.end()):
                continue
            bare_numbers.add(match[1])

    return versions(title) | bare_numbers


def is_among_versions(version: str, others: Iterable[str]) -> bool:
    """Whether one of `others` is this version or a shorter or longer form: `3` and `3.1`."""
    dotted = f"{version}."
    for other in others:
        other_dotted = f"{other}."
        if dotted.startswith(other_dotted):
            return True
        if other_dotted.startswith(dotted):
            return True

    return False


@lru_cache(maxsize=8_000)
def named_places(text: str) -> frozenset[str]:
    """Return the countries, regions and cities that a text names."""
    start = text[:MAX_CHARS]
    return _chinese_places(start) | _english_places(start)


def _chinese_places(text: str) -> frozenset[str]:
    table = places_in_chinese()
    names = _chinese_place().findall(fold(text))
    return frozenset(map(table.__getitem__, names))


@cache
def _chinese_place() -> re.Pattern[str]:
    """Pattern of all Chinese place names; of two that begin alike, the longer matches."""
    names = map(re.escape, places_in_chinese())
    longest_first = sorted(
        names,
        key=len,
        reverse=True,
    )
    return re.compile("|".join(longest_first))


def _english_places(text: str) -> frozenset[str]:
    """Return the places named by one Latin word or by two in sequence."""
    latin_words = []
    for word in words(text):
        if word.isascii() and word.isalpha():
            latin_words.append(word)

    pairs = map("".join, pairwise(latin_words))
    names = places().keys() & {*latin_words, *pairs}
    # Folded, the country `US` and the pronoun are one word.
    names.discard("us")
    return frozenset(map(places().__getitem__, names))


@lru_cache(maxsize=32_000)
def title_facets(title: str) -> dict[str, frozenset[str]]:
    """Return what a story has one of, as the title gives it.

    Keys are `month` and `quarter`, as numbers, and `quoted`, works in 《》; none is empty.
    """
    start = title[:MAX_CHARS]
    quoted = map(fold, _QUOTED_WORK.findall(start))
    facets = {
        "month": _months(start),
        "quarter": _period_numbers("quarter", start),
        "quoted": frozenset(quoted),
    }
    return {kind: values for kind, values in facets.items() if values}


def _months(title: str) -> frozenset[str]:
    english = _ENGLISH_MONTH.findall(title)
    numbers = map(_ENGLISH_MONTHS.__getitem__, english)
    return _period_numbers("month", title).union(numbers)


def _period_numbers(kind: str, title: str) -> frozenset[str]:
    """Return the numbers of the months or quarters in a title: `7` of 七月."""
    numbers = set()
    for match in _PERIODS[kind].finditer(fold(title)):
        written = match[match.lastindex or 0]
        number = _HAN_NUMBERS.get(written, written)
        numbers.add(number)

    return frozenset(numbers)


def versions_conflict(versions: Iterable[str], others: Collection[str]) -> bool:
    """Whether the versions of two titles are unrelated; both titles have some."""
    return not any(is_among_versions(version, others) for version in versions)


def facets_conflict(
    facets: Mapping[str, frozenset[str]],
    others: Mapping[str, frozenset[str]],
) -> bool:
    """Whether two titles have different months, quarters or works."""
    common_kinds = facets.keys() & others.keys()
    return any(facets[kind].isdisjoint(others[kind]) for kind in common_kinds)


def words_without(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a text after removing some names from it."""
    folded_names = set(map(fold, names))
    longest_first = sorted(
        folded_names,
        key=lambda name: (-len(name), name),
    )

    folded = fold(text[:MAX_CHARS])
    for name in longest_first:
        if name.strip():
            folded = re.sub(_whole(name), " ", folded)

    return words(folded)


def _whole(name: str) -> str:
    """Pattern of a folded name; a Latin one only as a whole word."""
    begin = end = ""
    if name[0].isascii():
        begin = r"(?<![a-z0-9])"
    if name[-1].isascii():
        end = r"(?![a-z0-9])"

    escaped = re.escape(name)
    return f"{begin}{escaped}{end}"
