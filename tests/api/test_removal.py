"""Deleting, restoring and purging over HTTP, and who did it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text as sql

from app.store.db import Database
from app.webhooks.delivery import Deliverer
from tests.api.conftest import token
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item
from tests.rows import meaning
from tests.test_in_step import PATHS
from tests.test_ingest import assert_sound

TEXT = document("2026-01-02", item("甲", "https://a.com/x", entities="NVIDIA, Foobar Lab"))
OTHER = document("2026-01-03", item("乙", "https://a.com/x", entities="NVIDIA, Qwen"))
ADDRESS = "/v1/briefings/2026-01-02"


@pytest.fixture
def editor(fresh: TestClient, database: Database) -> TestClient:
    """A client with a key that may delete, over two days."""
    take_in(database, TEXT, "2026-01-02.md")
    take_in(database, OTHER, "2026-01-03.md")
    fresh.headers.update(token(database, "ingest"))
    return fresh


def answers(client: TestClient) -> dict[str, Any]:
    """Return the answers that a deletion must change, without their versions."""
    bodies = {}
    for path in PATHS:
        answer = client.get(path, follow_redirects=True)
        body = answer.json()
        if "meta" in body:
            body["meta"].pop("dataset_version")
        for name in ("dataset_version", "modified_at"):
            body.pop(name, None)
        body.pop("request_id", None)
        bodies[path] = body
    return bodies


def test_addresses_are_gone_and_come_back(editor: TestClient, database: Database) -> None:
    item_id = editor.get("/v1/items?from=2026-01-02&to=2026-01-02").json()["data"][0]["id"]
    version = editor.get(f"{ADDRESS}/versions").json()["data"][0]["sha256"]
    before = meaning(database)
    done = editor.delete(f"{ADDRESS}?reason=a+mistake")
    assert (done.status_code, done.json()["items"]) == (200, [item_id])
    gone = [
        *(f"{ADDRESS}{end}" for end in ("", "/source", "/versions", "/quality")),
        *(f"{ADDRESS}?format={name}" for name in ("html", "md", "jsonld", "bibtex", "ris", "csl")),
        *(f"/v1/items/{item_id}?format={name}" for name in ("bibtex", "ris", "csl", "apa")),
        f"/v1/items/{item_id}",
        f"/v1/items/{item_id}?format=html",
        f"/v1/items/{item_id}/source",
        f"/v1/items/{item_id}/related",
        f"/v1/documents/{version}",
    ]
    for path in gone:
        answer = editor.get(path)
        assert (answer.status_code, answer.json()["type"]) == (410, "urn:briefbase:problem:gone")
        assert "a mistake" in answer.json()["detail"]
    feeds = ("/feeds/items.atom", "/feeds/briefings.json", "/feeds/headlines.rss")
    for path in ("/v1/items", "/v1/search?q=Foobar", "/v1/briefings", *feeds):
        assert item_id not in editor.get(path).text
    assert editor.get("/v1/entities/Foobar%20Lab").status_code == 404
    assert editor.delete(f"{ADDRESS}?reason=x").status_code == 410
    assert editor.put(ADDRESS, content=TEXT.encode()).status_code == 410
    again = editor.post("/v1/briefings", content=TEXT.encode())
    assert (again.status_code, "Restore it" in again.json()["detail"]) == (409, True)
    back = editor.post(f"{ADDRESS}/restore?reason=checked")
    assert (back.status_code, back.json()["items"]) == (200, [item_id])
    for path in gone:
        assert editor.get(path).status_code == 200, path
    assert meaning(database) == before
    assert_sound(database)


def test_a_dry_run_changes_nothing(editor: TestClient) -> None:
    before = answers(editor)
    tried = editor.delete(f"{ADDRESS}?reason=x&dry_run=true").json()
    assert (tried["dry_run"], len(tried["items"])) == (True, 1)
    assert answers(editor) == before
    editor.delete(f"{ADDRESS}?reason=x")
    deleted = answers(editor)
    assert deleted != before
    assert editor.post(f"{ADDRESS}/restore?dry_run=true").json()["briefing"] == "2026-01-02"
    assert answers(editor) == deleted
    editor.post(f"{ADDRESS}/restore")
    assert answers(editor).keys() == before.keys()


def test_a_deletion_needs_a_reason_and_the_version_seen(editor: TestClient) -> None:
    assert editor.delete(ADDRESS).status_code == 400
    assert editor.delete("/v1/briefings/2026-01-09?reason=x").status_code == 404
    assert editor.post("/v1/briefings/2026-01-09/restore").status_code == 404
    assert editor.post(f"{ADDRESS}/restore").status_code == 404
    etag = editor.get(ADDRESS).headers["etag"]
    refused = editor.delete(f"{ADDRESS}?reason=x", headers={"If-Match": '"other"'})
    assert refused.status_code == 412
    done = editor.delete(f"{ADDRESS}?reason=x", headers={"If-Match": etag})
    assert done.status_code == 200


def test_a_purge_is_for_admins_and_final(editor: TestClient, database: Database) -> None:
    assert editor.post(f"{ADDRESS}/purge?reason=law").status_code == 403
    editor.headers.update(token(database, "admin"))
    live = editor.post(f"{ADDRESS}/purge?reason=law")
    assert (live.status_code, "delete it" in live.json()["detail"]) == (409, True)
    editor.delete(f"{ADDRESS}?reason=a+mistake")
    assert editor.post(f"{ADDRESS}/purge?reason=law").status_code == 200
    gone = editor.get(ADDRESS)
    assert (gone.status_code, "mistake" in gone.text) == (410, False)
    assert editor.post(f"{ADDRESS}/restore").status_code == 409
    (tombstone,) = editor.get("/v1/deletions").json()["data"]
    assert (tombstone["title"], bool(tombstone["purged_at"])) == (None, True)
    added = editor.post("/v1/briefings", content=TEXT.encode())
    assert (added.status_code, editor.get(ADDRESS).status_code) == (201, 200)


SECRETS = ("Zyxquark", "祕密標題", "隱藏條目")


def test_a_purge_leaves_no_bytes(lite: Database, fresh_client: TestClient) -> None:
    text = document("2026-01-02", item("祕密標題", entities="Zyxquark Lab, NVIDIA"))
    text += "\n## 關注清單\n\n- Zyxquark 的隱藏條目\n"
    headers = token(lite, "admin")
    fresh_client.headers.update(headers)
    hook = {"url": "https://bot.example/x", "events": ["item.created", "briefing.created"]}
    assert fresh_client.post("/v1/webhooks", json=hook).status_code == 201
    writing = {"Idempotency-Key": "k", "Content-Type": "text/markdown"}
    for content in (text, text + "\n- Zyxquark 又一\n"):
        answer = fresh_client.post("/v1/briefings", content=content.encode(), headers=writing)
        writing["Idempotency-Key"] += "k"
        assert answer.status_code < 300, answer.text
    Deliverer(lite, [], CHANNEL).deliver_due()
    before = stored_text(lite)
    assert all(secret in before for secret in SECRETS)
    assert "zyxquark" in before
    fresh_client.delete(f"{ADDRESS}?reason=Zyxquark")
    assert fresh_client.post(f"{ADDRESS}/purge?reason=law").status_code == 200
    remaining = stored_text(lite)
    # The index of words has them in small letters.
    assert [secret for secret in (*SECRETS, "zyxquark") if secret in remaining] == []
    acts = fresh_client.get("/v1/audit").json()["data"]
    of_briefing = [act["action"] for act in acts if act["object"] == "briefing"]
    assert of_briefing == ["purge"]


def stored_text(database: Database) -> str:
    """Return all that the tables of a SQLite database have, those of search too."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%using fts5%'"
    values: list[str] = []
    with database.reader.connect() as connection:
        for name in connection.execute(sql(names)).scalars().all():
            for row in connection.execute(sql(f'SELECT * FROM "{name}"')):
                for value in row:
                    is_bytes = isinstance(value, bytes)
                    values.append(value.decode(errors="replace") if is_bytes else str(value))
    return "\n".join(values)


