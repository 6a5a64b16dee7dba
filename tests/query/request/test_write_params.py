import pytest
from pydantic import ValidationError

from app.query.request.write_params import DeletionQuery, IngestQuery


def test_a_reason_is_text_and_required() -> None:
    assert DeletionQuery(reason="x").dry_run is False
    for values in ({}, {"reason": ""}, {"reason": "x" * 257}, {"reason": "a\0"}):
        with pytest.raises(ValidationError):
            DeletionQuery.model_validate(values)


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(ValidationError):
        IngestQuery.model_validate({"chanel": "x"})
