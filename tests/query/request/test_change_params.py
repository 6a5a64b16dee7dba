"""The query string of the changes."""

import pytest
from pydantic import ValidationError

from app.query.request.change_params import MAX_CHANGES, ChangeList


@pytest.mark.parametrize(
    "values",
    [{"type": ["planet"]}, {"action": ["eaten"]}, {"limit": MAX_CHANGES + 1}, {"wait": 61}],
)
def test_values_beyond_the_vocabulary_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ChangeList.model_validate(values)
