"""Syntax of filter values: `a|b` is any of them, a leading `!` none of them.

A backslash before `|`, `!`, `,` or another backslash makes it an ordinary character.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

MAX_VALUES = 16
"""Clauses a parameter has at most, and values a clause has at most."""

_ESCAPED = re.compile(r"\\([\\|!,])|(.)", re.DOTALL)
_RANGE = re.compile(r"(?P<first>[^.]*)(?P<open>\.\.)?(?P<last>[^.]*)")
_Bound = TypeVar("_Bound", int, date)
_Value = TypeVar("_Value", bound=str)


@dataclass(frozen=True, slots=True)
class Clause:
    """One value of a parameter: any of `values`, or none of them. All clauses must hold."""

    values: tuple[str, ...]
    negated: bool


def clauses(texts: Iterable[str]) -> list[Clause]:
    """Return the clauses of a parameter, one for each time it is passed."""
    parsed = []
    for text in texts:
        values = tuple(filter(None, split(text.removeprefix("!"), "|")))
        parsed.append(Clause(values, text.startswith("!")))

    return parsed


def split(text: str, separator: str) -> list[str]:
    """Return the parts of `text` between separators, escaped characters unescaped."""
    if "\\" not in text:
        return text.split(separator)

    parts = [""]
    for match in _ESCAPED.finditer(text):
        if match[2] == separator:
            parts.append("")
        else:
            parts[-1] += match[1] or match[2]

    return parts


def escape(value: str) -> str:
    """Return a clause whose only value is `value`."""
    plain = re.sub(r"([\\|])", r"\\\1", value)
    return f"\\{plain}" if plain.startswith("!") else plain


def matching(texts: Iterable[str], vocabulary: Sequence[_Value]) -> list[_Value]:
    """Return the values of a vocabulary for which all clauses of a parameter hold."""
    values = []
    parsed = clauses(texts)
    for value in vocabulary:
        if all((value in clause.values) != clause.negated for clause in parsed):
            values.append(value)

    return values


def mentioned(texts: Iterable[str], vocabulary: Sequence[_Value]) -> list[_Value]:
    """Return the values of a vocabulary that a clause asks for and that no clause excludes.

    Every value is asked for if all clauses are negated.
    """
    parsed = clauses(texts)
    requested: set[str] = set()
    excluded: set[str] = set()
    for clause in parsed:
        (excluded if clause.negated else requested).update(clause.values)

    if all(clause.negated for clause in parsed):
        requested.update(vocabulary)

    return [value for value in vocabulary if value in requested - excluded]


def checked_clauses(texts: list[str]) -> list[Clause]:
    """Return the clauses of a parameter. Raises ValueError for too many clauses or values."""
    if len(texts) > MAX_VALUES:
        raise ValueError(f"a parameter can be passed at most {MAX_VALUES} times")

    parsed = clauses(texts)
    for clause in parsed:
        if not 1 <= len(clause.values) <= MAX_VALUES:
            raise ValueError(f"expected 1 to {MAX_VALUES} values, separated by |")

    return parsed


Range = tuple[Any, Any]
"""First and last value, both included; None where the range is open."""


def number_range(text: str) -> Range:
    """Return the bounds of `3`, `3..7`, `3..` or `..7`. Raises ValueError."""

    def number(part: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", part):
            raise ValueError(part)

        return int(part)

    return _range(
        text,
        number,
        "a number, or a range such as 3..7, 10.. or ..5",
    )


def moment(text: str) -> datetime:
    """Return a time with an offset, or the beginning of a day in UTC. Raises ValueError."""
    try:
        # An unencoded `+` of the offset arrives as a space.
        time = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        time = None
    is_day = len(text) == len("2025-12-23")
    if time is None or (time.tzinfo is None and not is_day) or time.year == 1:
        raise ValueError(
            f"{text[:40]!r} is not valid; expected a time such as 2025-12-23T08:00:00Z, or a day"
        )
    return time.replace(tzinfo=UTC) if is_day else time.astimezone(UTC)


def day_range(text: str) -> Range:
    """Return the bounds of a day or a range of days, written YYYY-MM-DD. Raises ValueError."""

    def day(part: str) -> date:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", part):
            raise ValueError(part)

        return date.fromisoformat(part)

    examples = "2025-11-01..2025-11-30, 2025-11-01.. or ..2025-11-30"

    return _range(text, day, f"a day, or a range such as {examples}")


def _range(text: str, read: Callable[[str], _Bound], expectation: str) -> Range:
    match = _RANGE.fullmatch(text)
    try:
        if match is None or not (match["first"] or match["last"]):
            raise ValueError(text)

        first = read(match["first"]) if match["first"] else None
        if not match["open"]:
            return first, first

        last = read(match["last"]) if match["last"] else None
    except ValueError:
        raise ValueError(f"{text!r} is not valid; expected {expectation}") from None

    if first is not None and last is not None and first > last:
        raise ValueError(f"{text!r} ends before it begins; expected {last}..{first}")

    return first, last
