"""Whole lists as files."""

from contextlib import ExitStack

import orjson
import pytest
from fastapi.testclient import TestClient

from app.api import exports
from app.query.schemas.items import ItemOut
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import NEWER, document, item

PATH = "/v1/exports/items.ndjson"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?entity=NVIDIA",
        "?section=research&importance=high|medium_high",
        f"?from={NEWER}&lang=en",
    ],
)
def test_an_export_equals_the_list(either_client: TestClient, query: str) -> None:
    answer = either_client.get(PATH + query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    assert answer.content.endswith(b"\n")
    exported = [orjson.loads(line) for line in answer.content.splitlines()]
    whole = "details,entities,sources,certainty,extra,echoes"
    listed = either_client.get(f"/v1/items{query or '?'}&include={whole}&limit=100").json()
    assert exported == listed["data"]
    assert [ItemOut.model_validate(exported_item).id for exported_item in exported]
    assert answer.headers["dataset-version"] == listed["meta"]["dataset_version"]


def test_nothing_is_an_empty_file(fresh: TestClient) -> None:
    answer = fresh.get(PATH)
    assert (answer.status_code, answer.content) == (200, b"")


def test_an_unknown_entity_is_refused(client: TestClient) -> None:
    answer = client.get(PATH + "?entity=Nobody+At+All")
    assert (answer.status_code, "Nobody At All" in answer.json()["detail"]) == (400, True)


def test_concurrent_exports_are_limited(fresh: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("a")))
    for _ in range(exports.MAX_EXPORTS + 1):
        assert fresh.get(PATH).status_code == 200
    with ExitStack() as running:
        for _ in range(exports.MAX_EXPORTS):
            running.enter_context(exports.places.hold({}))
        answer = fresh.get(PATH)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert fresh.get(PATH).status_code == 200


def test_a_client_keeps_its_copy(client: TestClient) -> None:
    answer = client.get(PATH)
    etag, modified = answer.headers["etag"], answer.headers["last-modified"]
    for headers in ({"If-None-Match": etag}, {"If-Modified-Since": modified}):
        again = client.get(PATH, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        assert again.headers["access-control-allow-origin"] == "*"
    others = [PATH + "?section=research", PATH + "?lang=en", PATH + "?from=2025-12-01"]
    for path in others:
        other = client.get(path, headers={"If-None-Match": etag})
        assert (other.status_code, other.headers["etag"] != etag) == (200, True), path
    head = client.head(PATH)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", etag)
    # Neither began a stream.
    assert client.get(PATH).content == answer.content


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_an_export_is_compressed(client: TestClient, coding: str) -> None:
    plain = client.get(PATH, headers={"Accept-Encoding": "identity"})
    with client.stream("GET", PATH, headers={"Accept-Encoding": coding}) as answer:
        assert answer.headers["content-encoding"] == coding
        assert "accept-encoding" in answer.headers["vary"].lower()
        size = sum(map(len, answer.iter_raw()))
    assert 0 < size < len(plain.content) / 2
