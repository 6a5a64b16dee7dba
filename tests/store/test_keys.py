from datetime import UTC, datetime

import pytest
from sqlmodel import select

from app.errors import BadRequest, Conflict, NotFound
from app.store import keys
from app.store.db import Database
from app.store.tables import ApiKey

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_key_is_shown_once_and_kept_as_a_hash(database: Database) -> None:
    with database.write() as session:
        key, text = keys.create(session, "desk", ["entities", "read"], NOW)
        assert text.startswith("bb_")
        assert len(text) >= 3 + 43
    with database.read() as session:
        (held,) = session.exec(select(ApiKey)).all()
        assert text[len(held.prefix) :] not in str(held.model_dump())
        assert held.scopes == ["read", "entities"]
        found = keys.owner(session, text)
        assert found
        assert found.id == key.id
        for wrong in (
            "",
            "bb_",
            text[:-1],
            text + "x",
            text[:-1] + ("A" if text[-1] != "A" else "B"),
            "\ud800",
            "密鑰",
        ):
            assert keys.owner(session, wrong) is None


def test_scopes() -> None:
    key = ApiKey(id="k", name="n", prefix="p", sha256="", scopes=["ingest"], created_at=NOW)
    assert keys.allows(key, "ingest")
    assert not keys.allows(key, "entities")
    assert keys.allows(
        ApiKey(id="k", name="n", prefix="p", sha256="", scopes=["admin"], created_at=NOW),
        "entities",
    )


def test_two_live_for_rotation_and_revoked_for_good(database: Database) -> None:
    with database.write() as session:
        old, text = keys.create(session, "desk", ["read"], NOW)
        keys.create(session, "desk", ["read"], NOW)
        with pytest.raises(Conflict):
            keys.create(session, "desk", ["read"], NOW)
        with pytest.raises(Conflict, match="several"):
            keys.revoke(session, "desk", NOW)
        keys.revoke(session, old.prefix, NOW)
        assert keys.owner(session, text) is None
        assert keys.revoke(session, "desk", NOW).id != old.id
        with pytest.raises(NotFound):
            keys.revoke(session, "desk", NOW)
        assert len(keys.held(session)) == 2


@pytest.mark.parametrize(
    ("name", "scopes"),
    [("", ["read"]), ("a\n", ["read"]), ("x" * 81, ["read"]), ("a", []), ("a", ["root"])],
)
def test_what_makes_no_key(database: Database, name: str, scopes: list[str]) -> None:
    with database.write() as session, pytest.raises(BadRequest):
        keys.create(session, name, scopes, NOW)
