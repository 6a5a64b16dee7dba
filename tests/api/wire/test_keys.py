"""Authorization of writes by key and scope."""

from datetime import UTC, datetime

from fastapi.testclient import TestClient

from app.store import keys
from app.store.db import Database
from tests.api.conftest import FIRST, token
from tests.conftest import take_in


def test_nothing_is_written_without_a_key(fresh: TestClient, database: Database) -> None:
    take_in(database, FIRST)
    routes = [
        (method.upper(), path.replace("{", "").replace("}", ""))
        for path, operations in fresh.get("/openapi.json").json()["paths"].items()
        for method, operation in operations.items()
        if "security" in operation
    ]
    assert len(routes) == 32
    for method, path in routes:
        refused = fresh.request(method, path, json={})
        assert (refused.status_code, refused.headers["www-authenticate"]) == (
            401,
            'Bearer realm="briefbase"',
        )
        wrong = fresh.request(method, path, json={}, headers={"Authorization": "Bearer bb_wrong"})
        assert wrong.status_code == 401
        assert 'error="invalid_token"' in wrong.headers["www-authenticate"]
    for text in ("Basic YTpi", "Bearer", "Bearer ", "bb_x", "Bearer \x7f"):
        assert (
            fresh.post("/v1/review/j", json={}, headers={"Authorization": text}).status_code == 401
        )
    assert fresh.post("/v1/review/j?key=bb_x", json={}).status_code == 401


def test_a_key_needs_the_scope_and_not_to_be_revoked(fresh: TestClient, database: Database) -> None:
    reader = token(database, "ingest")
    refused = fresh.get("/v1/review", headers=reader)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:briefbase:problem:forbidden")
    assert 'error="insufficient_scope", scope="entities"' in refused.headers["www-authenticate"]
    admin = token(database, "admin")
    assert fresh.get("/v1/review", headers=admin).status_code == 200
    with database.write() as session:
        keys.revoke(session, admin["Authorization"][7:18], datetime.now(UTC))
    assert fresh.get("/v1/review", headers=admin).status_code == 401
