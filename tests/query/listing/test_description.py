"""Descriptions of lists in words."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from app.query.listing import description


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("items", "Items, newest first"),
        (
            "items?section=headlines|research&importance=high&entity=NVIDIA&from=2025-11-01",
            "Items of headlines or research, importance high, naming NVIDIA (輝達), "
            "from 2025-11-01, newest first",
        ),
        (
            "items?section=!market&has=!takeaways&to=2025-12-01",
            "Items not of market, without takeaways, until 2025-12-01, newest first",
        ),
        (
            "items?from=2025-12-23&to=2025-12-23&kind=stub",
            "Items of kind stub, of 2025-12-23, newest first",
        ),
        (
            "items?entity=Nobody&tag=!nothing",
            "Items naming Nobody (not found), not tagged nothing (not found), newest first",
        ),
        (
            "items?entity=SGLang&entity=輝達|Qwen",
            "Items naming SGLang, naming NVIDIA (輝達) or Qwen (通義千問), newest first",
        ),
        (
            "items?tag=MLOps&publisher=www.arxiv.org&source=arxiv:2512.17527",
            "Items tagged MLOps, citing arXiv:2512.17527, published by arXiv, newest first",
        ),
        ("items?sort=-importance,title", "Items, by importance descending then by title"),
        ("items?group_by=section,week&sort=key", "Items, grouped by section and week, by key"),
        (
            "items?family=true&entity=SGLang",
            "Items naming SGLang, families counted in, newest first",
        ),
        (
            "items?importance=none|medium_high",
            "Items, importance none or medium high, newest first",
        ),
        (
            "briefings?items=30..&has=insight",
            "Briefings with insight, with 30 or more items, newest first",
        ),
        (
            "entities?mentions=3..7&first_seen=2025-12-01..",
            "Entities mentioned 3 to 7 times, first seen 2025-12-01 or later, by mentions descending",
        ),
        (
            "entities?mention=title|listed&last_seen=..2025-12-01",
            "Entities named in title or listed, last seen 2025-12-01 or earlier, by mentions descending",
        ),
        ("tags?kind=keyword", "Tags and keywords of kind keyword, by briefings descending"),
        (
            "sources?status=!ok&citations=1",
            "Sources not of status ok, cited 1 times, by last cited descending",
        ),
        ("publishers?citations=..4", "Publishers cited 4 or fewer times, by citations descending"),
        (
            "items?lang=zh-Hant&section=headlines|research&importance=!high&entity=NVIDIA",
            "項目：版塊為今日焦點或研究，重要性非高，提及輝達（NVIDIA），由新至舊",
        ),
        (
            "items?lang=zh-Hans&group_by=importance&tag=無此",
            "项目：标签为無此（查无），分组依据：重要性，由多至少",
        ),
        (
            "entities?lang=zh-Hant&mentions=2..&sort=-last_seen,name",
            "實體：提及次數 2 以上，依末見遞減、依名稱遞增",
        ),
    ],
)
def test_a_list_is_described_in_words(client: TestClient, path: str, text: str) -> None:
    assert client.get(f"/v1/{path}").json()["meta"]["human_description"] == text


def test_cooccurring_entities_are_described(client: TestClient) -> None:
    location = client.get("/v1/entities/SGLang").headers["location"]
    text = client.get(f"{location}/related?entity_type=chip|org").json()["meta"][
        "human_description"
    ]
    assert text == "Entities co-occurring with SGLang, of entity type chip or org, by g2 descending"


def test_the_accepted_language_decides(client: TestClient) -> None:
    answer = client.get("/v1/briefings", headers={"Accept-Language": "zh-TW"})
    assert answer.json()["meta"]["human_description"] == "簡報：由新至舊"


def test_a_week_has_its_number_and_days() -> None:
    assert description.week(date(2025, 12, 29)) == "2026-W01 (2025-12-29 – 2026-01-04)"
    assert description.week(date(9999, 12, 27)).endswith("– 9999-12-31)")


@pytest.mark.parametrize("value", ["{}", "{0}", "%s", "\\|", "<b>", "a" * 256, "'", "！"])
def test_odd_values_are_quoted_unchanged(client: TestClient, value: str) -> None:
    meta = client.get("/v1/items", params={"entity": value, "channel": value}).json()["meta"]
    assert "(not found)" in meta["human_description"]
    assert len(meta["warnings"]) == 2
