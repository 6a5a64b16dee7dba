"""Amounts of a text as values, alike in all languages: 681 億 and 68.1 billion are one amount."""

import re
from collections.abc import Mapping

from app.normalize.text.folding import fold
from app.normalize.text.idf import numbers

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
# Identifiers of arXiv, and days and months, are no figures.
_NO_FIGURE = re.compile(r"\d{4}\.\d{4,5}(?:v\d+)?|\d{1,2}\s*[月日号](?!均)")
_AMOUNT = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(万亿|千万|百万|兆(?!瓦)|亿|万"
    r"|(?:trillion|billion|million|bn)\b)"
)


def amounts(text: str) -> frozenset[str]:
    """Return the amounts of a text that have a unit of magnitude, to three digits: `6.81e+10`."""
    values = set()
    for number, unit in _AMOUNT.findall(fold(text)):
        values.add(_value(number, _VALUES[unit]))
    return frozenset(values)


def figures(text: str) -> frozenset[str]:
    """Return all numbers of a text as values, those with a unit of magnitude as amounts.

    Identifiers of arXiv, days and months are none.
    """
    plain = _NO_FIGURE.sub(" ", fold(text))
    rest = _AMOUNT.sub(" ", plain)
    values = set(amounts(plain))
    for number in numbers(rest):
        if number.replace(".", "", 1).isdigit():
            values.add(_value(number, 1.0))
    return frozenset(values)


def _value(number: str, unit: float) -> str:
    return f"{float(number.replace(',', '')) * unit:.2e}"
