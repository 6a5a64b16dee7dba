"""Editions: several documents of one channel and day, distinguished by the names of their files.

Everything here is a function of the names, languages and states of one day's documents, so that
ids do not depend on the order of ingestion.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.normalize.identity import slugify
from app.parse.draft import BriefingDraft

MAX_ID_CHARS = 64
_HASH_CHARS = 6
_EXTENSION = re.compile(r"\.(?:md|markdown|mdx|txt)$")
_DATE = re.compile(
    r"(?<!\d)20\d{2}\s*(?:[-/._]|年)\s*\d{1,2}\s*(?:[-/._]|月)\s*\d{1,2}(?!\d)日?"
    r"|(?<!\d)20\d{6}(?!\d)"
)
_WORD = re.compile(r"[^\W_]+")
_INDEX_STEMS = frozenset({"index", "_index"})
_LANGUAGES = {
    "zh": None,
    "cht": "zh-Hant",
    "hant": "zh-Hant",
    "tw": "zh-Hant",
    "hk": "zh-Hant",
    "chs": "zh-Hans",
    "cn": "zh-Hans",
    "hans": "zh-Hans",
    "sg": "zh-Hans",
    "en": "en",
    "eng": "en",
    "us": "en",
    "gb": "en",
    "ja": "ja",
    "jp": "ja",
    "ko": "ko",
    "kr": "ko",
}
"""Languages by the words of a tag; `zh` alone does not say the script."""
# Regions are words of a tag only behind their language: `2026-06-01-us.md` is about the USA.
_REGIONS = frozenset({"hk", "sg", "us", "gb"})
_LANGUAGE_ORDER = ("zh-Hant", "zh-Hans", "en", "ja", "ko")
# Words that every daily has in its names, and that tell no two documents of a day apart.
_BOILERPLATE = frozenset(
    [
        *("ai", "brief", "briefing", "daily", "digest", "index", "news", "newsletter"),
        *("post", "report", "summary", "每日", "日報", "日报", "摘要", "新聞", "新闻"),
        *("簡報", "简报", "ai日報", "ai日报"),
    ]
)
_DAY_PARTS = (
    ("am", "morning", "早"),
    ("noon", "midday", "午"),
    ("pm", "afternoon", "下午"),
    ("evening", "night", "晚"),
)
_UNKNOWN_RANK = 9


@dataclass(frozen=True, slots=True)
class NameParts:
    """A file name without date and boilerplate: its key, and its language (None: not stated).

    `tag` is the language as it tells documents apart: empty for Traditional or unspecific Chinese,
    the language of the first dailies, whose ids have none.
    """

    key: str
    language: str | None
    tag: str


@dataclass(frozen=True, slots=True)
class Edition:
    """Features of a document that decide its id among those of its day."""

    key: str
    language: str | None
    stem: str
    is_draft: bool


def briefing_id(channel: str, day: date, default_channel: str) -> str:
    """Return the id of a channel's briefing of a day: only the date in the default channel."""
    date_text = day.isoformat()
    if channel == default_channel:
        return date_text
    return f"{channel}:{date_text}"


def document_name(folder: str, file_name: str) -> str:
    """Return the name of a document: with its folder where only that tells its day or itself."""
    stem = _EXTENSION.sub("", file_name.casefold())
    is_dated = _DATE.search(folder) and not _DATE.search(file_name)
    if folder and (stem in _INDEX_STEMS or is_dated):
        return f"{folder}/{file_name}"
    return file_name


def document_stem(name: str) -> str:
    """Return the name of a file for comparison; the index of a folder has the folder's name."""
    folder, _, file_name = unicodedata.normalize("NFKC", name).casefold().rpartition("/")
    stem = _EXTENSION.sub("", file_name)
    if stem in _INDEX_STEMS and folder:
        return folder.rpartition("/")[2]
    return stem.strip()


