"""Facets of lists."""

from typing import Any

import pytest
from fastapi.testclient import TestClient


def meta(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["meta"]


@pytest.mark.parametrize(
    ("of", "facets", "under"),
    [
        (
            "items",
            "importance,section,entity,tag,publisher",
            "section=headlines|research&importance=!low",
        ),
        ("items", "entity_type,keyword,source_status,channel,week,kind,month,day", ""),
        ("briefings", "entity,section,month", "tag=mlops"),
        ("entities", "entity_type", "section=headlines"),
        ("sources", "status,publisher", "citations=1.."),
    ],
)
def test_a_facet_has_the_largest_buckets_of_its_dimension(
    client: TestClient, of: str, facets: str, under: str
) -> None:
    list_meta = meta(client, f"/v1/{of}?facets={facets}&{under}&limit=1")
    assert list(list_meta["facets"]) == list(list_meta["facets_other"]) == facets.split(",")
    for name, buckets in list_meta["facets"].items():
        whole = client.get(f"/v1/{of}?group_by={name}&{under}&limit=100").json()
        assert buckets == whole["data"][:10]
        assert len(buckets) + list_meta["facets_other"][name] == whole["meta"]["total"]
        for bucket in buckets[:2]:
            assert meta(client, f"{bucket['url']}&limit=1")["total"] == bucket["count"]


def test_no_facets_are_counted_unless_asked_for(client: TestClient) -> None:
    assert (meta(client, "/v1/items")["facets"], meta(client, "/v1/items")["facets_other"]) == (
        {},
        {},
    )
    assert meta(client, "/v1/items?facets=")["facets"] == {}
    assert meta(client, "/v1/headlines")["human_description"] is None


def test_grouped_lists_and_an_entitys_items_have_facets(client: TestClient) -> None:
    assert list(meta(client, "/v1/items?group_by=section&facets=importance")["facets"]) == [
        "importance"
    ]
    location = client.get("/v1/entities/SGLang").headers["location"]
    assert [
        bucket["key"]
        for bucket in meta(client, f"{location}/items?facets=importance")["facets"]["importance"]
    ] == ["high"]


def test_an_empty_list_has_no_buckets(client: TestClient) -> None:
    assert meta(client, "/v1/items?entity=Nobody&facets=section")["facets"] == {"section": []}
    assert meta(client, "/v1/items?entity=Nobody&facets=entity")["facets_other"] == {"entity": 0}


def test_more_than_eight_facets_are_refused(client: TestClient) -> None:
    answer = client.get(
        "/v1/items?facets=section,importance,kind,tag,keyword,entity,publisher,day,week"
    )
    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        "facets takes at most 8 dimensions, 9 are given.",
    )
