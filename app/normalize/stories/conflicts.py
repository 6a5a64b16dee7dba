"""What in a title tells two stories of one kind apart: versions, places, months and quarters, what stands in 《》."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from app.normalize.lexicon.gazetteer import places, places_in_chinese
from app.normalize.text.folding import fold
from app.normalize.text.idf import versions, words

# Characters read of a text.
_LONGEST = 2_000
# The number in `Medium 4`, `海螺 4`: bare, after a name, and no count, sum, share or date.
_BARE = re.compile(
    r"(?:(?<=[A-Z][a-z])|(?<=[a-z]{2})|(?<=[A-Z]{2})) ?(\d{1,3})(?= [A-Z\u3400-\u9fff(]|[\s]*(?:$|[,.](?!\d)|[;:!?，。；：！？、（）()「」《》]))"
)
_HAN_BARE = re.compile(
    r"(?<=[\u3400-\u9fff]) ?(\d{1,3})(?= [A-Z\u3400-\u9fff(]|\s*(?:$|[，。；：！？、（）()「」《》]))"
)
_COUNTED = re.compile(
    r"\s*(?:[億亿萬万兆千百十%個个月日年季家款名倍次種种項项人小時时天週周點点美歐欧分階阶期位座則则件張张頁页條条篇步大場场檔台部]|(?:million|billion|trillion|percent|B|M|K|T|GB|nm)\b)"
)
_PERIODS = {
    "month": re.compile(
        r"(?<![\d.個个])(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])\s?月(?!\s?\d|\s?[一二三四五六七八九十]+日|[之球亮])"
    ),
    "quarter": re.compile(r"第\s?([一二三四1-4])\s?季|(?<![a-z0-9])q([1-4])(?!\d)"),
}
_MONTHS = re.compile(
    r"\b(January|February|April|June|July|August|September|October|November|December)\b"
)
_ENGLISH = {name: str(at) for at, name in ((1, "January"), (2, "February"), (4, "April"), (6, "June"), (7, "July"), (8, "August"),
                                          (9, "September"), (10, "October"), (11, "November"), (12, "December"))}  # fmt: skip
_HAN_NUMBERS = {han: str(at) for at, han in enumerate("一二三四五六七八九十", 1)} | {
    "十一": "11",
    "十二": "12",
}
# What is quoted as a source of the report is not what the report is of.
_QUOTED = re.compile(r"《([^》]{1,60})》(?!\s?(?:[:：]|報導|报道|報道|稱|称|披露|引述))")


@lru_cache(maxsize=32_000)
def title_versions(title: str) -> frozenset[str]:
    """Versions and sizes in a title, a bare figure right after a name among them: `4` of `Medium 4`."""
    found = (
        m
        for pattern in (_BARE, _HAN_BARE)
        for m in pattern.finditer(title[:_LONGEST])
        if not _COUNTED.match(title, m.end())
    )
    return versions(title) | {m[1] for m in found}


def one_version(version: str, others: Iterable[str]) -> bool:
    """Whether a version is among others, one of which may say it shorter or longer: `3` and `3.1`."""
    return any(
        version == other
        or f"{version}.".startswith(f"{other}.")
        or f"{other}.".startswith(f"{version}.")
        for other in others
    )


@lru_cache(maxsize=8_000)
def places_of(text: str) -> frozenset[str]:
    """The places a text names: countries, regions, cities."""
    text = text[:_LONGEST]
    folded = fold(text)
    found = {places_in_chinese()[match[0]] for match in _han_places().finditer(folded)}
    latin = [word for word in words(text) if word.isascii() and word.isalpha()]
    for at, word in enumerate(latin):
        found |= {
            places()[name]
            for name in (word, "".join(latin[at : at + 2]))
            if name in places() and name != "us"
        }
    return frozenset(found)


@cache
def _han_places() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, places_in_chinese()), key=len, reverse=True)))


@lru_cache(maxsize=32_000)
def kinds(title: str) -> dict[str, frozenset[str]]:
    """What a title names of kinds of which a story has one: `month`, `quarter` (as numbers), `quoted`."""
    title = title[:_LONGEST]
    folded = fold(title)
    found = {
        kind: {m[m.lastindex or 0] for m in pattern.finditer(folded)}
        for kind, pattern in _PERIODS.items()
    }
    named = {
        kind: {_HAN_NUMBERS.get(number, number) for number in numbers}
        for kind, numbers in found.items()
    }
    named["month"] |= {_ENGLISH[name] for name in _MONTHS.findall(title)}
    named["quoted"] = {fold(name) for name in _QUOTED.findall(title)}
    return {kind: frozenset(held) for kind, held in named.items() if held}


def differ(one: str, other: str) -> bool:
    """Whether two titles name different things of one kind, or versions that have nothing to do with each other."""
    these, those = title_versions(one), title_versions(other)
    if these and those and not any(one_version(version, those) for version in these):
        return True
    first, second = kinds(one), kinds(other)
    return any(first[kind].isdisjoint(second[kind]) for kind in first.keys() & second.keys())


def without(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """The words of a text, those of some names taken out."""
    folded = fold(text[:_LONGEST])
    for name in sorted(
        {fold(name) for name in names if name.strip()}, key=lambda name: (-len(name), name)
    ):
        begin = r"(?<![a-z0-9])" if name[0].isascii() else ""
        end = r"(?![a-z0-9])" if name[-1].isascii() else ""
        folded = re.sub(f"{begin}{re.escape(name)}{end}", " ", folded)
    return words(folded)
