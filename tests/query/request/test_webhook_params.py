"""The query string of deliveries."""

import pytest
from pydantic import ValidationError

from app.query.request.webhook_params import DeliveryList


def test_a_status_is_one_of_three() -> None:
    assert DeliveryList.model_validate({"status": "failed"}).status == "failed"
    with pytest.raises(ValidationError):
        DeliveryList.model_validate({"status": "lost"})
