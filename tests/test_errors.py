import pytest

from app import errors
from app.errors import AppError


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
