"""Errors and the wording of invalid values."""

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from app import errors
from app.errors import AppError, expectation


@pytest.mark.parametrize(
    "error",
    [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, AppError)
    ],
)
def test_every_error_has_status_and_title(error: type[AppError]) -> None:
    raised = error("Said so.", [{"parameter": "q", "message": "no"}])
    assert str(raised) == "Said so."
    assert 400 <= raised.status < 600
    assert raised.code == raised.code.lower().replace(" ", "-")
    assert raised.title
    assert raised.errors[0]["parameter"] == "q"
    assert error("x").errors == []


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in AppError.__subclasses__()]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (int, "x", "expected an integer"),
        (int, "1.5", "expected an integer"),
        (date, "tomorrow", "expected a date as YYYY-MM-DD"),
        (bool, "maybe", "expected true or false"),
        (float, "x", "expected a number"),
        (Literal["high", "low"], "huge", "expected one of: high, low"),
        (Annotated[int, Field(ge=1)], 0, "expected at least 1"),
        (Annotated[int, Field(le=100)], 101, "expected at most 100"),
        (Annotated[float, Field(gt=0)], 0, "expected more than 0.0"),
        (Annotated[float, Field(lt=1)], 1, "expected less than 1.0"),
        (Annotated[str, Field(max_length=2)], "abc", "expected at most 2 characters"),
        (Annotated[str, Field(min_length=2)], "a", "expected at least 2 characters"),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "expected at most 1 values"),
        (str, 1, "expected text"),
        (dict[str, int], 1, "expected a valid dictionary"),
    ],
)
def test_expectations_are_in_one_form(kind: Any, value: object, text: str) -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(kind).validate_python(value)
    assert expectation(raised.value.errors()[0]) == text
