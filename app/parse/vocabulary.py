"""Whether a heading or label names a part of a briefing, and which.

It matches a word of `vocabulary_tables.py` when nothing but decoration (emphasis, numbering, emoji, brackets with a gloss) is left
beside it.
"""

import re
import unicodedata
from functools import lru_cache
from typing import TypeVar

from app.parse.kinds import (
    Apparatus,
    FieldName,
    Level,
    Part,
    SectionKind,
)
from app.parse.vocabulary_tables import (
    APPARATUS,
    APPARATUS_INSIDE,
    CONTAINER,
    FIELDS,
    JAPANESE_FIELDS,
    JAPANESE_SECTIONS,
    LEVELS,
    OF_THE_DOCUMENT,
    PARTS,
    POINTER,
    POINTER_ALONE,
    POINTER_LABELS,
    POINTER_QUOTED,
    SECTION_HINTS,
    SECTIONS,
    TITLE_LABELS,
    WEAK,
)

_Name = TypeVar("_Name", bound=str)

# No heading or label of the vocabulary is longer, and hostile lines may be a mebibyte.
_LONGEST = 120

_EMPHASIS = re.compile(r"[*_`~]+")
_NUMBERING = re.compile(
    r"^\s*(?:[（(\[【]?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[ivxIVX]{1,4}|[A-Za-z])[）)\]】、.．:：]|第?[一二三四五六七八九十\d]{1,3}[、章節节部]|#\d+|[①-⑳])\s*"
)
_GLOSS = re.compile(r"\s*[（(\[［【](?P<gloss>[^（()）\[\]［］【】]*)[）)\]］】]\s*$")
_WRAPPED = re.compile(r"^[【「『《\[［〔<〈](?P<inner>[^】」』》\]］〕>〉]+)[】」』》\]］〕>〉]$")


def normal(text: str) -> str:
    """`text` for comparison with the vocabulary: width, case, quotes, ampersands and emphasis evened out."""
    text = _EMPHASIS.sub("", unicodedata.normalize("NFKC", text)).translate(_QUOTES).lower()
    text = re.sub(r"\s+and\s+|\s*[&＆]\s*", " & ", text)
    return " ".join(text.split())


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


def _is_decoration(char: str) -> bool:
    return (
        unicodedata.category(char) in ("So", "Sk", "Cf", "Mn", "Sm")
        or char in "\ufe0f•·*_#>|｜-—–= \t　:："
    )


def undecorated(text: str) -> str:
    """A heading or label without emphasis, numbering, emoji, wrapping brackets and the closing colon."""
    text = normal(text)
    while text and _is_decoration(text[0]):
        text = text[1:]
    while text and _is_decoration(text[-1]):
        text = text[:-1]
    text = _NUMBERING.sub("", text, count=1)
    while text and _is_decoration(text[0]):
        text = text[1:]
    match = _WRAPPED.match(text)
    return (match["inner"] if match else text).strip()


def _readings_of(text: str) -> tuple[str, ...]:
    """The words a heading may stand for: without its gloss, and the gloss itself; both halves of `甲 | B` and `甲 / B`."""
    return _short_readings(text) if len(text) <= _LONGEST else ()


@lru_cache(maxsize=4_096)
def _short_readings(text: str) -> tuple[str, ...]:
    plain = undecorated(text)
    gloss = _GLOSS.search(plain)
    readings = (
        [
            plain,
            plain[: gloss.start()].strip(),
            undecorated(gloss["gloss"]),
        ]
        if gloss
        else [plain]
    )
    halves = re.split(
        r"\s*[|｜/／]\s*|\s+[-—–·:]\s+|：|(?<=[\u4e00-\u9fff])\s+(?=[a-z])|(?<=[a-z])\s+(?=[\u4e00-\u9fff])",
        plain,
    )
    return tuple(
        dict.fromkeys(
            r
            for r in [
                *readings,
                *(halves if len(halves) == 2 else []),
            ]
            if r
        )
    )


