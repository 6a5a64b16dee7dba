import pytest

from app import errors
from app.errors import AppError


@pytest.mark.parametrize(
    "error",
    [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, AppError)],
)
def test_an_error_knows_its_status_and_words(error: type[AppError]) -> None:
    raised = error("Said so.", [{"parameter": "q", "message": "no"}])
    assert str(raised) == "Said so."
    assert 400 <= raised.status < 600
    assert raised.code == raised.code.lower().replace(" ", "-")
    assert raised.title
    assert raised.errors[0]["parameter"] == "q"
    assert error("x").errors == []


def test_codes_tell_errors_apart() -> None:
    codes = [one.code for one in AppError.__subclasses__()]
    assert len(set(codes)) == len(codes)