def name_parts(name: str) -> NameParts:
    """Return the parts of a file's name that tell it from other documents of its day."""
    words = _WORD.findall(_DATE.sub(" ", document_stem(name)))
    tags = set(_tag_indexes(words))
    languages = []
    for index in sorted(tags):
        languages.append(_LANGUAGES[words[index]])
    key_words = []
    for index, word in enumerate(words):
        if index not in tags and word not in _BOILERPLATE:
            key_words.append(word)

    stated = [language for language in languages if language]
    language = stated[-1] if stated else None
    tag = "" if language in (None, "zh-Hant") else str(language)
    return NameParts(slugify(" ".join(key_words)), language, tag.lower())


def _tag_indexes(words: Sequence[str]) -> Iterator[int]:
    """Yield the indexes of words of a language tag."""
    previous = None
    for index, word in enumerate(words):
        if word in _LANGUAGES and (word not in _REGIONS or previous in _LANGUAGES):
            yield index
        previous = word


def edition_of(draft: BriefingDraft, name: str) -> Edition:
    """Return the features of a document of this name."""
    return Edition(
        key=name_parts(name).key,
        language=draft.language,
        stem=document_stem(name),
        is_draft=draft.draft,
    )


def stated_id(values: Mapping[str, Any]) -> str | None:
    """Return the id that a document states in its front matter."""
    for key, value in values.items():
        if key.casefold() == "id" and isinstance(value, str) and value.strip():
            return value.strip()

    return None


def is_same_document(
    name: str, values: Mapping[str, Any], other_name: str, other_values: Mapping[str, Any]
) -> bool:
    """Whether two documents of one day are versions of one: by stated id, or by file name."""
    own_id = stated_id(values)
    if own_id and own_id == stated_id(other_values):
        return True
    return document_stem(name) == document_stem(other_name)


def item_basis(day_id: str, name: str) -> str:
    """Return the part of item ids that comes from the document.

    Documents whose names have nothing but the date share that of their day.
    """
    parts = name_parts(name)
    return "/".join(filter(None, (day_id, parts.key, parts.tag)))


def edition_ids(day_id: str, editions: Sequence[Edition]) -> list[str]:
    """Return the id of each of a day's editions; that of the primary one is `day_id`."""
    order = sorted(range(len(editions)), key=lambda index: _election_order(editions[index]))
    ids = dict.fromkeys(order, day_id)
    taken = {day_id}
    for index in order[1:]:
        for candidate in _candidates(day_id, editions[index]):
            if candidate not in taken:
                ids[index] = candidate
                break
        taken.add(ids[index])

    return [ids[index] for index in range(len(editions))]


def _election_order(edition: Edition) -> tuple[bool, bool, int, int, str, str]:
    """Sort key of an edition; the smallest is the primary one. A draft shadows nothing public."""
    return (
        edition.is_draft,
        bool(edition.key),
        _day_part_rank(edition.key),
        _rank(_LANGUAGE_ORDER, edition.language),
        edition.key,
        edition.stem,
    )


def _rank(order: Sequence[str], value: str | None) -> int:
    return order.index(value) if value in order else _UNKNOWN_RANK


def _day_part_rank(key: str) -> int:
    """Return the rank of the first part of the day that a key has."""
    words = key.split("-")
    for rank, names in reversed(list(enumerate(_DAY_PARTS))):
        if any(_names_part(words, name) for name in names):
            return rank
    return _UNKNOWN_RANK


def _names_part(words: Iterable[str], name: str) -> bool:
    """Whether one of `words` is the name; Chinese names are found within a word (早報)."""
    if name.isascii():
        return name in words
    return any(name in word for word in words)


def _candidates(day_id: str, edition: Edition) -> Iterator[str]:
    """Yield the ids an edition may get, the most readable first."""
    language = (edition.language or "").lower()
    digest = hashlib.sha256(edition.stem.encode("utf-8", "surrogatepass")).hexdigest()
    short = digest[:_HASH_CHARS]
    suffixes = [
        edition.key or language,
        "-".join(filter(None, (edition.key, language))),
        "-".join(filter(None, (edition.key or language, short))),
        short,
        digest[:20],
    ]
    for suffix in suffixes:
        candidate = f"{day_id}-{suffix}"
        if suffix and len(candidate) <= MAX_ID_CHARS:
            yield candidate