def _phrases(words: str) -> list[str]:
    """Chinese words part at blanks, English phrases, which follow them, at `|`."""
    latin = re.search("[a-z]", words)
    at = latin.start() if latin else len(words)
    return [
        normal(phrase)
        for phrase in [
            *words[:at].split(),
            *words[at:].split("|"),
        ]
        if phrase.strip()
    ]


def _index(table: dict[_Name, str]) -> dict[str, _Name]:
    index: dict[str, _Name] = {}
    for name, words in table.items():
        for phrase in _phrases(words):
            index.setdefault(phrase, name)
    return index


_SECTION_INDEX = _index(JAPANESE_SECTIONS) | _index(SECTIONS)
_LONG_SECTION_WORDS = sorted(
    (word for word in _SECTION_INDEX if len(word) >= 4),
    key=len,
    reverse=True,
)
_PART_INDEX = _index(PARTS)
_FIELD_INDEX = _index(JAPANESE_FIELDS) | _index(FIELDS)
_APPARATUS_INDEX = _index(APPARATUS)
_APPARATUS_INSIDE = _index(APPARATUS_INSIDE)
_LEVEL_INDEX = _index(LEVELS)
_WEAK = frozenset(_phrases(WEAK))


def section_kind(title: str, *, loose: bool = False) -> SectionKind | None:
    """The kind a section heading names; `loose` also takes a heading that merely contains a word of three or more letters."""
    index = _SECTION_INDEX
    for reading in _readings_of(title):
        if reading in index:
            return index[reading]
    if loose and len(title) <= _LONGEST:
        plain = undecorated(title)
        return next(
            (_SECTION_INDEX[word] for word in _LONG_SECTION_WORDS if word in plain),
            None,
        )
    return None


def part_name(title: str) -> Part | None:
    """The special part (watch list, readings, background, keywords) a heading or label names."""
    return next(
        (_PART_INDEX[r] for r in _readings_of(title) if r in _PART_INDEX),
        None,
    )


def names_document_part(label: str) -> bool:
    """Whether the label of a special part speaks of the whole document; 背景 or 關鍵詞 alone may be an item's own."""
    return part_name(label) is not None and bool(OF_THE_DOCUMENT.search(undecorated(label)))


def field_name(label: str) -> FieldName | None:
    """The field of an item a label names."""
    return next(
        (_FIELD_INDEX[r] for r in _readings_of(label) if r in _FIELD_INDEX),
        None,
    )


def is_weak(label: str) -> bool:
    """Whether ordinary bullets begin with the word of a label, too."""
    return undecorated(label) in _WEAK


def is_container(title: str) -> bool:
    """Whether a heading announces a gathering of short items, not an item."""
    return any(CONTAINER.search(reading) for reading in _readings_of(title))


def is_pointer(text: str) -> bool:
    """Whether a short text only says that something stands elsewhere."""
    if len(text) > 160:
        return False
    quoted = POINTER_QUOTED.search(text)
    return bool(POINTER.search(text)) or bool(quoted and section_kind(quoted["name"], loose=True))


def says_only_where(text: str) -> bool:
    """Whether a short text, all there is, says where to read instead."""
    return is_pointer(text) or (len(text) <= 60 and bool(POINTER_ALONE.search(text)))


