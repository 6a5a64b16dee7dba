"""Bodies are received before a request counts; streams and monitoring are not held up."""

import asyncio
from collections.abc import Iterable
from typing import Any

import orjson
import pytest
from starlette.types import Message, Receive, Scope, Send

from app.api.edge import admission
from app.api.edge.admission import Admission, WaitingLine

PIECE: Message = {"type": "http.request", "body": b"ab", "more_body": True}
LAST: Message = {"type": "http.request", "body": b"c", "more_body": False}
GONE: Message = {"type": "http.disconnect"}


class Application:
    """Reads a body, starts its response, and waits before it ends."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.running_at_start: list[int] = []
        self.line = WaitingLine(1, 0.05, 10)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.bodies.append((await receive()).get("body", b""))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        self.running_at_start.append(self.line.running)
        await send({"type": "http.response.body", "body": b"ok"})


def ask(
    app: Application, messages: Iterable[Message], method: str = "POST", path: str = "/v1/annotate"
) -> tuple[list[Message], Admission]:
    sent: list[Message] = []
    admitting = Admission(app, app.line)
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": []}
    asyncio.run(admitting(scope, receive, send))
    return sent, admitting


def test_a_body_is_complete_before_the_application_is_called() -> None:
    app = Application()
    sent, admitting = ask(app, [PIECE, PIECE, LAST])
    assert (sent[0]["status"], app.bodies, admitting.body_bytes) == (200, [b"ababc"], 0)


def test_half_a_body_is_no_request() -> None:
    app = Application()
    sent, _ = ask(app, [PIECE, GONE])
    assert (sent, app.bodies) == ([], [])


def test_a_place_is_free_when_the_response_starts() -> None:
    app = Application()
    ask(app, [LAST])
    ask(app, [LAST], "GET", "/v1/items")
    assert app.running_at_start == [0, 0]


@pytest.mark.parametrize(("limit", "status"), [("MAX_BODY_BYTES", 413), ("BODY_BUDGET_BYTES", 503)])
def test_large_bodies_have_limits(limit: str, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, limit, 4)
    monkeypatch.setattr(admission, "SMALL_BODY_BYTES", 2)
    app = Application()
    sent, admitting = ask(app, [PIECE, PIECE, LAST])
    problem = orjson.loads(sent[1]["body"])
    assert (sent[0]["status"], problem["status"]) == (status, status)
    assert (app.bodies, admitting.body_bytes) == ([], 0)
    assert (b"connection", b"close") in sent[0]["headers"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_monitoring_never_waits(path: str) -> None:
    app = Application()
    app.line.running = 1
    assert ask(app, [LAST], "GET", path)[0][0]["status"] == 200
    assert ask(app, [LAST], "GET", "/v1/items")[0][0]["status"] == 503
