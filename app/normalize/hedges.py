"""Claims that a text itself marks as uncertain: guessed, undisclosed, or only claimed.

A hedge is a word or phrase of the text (`（推測）`, `未公開`, `宣稱`, `reportedly`); nothing is inferred. It
is refused where it is denied (`並未宣稱`), part of a compound with another meaning (`推測解碼`, `數據傳輸`),
or a function of a thing (`用來推測意圖`). A possibility (`可能`, `預計`, `may`) is no hedge: everyone speaks
of the future that way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from app.normalize.kinds import Certainty
from app.normalize.text.folding import fold

_MAX_SENTENCE_SIDE_CHARS = 160
"""Longest part of a sentence shown before a hedge, and after it."""
_SENTENCE_END = re.compile(r"[。！？!?；;\r\n]|\.(?=\s)")


@dataclass(frozen=True, slots=True)
class Hedge:
    """A marked claim: its kind, and the characters of the words that mark it, the end exclusive."""

    kind: Certainty
    start: int
    end: int


# Patterns are written in traditional characters, without capitals and full-width marks, and folded
# like the text. A line break in a pattern is only layout.
_GUESSED = r"""
[(\[]\s*(?:可能)?(?:推[測論估]?|猜測?|臆測|估計?|疑似?|暫定|speculati(?:ve|on)|speculated|guess(?:ed)?|inferred
|presumed|estimated|tbc)\s*[)\]]
|(?:推測|猜測|揣測|臆測)(?=[)\]])
|(?:推測|(?<!的)猜測|揣測|臆測)(?!式|性|解碼|譯碼|執行|採樣|取樣|抽樣|生成|推理|推論|算法|演算法|草稿|頭|出|密碼|口令|攻擊(?!者)|遊戲|引擎|路徑|步|下一
|缺)
|疑似(?!度)
|(?<![質懷嫌存釋置可無有遲猜涉])疑(?=為|遭|因|達|涉)
|(?<![數證根依論票單收憑佔占盤割拮考語])據信(?!號|任|息|用|心)
|\b(?:speculate[sd]? that|speculation that|presumably|suspected of|best guess|our guess
|educated guess)\b
"""
_UNDISCLOSED = r"""
(?:尚|仍)?未(?:被|獲|予|曾|有|對外|完整|完全|進一步)?(?:公開(?!發行|發售|上市|招股|募集)|披露|揭露|透露|公布|公佈|詳述|詳細說明|說明細節|說明原因|明言)
|未[在於].{1,12}(?:公開|披露|揭露|詳述|說明|提及|交代)
|(?:暫不|不予|暫未)(?:公開|公布|公佈|披露|透露)
|未說明
|未提供(?:更多|進一步|任何|具體|相關|詳細|技術|實作|的){0,3}(?:細節|數據|資訊|信息|詳情)
|缺乏(?:公開|對外)的?(?:技術|實作|官方|具體)?細節
|(?:拒絕|不願|不肯|婉拒|拒不)(?:對外)?(?:透露|公開|披露|揭露)
|\bundisclosed\b
|\b(?:not|never|yet to)\s+(?:(?:yet|been|be|publicly|fully|immediately)\s+){0,3}(?:disclosed?
|reveal(?:ed)?|divulged?|specified|made public|detailed)\b
|n't\s+(?:(?:yet|been|publicly|fully|immediately)\s+){0,3}(?:disclosed?|reveal(?:ed)?|divulged?
|made public)\b
|\b(?:declined?s?|refuse[sd]?) to (?:disclose|reveal|specify|share details)\b
|\bdetails (?:are|were|remain) (?:unavailable|unknown|scarce)\b
"""
_CLAIMED = r"""
[(\[]\s*(?:據?傳|[待未]證實|rumou?red|unconfirmed)\s*[)\]]
|宣稱(?!者)|聲稱|號稱|自稱|標榜|妄稱|辯稱|謊稱
|(?:(?<=[a-z0-9])|(?<=[a-z0-9][ )])|(?<=[ )][也則亦])|(?<=官方|公司|團隊|作者|報告|報導|論文|研究|人士|外媒|消息|爆料|機構|組織
|律師)|(?<=發言人|創辦人|執行長|負責人|分析師|開發者))稱(?![為之作呼號霸讚職謂得重])(?![其此它](?:.{0,6}[為作]|["「『]))
|(?<![數證根依論票單收憑佔占盤割拮考語])據(?:稱|傳(?!統|輸|送|遞|播|感|回|承|真|入|出|導|染)|悉|聞|說(?!明)|報(?:導|道)|.{1,12}(?:報導|報道
|引述)|報(?!告|表|名|價|稅|酬|警|錯|文|頭)|知情人士|消息人士|爆料|外媒)
|(?:近期|近日|日前|市場|業界|外媒|坊間|媒體)傳出
|(?:知情|消息)人士(?:透露|指出|表示)|尚待證實|傳聞(?!證據|法則)|傳言|盛傳|謠傳
|涉嫌
|(?:未[經獲]|尚未|未)證實
|\b(?:reportedly|allegedly|purported(?:ly)?|supposedly|unconfirmed|self-reported)\b
|\balleges?\b|\balleged\b
|\brumou?r(?:s|ed)?\b(?! (?:detection|verification|classification|mill))
|\b(?:is|are|was|were) (?:said|reported|rumou?red) to\b
|\bclaim(?:s|ed|ing)? (?:that|to|it|its|they|their|he|she|up to|over|more than|(?=\d))\b
|\bunverified (?:claims?|reports?)\b
"""
_PATTERNS: dict[Certainty, str] = {
    "guessed": _GUESSED,
    "undisclosed": _UNDISCLOSED,
    "claimed": _CLAIMED,
}


def _folded(pattern: str) -> str:
    """Return a pattern for folded text, without its line breaks."""
    one_line = "".join(pattern.splitlines())
    return fold(one_line)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_folded(pattern))


# What a hedge begins with: most characters are settled by one look, which is eight times as fast.
_FIRST_CHARS = re.escape(
    fold("([推猜揣臆疑據尚仍未暫不缺拒婉宣聲號自標妄辯謊稱近日市業外坊媒知消傳謠盛涉")
)
_FIRST_LETTERS = "sp|su|se|gu|pr|pu|be|ou|ed|un|no|ne|ye|de|re|ru|al|is|ar|wa|we|cl"
KIND_PATTERNS = [f"(?P<{kind}>{_folded(pattern)})" for kind, pattern in _PATTERNS.items()]
HEDGE_PATTERN = re.compile(
    rf"(?=[{_FIRST_CHARS}]|n't|\b(?:{_FIRST_LETTERS}))(?:{'|'.join(KIND_PATTERNS)})"
)
# Words right before a hedge that deny it.
_DENIAL = _compiled(r"""
(?:並未|從未|未曾|未|沒有|沒|不|並非|絕非|非|不是|無法|不能|難以|無從|不難|否認|不得|不應|不可|禁止|避免)(?:再|曾|敢|會|能)?\s*$
|(?:\bnot|n't|\bnever|\bno longer|\bwithout|\bno)\s+(?:\w{1,12}\s+)?$
""")
# Words right before a hedge that make it the function of a thing.
_FUNCTION = _compiled(r"""
(?:用於|用來|用以|藉以|以|來|去|能夠|能|進行|自動|如何|負責|幫助|協助|模型|系統|ai|演算法|算法|代理|助手|攻擊者|工具|讓.{1,6}|反向
|偵測|檢測|識別|辨識|標記|標示|過濾|篩選|攔截|回報|通報|封鎖|判斷|隔離|移除|處理)(?:出|並|到)?\s*$
""")
# Words right before a claim that make it a thing to be regulated or tested.
_REGULATED = _compiled(r"(?:不實|虛假|誇大|健康|功效|療效|廣告|行銷|環保|環境|專利)的?\s*$")
_CONTEXT_CHARS = 16
# A word alone in quotes is a word under discussion.
_OPENING_QUOTES = tuple("「『《\"'")
_CLOSING_QUOTES = tuple("」』》\"'")


def find_hedges(folded: str) -> Iterator[Hedge]:
    """Yield the hedges in a folded text (`fold`), in order, none overlapping another."""
    for match in HEDGE_PATTERN.finditer(folded):
        start, end = match.span()
        if _is_quoted(folded, start, end):
            continue

        kind = cast(Certainty, match.lastgroup)
        context_start = max(0, start - _CONTEXT_CHARS)
        context = folded[context_start:start]
        surface = match.group()
        if _is_refused(kind, surface, context):
            continue

        yield Hedge(kind, start, end)


def _is_quoted(folded: str, start: int, end: int) -> bool:
    """Return whether quotes enclose exactly the characters `start` to `end`."""
    before = folded[start - 1 : start]
    if before not in _OPENING_QUOTES:
        return False

    after = folded[end : end + 1]
    return after in _CLOSING_QUOTES


def _is_refused(kind: Certainty, surface: str, context: str) -> bool:
    """Return whether the words before a hedge change its meaning."""
    if kind == "undisclosed":
        return context.endswith(("非", "不是"))
    # No word before a hedge in brackets changes it.
    if surface.startswith(("(", "[")):
        return False
    if _DENIAL.search(context):
        return True

    other_meaning = _FUNCTION if kind == "guessed" else _REGULATED
    return bool(other_meaning.search(context))


def sentence(text: str, start: int, end: int, first: int, last: int) -> str:
    """Return the sentence around characters `start` to `end` of `text`.

    It lies within characters `first` to `last`, and is cut 160 characters before `start` and after
    `end`.
    """
    earliest = start - _MAX_SENTENCE_SIDE_CHARS
    first = max(first, earliest)
    before = text[first:start]
    opening = first
    for sentence_end in _SENTENCE_END.finditer(before):
        opening = first + sentence_end.end()

    latest = end + _MAX_SENTENCE_SIDE_CHARS
    closing = min(last, latest)
    after = text[end:closing]
    sentence_end_after = _SENTENCE_END.search(after)
    if sentence_end_after:
        closing = end + sentence_end_after.end()

    return text[opening:closing].strip()
