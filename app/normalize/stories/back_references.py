"""Back references: stubs that only refer to the full report of a story.

Example: 「技術與應用已於「模型與技術更新」詳述，此處不重複」.
"""

import re
from collections.abc import Mapping

from app.normalize.text.folding import fold
from app.normalize.text.idf import words

MAX_STUB_CHARS = 200
"""A longer text has a story of its own."""

_PLACE = (
    r"(?:前文|上文|下文|前述|前面|上述|上節|下節|上方|下方|前節|他處|其他段落|另一節"
    r"|本文|本期|前期|昨日|今日焦點|[「『《〈\"'][^」』》〉\"']{1,40}[」』》〉\"'])"
)
_TOLD = r"(?:詳述|敘述|介紹|說明|聚焦|涵蓋|提及|提到|報導|收錄|討論|展開|述及|列出|呈現)"
_TOLD_IN_ENGLISH = r"(?:covered|described|detailed|discussed|explained|told)"
_ELSEWHERE = r"(?:above|below|elsewhere|earlier|previous section)"
# Matched against folded text, so either Han script matches.
_HAN_PHRASES = (
    rf"(?:已|業已|均已)[於在](?:本文|本期)?{_PLACE}[^。；;\n]{{0,12}}{_TOLD}",
    rf"(?:詳見|詳參|參見|請見|見|參閱|參考|同){_PLACE}",
    rf"{_PLACE}[^。；;\n]{{0,8}}已[^。；;\n]{{0,4}}{_TOLD}",
    r"(?:此處|這裡|本節|恕|故)?(?:不再|不另|恕不|不)(?:重複|贅述|重述|展開|復述)",
)
_ENGLISH_PHRASES = (
    r"\b(?:see|as)\s(?:also\s)?(?:above|below)\b",
    rf"\b{_TOLD_IN_ENGLISH}\b[^.;\n]{{0,30}}\b{_ELSEWHERE}\b",
    rf"\b(?:see|already {_TOLD_IN_ENGLISH})\s+(?:in|under)\b",
    r"\bsee\s+[\"'「][^\"'」\n]{1,60}[\"'」]",
    r"\bnot repeated (?:here|below)\b",
)
_PHRASE = re.compile("|".join([*map(fold, _HAN_PHRASES), *_ENGLISH_PHRASES]))
_MIN_TITLE_SHARE = 0.6


def back_reference(text: str) -> str | None:
    """Return the words by which a stub refers elsewhere in its document; None for other texts."""
    if len(text) > MAX_STUB_CHARS:
        return None

    match = _PHRASE.search(fold(text))
    if match is None:
        return None

    # Folding keeps the length, so offsets are those of the text.
    return text[match.start() : match.end()]


def referred_item(title: str, text: str, items: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the id of the item that a stub refers to, and the words that refer to it.

    `items` maps ids to texts. The item must contain at least 0.6 of the stub's title words;
    a stub that fits two items equally refers to none.
    """
    if back_reference(title):
        return None

    phrase = back_reference(text)
    if phrase is None:
        return None

    item = _best_match(set(words(title)), items)
    if item is None:
        return None

    return item, phrase


def _best_match(title_words: set[str], items: Mapping[str, str]) -> str | None:
    if not title_words or not items:
        return None

    shares = []
    for item, text in items.items():
        common = title_words.intersection(words(text))
        share = len(common) / len(title_words)
        shares.append((share, item))

    shares.sort(reverse=True)
    best_share, best_item = shares[0]
    if best_share < _MIN_TITLE_SHARE:
        return None

    is_tied = len(shares) > 1 and shares[1][0] == best_share
    return None if is_tied else best_item
