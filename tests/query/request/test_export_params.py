"""Query strings of exports: filters without pages."""

import pytest
from pydantic import ValidationError

from app.query.publishing.exports.tables import TABLES


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("parameter", ["limit", "cursor", "sort", "fields"])
def test_an_export_has_no_pages(name: str, parameter: str) -> None:
    with pytest.raises(ValidationError):
        TABLES[name].params.model_validate({parameter: "1"})


@pytest.mark.parametrize("name", TABLES)
def test_every_export_takes_filters_of_items(name: str) -> None:
    params = TABLES[name].params.model_validate({"section": ["research"], "from": "2025-12-01"})
    assert params.model_dump()["section"] == ["research"]
