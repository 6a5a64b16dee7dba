"""A cursor is read back by its own list only; nothing else is a cursor."""

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import BadRequest
from app.query.request.cursors import Position, decode_cursor, encode_cursor, scope_hash

VALUES = st.one_of(
    st.none(), st.integers(-(2**53), 2**53), st.text(), st.floats(allow_nan=False, width=32)
)


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.lists(VALUES, max_size=5), st.one_of(st.none(), st.integers(0, 10**18 - 1)), st.text())
def test_a_position_is_read_back(key: list[Any], snapshot: int | None, scope: str) -> None:
    key = [value for value in key if not (isinstance(value, float) and abs(value) == float("inf"))]
    assert decode_cursor(encode_cursor(scope, key, snapshot), scope) == Position(key, snapshot)


def test_a_cursor_of_another_scope_is_refused() -> None:
    cursor = encode_cursor("items", [1])
    with pytest.raises(BadRequest, match="belongs to another list, filter or order"):
        decode_cursor(cursor, "entities")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!",
        "A" * 43,
        "====",
        "%00",
        "é",
        "../..",
        "null",
        "0" * 1999,
        base64.urlsafe_b64encode(b"\xff" * 40).decode(),
        "A" * 5000,
    ],
)
def test_garbage_is_refused(cursor: str) -> None:
    with pytest.raises(BadRequest, match=r"Invalid cursor\. Pass meta\.next_cursor unchanged\."):
        decode_cursor(cursor, "items")


def test_a_changed_cursor_is_refused() -> None:
    cursor = encode_cursor("items", [1, "title"], 7)
    for index in range(0, len(cursor), 7):
        other = "A" if cursor[index] != "A" else "B"
        for changed in (
            cursor[:index] + other + cursor[index + 1 :],
            cursor[:index] + "!" + cursor[index:],
            cursor[:index] + cursor[index + 1 :],
        ):
            with pytest.raises(BadRequest):
                decode_cursor(changed, "items")
    for changed in (cursor + "=", cursor + "A", cursor * 2, cursor.swapcase(), cursor + "\n"):
        with pytest.raises(BadRequest):
            decode_cursor(changed, "items")


@pytest.mark.parametrize("snapshot", [-1, 10**18, True, "1", 1.5, [1]])
def test_a_snapshot_is_a_number_of_a_briefing(snapshot: Any) -> None:
    cursor = encode_cursor("items", [1], snapshot)
    with pytest.raises(BadRequest, match="Invalid cursor"):
        decode_cursor(cursor, "items")


def test_scopes_have_their_own_hash() -> None:
    assert scope_hash("a") == scope_hash("a")
    assert scope_hash("a") != scope_hash("b")
