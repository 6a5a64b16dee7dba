"""The bench shows how a document would be understood, and stores nothing."""

from pathlib import Path

from fastapi.testclient import TestClient

from app.explorer.bench import MAX_DOCUMENT_BYTES
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


def test_pasted_text_is_read_too(client: TestClient) -> None:
    text = document("2026-01-05", item("甲事", summary="乙"))
    answer = client.post(
        "/bench", data={"text": text, "name": "2026-01-05.md"}, files={"file": b""}
    )
    assert "ITEM 1: 甲事" in answer.text


def test_faults_are_told(client: TestClient) -> None:
    large = b"x" * (MAX_DOCUMENT_BYTES + 1)
    assert client.post("/bench", files={"file": ("a.md", large)}).status_code == 413
    assert client.post("/bench", data={"text": " "}).status_code == 400
    answer = client.post("/bench", files={"file": ("a.md", b"\xff\xfe")})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
