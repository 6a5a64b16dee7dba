"""Rules of every operation: validators, methods, other origins and hosts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.store.db import Database
from tests.api.conftest import token
from tests.conftest import client_of, described_paths
from tests.documents import NEWER

PATHS = described_paths()
_UNCACHED = ("/healthz", "/readyz", "/metrics", "/v1/changes/stream")
"""Answers of the moment: they have no validators."""
_QUERIES = {
    "/v1/briefings/diff": f"from=2025-11-22&to={NEWER}",
    "/v1/autocomplete": "q=nv",
    "/v1/search": "q=SGLang",
    "/v1/timelines": "entities=NVIDIA,SGLang",
    "/v1/reconcile/flyout/{kind}": "id=NVIDIA",
    "/v1/reconcile/preview": "id=NVIDIA",
    "/v1/entities/{entity_id}/buckets": "group_by=section",
}
_KEYED = ("/v1/audit", "/v1/deletions", "/v1/review", "/v1/webhooks", "/v1/searches", "/v1/judg")
"""Beginnings of the addresses that need a key."""


@pytest.fixture(scope="module")
def ids(client: TestClient) -> dict[str, str]:
    """Ids of the seeds, by the name of their parameter."""
    known = {"briefing_id": NEWER, "kind": "entity", "slug": "mlops", "publisher_id": "arxiv.org"}
    for name in ("items", "entities", "sources", "threads"):
        singular = {"entities": "entity"}.get(name, name.rstrip("s"))
        first = client.get(f"/v1/{name}?limit=1").json()["data"][0]
        known[f"{singular}_id"] = first["id"]
    tag = client.get("/v1/tags?limit=1").json()["data"][0]
    version = client.get(f"/v1/briefings/{NEWER}/versions").json()["data"][0]
    return known | {"slug": tag["slug"], "sha256": version["sha256"]}


def address(path: str, ids: dict[str, str]) -> str:
    """Return an address of a path that the seeds answer."""
    query = _QUERIES.get(path, "group_by=importance" if "/buckets/" in path else "")
    if path == "/v1/buckets/entities":
        query = "group_by=entity_type"
    if path == "/v1/buckets/briefings":
        query = "group_by=tag"
    if path == "/v1/buckets/sources":
        query = "group_by=status"
    format_ = "atom" if path.startswith("/feeds") else "csv"
    filled = path.format(**{"format": format_, "search_id": "ss_1", **ids, **_OTHERS})
    return f"{filled}?{query}".rstrip("?")


_OTHERS = {
    "webhook_id": "wh_1",
    "delivery_id": "msg_1",
    "judgement_id": "j_1",
    "alias_id": "a_1",
    "search_id": "ss_1",
}
"""Ids of what the seeds do not have."""
READABLE = [
    path
    for path, methods in PATHS.items()
    if "get" in methods and not path.startswith((*_UNCACHED, *_KEYED)) and "{search_id}" not in path
]


@pytest.mark.parametrize("path", READABLE)
def test_every_copy_can_be_revalidated(client: TestClient, ids: dict[str, str], path: str) -> None:
    url = address(path, ids)
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    conditions = {"If-None-Match": answer.headers["etag"]}
    if modified := answer.headers.get("last-modified"):
        conditions["If-Modified-Since"] = modified
    else:
        # Its bytes depend on the program or on the host, not on the documents alone.
        assert path in ("/v1/reconcile", "/v1/documents/{sha256}"), path
    for name, value in conditions.items():
        again = client.get(url, headers={name: value})
        assert (again.status_code, again.content) == (304, b""), name
        assert again.headers["etag"] == answer.headers["etag"]
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


def lacking(methods: dict[str, Any]) -> Iterator[str]:
    """Yield methods that a path does not have."""
    for method in ("GET", "PATCH", "OPTIONS", "TRACE"):
        if method.lower() not in methods:
            yield method


def test_every_405_lists_the_methods_that_exist(client: TestClient, ids: dict[str, str]) -> None:
    for path, methods in PATHS.items():
        allowed = {method.upper() for method in methods}
        if "GET" in allowed:
            allowed.add("HEAD")
        expected = ", ".join(sorted(allowed))
        for method in lacking(methods):
            answer = client.request(method, address(path, ids).partition("?")[0])
            assert answer.status_code == 405, (method, path)
            assert answer.headers["allow"] == expected, (method, path)
            assert answer.json()["status"] == 405


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/v1/entities/NVIDIA/merge", "POST"),
        ("/v1/entities/no%20such/aliases", "POST"),
        ("/v1/entities/NVIDIA/aliases/a_1", "DELETE"),
        ("/v1/briefings/batch", "POST"),
        (f"/v1/briefings/{NEWER}/restore", "POST"),
    ],
)
def test_reading_what_can_only_be_written(client: TestClient, path: str, allow: str) -> None:
    for method in ("GET", "HEAD"):
        answer = client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allow)


@pytest.mark.parametrize("name", ["no-such", "merge", "no%20such%2Fthing", "aliases%2Fx"])
def test_an_unknown_entity_is_still_not_found(client: TestClient, name: str) -> None:
    assert client.get(f"/v1/entities/{name}").status_code == 404


HOSTS = ("one.example", "two.example")
ABSOLUTE = (
    "/ /llms.txt /sitemap.xml /feeds.opml /feeds/items.atom /feeds/headlines.rss /v1/tools.json "
    "/v1/reconcile /v1/briefings/latest?format=html /v1/items?format=bibtex /feeds/briefings.json"
).split()


def test_each_host_and_scheme_gets_its_own_addresses(seeds: Any) -> None:
    with client_of(seeds("sqlite")) as plain:
        secure = TestClient(plain.app, base_url="https://testserver")
        for path in ABSOLUTE:
            for _ in range(2):
                for client, scheme in ((plain, "http"), (secure, "https")):
                    for host in HOSTS:
                        text = client.get(path, headers={"Host": host}).text
                        places = set(re.findall(r"(https?)://((?:one|two)\.example)", text))
                        assert places == {(scheme, host)}, path


def test_other_answers_name_no_host(client: TestClient, ids: dict[str, str]) -> None:
    for path in ("/v1/items", "/v1/entities/{entity_id}", "/v1/exports/datapackage.json"):
        url = address(path, ids)
        first, second = (client.get(url, headers={"Host": host}) for host in HOSTS)
        assert first.status_code == 200
        assert first.content == second.content


def test_each_language_gets_its_own_answer(client: TestClient, ids: dict[str, str]) -> None:
    url = f"/v1/entities/{ids['entity_id']}?format=html"
    for _ in range(2):
        for lang, word in (("en", "First seen"), ("zh-Hant", "首見"), ("zh-Hans", "首见")):
            answer = client.get(url, headers={"Accept-Language": lang})
            assert word in answer.text
            assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize("name", ["audit", "deletions", "review", "webhooks", "searches"])
def test_what_is_private_can_be_revalidated(
    fresh: TestClient, database: Database, name: str
) -> None:
    fresh.headers.update(token(database, "admin"))
    answer = fresh.get(f"/v1/{name}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("private")
    assert "Authorization" in answer.headers["vary"]
    etag = answer.headers["etag"]
    assert fresh.get(f"/v1/{name}", headers={"If-None-Match": etag}).status_code == 304
