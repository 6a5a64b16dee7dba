"""Importance as a label, its level and the reason given beside it."""

import re
from collections.abc import Mapping

from app.parse.draft import Importance, TextSpan
from app.parse.kinds import Level
from app.parse.vocabulary import importance_level, is_rating_label

_REASON = re.compile(r"\s*(?:——|—|–|－|\s-+\s|-{2,}|：|:|；|;|。|，|,|\||｜|→|\n)\s*|\s+(?=\S)")
_RATED = re.compile(
    r"^(?:[★⭐🌟✦☆✩\ufe0f]+(?:\s*[（(]\s*\d+(?:\.\d+)?\s*/\s*\d+\s*[）)])?"
    r"|\d+(?:\.\d+)?\s*/\s*\d+|\d+(?:\.\d+)?\s*(?:points?|pts|分)(?!\w))"
)
_GLOSSED = re.compile(
    r"^(?P<word>[^（(]+?)\s*[（(](?P<inner>.+)[）)]\s*$",
    re.DOTALL,
)
_BESIDE_RATING = re.compile(r"\s*[（(](?P<word>[^（()）]{1,12})[）)]")
_LABEL_WINDOW_CHARS = 80
_RATING_EDGES = " \t　—–-－：:；;，,。|｜"


def is_rated_field(label: str, text: str) -> bool:
    """Return whether a label such as Score or 熱度 precedes a rating and nothing else."""
    rated = _RATED.match(text.strip("*_` "))
    if rated is None or not is_rating_label(label):
        return False
    return not _BESIDE_RATING.sub("", text.strip("*_` ")[rated.end() :]).strip(_RATING_EDGES)


def _stated_importance(text: str, span: TextSpan, levels: Mapping[str, Level]) -> Importance | None:
    """Return the importance whose label, the longest first, a text begins with."""
    for label, level in levels.items():
        following = text[len(label) : len(label) + 1]
        longer = following == label[-1:] or (following.isalnum() and label[-1:].isalnum())
        if text.startswith(label) and not longer:
            reason = text[len(label) :].strip(_RATING_EDGES)
            return Importance(level, label, reason or None, span)
    return None


def read_importance(
    text: str, span: TextSpan, levels: Mapping[str, Level] | None = None
) -> Importance:
    """Return `高 — reason`, `高（High）`, `★★☆：reason`: label as written, level, reason.

    The longest start of the text whose words name a level is the label; unknown words are a label
    of no level. `levels` of a dialect come before all else.
    """
    text = text.strip()
    stated = _stated_importance(text, span, levels) if levels else None
    if stated:
        return stated
    rated = _RATED.match(text)
    if rated:
        # `8/10（高）`: the word says what the number means here.
        beside = _BESIDE_RATING.match(text, rated.end())
        level = importance_level(beside["word"]) if beside else None
        end = beside.end() if beside and level else rated.end()
        label, reason = (
            text[:end],
            text[end:].lstrip(_RATING_EDGES),
        )
    else:
        level = None
        label, reason = _split_reason(text)
    gloss = _GLOSSED.match(label) if len(label) <= _LABEL_WINDOW_CHARS else None
    if gloss and not importance_level(gloss["inner"]) and importance_level(gloss["word"]):
        label = gloss["word"]
        reason = f"{gloss['inner']}\n{reason}" if reason else gloss["inner"]
    label = label.lstrip("*_` \t\n").rstrip("*_` \t\n。．.") or label
    return Importance(
        level or importance_level(label),
        label,
        reason.strip() or None,
        span,
    )


def _split_reason(text: str) -> tuple[str, str]:
    """Split unrated text at the last separator before which the words name a level."""
    label, reason = text, ""
    if importance_level(text):
        return label, reason
    first = True
    for match in _REASON.finditer(text[:_LABEL_WINDOW_CHARS]):
        head = text[: match.start()]
        opened = head.count("（") + head.count("(")
        closed = head.count("）") + head.count(")")
        if head and opened <= closed and (first or importance_level(head)):
            label, reason = (
                head,
                text[match.end() :],
            )
            first = False
    return label, reason
