"""Tags, sources and publishers over HTTP."""

from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item


def get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_tags(either_client: TestClient) -> None:
    data = get(either_client, "/v1/tags?limit=100")
    assert data["meta"]["total"] == 35
    assert next(entry["name"] for entry in data["data"]) == "生成式AI"
    for entry in data["data"]:
        assert get(either_client, entry["links"]["self"]) == entry
        for name, link in entry["links"].items():
            if name != "self":
                assert get(either_client, link)["meta"]["total"] in (22, 57, 79)
    assert get(either_client, "/v1/tags?kind=keyword&from=2025-12-23")["meta"]["total"] == 12
    assert get(either_client, "/v1/tags?kind=!keyword")["meta"]["total"] == 9


def test_sources_lead_to_their_items(either_client: TestClient) -> None:
    data = get(either_client, "/v1/sources?limit=100&sort=citations")
    assert data["meta"]["total"] == 91
    for entry in data["data"][::9]:
        source = get(either_client, entry["links"]["self"])
        assert {name: source[name] for name in entry} == entry
        assert len(source["cited_by"]) == entry["citations"]
        cited = {c["item"]["id"] for c in source["cited_by"] if c["item"]}
        assert {
            stored["id"] for stored in get(either_client, entry["links"]["items"])["data"]
        } == cited


@pytest.mark.parametrize(
    "name",
    [
        "arxiv:2512.17527",
        "arXiv:2512.17527v1",
        "https://arxiv.org/abs/2512.17527",
        "https://arxiv.org/pdf/2512.17527v2",
        quote("https://arxiv.org/abs/2512.17527#top", safe=""),
        "http://arxiv.org/abs/2512.17527/",
    ],
)
def test_a_source_by_any_identifier(client: TestClient, name: str) -> None:
    answer = client.get(f"/v1/sources/{name}?fields=arxiv_id")
    assert answer.status_code == 308
    assert answer.headers["location"].startswith("/v1/sources/s_")
    assert get(client, answer.headers["location"]) == {"arxiv_id": "2512.17527"}


def test_a_source_by_an_url_with_a_query(fresh: TestClient, database: Database) -> None:
    take_in(
        database,
        document("2026-01-02", item("a", sources="[x](https://example.org/?id=7&utm_source=x)")),
    )
    answer = fresh.get("/v1/sources/" + quote("https://example.org/?utm_medium=y&id=7", safe=""))
    assert get(fresh, answer.headers["location"])["url"] == "https://example.org/?id=7"


def test_placeholders_are_never_one_source(either_client: TestClient) -> None:
    data = get(either_client, "/v1/sources?status=placeholder")["data"]
    assert len({entry["id"] for entry in data}) == 3
    assert {entry["url"] for entry in data} == {None}
    assert get(either_client, "/v1/sources?status=placeholder|opaque")["meta"]["total"] == 4
    assert (
        get(either_client, "/v1/sources?status=!arxiv&publisher=arxiv.org")["meta"]["total"]
        == get(either_client, "/v1/sources?publisher=arxiv.org")["meta"]["total"]
        - get(either_client, "/v1/sources?publisher=arxiv.org&status=arxiv")["meta"]["total"]
    )


def test_publishers(either_client: TestClient) -> None:
    data = get(either_client, "/v1/publishers?limit=100")
    counts = [entry["citations"] for entry in data["data"]]
    assert counts == sorted(counts, reverse=True)
    assert (
        data["meta"]["total"]
        == len(data["data"])
        == get(either_client, "/v1/info")["counts"]["publishers"]
    )
    for entry in data["data"]:
        assert get(either_client, entry["links"]["self"]) == entry
        assert get(either_client, entry["links"]["items"])["meta"]["total"] > 0
    total = get(either_client, "/v1/sources?limit=1")["meta"]["total"]
    assert (
        sum(entry["sources"] for entry in data["data"])
        == total - get(either_client, "/v1/sources?status=placeholder|opaque")["meta"]["total"]
    )


def test_a_publisher_of_an_odd_domain(fresh: TestClient, database: Database) -> None:
    take_in(
        database,
        document(
            "2026-01-02",
            item(
                "a",
                sources="[x](https://例え.jp/a) | [y](https://host:8443/b) | [z](https://[::1]/c)",
            ),
        ),
    )
    for entry in get(fresh, "/v1/publishers")["data"]:
        assert get(fresh, entry["links"]["self"]) == entry
        assert get(fresh, entry["links"]["items"])["meta"]["total"] == 1, entry