def test_the_audit_log_says_who_did_what(editor: TestClient, database: Database) -> None:
    editor.delete(f"{ADDRESS}?reason=a+mistake")
    editor.post(f"{ADDRESS}/restore")
    editor.headers.update(token(database, "admin"))
    entity = editor.get("/v1/entities/Qwen", follow_redirects=True).json()["id"]
    editor.post(f"/v1/entities/{entity}/merge", json={"into": "NVIDIA", "reason": "a trial"})
    answer = editor.get("/v1/audit?limit=2")
    assert answer.headers["cache-control"] == "private, no-cache"
    acts = list(answer.json()["data"])
    while following := answer.json()["links"]["next"]:
        answer = editor.get(following)
        acts += answer.json()["data"]
    actions = [act["action"] for act in reversed(acts)]
    assert actions == [
        *("ingest", "ingest", "key.create", "delete", "restore", "key.create", "merge"),
    ]
    assert [act["id"] for act in acts] == sorted((act["id"] for act in acts), reverse=True)
    deletion = editor.get("/v1/audit?action=delete").json()["data"][0]
    assert (deletion["actor"], deletion["door"], deletion["reason"]) == (
        "desk",
        "http",
        "a mistake",
    )
    merge = editor.get(f"/v1/audit?actor=desk&object={acts[0]['object_id']}").json()["data"][0]
    assert (merge["action"], merge["reason"], merge["version"]) == ("merge", "a trial", 5)
    (reader,) = editor.get("/v1/audit?action=nothing").json()["data"] or [None]
    assert reader is None


def test_deletions_are_listed_for_readers(editor: TestClient, database: Database) -> None:
    editor.delete(f"{ADDRESS}?reason=one")
    editor.delete("/v1/briefings/2026-01-03?reason=two")
    editor.headers.update(token(database, "read"))
    page = editor.get("/v1/deletions?limit=1").json()
    assert (page["meta"]["total"], page["data"][0]["reason"]) == (2, "two")
    rest = editor.get(page["links"]["next"]).json()["data"]
    assert [(entry["briefing"], entry["actor"]) for entry in rest] == [("2026-01-02", "desk")]
