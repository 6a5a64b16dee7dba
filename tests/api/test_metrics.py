"""Measurements for Prometheus, read as Prometheus reads them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app import __version__
from app.main import create_app
from app.store.db import Database
from tests.conftest import new_url, settings_for, take_in
from tests.documents import document, item

Samples = dict[tuple[str, ...], float]


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Database]:
    """A SQLite database with one day."""
    with closing(Database(new_url("sqlite", tmp_path, migrated=True))) as database:
        take_in(database, document("2026-01-02", item("甲")))
        yield database


def _client(base: Database, address: str = "127.0.0.1", **changes: object) -> TestClient:
    app = create_app(settings_for(base, **changes))
    return TestClient(app, client=(address, 1234))


def _samples(client: TestClient) -> Samples:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples: Samples = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            samples[sample.name, *sample.labels.values()] = sample.value
    return samples


def test_requests_are_counted_by_route_and_status(base: Database) -> None:
    with _client(base) as client:
        etag = client.get("/v1/briefings/2026-01-02").headers["etag"]
        client.get("/v1/briefings/2026-01-02")
        client.get("/v1/briefings/2026-01-02", headers={"If-None-Match": etag})
        client.get("/v1/briefings/2020-01-01")
        client.get("/nowhere")
        samples = _samples(client)
    count = "briefbase_request_duration_seconds_count"
    route = "/v1/briefings/{briefing_id}"
    assert samples[count, "GET", route, "200"] == 1
    assert samples[count, "GET", route, "404"] == 1
    assert samples[count, "GET", "none", "404"] == 1
    assert samples["briefbase_cached_responses_total", route, "200"] == 1
    assert samples["briefbase_cached_responses_total", route, "304"] == 1


def test_the_state_of_the_service_is_measured(base: Database) -> None:
    with _client(base) as client:
        client.get("/v1/info")
        samples = _samples(client)
    names = {name for name, *_ in samples}
    assert names >= {
        "briefbase_reads_waiting",
        "briefbase_cache_bytes",
        "briefbase_ingest_stage_seconds_total",
        "briefbase_database_bytes",
        "briefbase_wal_bytes",
        "briefbase_writes_accepted",
        "briefbase_log_events_total",
        "process_resident_memory_bytes",
    }
    assert samples[("briefbase_storage_fault",)] == 0
    versions = [key for key in samples if key[0] == "briefbase_info" and __version__ in key]
    assert len(versions) == 1
    assert [value for key, value in samples.items() if key[0] == "briefbase_dataset_version"] == [1]


@pytest.mark.parametrize(
    ("setting", "address", "status"),
    [
        ("local", "127.0.0.1", 200),
        ("local", "203.0.113.5", 404),
        ("on", "203.0.113.5", 200),
        ("off", "127.0.0.1", 404),
    ],
)
def test_a_setting_decides_who_may_read_them(
    base: Database, setting: str, address: str, status: int
) -> None:
    assert _client(base, address, metrics=setting).get("/metrics").status_code == status


@pytest.mark.parametrize(
    ("public_url", "forwarded", "status"),
    [
        ("https://kb.example/kb", None, 404),
        ("https://kb.example/kb", "127.0.0.1", 200),
        ("http://localhost:8000", None, 200),
    ],
)
def test_a_proxy_must_name_its_client(
    base: Database, public_url: str, forwarded: str | None, status: int
) -> None:
    headers = {"Host": "localhost"}
    if forwarded:
        headers["X-Forwarded-For"] = forwarded
    with _client(base, public_url=public_url) as client:
        assert client.get("/metrics", headers=headers).status_code == status
