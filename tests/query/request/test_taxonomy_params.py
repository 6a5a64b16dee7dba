"""Query strings of tags, sources and publishers."""

import pytest
from pydantic import ValidationError

from app.query.request.taxonomy_params import SOURCE_HAS, PublisherList, SourceList, TagList


def test_a_tag_is_a_tag_or_a_keyword() -> None:
    assert TagList.model_validate({"kind": ["tag|keyword"]}).kind == ["tag|keyword"]
    with pytest.raises(ValidationError, match="did you mean keyword"):
        TagList.model_validate({"kind": ["keywrd"]})


def test_properties_of_sources() -> None:
    assert SourceList.model_validate({"has": ["|".join(SOURCE_HAS)]}).has
    with pytest.raises(ValidationError, match="did you mean url"):
        SourceList.model_validate({"has": ["urls"]})


def test_citations_are_a_range() -> None:
    assert PublisherList.model_validate({"citations": ["2.."]}).citations == ["2.."]
    with pytest.raises(ValidationError, match="expected a number"):
        PublisherList.model_validate({"citations": ["two"]})
