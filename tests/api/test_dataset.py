"""Information about the dataset, and readiness."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import __version__
from app.main import create_app
from app.query import items
from app.store import migrations
from app.store.db import Database
from tests.conftest import settings_for, take_in
from tests.documents import document, item


def test_info(either_client: TestClient) -> None:
    data = either_client.get("/v1/info").json()
    assert (data["name"], data["version"], data["schema_revision"]) == (
        "Briefbase",
        __version__,
        migrations.head(),
    )
    (channel,) = data["channels"]
    assert channel == {
        "id": "daily",
        "briefings": 2,
        "first": "2025-11-22",
        "last": "2025-12-23",
        "gaps": [{"from": "2025-11-23", "to": "2025-12-22", "days": 30}],
    }
    assert (
        data["counts"]["briefings"],
        data["counts"]["items"],
        data["counts"]["sources"],
        data["counts"]["tags"],
    ) == (2, 79, 91, 35)
    for link in data["links"].values():
        assert either_client.get(link).status_code == 200
    assert either_client.get("/v1/info?fields=counts.items").json() == {"counts": {"items": 79}}


def test_health_and_readiness(client: TestClient) -> None:
    for path, body in (
        ("/healthz", {"status": "ok"}),
        ("/readyz", {"status": "ready", "checks": {"schema": "ok", "content": "ok"}}),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.json(), answer.headers["cache-control"]) == (
            200,
            body,
            "no-store",
        )


def test_a_database_of_another_schema_is_not_ready(fresh: TestClient, database: Database) -> None:
    migrations.migrate(database, "base")
    answer = fresh.get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.headers["retry-after"]) == (
        503,
        "not ready",
        "2",
    )
    assert answer.json()["checks"]["schema"] == f"at revision None, {migrations.head()} is needed"
    answer = fresh.get("/v1/items")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


def test_an_unreachable_database_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'base.db'}")
    app = create_app(settings_for(database))
    with TestClient(app, raise_server_exceptions=False) as opened:
        assert opened.get("/readyz").status_code == 200
        app.state.database.close()
        for path in tmp_path.iterdir():
            path.unlink()
        tmp_path.rmdir()
        tmp_path.write_text("")  # a file where the folder was
        ready = opened.get("/readyz")
        assert (ready.status_code, ready.json()) == (
            503,
            {
                "status": "not ready",
                "checks": {
                    "storage": "The database file is missing; put it or a backup in its place.",
                    "database": "The database file cannot be opened.",
                },
            },
        )
        for address in (
            "/v1/items",
            "/v1/briefings/latest",
            "/v1/info",
            "/v1/headlines?format=text",
        ):
            answer = opened.get(address)
            assert (
                answer.status_code,
                answer.headers["retry-after"],
                answer.headers["cache-control"],
            ) == (503, "2", "no-store")
            assert answer.json()["detail"] == "The database file cannot be opened."
        # The process itself is healthy.
        assert opened.get("/healthz").status_code == 200


def test_an_unreachable_server() -> None:
    app = create_app(settings_for(Database("postgresql://nobody@127.0.0.1:1/none")))
    client = TestClient(
        app, raise_server_exceptions=False
    )  # not entered: the lifespan would fail, as it should
    assert client.get("/readyz").json() == {
        "status": "not ready",
        "checks": {"database": "OperationalError"},
    }
    answer = client.get("/v1/items")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


def test_a_query_over_its_deadline(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(database, document("2026-01-02", item("a")))
    app = create_app(settings_for(database, read_timeout=0.05))
    forever = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT count(*) FROM n",
        "postgresql": "SELECT pg_sleep(5)",
    }[database.url.get_backend_name()]

    def slow(session: Any, *arguments: Any, **more: Any) -> Any:
        return session.execute(text(forever)).all()

    monkeypatch.setattr(items, "one", slow)
    with TestClient(app, raise_server_exceptions=False) as opened:
        answer = opened.get("/v1/items/i_a")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert answer.json()["detail"] == "The query takes too long; narrow it by dates or filters."
        monkeypatch.undo()
        # The connection is good for the next request.
        assert opened.get("/v1/items").status_code == 200


def test_the_version_changes_exactly_when_content_does(
    fresh: TestClient, database: Database
) -> None:
    seen = [fresh.get("/v1/items").json()["meta"]["dataset_version"]]
    for body in ("a", "a", "b", "b", "a"):
        take_in(database, document("2026-01-02", item(body)))
        answer = fresh.get("/v1/items")
        seen.append(answer.json()["meta"]["dataset_version"])
        assert (
            answer.headers["dataset-version"]
            == seen[-1]
            == fresh.get("/v1/info").json()["dataset_version"]
        )
    assert [before != after for before, after in itertools.pairwise(seen)] == [
        True,
        False,
        True,
        False,
        True,
    ]
