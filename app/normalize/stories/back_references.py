"""Stubs that say where a thing is told in full: 「技術與應用已於「模型與技術更新」詳述，此處不重複」."""

import re
from collections.abc import Mapping

from app.normalize.text.folding import fold
from app.normalize.text.idf import words

_PLACE = r"(?:前文|上文|下文|前述|前面|上述|上節|下節|上方|下方|前節|他處|其他段落|另一節|本文|本期|前期|昨日|今日焦點|[「『《〈\"'][^」』》〉\"']{1,40}[」』》〉\"'])"
_TOLD = r"(?:詳述|敘述|介紹|說明|聚焦|涵蓋|提及|提到|報導|收錄|討論|展開|述及|列出|呈現)"
# Written in either script; compared folded.
_PHRASES = (
    rf"(?:已|業已|均已)[於在](?:本文|本期)?{_PLACE}[^。；;\n]{{0,12}}{_TOLD}",
    rf"(?:詳見|詳參|參見|請見|見|參閱|參考|同){_PLACE}",
    rf"{_PLACE}[^。；;\n]{{0,8}}已[^。；;\n]{{0,4}}{_TOLD}",
    r"(?:此處|這裡|本節|恕|故)?(?:不再|不另|恕不|不)(?:重複|贅述|重述|展開|復述)",
    r"\b(?:see|as)\s(?:also\s)?(?:above|below)\b",
    r"\b(?:covered|described|detailed|discussed|explained|told)\b[^.;\n]{0,30}\b(?:above|below|elsewhere|earlier|previous section)\b",
    r"\b(?:see|already (?:covered|described|detailed|discussed|explained|told))\s+(?:in|under)\b",
    r"\bsee\s+[\"'「][^\"'」\n]{1,60}[\"'」]",
    r"\bnot repeated (?:here|below)\b",
)
_REFERENCE = re.compile(
    "|".join(fold(phrase) if not phrase.startswith(r"\b") else phrase for phrase in _PHRASES)
)
# A stub says little besides.
_LONGEST = 200
_COVERED = 0.6


def reference(text: str) -> str | None:
    """The words by which `text` refers to what is told elsewhere in its document."""
    found = _REFERENCE.search(fold(text)) if len(text) <= _LONGEST else None
    return text[found.start() : found.end()] if found else None


def referred(title: str, text: str, told: Mapping[str, str]) -> tuple[str, str] | None:
    """What a stub refers to, and by which words: the one item of `told` (id → its words) that holds most of the stub's title.

    A stub that fits several items alike refers to none.
    """
    phrase = None if reference(title) else reference(text)
    own = set(words(title))
    if phrase is None or not own or not told:
        return None
    covered = sorted(
        ((len(own.intersection(words(whole))) / len(own), item) for item, whole in told.items()),
        reverse=True,
    )
    share, item = covered[0]
    return (
        (item, phrase)
        if share >= _COVERED and (len(covered) == 1 or covered[1][0] < share)
        else None
    )
