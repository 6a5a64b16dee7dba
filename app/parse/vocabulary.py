"""Lookups in the vocabulary: which part, field, section or level a heading or label names.

A word of `vocabulary_tables.py` or `section_kinds.py` matches when nothing but decoration is left
beside it: emphasis, numbering, emoji, brackets with a gloss.
"""

import re
import unicodedata
from typing import TypeVar

from app.parse.kinds import (
    LEVELS_ASCENDING,
    Apparatus,
    FieldName,
    Level,
    Part,
)
from app.parse.line_cache import LineCache
from app.parse.section_kinds import HINT_ORDER, SECTION_KINDS, SectionKind
from app.parse.vocabulary_tables import (
    APPARATUS,
    APPARATUS_INSIDE,
    ASPECTS,
    CONTAINER,
    FIELDS,
    JAPANESE_FIELDS,
    LEVELS,
    NOTHING_NEW,
    OF_THE_DOCUMENT,
    PARTS,
    POINTER,
    POINTER_ALONE,
    POINTER_LABELS,
    POINTER_QUOTED,
    RATING_LABELS,
    TITLE_LABELS,
    WEAK,
)

_Name = TypeVar("_Name", bound=str)

# No heading or label of the vocabulary is longer, and hostile lines may be a mebibyte.
_MAX_LABEL_CHARS = 120
_MAX_APPARATUS_CHARS = 64
_MAX_POINTER_CHARS = 160
_MAX_POINTER_ALONE_CHARS = 60
_MIN_LOOSE_CHARS = 4

_EMPHASIS = re.compile(r"[*_`~]+")
_NUMBERING = re.compile(
    r"^\s*(?:[（(\[【]?"
    r"(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[ivxIVX]{1,4}|[A-Za-z])[）)\]】、.．:：]"
    r"|第?[一二三四五六七八九十\d]{1,3}[、章節节部]|#\d+|[①-⑳])\s*"
)
_GLOSS = re.compile(r"\s*[（(\[［【](?P<gloss>[^（()）\[\]［］【】]*)[）)\]］】]\s*$")
_WRAPPED = re.compile(r"^[【「『《\[［〔<〈](?P<inner>[^】」』》\]］〕>〉]+)[】」』》\]］〕>〉]$")
_AND = re.compile(r"\s+and\s+|\s*[&＆]\s*")
_HALVES = re.compile(
    r"\s*[|｜/／]\s*|\s+[-—–·:]\s+|："
    r"|(?<=[\u4e00-\u9fff])\s+(?=[a-z])|(?<=[a-z])\s+(?=[\u4e00-\u9fff])"
)
_QUOTES = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "′": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
    }
)
_DECORATION_CATEGORIES = (
    "So",
    "Sk",
    "Cf",
    "Mn",
    "Sm",
)
_DECORATION_CHARS = "\ufe0f•·*_#>|｜-—–= \t　:："
_LEVEL_EDGES = " :：.。"
_LEVEL_DOTS = "🔴🟠🟡🟢⚪🔵 "
_IMPORTANCE_TAIL = re.compile(r"(?:重要性|重要|程度|importance|priority|優先級?)$")
_STARS = re.compile(r"^[★⭐🌟✦☆✩\ufe0f\s]+")
_RATIO = re.compile(r"^(\d+(?:\.\d+)?)\s*(?:/|out of)\s*(\d+)")
_LEVEL_SHARES: tuple[tuple[float, Level], ...] = (
    (0.9, "high"),
    (0.7, "medium_high"),
    (0.5, "medium"),
    (0.35, "medium_low"),
    (0.0, "low"),
)


def normal(text: str) -> str:
    """Return `text` for comparison: width, case, quotes, ampersands and emphasis evened out."""
    text = unicodedata.normalize("NFKC", text)
    text = _EMPHASIS.sub("", text)
    text = text.translate(_QUOTES).lower()
    text = _AND.sub(" & ", text)
    return " ".join(text.split())


def undecorated(text: str) -> str:
    """Return a heading or label without emphasis, number, emoji, brackets and closing colon."""
    return _short_undecorated(text) if len(text) <= _MAX_LABEL_CHARS else _undecorated(text)


@LineCache
def _short_undecorated(text: str) -> str:
    return _undecorated(text)


def _undecorated(text: str) -> str:
    text = normal(text)
    end = len(text)
    while end and _is_decoration(text[end - 1]):
        end -= 1
    text = _without_opening(text[:end])
    text = _NUMBERING.sub("", text, count=1)
    text = _without_opening(text)
    match = _WRAPPED.match(text)
    return (match["inner"] if match else text).strip()


def _without_opening(text: str) -> str:
    start = 0
    while start < len(text) and _is_decoration(text[start]):
        start += 1
    return text[start:]


def _is_decoration(char: str) -> bool:
    if char in _DECORATION_CHARS:
        return True
    return unicodedata.category(char) in _DECORATION_CATEGORIES


