"""The bench shows how a document would be understood, and stores it only if it is asked to."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from starlette.types import Message

from app.explorer import bench
from app.explorer.bench import MAX_DOCUMENT_BYTES, MAX_LINES, Submitted
from app.intake.understanding import UnderstandingTask
from app.query.curation import audit
from app.query.request.write_params import AuditList
from app.store import keys
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item

SEED = Path(__file__).resolve().parent.parent.parent / "seeds/briefings/2025-12-23.md"


def test_a_document_stands_beside_its_reading(client: TestClient) -> None:
    text = document("2026-01-05", item("甲事", summary="Qwen 發表。", entities="Qwen"))
    version = client.get("/v1/info").json()["dataset_version"]
    answer = client.post("/bench", files={"file": ("2026-01-05.md", text.encode())})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    number = text.splitlines().index(next(row for row in text.splitlines() if "甲事" in row)) + 1
    row = answer.text.split(f'<td class="n number">{number}</td>')[1].split("</tr>")[0]
    assert "ITEM 1: 甲事" in row
    assert client.get("/v1/info").json()["dataset_version"] == version
    assert client.get("/v1/briefings/2026-01-05").status_code == 404


def test_a_document_is_stored_when_a_key_asks_for_it(
    fresh_client: TestClient, lite: Database
) -> None:
    with lite.write() as session:
        _, reader = keys.create(session, "mei", ("entities",), datetime.now(UTC))
        _, writer = keys.create(session, "ann", ("ingest",), datetime.now(UTC))
    form = {"text": document("2026-01-05", item("甲事", summary="乙")), "name": "2026-01-05.md"}
    assert "儲存這份文件" in fresh_client.post("/bench?lang=zh-Hant", data=form).text
    for key in ("", "bb_unknown", reader):
        refused = fresh_client.post(
            "/bench?lang=zh-Hant", data={**form, "step": "store", "key": key}
        )
        assert refused.status_code == 401
        assert "沒有 ingest 權限" in refused.text
        assert "ITEM 1: 甲事" in refused.text
        assert fresh_client.get("/v1/briefings/2026-01-05").status_code == 404
    request = {**form, "step": "store", "key": writer}
    other_site = {"Sec-Fetch-Site": "cross-site"}
    assert fresh_client.post("/bench", data=request, headers=other_site).status_code == 403
    stored = fresh_client.post("/bench?lang=en", data=request)
    assert stored.status_code == 200
    assert 'Added: <a href="/days/2026-01-05?lang=en">' in stored.text
    assert writer not in stored.text
    assert "甲事" in fresh_client.get("/days/2026-01-05").text
    assert "Stored before" in fresh_client.post("/bench?lang=en", data=request).text
    changed = {**request, "text": form["text"].replace("乙", "丙")}
    assert "Replaced" in fresh_client.post("/bench?lang=en", data=changed).text
    with lite.read() as session:
        *_, event = audit.events(session, AuditList(actor="ann")).entries
    assert event.object_id == "2026-01-05"


def test_pasted_text_is_read_too(client: TestClient) -> None:
    text = document("2026-01-05", item("甲事", summary="乙"))
    answer = client.post(
        "/bench", data={"text": text, "name": "2026-01-05.md"}, files={"file": b""}
    )
    assert "ITEM 1: 甲事" in answer.text


def test_names_are_those_that_an_ingest_finds(fresh_client: TestClient, lite: Database) -> None:
    entry = item("OpenAI 發表 GPT-6", summary="通義千問與 NVIDIA 回應。", entities="")
    text = document("2026-01-05", entry)
    answer = fresh_client.post("/bench?lang=en", data={"text": text, "name": "2026-01-05.md"})
    assert "built-in" not in answer.text
    take_in(lite, text)
    names = fresh_client.get("/v1/entities?lang=en").json()
    assert names["meta"]["total"] >= 3
    count = re.findall(r'data-count="names">(\d+) names<', answer.text)
    assert count == [str(names["meta"]["total"])]
    for entity in names["data"]:
        assert f'<li class="chip">{entity["name"]} ' in answer.text
    assert 'data-count="items">1 item<' in answer.text


def test_a_text_that_cannot_be_read_stays_in_the_form(client: TestClient) -> None:
    answer = client.post("/bench", data={"text": "no date here", "name": "x.md"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert ">\nno date here</textarea>" in answer.text
    assert 'value="x.md"' in answer.text


def test_faults_are_told(client: TestClient) -> None:
    large = b"x" * (MAX_DOCUMENT_BYTES + 1)
    assert client.post("/bench", files={"file": ("a.md", large)}).status_code == 413
    assert client.post("/bench", data={"text": " "}).status_code == 400
    answer = client.post("/bench", files={"file": ("a.md", b"\xff\xfe")})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    lines = b"a\n" * (MAX_LINES + 1)
    assert client.post("/bench", files={"file": ("a.md", lines)}).status_code == 413


def test_the_length_of_the_form_must_be_stated(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"text=a"

    assert client.post("/bench", content=pieces()).status_code == 411


def test_the_bench_has_few_places(client: TestClient) -> None:
    form = {"text": document("2026-01-05", item("甲事")), "name": "2026-01-05.md"}
    with ExitStack() as running:
        for number in range(bench.places.limit):
            running.enter_context(bench.places.hold({"client": (str(number), 1)}))
        assert client.post("/bench", data=form).status_code == 503
    assert client.post("/bench", data=form).status_code == 200


def test_who_goes_while_waiting_costs_nothing(client: TestClient) -> None:
    understood: list[bytes] = []
    state = client.app.state  # type: ignore[attr-defined]  # any ASGI application
    real = state.understanding

    def note(task: UnderstandingTask) -> None:
        understood.append(task.data)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def wait() -> None:
        scope = {"type": "http", "app": client.app}
        async with bench._bench:
            form = Submitted(b"a", "a.md")
            assert await bench._understood(Request(scope, receive), form, "en") is None

    state.understanding = note
    try:
        anyio.run(wait)
    finally:
        state.understanding = real
    assert (understood, bench.places.in_use) == ([], 0)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"text": " "}, "沒有內容；請貼上一份文件或選擇檔案。"),
        ({"text": "no date here", "name": "x.md"}, "文件沒有日期：請在前置資料寫"),
        (
            {"text": "---\ndate: soon\n---\n# A", "name": "x.md"},
            "前置資料裡的日期「soon」不是日期",
        ),
        ({"text": "---\n---\n", "name": "2026-01-05.md"}, "文件是空的"),
        (
            {"text": "a\n" * (MAX_LINES + 1)},
            f"文件有 {MAX_LINES + 1} 行；這裡至多 {MAX_LINES} 行。",
        ),
        ({"text": "x" * (MAX_DOCUMENT_BYTES + 1)}, f"至多 {MAX_DOCUMENT_BYTES} 位元組。"),
    ],
)
def test_faults_are_told_in_chinese(
    client: TestClient, form: dict[str, str], sentence: str
) -> None:
    alert = client.post("/bench?lang=zh-Hant", data=form).text.partition('role="alert"')[2]
    assert alert.startswith(' lang="zh-Hant">')
    assert sentence in alert.partition("</p>")[0]


def test_other_bytes_are_told_in_chinese(client: TestClient) -> None:
    answer = client.post("/bench?lang=zh-Hans", files={"file": ("a.md", b"a\xff")})
    assert "文档不是 UTF-8：第 1 个字节无法读取" in answer.text
