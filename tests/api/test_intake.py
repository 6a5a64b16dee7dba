"""Documents over HTTP: one, a new version, a batch; repeated, conditional, and at once."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import col

from app.intake.reading import Readers, ReadingTask, read_document
from app.parse.briefing import MAX_BYTES
from app.store.db import Database
from app.store.document.briefings import ReadDocument
from app.store.tables import AuditEvent
from tests.api.conftest import token
from tests.conftest import ON_SQLITE, take_in
from tests.documents import briefing, item
from tests.rows import counts
from tests.rows import everything as every_row
from tests.test_ingest import assert_sound

MARKDOWN = {"Content-Type": "text/markdown; charset=utf-8"}
FIRST = briefing(
    item("甲公司發表模型", "https://a.com/x", entities="NVIDIA, Foobar Lab"),
    item("乙開源框架", entities="Qwen, Bazquux"),
)
EDITED = FIRST.replace("乙開源框架", "丁的近況").replace("Bazquux", "Quux")


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row but keys, whose last use is written beside requests."""
    rows = every_row(database)
    del rows["api_key"]
    return rows


@pytest.fixture
def bot(fresh: TestClient, database: Database) -> TestClient:
    """A client with a key that may ingest."""
    fresh.headers.update(token(database, "ingest") | MARKDOWN)
    return fresh


def test_a_document_is_stored_and_reported(bot: TestClient, database: Database) -> None:
    text = FIRST.replace("**重要性**", "**重要性**")
    answer = bot.post("/v1/briefings", content=text.encode())
    report = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, "/v1/briefings/2026-01-02")
    assert (report["status"], report["briefing"], report["name"]) == (
        "added",
        "2026-01-02",
        "2026-01-02.md",
    )
    assert report["sections"] == [
        {"kind": "headlines", "title": "今日焦點（Top Headlines）", "items": 2}
    ]
    assert (report["items"]["found"], len(report["items"]["added"])) == (2, 2)
    assert (report["sources"], report["names"]["listed"]) == (1, 4)
    assert {"Foobar Lab", "Bazquux"} <= set(report["names"]["new"])
    assert report["lines"] == report["lines_read"]
    assert bot.get(report["links"]["self"]).json()["title"] == "簡報"
    assert bot.get(report["links"]["document"]).content == text.encode()
    again = bot.post("/v1/briefings", content=text.encode())
    assert (again.status_code, again.json()["status"]) == (200, "unchanged")
    assert again.json()["items"]["unchanged"] == sorted(report["items"]["added"])
    assert again.json()["dataset_version"] == report["dataset_version"]
    with database.read() as session:
        (act,) = session.execute(select(AuditEvent).where(col(AuditEvent.object) == "briefing"))
    assert (act[0].actor, act[0].door, act[0].action) == ("desk", "http", "ingest")
    assert act[0].request_id == answer.headers["x-request-id"]
    assert_sound(database)


@ON_SQLITE
def test_doubts_name_their_lines(bot: TestClient) -> None:
    text = briefing(item("甲", sources="[x](#)"), tagz="[AI]", tags="[AI")
    report = bot.post("/v1/briefings", content=text.encode()).json()
    assert report.keys() >= {"warnings", "problems"}
    for warning in report["warnings"]:
        assert warning["line"] is None or warning["line"] > 0


def test_a_new_version_replaces_and_keeps_ids(bot: TestClient) -> None:
    first = bot.post("/v1/briefings", content=FIRST.encode()).json()
    second = bot.post("/v1/briefings", content=EDITED.encode()).json()
    assert (second["status"], second["briefing"]) == ("replaced", "2026-01-02")
    items = second["items"]
    assert len(items["unchanged"]) == 1
    assert set(items["unchanged"]) < set(first["items"]["added"])
    third = bot.put("/v1/briefings/2026-01-02", content=FIRST.encode())
    assert (third.status_code, third.json()["status"]) == (200, "replaced")
    versions = bot.get("/v1/briefings/2026-01-02/versions").json()["data"]
    assert len(versions) == 2