def _readings_of(text: str) -> tuple[str, ...]:
    """Return the words that a heading may mean.

    Those are the heading without its gloss, the gloss itself, and both halves of `甲 | B`.
    """
    return _short_readings(text) if len(text) <= _MAX_LABEL_CHARS else ()


@LineCache
def _short_readings(text: str) -> tuple[str, ...]:
    plain = undecorated(text)
    readings = [plain]
    gloss = _GLOSS.search(plain)
    if gloss:
        readings.append(plain[: gloss.start()].strip())
        readings.append(undecorated(gloss["gloss"]))
    halves = _HALVES.split(plain)
    if len(halves) == 2:
        readings.extend(halves)
    distinct = dict.fromkeys(readings)
    distinct.pop("", None)
    return tuple(distinct)


def _phrases(words: str) -> list[str]:
    """Return the phrases of a table: Chinese ones split at spaces, then English ones at `|`."""
    latin = re.search("[a-z]", words)
    start = latin.start() if latin else len(words)
    phrases = words[:start].split()
    phrases.extend(words[start:].split("|"))
    return [normal(phrase) for phrase in phrases if phrase.strip()]


def _index(
    table: dict[_Name, str],
) -> dict[str, _Name]:
    index: dict[str, _Name] = {}
    for name, words in table.items():
        for phrase in _phrases(words):
            index.setdefault(phrase, name)
    return index


_SECTION_INDEX = _index({kind: words.japanese for kind, words in SECTION_KINDS.items()}) | _index(
    {kind: words.headings for kind, words in SECTION_KINDS.items()}
)
_LONG_SECTION_WORDS = sorted(
    (word for word in _SECTION_INDEX if len(word) >= _MIN_LOOSE_CHARS),
    key=len,
    reverse=True,
)
_PART_INDEX = _index(PARTS)
_FIELD_INDEX = _index(JAPANESE_FIELDS) | _index(FIELDS)
_APPARATUS_INDEX = _index(APPARATUS)
_APPARATUS_INSIDE = _index(APPARATUS_INSIDE)
_LEVEL_INDEX = _index(LEVELS)
_WEAK = frozenset(_phrases(WEAK))
_POINTER_LABELS = frozenset(_phrases(POINTER_LABELS)) | frozenset(_FIELD_INDEX)
_ASPECTS = frozenset(_phrases(ASPECTS))
_RATING_LABELS = frozenset(_phrases(RATING_LABELS))
_TITLE_LABELS = frozenset(_phrases(TITLE_LABELS))
_HINTS = {kind: _phrases(SECTION_KINDS[kind].hints) for kind in HINT_ORDER}


def _look_up(index: dict[str, _Name], text: str) -> _Name | None:
    for reading in _readings_of(text):
        if reading in index:
            return index[reading]
    return None


def section_kind(title: str, *, loose: bool = False) -> SectionKind | None:
    """Return the kind a section heading names.

    `loose` also takes a heading that contains a word of four or more characters.
    """
    kind = _look_up(_SECTION_INDEX, title)
    if kind or not loose or len(title) > _MAX_LABEL_CHARS:
        return kind
    plain = undecorated(title)
    for word in _LONG_SECTION_WORDS:
        if word in plain:
            return _SECTION_INDEX[word]
    return None


def hinted_kind(title: str) -> SectionKind | None:
    """Return the kind that a word inside a section's heading hints at."""
    if len(title) > _MAX_APPARATUS_CHARS:
        return None
    plain = undecorated(title)
    words = set(re.findall(r"[a-z&-]+", plain))
    for kind, phrases in _HINTS.items():
        for phrase in phrases:
            several = not phrase.isascii() or " " in phrase
            if phrase in words or (several and phrase in plain):
                return kind
    return None


def names_topic(label: str) -> bool:
    """Return whether a label is nothing but a topic of news: 融資, Policy, Research."""
    if section_kind(label):
        return True
    plain = undecorated(label)
    return any(plain in phrases for phrases in _HINTS.values())


def part_name(title: str) -> Part | None:
    """Return the special part a heading or label names: watch list, readings and the like."""
    return _look_up(_PART_INDEX, title)


def names_document_part(label: str) -> bool:
    """Return whether the label of a special part refers to the whole document.

    背景 or 關鍵詞 alone may be an item's own.
    """
    if part_name(label) is None:
        return False
    return OF_THE_DOCUMENT.search(undecorated(label)) is not None


def field_name(label: str) -> FieldName | None:
    """Return the field of an item that a label names."""
    return _look_up(_FIELD_INDEX, label)


def is_weak(label: str) -> bool:
    """Return whether ordinary bullets begin with the word of a label, too."""
    return undecorated(label) in _WEAK


def is_title_label(label: str) -> bool:
    """Return whether a label says that the title follows, such as 標題 or Title."""
    return undecorated(label) in _TITLE_LABELS


