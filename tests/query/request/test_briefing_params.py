"""Query strings of briefings, the watch list and differences."""

from datetime import date

import pytest
from pydantic import ValidationError

from app.query.request.briefing_params import (
    BRIEFING_HAS,
    BriefingList,
    DiffQuery,
    HeadlinesQuery,
    WatchlistQuery,
)


def test_a_filter_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        BriefingList.model_validate({}).limit = 3  # type: ignore[misc]  # it is frozen


def test_all_parts_can_be_asked_for() -> None:
    query = BriefingList.model_validate({"has": ["|".join(BRIEFING_HAS)], "items": ["20.."]})
    assert query.has == ["|".join(BRIEFING_HAS)]
    with pytest.raises(ValidationError, match="did you mean readings"):
        BriefingList.model_validate({"has": ["reading"]})


def test_the_day_of_headlines_is_named_date() -> None:
    assert HeadlinesQuery.model_validate({"date": "2025-12-23"}).day == date(2025, 12, 23)


def test_a_difference_needs_two_briefings() -> None:
    query = DiffQuery.model_validate({"from": "2025-11-22", "to": "2025-12-23"})
    assert (query.from_, query.to) == ("2025-11-22", "2025-12-23")
    with pytest.raises(ValidationError, match="Field required"):
        DiffQuery.model_validate({"from": "2025-11-22"})


def test_the_status_of_an_entry_is_hit_or_silent() -> None:
    assert WatchlistQuery.model_validate({"status": ["!hit"]}).top == 5
    with pytest.raises(ValidationError, match="did you mean silent"):
        WatchlistQuery.model_validate({"status": ["silence"]})
