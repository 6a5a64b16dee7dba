"""Query string of digests."""

import pytest
from pydantic import ValidationError

from app.query.request.digest_params import MAX_BUDGET, MIN_BUDGET, DigestQuery


@pytest.mark.parametrize("budget", [MIN_BUDGET - 1, MAX_BUDGET + 1])
def test_a_budget_has_bounds(budget: int) -> None:
    with pytest.raises(ValidationError):
        DigestQuery(budget=budget)


def test_a_digest_is_of_a_week() -> None:
    query = DigestQuery()
    assert (query.days, query.budget, query.format) == (7, 1_200, None)
