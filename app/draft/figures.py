"""Amounts of a text as values, alike in all languages: 681 億 and 68.1 billion are one amount."""

import re
from collections.abc import Mapping

from app.normalize.text.folding import fold

_VALUES: Mapping[str, float] = {
    "兆": 1e12,
    "万亿": 1e12,
    "trillion": 1e12,
    "亿": 1e8,
    "billion": 1e9,
    "bn": 1e9,
    "千万": 1e7,
    "百万": 1e6,
    "million": 1e6,
    "万": 1e4,
}
_AMOUNT = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(万亿|千万|百万|兆(?!瓦)|亿|万"
    r"|(?:trillion|billion|million|bn)\b)"
)


def amounts(text: str) -> frozenset[str]:
    """Return the amounts of a text that have a unit of magnitude, to three digits: `6.81e+10`."""
    values = set()
    for number, unit in _AMOUNT.findall(fold(text)):
        value = float(number.replace(",", "")) * _VALUES[unit]
        values.add(f"{value:.2e}")
    return frozenset(values)
