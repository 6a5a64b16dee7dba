from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.errors import BadRequest, Conflict, NotFound
from app.store import keys
from app.store.db import Database
from app.store.tables import ApiKey, AuditEvent

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def key_with(scope: str) -> ApiKey:
    return ApiKey(id="k", name="n", prefix="p", sha256="", scopes=[scope], created_at=NOW)


def test_a_key_is_shown_once_and_stored_as_a_hash(database: Database) -> None:
    with database.write() as session:
        key, text = keys.create(session, "desk", ["entities", "read"], NOW)
    assert text.startswith("bb_")
    assert len(text) >= 3 + 43
    with database.read() as session:
        stored = session.execute(select(ApiKey)).scalars().one()
        assert text[len(stored.prefix) :] not in str(stored.model_dump())
        assert stored.scopes == ["read", "entities"]
        owner = keys.owner(session, text, NOW)
        assert owner
        assert owner.id == key.id


def test_only_the_whole_text_has_an_owner(database: Database) -> None:
    with database.write() as session:
        _, text = keys.create(session, "desk", ["read"], NOW)
        other_end = "B" if text.endswith("A") else "A"
        for wrong in ("", "bb_", text[:-1], text + "x", text[:-1] + other_end, "\ud800", "密鑰"):
            assert keys.owner(session, wrong, NOW) is None


def test_admin_includes_every_scope() -> None:
    assert keys.allows(key_with("ingest"), "ingest")
    assert not keys.allows(key_with("ingest"), "entities")
    assert keys.allows(key_with("admin"), "entities")


def test_two_keys_of_a_name_are_live_at_once(database: Database) -> None:
    with database.write() as session:
        keys.create(session, "desk", ["read"], NOW)
        keys.create(session, "desk", ["read"], NOW)
        with pytest.raises(Conflict):
            keys.create(session, "desk", ["read"], NOW)
        with pytest.raises(Conflict, match="several"):
            keys.revoke(session, "desk", NOW)


def test_a_revoked_key_stays_revoked(database: Database) -> None:
    with database.write() as session:
        first, text = keys.create(session, "desk", ["read"], NOW)
        keys.create(session, "desk", ["read"], NOW)
        keys.revoke(session, first.prefix, NOW)
        assert keys.owner(session, text, NOW) is None
        assert keys.revoke(session, "desk", NOW).id != first.id
        with pytest.raises(NotFound):
            keys.revoke(session, "desk", NOW)
        assert len(keys.all_keys(session)) == 2


@pytest.mark.parametrize(
    ("name", "scopes", "parameter"),
    [
        ("", ["read"], "name"),
        ("a\n", ["read"], "name"),
        ("x" * (keys.MAX_NAME_CHARS + 1), ["read"], "name"),
        ("briefbase", ["read"], "name"),
        ("Mirror", ["read"], "name"),
        ("cli", ["read"], "name"),
        ("a", [], "scopes"),
        ("a", ["root"], "scopes"),
    ],
)
def test_a_bad_name_or_scope_is_refused(
    database: Database, name: str, scopes: list[str], parameter: str
) -> None:
    with database.write() as session, pytest.raises(BadRequest, match=f"^{parameter}: "):
        keys.create(session, name, scopes, NOW)


def test_an_expired_key_has_no_owner(database: Database) -> None:
    with database.write() as session:
        key, text = keys.create(session, "bot", ["ingest"], NOW, timedelta(days=1))
        assert key.expires_at == NOW + timedelta(days=1)
        assert keys.owner(session, text, NOW)
        assert keys.owner(session, text, NOW + timedelta(days=1)) is None


def test_a_rotated_key_expires_after_the_overlap(database: Database) -> None:
    with database.write() as session:
        first, old = keys.create(session, "bot", ["ingest"], NOW, timedelta(days=90))
        second, new = keys.rotate(session, "bot", NOW, timedelta(hours=1))
        assert (second.name, second.scopes) == (first.name, first.scopes)
        assert second.expires_at == NOW + timedelta(days=90)
        for later, live in ((timedelta(0), [old, new]), (timedelta(hours=2), [new])):
            owners = [text for text in (old, new) if keys.owner(session, text, NOW + later)]
            assert owners == live
        # A third live key of the name would be one too many.
        with pytest.raises(Conflict):
            keys.rotate(session, second.id, NOW, timedelta(hours=1))
        actions = session.execute(select(col(AuditEvent.action)).order_by(col(AuditEvent.pk)))
        assert list(actions.scalars()) == ["key.create", "key.rotate"]


def test_uses_are_written_once_a_minute(database: Database) -> None:
    with database.write() as session:
        key, _ = keys.create(session, "bot", ["ingest"], NOW)
    uses = keys.KeyUses()
    assert uses.note(key, NOW)
    assert not uses.note(key, NOW)
    uses.write(database)
    with database.read() as session:
        stored = session.execute(select(ApiKey)).scalars().one()
        assert stored.last_used_at == NOW
        assert not uses.note(stored, NOW + timedelta(seconds=59))
        assert uses.note(stored, NOW + timedelta(seconds=61))
