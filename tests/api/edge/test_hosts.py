"""`Host` is well formed, and known if the public address is set."""

import pytest
from fastapi.testclient import TestClient

from app.api.edge.front import Hosts
from app.errors import BadRequest
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from tests.conftest import settings_for

PUBLIC = {"public_url": "https://kb.example/kb", "allowed_hosts": "kb.lan, kb.local"}


@pytest.mark.parametrize(
    "host", ["kb.example", "KB.example:443", "kb.lan", "localhost:8000", "127.0.0.1", "[::1]:8"]
)
def test_own_names_are_accepted(host: str) -> None:
    for _ in range(2):
        Hosts(Settings.model_validate(PUBLIC)).check("/v1/items", host.encode())


@pytest.mark.parametrize("host", ["evil.example", "kb.example.evil.example", "10.0.0.1", "x"])
def test_foreign_names_are_refused(host: str) -> None:
    with pytest.raises(BadRequest, match="is not served here"):
        Hosts(Settings.model_validate(PUBLIC)).check("/v1/items", host.encode())
    Hosts(Settings()).check("/v1/items", host.encode())
    Hosts(Settings.model_validate(PUBLIC)).check("/readyz", host.encode())


@pytest.mark.parametrize("host", [b"a b", b"a/b", b"a,b", b"", b"\xe4", b"a@b", b"a" * 300])
def test_malformed_names_are_refused(host: bytes) -> None:
    with pytest.raises(BadRequest, match="is not valid"):
        Hosts(Settings()).check("/v1/items", host)


def test_a_foreign_host_gets_a_problem_document(seeded: Database) -> None:
    with TestClient(create_app(settings_for(seeded, public_url="https://kb.example"))) as client:
        answer = client.get("/v1/items", headers={"Host": "evil.example"})
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-request-id"] == answer.json()["request_id"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert client.get("/v1/items", headers={"Host": "kb.example"}).status_code == 200


def test_a_cached_manifest_is_not_turned_by_a_foreign_host(seeded: Database) -> None:
    with TestClient(create_app(settings_for(seeded))) as client:
        for _ in range(2):
            for host in ("one.example", "two.example"):
                text = client.get("/v1/reconcile", headers={"Host": host}).text
                assert f"http://{host}/v1" in text
                assert text.count(".example") == text.count(host)
