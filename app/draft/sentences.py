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
# 點擊, 廣告, 訂閱 and 版權 are subjects of news as well: only the phrases of a page are none.
_BOILERPLATE = re.compile(
    r"\bsubscribe (?:to (?:our|the|this)|now|here|today)|\bour newsletter|\bcookie policy"
    r"|\b(?:uses?|accept) cookies|\bsign up (?:for|to) (?:our|the|this)|^sign up\b|\bread more\b"
    r"|click here|all rights reserved|^advertisement|photo credit|image credit|follow us|share this"
    r"|privacy policy|terms of (?:use|service)|appeared first on"
    r"|延伸閱讀|延伸阅读|圖片來源|图片来源|圖源|图源|責任編輯|责任编辑"
    r"|[點点][擊击](?:此|這|这|下方|上方|連結|链接|閱讀|阅读|查看|觀看|观看|原文|關注|关注|標題|标题)"
    r"|[請请歡欢迎即費费][訂订][閱阅]|[訂订][閱阅](?:我|本|電子報|电子报|頻道|频道)|版[權权](?:所有|聲明|声明|歸|归)"
    r"|轉載自|转载自|[請请止迎經经權权][^，。]{0,4}[轉转][載载]|[轉转][載载][請请須须]"
    r"|^[【\[（(]?[廣广]告(?:[】\]）)]|$|[:：])"
    r"|關注我們|关注我们|掃碼|扫码|公眾號|公众号|本文來自|本文来自|原文連結|原文链接|查看更多",
    re.IGNORECASE,
)
# A sentence that begins so says nothing without the one before it.
_BACK_REFERENCE = re.compile(
    r"^[「『“\"]?(?:(?:這|这|該|该|此[^次間间外後后]|其(?!實|实)|同日|同時|同时|目前|此前|不過|不过|但是?|然而|因此|所以"
    r"|隨後|随后|他們|他们|她|他(?!國|国)|它|雙方|双方|兩者|两者|兩款|两款|[對对]此)"
    r"|(?:instead|however|but|this|these|that|those|it|its|they|their|he|his|she|her|both|then"
    r"|meanwhile|the (?:company|firm|startup|deal|move|model|plan|program|chip|agreement|system)"
    r"(?:'s|’s)?)\b)",
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
    def refers_back(self) -> bool:
        """Whether it begins with a word for what the sentence before it says: 該公司, Instead."""
        return bool(_BACK_REFERENCE.match(self.text))

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
