"""Lists counted in groups have addresses of their own."""

import pytest
from fastapi.testclient import TestClient
from jsonschema_rs import validator_for

from app.query.listing.dimensions import OF_BRIEFINGS, OF_ENTITIES, OF_ITEMS, OF_SOURCES

LISTS = {
    "/v1/buckets/items": "/v1/items",
    "/v1/buckets/briefings": "/v1/briefings",
    "/v1/buckets/entities": "/v1/entities",
    "/v1/buckets/sources": "/v1/sources",
    "/v1/entities/{entity_id}/buckets": "/v1/entities/{entity_id}/items",
}
QUERIES = {
    "/v1/buckets/items": "group_by=importance,section&limit=5&section=!market",
    "/v1/buckets/briefings": "group_by=month&lang=en",
    "/v1/buckets/entities": "group_by=entity_type&section=research",
    "/v1/buckets/sources": "group_by=status",
    "/v1/entities/{entity_id}/buckets": "group_by=section&rollup=family",
}


def entity_path(client: TestClient, path: str) -> str:
    entity = client.get("/v1/entities?q=NVIDIA").json()["data"][0]
    return path.replace("{entity_id}", entity["id"])


@pytest.mark.parametrize("path", LISTS)
def test_buckets_are_those_of_the_list(either_client: TestClient, path: str) -> None:
    query = QUERIES[path]
    buckets = either_client.get(f"{entity_path(either_client, path)}?{query}")
    assert buckets.status_code == 200, buckets.text
    older = either_client.get(f"{entity_path(either_client, LISTS[path])}?{query}").json()
    assert buckets.json()["data"] == older["data"] != []
    assert buckets.json()["meta"]["total"] == older["meta"]["total"]
    for bucket in buckets.json()["data"]:
        assert either_client.get(bucket["url"]).json()["meta"]["total"] == bucket["count"]


@pytest.mark.parametrize("path", LISTS)
def test_buckets_match_their_one_shape(client: TestClient, path: str) -> None:
    document = client.get("/openapi.json").json()
    buckets = client.get(f"{entity_path(client, path)}?{QUERIES[path]}").json()
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    whole = content["application/json"]["schema"]["anyOf"][0]
    validator_for(whole | {"components": document["components"]}).validate(buckets)


def test_pages_of_buckets_follow_each_other(client: TestClient) -> None:
    path, keys = "/v1/buckets/items?group_by=section&limit=2", []
    while path:
        page = client.get(path).json()
        keys += [bucket["key"] for bucket in page["data"]]
        path = page["links"]["next"]
        assert path is None or path.startswith("/v1/buckets/items?")
    assert len(set(keys)) == len(keys) == page["meta"]["total"] > 2


def test_dimensions_are_required(client: TestClient) -> None:
    for path in LISTS:
        answer = client.get(entity_path(client, path))
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "group_by"


def test_a_name_redirects_to_the_buckets_of_its_entity(client: TestClient) -> None:
    answer = client.get("/v1/entities/NVIDIA/buckets?group_by=section")
    assert answer.status_code == 308
    assert answer.headers["location"].endswith("/buckets?group_by=section")


def test_lists_have_one_shape(client: TestClient) -> None:
    """No documented parameter turns a list into another one."""
    document = client.get("/openapi.json").json()
    for path, older in LISTS.items():
        names = {p["name"] for p in document["paths"][older]["get"]["parameters"]}
        grouped = {p["name"] for p in document["paths"][path]["get"]["parameters"]}
        assert "group_by" not in names
        assert "group_by" in grouped
        assert not {"include", "collapse"} & grouped


def test_the_document_names_the_dimensions_of_each_list(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, dimensions in (
        ("/v1/buckets/items", OF_ITEMS),
        ("/v1/entities/{entity_id}/buckets", OF_ITEMS),
        ("/v1/buckets/briefings", OF_BRIEFINGS),
        ("/v1/buckets/entities", OF_ENTITIES),
        ("/v1/buckets/sources", OF_SOURCES),
    ):
        parameters = {p["name"]: p for p in document["paths"][path]["get"]["parameters"]}
        single, pair = parameters["group_by"]["schema"]["anyOf"]
        assert set(single["enum"]) == set(dimensions)
        first, *_, last = [*dimensions, *dimensions]
        assert validator_for(pair).is_valid(f"{first},{last}")
        assert not validator_for(pair).is_valid(f"{first},colour")
