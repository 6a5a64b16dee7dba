"""Language of a document: as its front matter or name says, else from its characters."""

import re
from functools import cache
from operator import ne
from typing import Protocol

import opencc

from app.parse.kinds import Language

_SAMPLE_CHARS = 6_000
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_URL = re.compile(r"https?://\S+")
_NAME_SUFFIX = re.compile(
    r"[._-](?P<code>zh[-_](?:tw|cn|hk|hant|hans)|zh|en|ja|jp|ko|kr|cn|tw)(?=\.[a-z]+$|$)",
    re.IGNORECASE,
)
_CODES: dict[str, Language] = {
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-hant": "zh-Hant",
    "tw": "zh-Hant",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-hans": "zh-Hans",
    "cn": "zh-Hans",
    "en": "en",
    "ja": "ja",
    "jp": "ja",
    "ko": "ko",
    "kr": "ko",
}
_MIN_KANA_SHARE = 0.08
_MIN_HANGUL_SHARE = 0.3
_HAN_PER_WORD = 0.5


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _converter(name: str) -> _Converter:
    converter: _Converter = opencc.OpenCC(name)
    return converter


def stated_language(stated: str | None, name: str) -> Language | None:
    """Return the language that the front matter states, or the file name: `2026-01-01.zh-tw.md`."""
    for text in (stated, _name_code(name)):
        code = (text or "").strip().lower().replace("_", "-")
        region = "-".join(code.split("-")[:2])
        language = _CODES.get(code) or _CODES.get(region) or _CODES.get(code.split("-")[0])
        if language:
            return language
    return None


def _name_code(name: str) -> str | None:
    match = _NAME_SUFFIX.search(name)
    return match["code"] if match else None


def find_language(text: str) -> Language:
    """Return the language of a text.

    Kana means Japanese and Hangul Korean; Chinese is told apart by which conversion changes less.
    """
    sample = _URL.sub(" ", text)[:_SAMPLE_CHARS]
    kana = len(_KANA.findall(sample))
    hangul = len(_HANGUL.findall(sample))
    han = len(_HAN.findall(sample))
    words = len(_LATIN_WORD.findall(sample))
    characters = kana + hangul + han
    if characters < _HAN_PER_WORD * words or not characters:
        return "en"
    if kana >= _MIN_KANA_SHARE * characters:
        return "ja"
    if hangul >= _MIN_HANGUL_SHARE * characters:
        return "ko"
    letters = "".join(_HAN.findall(sample))
    traditional = _changed(letters, "t2s")
    simplified = _changed(letters, "s2t")
    return "zh-Hans" if simplified > traditional else "zh-Hant"


def _changed(text: str, conversion: str) -> int:
    converted = _converter(conversion).convert(text)
    return sum(map(ne, text, converted))
