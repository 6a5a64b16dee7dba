"""The service as a whole: created, started, queried, stopped."""

import json
import signal
import socket
from pathlib import Path

from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.documents import NEWER, headings
from tests.servers import briefbase


def test_a_new_database_gets_the_seeds(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'base.db'}", log_level="error")
    for _ in range(2):
        with TestClient(app := create_app(settings)) as client:
            assert client.get("/v1/info").json()["counts"]["briefings"] == 2
        # The columns are loaded before the first request.
        assert len(app.state.database.cache["mention columns"]) == 1
    with TestClient(
        create_app(
            settings.model_copy(
                update={"database_url": f"sqlite:///{tmp_path / 'other.db'}", "seeds": False}
            )
        )
    ) as client:
        assert client.get("/v1/info").json()["counts"]["briefings"] == 0


def test_settings_change_the_responses(tmp_path: Path) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'base.db'}",
        log_level="error",
        channel="ai",
        cache_seconds=7,
    )
    with TestClient(create_app(settings), follow_redirects=False) as client:
        answer = client.get("/v1/briefings/latest")
        assert (answer.json()["channel"], answer.json()["id"]) == ("ai", NEWER)
        assert answer.headers["cache-control"] == "public, max-age=7, stale-while-revalidate=7"
        assert (
            client.get(f"/v1/briefings/ai:{NEWER}").headers["location"] == f"/v1/briefings/{NEWER}"
        )


def test_every_write_needs_a_key(tmp_path: Path) -> None:
    """Only two POST routes read without a key."""
    paths = create_app(
        Settings(database_url=f"sqlite:///{tmp_path / 'base.db'}", log_level="error")
    ).openapi()["paths"]
    keyless = {
        path
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method != "get" and "security" not in operation
    }
    assert keyless == {"/v1/annotate", "/v1/reconcile"}
    assert len(paths) >= 22


def test_a_real_server(tmp_path: Path) -> None:
    with briefbase(f"sqlite:///{tmp_path / 'base.db'}", tmp_path) as server:
        headlines = server.get("/v1/headlines")
        assert (
            headlines.status,
            [entry["title"] for entry in json.loads(headlines.body)["data"]],
        ) == (200, headings(NEWER, 3)[:6])
        assert server.get("/v1/headlines", Accept="text/plain").body.decode().startswith("醫療影像")
        assert server.get("/v1/items?nonsense=1").status == 400
        # Chinese as a person types it, then an ordinary request.
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
            raw.sendall(
                "GET /v1/items?entity=昇騰 HTTP/1.1\r\nHost: x\r\n\r\n".encode()
                + b"GET /v1/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            answer = b"".join(iter(lambda: raw.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert "昇騰".encode() in answer or b"%E6%98%87" in answer
    assert server.process.returncode in (0, -signal.SIGTERM)
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log, log
    events = [json.loads(line) for line in log.splitlines()]
    assert {"serving", "Application startup complete."} <= {event["event"] for event in events}
    # A closed database has no write-ahead log.
    assert not (tmp_path / "base.db-wal").exists()
