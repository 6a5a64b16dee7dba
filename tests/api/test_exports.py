"""Whole lists as files."""

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
    "given",
    [
        "",
        "?entity=NVIDIA",
        "?section=research&importance=high|medium_high",
        f"?from={NEWER}&lang=en",
    ],
)
def test_the_same_items_as_the_list_whole(client: TestClient, given: str) -> None:
    answer = client.get(PATH + given)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    assert answer.content.endswith(b"\n")
    exported = [orjson.loads(line) for line in answer.content.splitlines()]
    whole = "details,entities,sources,certainty,extra,echoes"
    listed = client.get(f"/v1/items{given or '?'}&include={whole}&limit=100").json()
    assert exported == listed["data"]
    assert [ItemOut.model_validate(one).id for one in exported]
    assert answer.headers["dataset-version"] == listed["meta"]["dataset_version"]


def test_nothing_is_an_empty_file(fresh: TestClient) -> None:
    answer = fresh.get(PATH)
    assert (answer.status_code, answer.content) == (200, b"")


def test_what_names_nothing_is_refused(client: TestClient) -> None:
    answer = client.get(PATH + "?entity=Nobody+At+All")
    assert (answer.status_code, "Nobody At All" in answer.json()["detail"]) == (400, True)


def test_so_many_at_once_and_no_more(
    fresh: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(database, document("2026-01-02", item("a")))
    for _ in range(exports.AT_ONCE + 1):
        assert fresh.get(PATH).status_code == 200
    for _ in range(exports.AT_ONCE):
        assert exports._turns.acquire(blocking=False)
    answer = fresh.get(PATH)
    for _ in range(exports.AT_ONCE):
        exports._turns.release()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert fresh.get(PATH).status_code == 200