def test_a_dry_run_says_what_would_change(bot: TestClient, database: Database) -> None:
    bot.post("/v1/briefings", content=FIRST.encode())
    before = everything(database)
    new = bot.post("/v1/briefings?dry_run=true&name=2026-01-02-pm.md", content=EDITED.encode())
    assert (new.status_code, new.json()["briefing"]) == (200, "2026-01-02-pm")
    tried = bot.put("/v1/briefings/2026-01-02?dry_run=true", content=EDITED.encode()).json()
    assert (tried["status"], tried["dry_run"]) == ("replaced", True)
    changed = {name: len(ids) for name, ids in tried["items"].items() if name != "found"}
    assert (changed["unchanged"], changed["added"] + changed["updated"]) == (1, 1)
    assert tried["names"]["new"] == ["Quux"]
    assert everything(database) == before
    # The preview is the effect.
    done = bot.put("/v1/briefings/2026-01-02", content=EDITED.encode()).json()
    assert (done["items"], done["names"]) == (tried["items"], tried["names"])


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "words"),
    [
        ("", b"x" * (MAX_BYTES + 1), {}, 413, "1048576"),
        ("", "日期".encode("big5"), {}, 422, "byte"),
        ("", b"# Nothing\n", {}, 422, "no date"),
        ("", b"", {}, 422, "empty"),
        ("", b"{}", {"Content-Type": "application/json"}, 415, "text/markdown"),
        ("", b"x", {"Content-Type": "text/markdown; charset=big5"}, 415, "utf-8"),
        ("?channel=Bad", b"x", {}, 400, "channel"),
        ("?chanel=x", b"x", {}, 400, "channel"),
        ("", b"x", {"Idempotency-Key": "x" * 256}, 400, "Idempotency-Key"),
        ("/batch", b"", {"Content-Type": "application/x-ndjson"}, 422, "empty"),
        ("/batch", b"{", {"Content-Type": "application/x-ndjson"}, 422, "Line 1"),
        ("/batch", b'{"a": 1}', {"Content-Type": "application/x-ndjson"}, 422, "Line 1"),
        ("/batch", b"x", {"Content-Type": "multipart/form-data"}, 422, "boundary"),
        ("/batch", b"x", {}, 415, "ndjson"),
    ],
)
def test_what_cannot_be_taken_is_refused(
    bot: TestClient, path: str, body: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    refused = bot.post(f"/v1/briefings{path}", content=body, headers=headers)
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.status_code, words in refused.json()["detail"]) == (status, True), refused.text


@ON_SQLITE
def test_put_needs_a_briefing_of_its_day(bot: TestClient, database: Database) -> None:
    missing = bot.put("/v1/briefings/2026-01-02", content=FIRST.encode())
    assert (missing.status_code, "POST" in missing.json()["detail"]) == (404, True)
    bot.post("/v1/briefings", content=FIRST.encode())
    other_day = briefing(item("甲"), date="2026-01-03")
    refused = bot.put("/v1/briefings/2026-01-02", content=other_day.encode())
    assert (refused.status_code, "2026-01-03" in refused.json()["detail"]) == (409, True)
    bot.post("/v1/briefings?name=2026-01-02-pm.md", content=EDITED.encode())
    refused = bot.put("/v1/briefings/2026-01-02", content=EDITED.encode())
    assert (refused.status_code, "2026-01-02-pm" in refused.json()["detail"]) == (409, True)
    assert counts(database)["briefing"] == 2


def test_a_channel_of_its_own(bot: TestClient) -> None:
    report = bot.post("/v1/briefings?channel=weekly", content=FIRST.encode()).json()
    assert (report["briefing"], report["channel"]) == ("weekly:2026-01-02", "weekly")
    edited = bot.put("/v1/briefings/weekly:2026-01-02", content=EDITED.encode()).json()
    assert (edited["status"], edited["channel"]) == ("replaced", "weekly")


def test_if_match_on_replacing(bot: TestClient, database: Database) -> None:
    headers = {"If-Match": "*"}
    assert bot.post("/v1/briefings", content=FIRST.encode(), headers=headers).status_code == 412
    bot.post("/v1/briefings", content=FIRST.encode())
    for path in ("/v1/briefings/2026-01-02", "/v1/briefings/2026-01-02/source"):
        seen = {"If-Match": bot.get(path).headers["etag"]}
        before = everything(database)
        take_in(database, EDITED)
        for method, address in (("PUT", "/2026-01-02"), ("POST", "")):
            refused = bot.request(
                method, f"/v1/briefings{address}", content=FIRST.encode(), headers=seen
            )
            assert refused.status_code == 412
        current = {"If-Match": bot.get(path).headers["etag"]}
        done = bot.put("/v1/briefings/2026-01-02", content=FIRST.encode(), headers=current)
        assert done.status_code == 200
        assert everything(database)["item"] != before["item"]


