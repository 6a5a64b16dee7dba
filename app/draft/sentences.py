"""Sentences of an article, verbatim, and those of them that no summary quotes."""

import re
from dataclasses import dataclass

from app.normalize.text.idf import words

MAX_SENTENCE_CHARS = 220
"""A longer sentence is cut after the last clause that fits, with an ellipsis."""
MAX_SENTENCES = 60
"""Sentences of one article that are considered."""
_MIN_WIDTH = 24
_HAN_WIDTH = 2
_END = re.compile(
    r"(?<=[。！？!?])[」』”’\")）]*"
    r"|(?<=[a-z0-9)\]%][.])[”’\"]?(?=\s+[\"“‘(]?[A-Z0-9\u3400-\u9fff])"
    r"|\n+"
)
_CLAUSE_END = re.compile(r"[，；、,;：:](?=.)")
_BOILERPLATE = re.compile(
    r"subscribe|newsletter|cookie|sign up|read more|click here|all rights reserved|advertisement"
    r"|photo credit|image credit|follow us|share this|privacy policy|terms of (?:use|service)"
    r"|appeared first on"
    r"|延伸閱讀|延伸阅读|圖片來源|图片来源|圖源|图源|點擊|点击|訂閱|订阅|版權|版权|轉載|转载|責任編輯|责任编辑"
    r"|關注我們|关注我们|掃碼|扫码|公眾號|公众号|廣告|本文來自|本文来自|原文連結|原文链接|查看更多",
    re.IGNORECASE,
)


# A sentence with markup could not be quoted word for word; one with an address points elsewhere.
_MARKUP = re.compile(r"[`*|]|https?://|\]\(|</?[A-Za-z!]|~~|^(?:[#>+=\-]|\d{1,3}[.)]\s)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as its article has it; `position` counts from 0."""

    text: str
    position: int

    @property
    def words(self) -> frozenset[str]:
        """The folded words."""
        return frozenset(words(self.text))

    @property
    def quotation(self) -> str:
        """The sentence, cut after a clause if it is too long."""
        if len(self.text) <= MAX_SENTENCE_CHARS:
            return self.text
        ends = [match.start() for match in _CLAUSE_END.finditer(self.text, 0, MAX_SENTENCE_CHARS)]
        end = ends[-1] if ends and ends[-1] > MAX_SENTENCE_CHARS // 3 else MAX_SENTENCE_CHARS
        return self.text[:end].rstrip() + "……"


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text that a summary may quote, in order."""
    pieces: list[str] = []
    start = 0
    for match in _END.finditer(text):
        pieces.append(text[start : match.end()])
        start = match.end()
    pieces.append(text[start:])
    result: list[Sentence] = []
    for piece in pieces:
        sentence = piece.strip()
        if _is_quotable(sentence):
            result.append(Sentence(sentence, len(result)))
        if len(result) == MAX_SENTENCES:
            break
    return result


def _is_quotable(sentence: str) -> bool:
    if not sentence or _BOILERPLATE.search(sentence) or _MARKUP.search(sentence):
        return False
    han = sum("\u3400" <= character <= "\u9fff" for character in sentence)
    is_whole = sentence[-1] in '。！？!?.」』”’")）…'
    return is_whole and len(sentence) + (_HAN_WIDTH - 1) * han >= _MIN_WIDTH
