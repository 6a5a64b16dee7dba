"""Phrases exist for every filter, dimension and value of a closed vocabulary."""

from typing import Any, get_args

import pytest

from app.query.listing.dimensions import OF_BRIEFINGS, OF_ENTITIES, OF_ITEMS, OF_SOURCES
from app.query.listing.phrases import CHINESE_VALUES, FILTER_PHRASES, RANGES
from app.query.request.briefing_params import BriefingList
from app.query.request.entity_params import EntityList
from app.query.request.item_params import HAS, ItemList
from app.query.request.params import DayRanges, Numbers
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
    assert filters <= FILTER_PHRASES.keys()


CHECKS_OF_RANGES = (*get_args(Numbers)[1:], *get_args(DayRanges)[1:])


@pytest.mark.parametrize("query", [ItemList, BriefingList, EntityList, TagList, SourceList])
def test_every_filter_of_ranges_has_a_reader(query: Any) -> None:
    readers = {}
    for name, field in query.model_fields.items():
        if any(check in CHECKS_OF_RANGES for check in field.metadata):
            readers[name] = RANGES.get(name)
    assert None not in readers.values()


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
