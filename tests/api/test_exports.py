"""Whole lists as files."""

import asyncio
import hashlib
import time
from collections.abc import Generator
from contextlib import ExitStack
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from app import export
from app.api import exports
from app.query.schemas.items import ItemOut
from app.render.files.descriptions import Contents
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


@pytest.mark.parametrize("table", ["entities", "mentions", "sources", "threads", "pairs"])
@pytest.mark.parametrize("format_", ["ndjson", "csv", "parquet"])
def test_each_table_comes_in_each_format(client: TestClient, table: str, format_: str) -> None:
    answer = client.get(f"/v1/exports/{table}.{format_}?section=research")
    assert answer.status_code == 200
    media = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
    expected = media.get(format_, "application/vnd.apache.parquet")
    assert answer.headers["content-type"] == expected
    assert f'"{table}.{format_}"' in answer.headers["content-disposition"]


def test_an_unknown_format_is_not_found_or_refused(client: TestClient) -> None:
    answer = client.get("/v1/exports/items.xlsx")
    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"] == "application/problem+json"


def test_timelines_have_intervals(client: TestClient) -> None:
    lines = client.get("/v1/exports/timelines.ndjson?interval=month&entity_type=org").content
    points = [orjson.loads(line) for line in lines.splitlines()]
    assert {point["interval"] for point in points} == {"month"}
    assert {point["entity_type"] for point in points} == {"org"}


def test_a_csv_for_spreadsheets_has_a_byte_order_mark(client: TestClient) -> None:
    plain = client.get("/v1/exports/items.csv")
    marked = client.get("/v1/exports/items.csv?spreadsheet=true")
    assert marked.content.startswith(b"\xef\xbb\xbfid,date,")
    assert plain.content.startswith(b"id,date,")
    assert plain.headers["etag"] != marked.headers["etag"]


def test_the_manifest_tells_the_hash_of_each_download(client: TestClient) -> None:
    manifest = client.get("/v1/exports/manifest.json")
    assert manifest.headers["dataset-version"] == manifest.json()["dataset_version"]
    for table in manifest.json()["tables"]:
        for file in table["files"]:
            for _ in range(2):
                # The second time the file is a kept one.
                data = client.get(f"/v1/exports/{file['path']}").content
                assert (len(data), hashlib.sha256(data).hexdigest()) == (
                    file["bytes"],
                    file["sha256"],
                ), file["path"]


def test_other_descriptions_name_the_same_files(client: TestClient) -> None:
    package = client.get("/v1/exports/datapackage.json").json()
    dataset = client.get("/v1/exports/dataset.jsonld")
    assert dataset.headers["content-type"] == "application/ld+json"
    names = [entry["contentUrl"] for entry in dataset.json()["distribution"]]
    assert len(names) == 21
    paths = [resource["path"] for resource in package["resources"]]
    assert paths == [name for name in names if name.endswith(".csv")]


@pytest.mark.parametrize("name", ["datapackage.json", "manifest.json", "dataset.jsonld"])
def test_a_description_that_nobody_waits_for_is_given_up(
    fresh: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    take_in(database, document("2026-01-02", item("a")))
    steps: list[int] = []

    def endless(session: object, files: object) -> Generator[None, None, list[Any]]:
        while len(steps) < 2_000:
            steps.append(exports.places.in_use)
            time.sleep(0.01)
            yield
        return []

    monkeypatch.setattr(export, "measuring", endless)
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/v1/exports/{name}",
        "raw_path": f"/v1/exports/{name}".encode(),
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "scheme": "http",
        "server": ("127.0.0.1", 1),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def ask() -> None:
        await fresh.app(scope, receive, send)

    asyncio.run(ask())
    assert (sent, exports.places.in_use, set(steps)) == ([], 0, {1})
    assert len(steps) < 200


def test_a_description_goes_on_where_another_was_given_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(database, document("2026-01-02", item("a")))
    with database.read() as session:
        whole = export.contents(session)
    take_in(database, document("2026-01-03", item("b")))
    measured: list[str] = []
    real = export._measure

    def noted(session: Any, entry: Contents, *rest: Any) -> Any:
        measured.append(entry.name)
        return real(session, entry, *rest)

    monkeypatch.setattr(export, "_measure", noted)
    with database.read() as session:
        begun = export.measuring(session)
        while len(set(measured)) < 3:
            next(begun)
        begun.close()
        first = measured.copy()
        measured.clear()
        again = export.contents(session)
    assert [entry.name for entry in again] == [entry.name for entry in whole]
    assert first[-1] == measured[0]
    assert (set(first) - {first[-1]}).isdisjoint(measured)