def test_a_repeated_request_gets_the_first_answer(bot: TestClient, database: Database) -> None:
    headers = {"Idempotency-Key": "a"}
    first = bot.post("/v1/briefings", content=FIRST.encode(), headers=headers)
    # Another version in between: the repetition must not bring the first one back.
    take_in(database, EDITED)
    again = bot.post("/v1/briefings", content=FIRST.encode(), headers=headers)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    other = bot.post("/v1/briefings", content=EDITED.encode(), headers=headers)
    assert (other.status_code, "Idempotency-Key" in other.json()["detail"]) == (422, True)
    assert bot.post("/v1/briefings", content=EDITED.encode()).json()["status"] == "unchanged"


@ON_SQLITE
@pytest.mark.parametrize("is_batch", [False, True])
def test_a_deleted_briefing_is_not_told_again(
    bot: TestClient, database: Database, *, is_batch: bool
) -> None:
    headers = {"Idempotency-Key": "a"}
    admin = token(database, "admin")
    path, body = "/v1/briefings", FIRST
    if is_batch:
        headers["Content-Type"] = "application/x-ndjson"
        path, body = "/v1/briefings/batch", json.dumps({"text": FIRST})
    first = bot.post(path, content=body.encode(), headers=headers)
    assert bot.delete("/v1/briefings/2026-01-02?reason=x").status_code == 200
    for purge in (False, True):
        if purge:
            bot.post("/v1/briefings/2026-01-02/purge?reason=x", headers=admin).raise_for_status()
        again = bot.post(path, content=body.encode(), headers=headers)
        assert (again.status_code, "idempotent-replayed" in again.headers) == (410, False)
        assert "簡報" not in again.text
    # Nothing came back; a new key writes the document again.
    assert bot.get("/v1/briefings/2026-01-02").status_code == 410
    new = bot.post(path, content=body.encode(), headers=headers | {"Idempotency-Key": "b"})
    assert new.status_code == first.status_code


def test_thirty_equal_posts_at_once(bot: TestClient, database: Database) -> None:
    with ThreadPoolExecutor(30) as pool:
        answers = list(
            pool.map(lambda _: bot.post("/v1/briefings", content=FIRST.encode()), range(30))
        )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 29}
    assert Counter(answer.json()["status"] for answer in answers) == {"added": 1, "unchanged": 29}
    assert counts(database)["document"] == 1


def test_equal_keys_at_once_are_one_request(bot: TestClient, database: Database) -> None:
    texts = [FIRST, FIRST, EDITED, EDITED] * 3

    def send(text: str) -> tuple[int, bool, str]:
        headers = {"Idempotency-Key": "race"}
        answer = bot.post("/v1/briefings", content=text.encode(), headers=headers)
        body = answer.json()
        return answer.status_code, "idempotent-replayed" in answer.headers, str(body.get("sha256"))

    with ThreadPoolExecutor(12) as pool:
        answers = Counter(pool.map(send, texts))
    winner = next(key for key in answers if key[0] == 201 and not key[1])
    assert answers == {winner: 1, (201, True, winner[2]): 5, (422, False, "None"): 6}
    assert counts(database)["former_document"] == 0


def test_equal_documents_with_keys_of_their_own_are_read_once(
    bot: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = []

    def note(readers: Readers, task: ReadingTask) -> ReadDocument:
        readings.append(task)
        return read_document(task)

    monkeypatch.setattr(Readers, "__call__", note)

    def send(number: int) -> tuple[int, str, bool]:
        headers = {"Idempotency-Key": f"k{number}"}
        answer = bot.post("/v1/briefings", content=FIRST.encode(), headers=headers)
        status = answer.json()["status"]
        return answer.status_code, status, "idempotent-replayed" in answer.headers

    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(send, range(8)))
    again = [send(number) for number in range(8)]
    assert Counter(first) == {(201, "added", False): 1, (200, "unchanged", False): 7}
    assert again == [(code, status, True) for code, status, _ in first]
    assert len(readings) == 1


