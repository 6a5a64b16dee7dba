"""NDJSON lines to CSV. Pure.

A spreadsheet would calculate `=1+1`, so every CSV has an apostrophe before such texts. It would
also turn `0017` into 17 and `24/7` into a day, so a CSV that is asked for it has one before these,
too.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from app.render.files.columns import Column, FlatColumn, flat

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Full-width signs begin a formula in East Asian versions of Excel.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")
_SIGNED = re.compile(r"[+-]\d+(?:\.\d+)?(?:[eE][+-]?\d+)?%?", re.ASCII)
# Digits among signs: numbers, fractions, amounts, times and days, also as Chinese writes them.
_NUMBER = re.compile(
    r"(?=\D*\d)[\d\s.,:;/%$€£¥￥°()+\-–年月日號号時时點点分秒]+(?:[eE][+-]?\d+%?)?"
    r"(?:(?<=[\d\s])[aApP][mM]?)?"
)
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DAY = re.compile(
    rf"(?=\D*\d)\d{{0,4}}[\s./-]{{0,3}}(?:{_MONTHS})[\s./-]{{0,3}}\d{{0,4}}"
    r"(?:[\s,]{1,3}\d{2,4})?",
    re.IGNORECASE,
)
_TRUTH = re.compile("true|false", re.IGNORECASE)
# pyarrow reads files block by block and takes no line break inside a cell.
_LINE_BREAK = re.compile(r"\s*[\r\n]+\s*")


def blocks(
    lines: Iterable[bytes],
    columns: tuple[Column, ...],
    row: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    *,
    spreadsheet: bool = False,
) -> Iterator[bytes]:
    """Yield a CSV with a header: null is an empty cell, a list is JSON, a line break a space.

    A text that begins like a formula follows an apostrophe.
    `row` makes a row of a line. Columns of objects are taken apart: `importance_level`.
    """
    cells = flat(columns)
    header = _text([[cell.column.name for cell in cells]])
    yield BYTE_ORDER_MARK + header if spreadsheet else header
    for block in lines:
        rows = []
        for line in block.splitlines():
            values = orjson.loads(line)
            rows.append(list(_values(row(values) if row else values, cells, spreadsheet)))
        yield _text(rows)


def _values(row: dict[str, Any], cells: list[FlatColumn], spreadsheet: bool) -> Iterator[Any]:
    for cell in cells:
        value: Any = row
        for name in cell.path:
            value = value[name] if value is not None else None
        if isinstance(value, bool):
            yield "true" if value else "false"
        elif isinstance(value, list):
            yield orjson.dumps(value).decode()
        elif isinstance(value, str):
            text = _LINE_BREAK.sub(" ", value)
            if cell.column.kind == "string":
                text = shown_as_text(text) if spreadsheet else inert(text)
            yield text
        else:
            yield value


def inert(text: str) -> str:
    """Return a text that a spreadsheet does not calculate; `-5` and other numbers stay."""
    if _FORMULA.match(text) and not _SIGNED.fullmatch(text):
        return f"'{text}"
    return text


def shown_as_text(text: str) -> str:
    """Return a text that a spreadsheet neither calculates nor takes for a number or a day."""
    if _FORMULA.match(text):
        return f"'{text}"
    stripped = text.strip()
    if any(pattern.fullmatch(stripped) for pattern in (_NUMBER, _DAY, _TRUTH)):
        return f"'{text}"
    return text


def _text(rows: list[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
