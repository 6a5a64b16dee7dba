"""The values of a filter: `a|b` is any of them, a leading `!` none of them; a backslash before a sign takes it as it is."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

MAX_VALUES = 16

_SIGNS = re.compile(r"\\([\\|!,])|(.)", re.DOTALL)
_RANGE = re.compile(r"(?P<first>[^.]*)(?P<open>\.\.)?(?P<last>[^.]*)")
_Bound = TypeVar("_Bound", int, date)


@dataclass(frozen=True, slots=True)
class Clause:
    """`a|b` is any of the values, `!a|b` none of them; several clauses all hold."""

    values: tuple[str, ...]
    negated: bool


def clauses(given: Iterable[str]) -> list[Clause]:
    """The clauses of a parameter's values, one each."""
    return [
        Clause(tuple(v for v in split(value.removeprefix("!"), "|") if v), value.startswith("!"))
        for value in given
    ]


def split(text: str, mark: str) -> list[str]:
    """The parts of `text` between the marks; what a backslash stands before (`|`, `!`, `,`, itself) is no mark."""
    if "\\" not in text:
        return text.split(mark)
    parts = [""]
    for sign in _SIGNS.finditer(text):
        if sign[2] == mark:
            parts.append("")
        else:
            parts[-1] += sign[1] or sign[2]
    return parts


def escape(value: str) -> str:
    """`value` as a clause that means it alone."""
    plain = re.sub(r"([\\|])", r"\\\1", value)
    return f"\\{plain}" if plain.startswith("!") else plain


def counted(given: list[str]) -> list[str]:
    """`given`, if there are no more clauses and values than are taken."""
    if len(given) > MAX_VALUES:
        raise ValueError(f"a parameter is given at most {MAX_VALUES} times")
    if any(not clause.values or len(clause.values) > MAX_VALUES for clause in clauses(given)):
        raise ValueError(f"between 1 and {MAX_VALUES} values stand in one parameter, parted by |")
    return given


Range = tuple[Any, Any]
"""From, to; both included, None where it is open."""


def number_range(text: str) -> Range:
    """`3`, `3..7`, `3..`, `..7`."""

    def number(part: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", part):
            raise ValueError(part)
        return int(part)

    return _range(text, number, "a number, or a range such as 3..7, 10.. or ..5")


def day_range(text: str) -> Range:
    """The same of days."""

    def day(part: str) -> date:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", part):
            raise ValueError(part)
        return date.fromisoformat(part)

    return _range(
        text, day, "a day, or a range such as 2025-11-01..2025-11-30, 2025-11-01.. or ..2025-11-30"
    )


def _range(text: str, read: Callable[[str], _Bound], wanted: str) -> Range:
    found = _RANGE.fullmatch(text)
    try:
        if found is None or not (found["first"] or found["last"]):
            raise ValueError(text)
        first = read(found["first"]) if found["first"] else None
        if not found["open"]:
            return first, first
        last = read(found["last"]) if found["last"] else None
    except ValueError:
        raise ValueError(f"{text!r} is no range; give {wanted}") from None
    if first is not None and last is not None and first > last:
        raise ValueError(f"{text!r} ends before it begins; give {last}..{first}")
    return first, last
