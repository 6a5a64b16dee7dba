"""Query strings of the reconciliation API."""

import pytest
from pydantic import ValidationError

from app.query.request.reconcile_params import ManifestQuery, PropertiesQuery, SuggestQuery


@pytest.mark.parametrize("model", [ManifestQuery, SuggestQuery, PropertiesQuery])
def test_unknown_parameters_are_ignored(model: type[SuggestQuery]) -> None:
    assert model.model_validate({"spell": "always", "_": "1"}) == model()


def test_the_kept_parameters_are_checked() -> None:
    for values in ({"cursor": "1_0"}, {"cursor": "-1"}, {"callback": "a()"}):
        with pytest.raises(ValidationError):
            SuggestQuery.model_validate(values)


def test_a_language_that_a_box_types_is_no_condition() -> None:
    # Suggest boxes send `lang:fr` as typed; an answer in no language of ours is none.
    assert SuggestQuery.model_validate({"lang": "fr"}).lang is None
