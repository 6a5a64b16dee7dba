"""Whether Chinese characters that spell a known name are a mention of it, by their context.

Three conditions: both edges are edges of words; no number runs into the name (三[百度]); and the
words beside the name do not make it an everyday word (蘋果樹, 一顆雪梨, 四個字節).
"""

import re

from app.normalize.entities.chinese_persons import is_given_name
from app.normalize.lexicon.everyday_uses import BUSINESS_WORDS, EverydayUse, everyday_uses
from app.normalize.text.folding import is_han
from app.normalize.text.word_edges import Fit, word_list

# A longer word may contain the name of a place (中國人), but of nothing else (阿里山, 互聯網).
_TYPES_INSIDE_WORDS = frozenset(["place"])
_COMPANY_TYPES = frozenset(["org", "product", "model", "chip", "place"])
_MADE_TYPES = _COMPANY_TYPES - _TYPES_INSIDE_WORDS
# A legal form or a line of business after a name makes it a company: 浪潮信息.
_COMPANY_ENDINGS = frozenset(
    "信息 软件 存储 通信 通讯 半导体 股份 控股 表示 等 旗下 跟进 认为 指出".split()
)
# As many Han characters in one run are a name by themselves: 全[國產芯片], 一個[人工智慧模型].
_MIN_SURE_CHARS = 4
_MAX_BEFORE_CHARS = 6
_MAX_SENTENCE_CHARS = 60
_NUMERALS = frozenset("一二三四五六七八九十百千万亿兆两")
_NUMERALS_BEFORE = _NUMERALS | frozenset("数几0123456789")
# A 股 ends a word, although 股市 is one: A 股市值.
_SHARES = re.compile(r"(?<![a-z])[abh] ?股$")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
# 選美光為供應商: the verb and 為 prove both edges, although 選美 is a word.
_NAMING_VERBS = frozenset("选以称评列封视捧")
_NAMED_AS = re.compile(r"(?:为|作|当)(?![了何])")
# A company's line of business or estate: 聯發科學園, but not 小鵬汽車站.
_COMPANY_SUFFIXES = frozenset("园区厂业股系群链圈")
_MAX_TORN_CHARS = 4


def stands_alone(text: str, start: int, end: int, entity_type: str) -> bool:
    """Return whether characters `start` to `end` of folded `text` may name an entity of the type.

    The name begins or ends with a Han character.
    """
    before = text[start - 1 : start]
    if text[start] in _NUMERALS and before and before in _NUMERALS_BEFORE:
        return False

    if _SHARES.search(text, max(start - _MAX_BEFORE_CHARS, 0), start):
        return True
    if not _is_named_as(text, start, end) and _is_torn(text, start, end, entity_type):
        return False

    return not any(
        _is_used(use, text, start, end) for use in everyday_uses().get(text[start:end], ())
    )


def _is_named_as(text: str, start: int, end: int) -> bool:
    """Return whether a verb and 為 are around a name: 選…為, 以…為."""
    return text[start - 1 : start] in _NAMING_VERBS and bool(_NAMED_AS.match(text, end))


def ends_inside_a_thing(text: str, start: int, end: int) -> bool:
    """Return whether the end of a name is the beginning of a thing: 小鵬[汽車站], 理想[汽車道].

    A shorter name of the same company at its beginning (小鵬) is none either. 技術長 and 科學園 may
    belong to a company, so 華為 is named in 華為技術長.
    """
    words = word_list()
    for first in range(start + 1, end):
        for last in range(end + 1, min(first + _MAX_TORN_CHARS, len(text)) + 1):
            word = text[first:last]
            if word in words:
                is_of_company = word in BUSINESS_WORDS or word[-1] in _COMPANY_SUFFIXES
                return not is_of_company
    return False


def _is_torn(text: str, start: int, end: int, entity_type: str) -> bool:
    """Return whether a name has a part of another word or is part of one."""
    fit = _fit(text, start, end, entity_type in _COMPANY_TYPES)
    if fit is Fit.ACROSS:
        return True
    if fit is Fit.PART and entity_type not in _TYPES_INSIDE_WORDS:
        return True
    return entity_type in _MADE_TYPES and _is_part_of_others(text, start, end)


def _is_part_of_others(text: str, start: int, end: int) -> bool:
    """Return whether a name of Han characters is a given name, or has taken a part of a word."""
    if not all(map(is_han, text[start:end])):
        return False
    return is_given_name(text, start, end) or word_list().tears_a_word(text, start, end)


def has_everyday_use(name: str) -> bool:
    """Return whether a folded name is an everyday word that words of business make a name."""
    uses = everyday_uses().get(name, ())
    return bool(uses) and not any(use.needs_context for use in uses)


def is_business(text: str, start: int, end: int) -> bool:
    """Return whether a word of business is in the sentence around `start` to `end`."""
    sentence = _sentence(text, start, end)
    return any(word in sentence for word in BUSINESS_WORDS)


def _fit(text: str, start: int, end: int, is_company: bool) -> Fit:
    """Return the fit of a name among the words of its Han run."""
    is_run_before = start > 0 and is_han(text[start - 1]) and is_han(text[start])
    is_run_after = end < len(text) and is_han(text[end]) and is_han(text[end - 1])
    if not is_run_before and not is_run_after:
        return Fit.WORDS
    words = word_list()
    if _is_sure(text[start:end]) and not words.is_office_holder(text, start, end):
        return Fit.WORDS

    return words.fit(text, start, end, is_company)


def _is_sure(name: str) -> bool:
    """Return whether a name is too long to arise by chance from two adjacent words."""
    return len(name) >= _MIN_SURE_CHARS and sum(map(is_han, name)) >= _MIN_SURE_CHARS


def _is_used(use: EverydayUse, text: str, start: int, end: int) -> bool:
    """Return whether a name has its everyday meaning, by the words beside it or the sentence."""
    first, both = word_list().following_words(text, end)
    if first in use.verbs_after:
        return not is_business(text, start, end)
    if first in use.after or both in use.after:
        return True
    before = text[max(start - _MAX_BEFORE_CHARS, 0) : start]
    if use.needs_context:
        return use.before.search(before) is not None
    if first in _COMPANY_ENDINGS or first in BUSINESS_WORDS:
        return False

    if use.before.search(before):
        return use.is_certain or not is_business(text, start, end)

    sentence = _sentence(text, start, end)
    if not any(word in sentence for word in use.nearby):
        return False

    return not is_business(text, start, end)


def _sentence(text: str, start: int, end: int) -> str:
    """Return the sentence around a name without the name, at most the limit on either side."""
    first = max(start - _MAX_SENTENCE_CHARS, 0)
    before = text[first:start]
    after = text[end : end + _MAX_SENTENCE_CHARS]
    *_, before = _SENTENCE_END.split(before)
    after, *_ = _SENTENCE_END.split(after)
    return f"{before}\n{after}"