def importance_level(label: str) -> Level | None:
    """The level of `高`, `中高`, `高（High）`, `Medium-High`, `★★☆`, `4/5`; None for words unknown."""
    if len(label) > _LONGEST:
        return None
    plain = normal(label).strip(" :：.。!！")
    if rated := _rating(plain):
        return rated
    halves = [_LEVEL_INDEX.get(half) for half in re.split(r"\s*[/／]\s*", plain)]
    if len(halves) == 2 and (one := halves[0]) and (other := halves[1]):
        # `Medium/High` lies between the two, whichever is said first.
        return _ORDER[(_ORDER.index(one) + _ORDER.index(other)) // 2]
    gloss = _GLOSS.search(plain)
    readings = [
        plain,
        *([plain[: gloss.start()], gloss["gloss"]] if gloss else []),
    ]
    for reading in readings:
        word = reading.strip(" :：.。")
        for form in (
            word,
            word.lstrip("🔴🟠🟡🟢⚪🔵 "),
            re.sub(
                r"(?:重要性|重要|程度|importance|priority|優先級?)$",
                "",
                word,
            ).strip(),
        ):
            if form in _LEVEL_INDEX:
                return _LEVEL_INDEX[form]
    return None


def _rating(text: str) -> Level | None:
    stars = re.match(r"^[★⭐🌟✦☆✩\ufe0f\s]+", text)
    if stars and (filled := len(re.findall("[★⭐🌟✦]", stars.group()))):
        total = filled + len(re.findall("[☆✩]", stars.group()))
        share = filled / max(total, 3 if total <= 3 else 5)
    elif ratio := re.match(r"^(\d+(?:\.\d+)?)\s*(?:/|out of)\s*(\d+)", text):
        if not 0 < float(ratio[1]) <= float(ratio[2]):
            return None
        share = float(ratio[1]) / float(ratio[2])
    else:
        return None
    return next(level for bound, level in _SHARES if share >= bound)


_ORDER: tuple[Level, ...] = (
    "low",
    "medium_low",
    "medium",
    "medium_high",
    "high",
)
_SHARES: tuple[tuple[float, Level], ...] = (
    (0.9, "high"),
    (0.7, "medium_high"),
    (0.5, "medium"),
    (0.35, "medium_low"),
    (0.0, "low"),
)


def apparatus(title: str) -> Apparatus | None:
    """The kind of a heading that gathers no news of its own, such as 目錄, 摘要 or Sponsors."""
    for reading in _readings_of(title):
        if reading in _APPARATUS_INDEX:
            return _APPARATUS_INDEX[reading]
    if len(title) > _LONGEST_APPARATUS_TITLE:
        return None
    plain = undecorated(title)
    for phrase, kind in _APPARATUS_INSIDE.items():
        if phrase in plain and _fills(phrase, plain):
            return kind
    return None


_LONGEST_APPARATUS_TITLE = 64


def _fills(phrase: str, title: str) -> bool:
    """Tell whether `phrase` is enough of a title to name it: `summary` in a sentence is not."""
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


def is_pointer_label(label: str) -> bool:
    """Tell whether a link's label only points at its target: 來源, Read more, 論文, Link."""
    if len(label) > _LONGEST_APPARATUS_TITLE:
        return False
    words = [undecorated(label).strip("'\"→↗›» ")]
    words.extend(re.split(r"\s*[:：|｜/／]\s*", words[0]))
    return (
        not words[0]
        or words[0] in _POINTER_LABELS
        or (len(words) > 2 and words[1] in _POINTER_LABELS)
    )


_POINTER_LABELS = frozenset(_phrases(POINTER_LABELS)) | frozenset(_FIELD_INDEX)


def is_title_label(label: str) -> bool:
    """Tell whether a label says that the title follows, such as 標題 or Title."""
    return undecorated(label) in _TITLE_LABELS


_TITLE_LABELS = frozenset(_phrases(TITLE_LABELS))


def hinted_kind(title: str) -> SectionKind | None:
    """Return the kind that a word inside a section's heading hints at."""
    if len(title) > _LONGEST_APPARATUS_TITLE:
        return None
    plain = undecorated(title)
    words = set(re.findall(r"[a-z&-]+", plain))
    for kind, phrases in _HINTS.items():
        for phrase in phrases:
            if phrase in words or (phrase in plain and (not phrase.isascii() or " " in phrase)):
                return kind
    return None


_HINTS = {kind: _phrases(words) for kind, words in SECTION_HINTS.items()}
