"""Filter values: clauses, escapes and ranges."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.query.request.filter_syntax import (
    MAX_VALUES,
    Clause,
    checked_clauses,
    clauses,
    day_range,
    escape,
    matching,
    mentioned,
    number_range,
    split,
)


def test_clauses() -> None:
    assert clauses(["a", "a|b", "!a|b", "!a"]) == [
        Clause(("a",), False),
        Clause(("a", "b"), False),
        Clause(("a", "b"), True),
        Clause(("a",), True),
    ]


def test_only_a_leading_mark_negates() -> None:
    assert clauses(["a|!b", "a!"]) == [Clause(("a", "!b"), False), Clause(("a!",), False)]


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (r"AT\|T", Clause(("AT|T",), False)),
        (r"\!x", Clause(("!x",), False)),
        (r"!\!x|y\|z", Clause(("!x", "y|z"), True)),
        (r"a\\b", Clause(("a\\b",), False)),
        ("\\", Clause(("\\",), False)),
        (r"C:\n", Clause((r"C:\n",), False)),
        ("a,b", Clause(("a,b",), False)),
        ("a||b", Clause(("a", "b"), False)),
    ],
)
def test_a_backslash_escapes_a_symbol(text: str, clause: Clause) -> None:
    assert clauses([text]) == [clause]


@given(st.text(min_size=1))
@settings(derandomize=True, database=None)
def test_every_value_can_be_escaped(value: str) -> None:
    assert clauses([escape(value)]) == [Clause((value,), False)]


def test_split_by_commas() -> None:
    assert split(r"a,b\,c,,d", ",") == ["a", "b,c", "", "d"]


def test_clauses_and_values_are_limited() -> None:
    assert len(checked_clauses(["a"] * MAX_VALUES)) == MAX_VALUES
    for texts in (["a"] * (MAX_VALUES + 1), [""], ["!"], ["|".join("abcdefghijklmnopq")]):
        with pytest.raises(ValueError, match=r"at most 16 times|expected 1 to 16 values"):
            checked_clauses(texts)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("3", (3, 3)),
        ("3..7", (3, 7)),
        ("10..", (10, None)),
        ("..5", (None, 5)),
        ("0", (0, 0)),
        ("007", (7, 7)),
    ],
)
def test_number_range(text: str, bounds: Any) -> None:
    assert number_range(text) == bounds


def test_day_range() -> None:
    first, last = date(2025, 11, 1), date(2025, 11, 30)
    assert day_range("2025-11-01..2025-11-30") == (first, last)
    assert day_range("2025-11-01..") == (first, None)
    assert day_range("..2025-11-30") == (None, last)
    assert day_range("2025-11-01") == (first, first)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "a",
        "-3",
        "3...7",
        "3..4..5",
        "1e3",
        "٣",
        "9" * 16,
        "3.5",
        "7..3",
        " 3",
        "2025-11-01",
    ],
)
def test_an_invalid_range_of_numbers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not valid; expected a number|ends before it begins"):
        number_range(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "3",
        "2025-13-01",
        "2025-02-30..",
        "20251101",
        "2025-11-02..2025-11-01",
        "0000-01-01",
    ],
)
def test_an_invalid_range_of_days_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not valid; expected a day|ends before it begins"):
        day_range(text)


@pytest.mark.parametrize(
    ("texts", "all_hold", "asked_for"),
    [
        ([], ["a", "b", "c"], ["a", "b", "c"]),
        (["a|b"], ["a", "b"], ["a", "b"]),
        (["!a"], ["b", "c"], ["b", "c"]),
        (["a", "b"], [], ["a", "b"]),
        (["a|b", "!b"], ["a"], ["a"]),
        (["a", "!a"], [], []),
    ],
)
def test_clauses_choose_from_a_vocabulary(
    texts: list[str], all_hold: list[str], asked_for: list[str]
) -> None:
    assert matching(texts, ["a", "b", "c"]) == all_hold
    assert mentioned(texts, ["a", "b", "c"]) == asked_for
