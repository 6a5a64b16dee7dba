import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.draft.article import CollectedArticle
from app.draft.briefing import DraftBriefing, DraftTerms, compose
from app.draft.editor import MAX_ANSWER_BYTES, configured, edited, request
from app.draft.markdown import write
from app.draft.ranking import History
from app.knowledge import knowledge

END = datetime(2026, 6, 2, 6, 45, tzinfo=UTC)


@pytest.fixture(scope="module")
def draft() -> DraftBriefing:
    article = CollectedArticle(
        id="n_1",
        source_id="s_1",
        url="https://udn.com/1",
        publisher="udn.com",
        title="OpenAI 發布語音模型",
        text="OpenAI 表示新模型的延遲降到 232 毫秒。分析師認為成本是關鍵。",
        language="zh-Hant",
        moment=END - timedelta(hours=1),
        authority=0.5,
        section=None,
    )
    terms = DraftTerms(END - timedelta(hours=24), END, 5)
    return compose([article], History({}, 0), terms, knowledge())


def item(draft: DraftBriefing, **changes: Any) -> dict[str, Any]:
    summary = [{"text": "新模型更快。", "article": "n_1"}]
    return {"topic": draft.topics[0].id, "title": "更快的模型", "summary": summary} | changes


def test_the_request_has_topics_with_texts_and_quotes(draft: DraftBriefing) -> None:
    topic = json.loads(request(draft))["topics"][0]
    assert topic["articles"][0]["text"].startswith("OpenAI 表示")
    assert topic["summary"][0]["article"] == "n_1"


def test_items_of_an_editor_take_the_place_of_quotes(draft: DraftBriefing) -> None:
    warnings: list[str] = []
    data = write(edited(draft, {"items": [item(draft, importance="high")]}, warnings.append))
    assert "### 更快的模型" in data.decode()
    assert "新模型更快。（聯合新聞網）" in data.decode()
    assert "**重要性**：高" in data.decode()
    assert not warnings


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": [{"text": "無據。", "article": "n_2"}]},
        {"summary": [{"text": "無據。"}]},
        {"summary": []},
        {"topic": "tp_unknown"},
        {"extra": 1},
    ],
)
def test_items_without_citations_are_refused(draft: DraftBriefing, changes: dict[str, Any]) -> None:
    warnings: list[str] = []
    result = edited(draft, [item(draft, **changes)], warnings.append)
    assert write(result) == write(draft)
    assert "is refused" in warnings[0]


def test_a_command_gets_the_topics_and_answers(draft: DraftBriefing, tmp_path: Path) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import json, sys\n"
        "topics = json.load(sys.stdin)['topics']\n"
        "items = [{'topic': topic['topic'], 'title': 'Edited', 'summary': topic['summary']}\n"
        "         for topic in topics]\n"
        "json.dump({'items': items}, sys.stdout)\n"
    )
    warnings: list[str] = []
    hook = configured(f"{sys.executable} {script}", warnings.append)
    assert hook
    assert hook(draft).topics[0].title == "Edited"
    assert not warnings


ENDLESS = f"{sys.executable} -c 'while True: print(\"[]\" * 4096)'"


@pytest.mark.parametrize(
    "command",
    [
        *("false", "echo no-json", "/nowhere/at/all", "echo 7", ENDLESS),
        "http://127.0.0.1:9/nobody-listens-here",
    ],
)
def test_an_editor_that_fails_leaves_the_quotes(draft: DraftBriefing, command: str) -> None:
    warnings: list[str] = []
    hook = configured(command, warnings.append)
    assert hook
    assert write(hook(draft)) == write(draft)
    assert "the quotes stand" in warnings[0]


@contextmanager
def answering(answer: Callable[[Any], tuple[int, bytes]]) -> Iterator[str]:
    """Serve an editor on loopback: `answer` gets the topics, returns a status and a body."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            status, body = answer(json.loads(self.rfile.read(size)))
            self.send_response(status)
            self.end_headers()
            with suppress(OSError):  # the client leaves when it has read enough
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/edit"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_address_gets_the_topics_and_answers(draft: DraftBriefing) -> None:
    def answer(topics: Any) -> tuple[int, bytes]:
        first = topics["topics"][0]
        summary = [{"text": "由編輯改寫。", "article": first["articles"][0]["id"]}]
        items = [{"topic": first["topic"], "title": "改寫", "summary": summary}]
        return 200, json.dumps({"items": items}).encode()

    warnings: list[str] = []
    with answering(answer) as url:
        hook = configured(url, warnings.append)
        assert hook
        document = write(hook(draft)).decode()
    assert "### 改寫" in document
    assert "由編輯改寫。（聯合新聞網）" in document
    assert not warnings


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (302, b"{}"), (200, b"<html>"), (200, b" " * (MAX_ANSWER_BYTES + 1))],
)
def test_an_address_that_fails_leaves_the_quotes(
    draft: DraftBriefing, status: int, body: bytes
) -> None:
    warnings: list[str] = []
    with answering(lambda _: (status, body)) as url:
        hook = configured(url, warnings.append)
        assert hook
        assert write(hook(draft)) == write(draft)
    assert "the quotes stand" in warnings[0]