def is_aspect(label: str) -> bool:
    """Return whether a label heads a part of a story, such as `Why it matters`."""
    return len(label) <= _MAX_APPARATUS_CHARS and undecorated(label) in _ASPECTS


def is_rating_label(label: str) -> bool:
    """Return whether a label says that a rating follows, such as 評分 or Score."""
    return undecorated(label) in _RATING_LABELS


def is_container(title: str) -> bool:
    """Return whether a heading announces a gathering of short items, not an item."""
    return any(map(CONTAINER.search, _readings_of(title)))


def apparatus(title: str) -> Apparatus | None:
    """Return the kind of a heading that gathers no news of its own, such as 目錄 or Sponsors."""
    kind = _look_up(_APPARATUS_INDEX, title)
    if kind or len(title) > _MAX_APPARATUS_CHARS:
        return kind
    plain = undecorated(title)
    for (
        phrase,
        inner_kind,
    ) in _APPARATUS_INSIDE.items():
        if phrase in plain and _fills(phrase, plain):
            return inner_kind
    return None


def _fills(phrase: str, title: str) -> bool:
    """Return whether `phrase` is enough of a title to name it: `summary` in a sentence is not."""
    if not phrase.isascii():
        return len(title) <= 4 * len(phrase) + 4
    if (
        re.search(
            rf"(?<![a-z]){re.escape(phrase)}(?![a-z])",
            title,
        )
        is None
    ):
        return False
    return len(title.split()) <= (4 if " " not in phrase else 10)


def is_pointer(text: str) -> bool:
    """Return whether a short text only refers the reader to another place."""
    if len(text) > _MAX_POINTER_CHARS:
        return False
    if POINTER.search(text):
        return True
    quoted = POINTER_QUOTED.search(text)
    return quoted is not None and section_kind(quoted["name"], loose=True) is not None


def says_only_where(text: str) -> bool:
    """Return whether the whole text of an item only refers the reader to another place."""
    if is_pointer(text):
        return True
    return len(text) <= _MAX_POINTER_ALONE_CHARS and POINTER_ALONE.search(text) is not None


def says_nothing_new(text: str) -> bool:
    """Return whether a short text only says that there is no news: 本日無新文章, No updates today."""
    return len(text) <= _MAX_POINTER_CHARS and NOTHING_NEW.search(text) is not None


def is_pointer_label(label: str) -> bool:
    """Return whether a link's label only points at its target: 來源, Read more, 論文, Link."""
    if len(label) > _MAX_APPARATUS_CHARS:
        return False
    plain = undecorated(label).strip("'\"→↗›» ")
    if not plain or plain in _POINTER_LABELS:
        return True
    first, *others = re.split(r"\s*[:：|｜/／]\s*", plain)
    return bool(others) and first in _POINTER_LABELS


def importance_level(label: str) -> Level | None:
    """Return the level of `高`, `高（High）`, `Medium-High`, `★★☆`, `4/5`; None where unknown."""
    if len(label) > _MAX_LABEL_CHARS:
        return None
    plain = normal(label).strip(" :：.。!！")
    rated = _rating(plain) or _between(plain)
    if rated:
        return rated
    readings = [plain]
    gloss = _GLOSS.search(plain)
    if gloss:
        readings.extend((plain[: gloss.start()], gloss["gloss"]))
    for reading in readings:
        word = reading.strip(_LEVEL_EDGES)
        shorter = _IMPORTANCE_TAIL.sub("", word).strip()
        for form in (
            word,
            word.lstrip(_LEVEL_DOTS),
            shorter,
        ):
            if form in _LEVEL_INDEX:
                return _LEVEL_INDEX[form]
    return None


def _between(text: str) -> Level | None:
    """Return the level between two: `Medium/High`, whichever is first."""
    halves = re.split(r"\s*[/／]\s*", text)
    if len(halves) != 2:
        return None
    levels = [_LEVEL_INDEX.get(half) for half in halves]
    places = [LEVELS_ASCENDING.index(level) for level in levels if level]
    if len(places) != 2:
        return None
    return LEVELS_ASCENDING[sum(places) // 2]


def _rating(text: str) -> Level | None:
    share = _star_share(text)
    if share is None:
        ratio = _RATIO.match(text)
        if not ratio or not 0 < float(ratio[1]) <= float(ratio[2]):
            return None
        share = float(ratio[1]) / float(ratio[2])
    return next(level for bound, level in _LEVEL_SHARES if share >= bound)


def _star_share(text: str) -> float | None:
    """Return the share of filled stars, of three where there are no more, else of five."""
    stars = _STARS.match(text)
    filled = len(re.findall("[★⭐🌟✦]", stars.group())) if stars else 0
    if stars is None or not filled:
        return None
    total = filled + len(re.findall("[☆✩]", stars.group()))
    return filled / max(total, 3 if total <= 3 else 5)