def test_one_of_many_conditional_puts_wins(bot: TestClient, database: Database) -> None:
    bot.post("/v1/briefings", content=FIRST.encode())
    headers = {"If-Match": bot.get("/v1/briefings/2026-01-02").headers["etag"]}

    def send(number: int) -> int:
        text = FIRST.replace("乙開源框架", f"第 {number} 版")
        return bot.put(
            "/v1/briefings/2026-01-02", content=text.encode(), headers=headers
        ).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(send, range(8)))
    assert statuses == {200: 1, 412: 7}


def test_a_batch_has_a_result_for_each(bot: TestClient, database: Database) -> None:
    second = briefing(item("丙"), date="2026-01-03")
    lines = [
        {"text": FIRST},
        {"text": "# Nothing\n", "name": "notes.md"},
        {"text": second, "channel": "weekly"},
        {"text": FIRST},
    ]
    body = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": "batch"}
    answer = bot.post("/v1/briefings/batch", content=body.encode(), headers=headers)
    batch = answer.json()
    assert batch["counts"] == {"added": 2, "failed": 1, "unchanged": 1}
    assert [entry["position"] for entry in batch["data"]] == [1, 2, 3, 4]
    assert batch["data"][1]["error"]["status"] == 422
    assert batch["data"][2]["report"]["briefing"] == "weekly:2026-01-03"
    again = bot.post("/v1/briefings/batch", content=body.encode(), headers=headers)
    assert (again.content, again.headers["idempotent-replayed"]) == (answer.content, "true")


@ON_SQLITE
def test_a_line_of_a_batch_is_the_document_as_it_is(bot: TestClient, database: Database) -> None:
    text = f"\n{FIRST} \n\n"
    first = bot.post("/v1/briefings", content=text.encode()).json()
    headers = {"Content-Type": "application/x-ndjson"}
    line = json.dumps({"text": text})
    answer = bot.post("/v1/briefings/batch", content=line, headers=headers).json()
    assert answer["counts"] == {"unchanged": 1}
    assert answer["data"][0]["report"]["sha256"] == first["sha256"]
    assert counts(database)["document"] == 1


@ON_SQLITE
def test_a_form_that_is_cut_off_is_refused(bot: TestClient, database: Database) -> None:
    files = [("files", ("2026-01-02.md", FIRST.encode())), ("files", ("b.md", EDITED.encode()))]
    whole = httpx.Request("POST", "http://b", files=files)
    headers = {"Content-Type": whole.headers["content-type"]}
    body = whole.read()
    second = body.index(b"\r\n--", 10)
    for end in (second, body.rindex(b"\r\n--"), len(body) - 4):
        refused = bot.post("/v1/briefings/batch", content=body[:end], headers=headers)
        assert (refused.status_code, "cut off" in refused.json()["detail"]) == (422, True)
    assert counts(database)["document"] == 0
    assert bot.post("/v1/briefings/batch", content=body, headers=headers).status_code == 200


@ON_SQLITE
def test_a_form_with_files_is_a_batch(bot: TestClient, database: Database) -> None:
    crlf = FIRST.replace("\n", "\r\n").encode()
    del bot.headers["content-type"]
    files = [
        ("files", ("2026-01-02.md", crlf)),
        ("files", ("notes.md", b"# Nothing")),
        ("files", ("2026-01-02-pm.md", EDITED.encode())),
    ]
    batch = bot.post("/v1/briefings/batch", files=files).json()
    assert batch["counts"] == {"added": 2, "failed": 1}
    assert batch["data"][1]["error"]["status"] == 422
    assert [entry["report"]["briefing"] for entry in batch["data"] if entry["report"]] == [
        "2026-01-02",
        "2026-01-02-pm",
    ]
    assert bot.get("/v1/briefings/2026-01-02/source").content == crlf
    refused = bot.post("/v1/briefings/batch", files=files, data={"channel": "x"})
    assert (refused.status_code, "field" in refused.json()["detail"]) == (422, True)
