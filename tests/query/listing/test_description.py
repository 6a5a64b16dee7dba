"""Filters said back in words."""

from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.query.listing import description
from app.query.listing.dimensions import OF_BRIEFINGS, OF_ENTITIES, OF_ITEMS, OF_SOURCES
from app.query.request.briefing_params import BriefingList
from app.query.request.entity_params import EntityList
from app.query.request.item_params import HAS, ItemList
from app.query.request.taxonomy_params import PublisherList, SourceList, TagList


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("items", "Items, newest first"),
        (
            "items?section=headlines|research&importance=high&entity=NVIDIA&from=2025-11-01",
            "Items of headlines or research, importance high, naming NVIDIA (輝達), from 2025-11-01, newest first",
        ),
        ("items?section=!market&has=!takeaways&to=2025-12-01", "Items not of market, without takeaways, until 2025-12-01, newest first"),
        ("items?from=2025-12-23&to=2025-12-23&kind=stub", "Items of kind stub, of 2025-12-23, newest first"),
        ("items?entity=Nobody&tag=!nothing", "Items naming Nobody (not found), not tagged nothing (not found), newest first"),
        ("items?entity=SGLang&entity=輝達|Qwen", "Items naming SGLang, naming NVIDIA (輝達) or Qwen (通義千問), newest first"),
        ("items?tag=MLOps&publisher=www.arxiv.org&source=arxiv:2512.17527", "Items tagged MLOps, citing arXiv:2512.17527, published by arXiv, newest first"),
        ("items?sort=-importance,title", "Items, by importance descending then by title"),
        ("items?group_by=section,week&sort=key", "Items, grouped by section and week, by key"),
        ("items?family=true&entity=SGLang", "Items naming SGLang, families counted in, newest first"),
        ("items?importance=none|medium_high", "Items, importance none or medium high, newest first"),
        ("briefings?items=30..&has=insight", "Briefings with insight, with 30 or more items, newest first"),
        ("entities?mentions=3..7&first_seen=2025-12-01..", "Entities mentioned 3 to 7 times, first seen 2025-12-01 or later, by mentions descending"),
        ("entities?mention=title|listed&last_seen=..2025-12-01", "Entities named in title or listed, last seen 2025-12-01 or earlier, by mentions descending"),
        ("tags?kind=keyword", "Tags and keywords of kind keyword, by briefings descending"),
        ("sources?status=!ok&citations=1", "Sources not of status ok, cited 1 times, by last cited descending"),
        ("publishers?citations=..4", "Publishers cited 4 or fewer times, by citations descending"),
        ("items?lang=zh-Hant&section=headlines|research&importance=!high&entity=NVIDIA", "項目：版塊為今日焦點或研究，重要性非高，提及輝達（NVIDIA），由新至舊"),
        ("items?lang=zh-Hans&group_by=importance&tag=無此", "项目：标签为無此（查无），分组依据：重要性，由多至少"),
        ("entities?lang=zh-Hant&mentions=2..&sort=-last_seen,name", "實體：提及次數 2 以上，依末見遞減、依名稱遞增"),
    ],
)  # fmt: skip
def test_said(client: TestClient, path: str, said: str) -> None:
    assert client.get(f"/v1/{path}").json()["meta"]["human_description"] == said


def test_who_is_named_together(client: TestClient) -> None:
    own = client.get("/v1/entities/SGLang").headers["location"]
    said = client.get(f"{own}/related?entity_type=chip|org").json()["meta"]["human_description"]
    assert (
        said == "Entities named together with SGLang, of entity type chip or org, by g2 descending"
    )


def test_accepted_language(client: TestClient) -> None:
    answer = client.get("/v1/briefings", headers={"Accept-Language": "zh-TW"})
    assert answer.json()["meta"]["human_description"] == "簡報：由新至舊"


@pytest.mark.parametrize(
    "query", [ItemList, BriefingList, EntityList, TagList, SourceList, PublisherList]
)
def test_every_filter_has_its_words(query: Any) -> None:
    filters = {
        name
        for name, field in query.model_fields.items()
        if str(field.annotation).startswith("list")
    }
    assert filters <= description._PHRASES.keys()


def test_every_value_and_dimension_has_its_words() -> None:
    assert {*OF_ITEMS, *OF_BRIEFINGS, *OF_ENTITIES, *OF_SOURCES} <= description._VALUES[
        "dimension"
    ].keys()
    assert set(HAS) <= description._VALUES["has"].keys()


def test_week() -> None:
    assert description.week(date(2025, 12, 29)) == "2026-W01 (2025-12-29 – 2026-01-04)"
    assert description.week(date(9999, 12, 27)).endswith("– 9999-12-31)")


@pytest.mark.parametrize("hostile", ["{}", "{0}", "%s", "\\|", "<b>", "a" * 256, "'", "！"])
def test_hostile_values_are_said_as_they_are(client: TestClient, hostile: str) -> None:
    meta = client.get("/v1/items", params={"entity": hostile, "channel": hostile}).json()["meta"]
    assert "(not found)" in meta["human_description"]
    assert len(meta["warnings"]) == 2
