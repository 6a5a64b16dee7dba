"""Amounts of a text as values, alike in all languages: 681 億 and 68.1 billion are one amount."""

import re
from collections.abc import Iterable, Mapping

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
_NO_FIGURE = re.compile(
    r"\d{4}\.\d{4,5}(?:v\d+)?|\d{1,2}\s*[月日号](?!均)"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?\b"
)
_AMOUNT = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(万亿|千万|百万|兆(?!瓦)|亿|万"
    r"|(?:trillion|billion|million|bn)\b)"
)

# 1.6T and 284B are sizes of models; 4TB and 4K are none.
_SIZE = re.compile(r"(?<![a-z\d.,])(\d+(?:\.\d+)?)([tb])(?![a-z])")
_SIZE_UNITS: Mapping[str, float] = {"t": 1e12, "b": 1e9}
_TENTHS = re.compile(r"([一二两三四五六七八九])成(五)?(?![立为功员])")
_HAN_NUMBER = re.compile(
    r"(?<![\d一二两三四五六七八九十百千万亿])[一二两三四五六七八九十百千万]{2,}"
)
_DIGITS = {character: value for value, character in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1_000}
# 51 萬 and about 512,000 are one figure; 2026 and 2027 are not.
_TOLERANCE, _LEAST_ROUNDED = 0.01, 10_000


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
    rest = _SIZE.sub(" ", _AMOUNT.sub(" ", plain))
    values = set()
    for number, unit in _AMOUNT.findall(plain):
        values.add(_figure(number, _VALUES[unit]))
    for number, unit in _SIZE.findall(plain):
        values.add(_figure(number, _SIZE_UNITS[unit]))
    for tenths, half in _TENTHS.findall(rest):
        values.add(_figure(f"{_DIGITS[tenths] * 10 + 5 * bool(half)}", 1.0))
    for match in _HAN_NUMBER.finditer(rest):
        values.add(_figure(f"{_han_value(match[0])}", 1.0))
    for number in numbers(rest):
        if number.replace(".", "", 1).isdigit():
            values.add(_figure(number, 1.0))
    return frozenset(values)


def unknown(stated: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the figures `stated` that are not among `known`; large ones may be rounded."""
    values = [float(figure) for figure in known]
    new = []
    for figure in stated:
        if not any(_are_one(float(figure), value) for value in values):
            new.append(figure)
    return new


def _figure(number: str, unit: float) -> str:
    """Return a figure to four digits, which tell years apart."""
    return f"{float(number.replace(',', '')) * unit:.3e}"


def _are_one(first: float, second: float) -> bool:
    if min(first, second) < _LEAST_ROUNDED:
        return first == second
    return abs(first - second) <= _TOLERANCE * max(first, second)


def _han_value(number: str) -> float:
    """Return the value of a number in Chinese characters: 八千 is 8,000."""
    total = part = digit = 0
    for character in number:
        if character == "万":
            total = (total + part + digit or 1) * 10_000
            part = digit = 0
        elif character in _PLACES:
            part += (digit or 1) * _PLACES[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return float(total + part + digit)


def _value(number: str, unit: float) -> str:
    return f"{float(number.replace(',', '')) * unit:.2e}"
