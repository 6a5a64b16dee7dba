"""Phrases exist for every filter, dimension and value of a closed vocabulary."""

from typing import Any, get_args

import pytest

from app.query.listing.dimensions import OF_BRIEFINGS, OF_ENTITIES, OF_ITEMS, OF_SOURCES
from app.query.listing.phrases import CHINESE_VALUES
from app.query.request.briefing_params import BriefingList
from app.query.request.entity_params import EntityList
from app.query.request.item_params import HAS, ItemList
from app.query.request.params import phrases_of
from app.query.request.taxonomy_params import PublisherList, SourceList, TagList
from app.query.schemas.shared import (
    Certainty,
    EntityType,
    ItemKind,
    Level,
    MentionKind,
    SectionKind,
    SourceStatus,
)


@pytest.mark.parametrize(
    "query", [ItemList, BriefingList, EntityList, TagList, SourceList, PublisherList]
)
def test_every_filter_has_a_phrase(query: Any) -> None:
    filters = {
        name
        for name, field in query.model_fields.items()
        if str(field.annotation).startswith("list")
    }
    assert filters == phrases_of(query).keys()


def test_every_dimension_and_part_has_a_chinese_name() -> None:
    assert {*OF_ITEMS, *OF_BRIEFINGS, *OF_ENTITIES, *OF_SOURCES} <= CHINESE_VALUES[
        "dimension"
    ].keys()
    assert set(HAS) <= CHINESE_VALUES["has"].keys()


@pytest.mark.parametrize(
    ("parameter", "vocabulary"),
    [
        ("section", SectionKind),
        ("importance", Level),
        ("kind", ItemKind),
        ("entity_type", EntityType),
        ("source_status", SourceStatus),
        ("mention", MentionKind),
        ("certainty", Certainty),
    ],
)
def test_every_value_has_a_chinese_word(parameter: str, vocabulary: Any) -> None:
    assert set(get_args(vocabulary)) <= CHINESE_VALUES[parameter].keys()
