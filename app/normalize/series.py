"""The title of a series from the titles of its issues: what they share besides their days. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = re.compile(
    r"20\d{2}\s*(?:[-/._]|年)\s*\d{1,2}\s*(?:[-/._]|月)\s*\d{1,2}日?|(?<!\d)20\d{6}(?!\d)"
    r"|(?<!\d)\d{1,2}[-/.]\d{1,2}(?![-/.]?\d)"
    rf"|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+20\d{{2}}"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\s+20\d{{2}}"
    r"|\d{1,2}\s*月\s*\d{1,2}\s*日",
    re.IGNORECASE,
)
"""A day as titles write it."""
_NUMBER = re.compile(r"第\s*\d+\s*[期回号號]|(?:issue|vol\.?|no\.?|#)\s*\d+", re.IGNORECASE)
_TAG = re.compile(
    r"[（(【\[]\s*(?:[a-z]{2}(?:-[a-z]+)?|[週周星期禮拜]*[一二三四五六日天])?\s*[)）】\]]",
    re.IGNORECASE,
)
"""Brackets around a language, a weekday or nothing: `(ZH)`, `（週二）`."""
_EDGES = re.compile(r"^[\W_]+|[^\w)）」』】\]!?！？]+$")
MIN_SHARE = 2 / 3
"""Share of the issues that have the title."""


def shared_title(titles: Sequence[str]) -> str | None:
    """Return the title that two thirds of `titles`, and at least two, have besides their days."""
    counts = Counter(filter(None, map(_without_day, titles)))
    for title, count in counts.most_common(1):
        if count >= max(2, MIN_SHARE * len(titles)):
            return title
    return None


def _without_day(title: str) -> str:
    """Return a title without its day, number, language and the signs around them."""
    for pattern in (_DAY, _NUMBER, _TAG):
        title = pattern.sub(" ", title)
    return _EDGES.sub("", " ".join(title.split()))
