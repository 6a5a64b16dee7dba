"""Cached answers of calls that the connection writes equal those of the application."""

import json
import time

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.edge.calls import MAX_CALL_BYTES
from app.api.edge.protocol import Protocol
from app.mcp.http import CachedAnswers
from tests.api.edge.talking import Talk, check_problem

TOOL = {"name": "search", "arguments": {"query": "昇騰", "type": "items"}}
# The application answers what is not in one piece, and what came through a proxy.
BY_APPLICATION = "X-Forwarded-Proto: http"


def call(number: int = 1) -> bytes:
    body = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": TOOL}
    return json.dumps(body, ensure_ascii=False).encode()


def request(talk: Talk, body: bytes, *headers: str, path: str = "/mcp") -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        talk.host.strip(),
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream",
        "MCP-Protocol-Version: 2025-06-18",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bodies that connections looked up."""
    bodies: list[bytes] = []
    real = CachedAnswers.peek

    def noted(self: CachedAnswers, headers: list[tuple[bytes, bytes]], body: bytes) -> object:
        bodies.append(body)
        return real(self, headers, body)

    monkeypatch.setattr(CachedAnswers, "peek", noted)
    return bodies


def test_a_cached_call_equals_that_of_the_application(talk: Talk, early: list[bytes]) -> None:
    talk.send(request(talk, call()))
    first = json.loads(talk.answer()[2])
    assert not first["result"]["isError"]
    answers = []
    for headers in (["X-Request-ID: a"], ["X-Request-ID: a", BY_APPLICATION]):
        talk.send(request(talk, call(), *headers))
        answers.append(talk.answer())
    assert early == [call(), call()]
    assert answers[0] == answers[1]
    status, headers_, body = answers[0]
    assert (status, headers_["x-request-id"], json.loads(body)) == (200, "a", first)


def test_calls_are_answered_in_their_order(talk: Talk) -> None:
    asked = b"".join(request(talk, call(number)) for number in range(4))
    listed = f"GET /v1/items?limit=1 HTTP/1.1\r\n{talk.host}\r\n".encode()
    talk.send((asked + listed) * 2)
    numbers = [json.loads(talk.answer()[2]).get("id") for _ in range(10)]
    assert numbers == [0, 1, 2, 3, None] * 2


def test_a_call_may_arrive_in_pieces(talk: Talk, early: list[bytes]) -> None:
    body = call(7)
    whole = request(talk, body)
    for _ in range(2):
        # The last cut is inside of a character.
        for piece in (whole[:20], whole[20:-90], whole[-90:-49], whole[-49:]):
            talk.send(piece)
            time.sleep(0.02)
        assert json.loads(talk.answer()[2])["id"] == 7
    assert early == [body, body]


def test_a_body_like_a_request_line_is_left_alone(talk: Talk) -> None:
    body = "GET /輝達 HTTP/1.1\r\n".encode()
    whole = request(talk, body)
    talk.send(whole[: -len(body)])
    time.sleep(0.05)
    talk.send(body)
    assert talk.answer()[0] == 400
    talk.send(request(talk, call()))
    assert talk.answer()[0] == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [("Host: kb.example", 421), ("Origin: https://elsewhere.example", 403)],
)
def test_a_cached_call_is_refused_to_others(talk: Talk, header: str, status: int) -> None:
    for _ in range(2):
        talk.send(request(talk, call()))
        assert talk.answer()[0] == 200
    asked = request(talk, call(), header)
    if header.startswith("Host"):
        asked = asked.replace(talk.host.encode(), b"")
    talk.send(asked)
    check_problem(talk.answer(), status)


def test_unusual_calls_are_left_to_the_application(talk: Talk, early: list[bytes]) -> None:
    talk.send(request(talk, call(), path="/mcp?a=b"))
    assert talk.answer()[0] == 200
    body = call() + b" " * MAX_CALL_BYTES
    talk.send(request(talk, body))
    assert talk.answer()[0] == 200
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(call()), call())
    head = request(talk, b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    talk.send(head + chunked)
    assert talk.answer()[0] == 200
    assert not early


def test_a_call_that_stalls_is_refused(talk: Talk) -> None:
    talk.send(request(talk, call())[:-5])
    check_problem(talk.answer(), 408)
    assert talk.has_ended()


def test_a_half_sent_call_is_handed_over_when_the_server_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[bytes] = []
    monkeypatch.setattr(HttpToolsProtocol, "on_headers_complete", lambda self: None)
    monkeypatch.setattr(HttpToolsProtocol, "on_body", lambda self, body: begun.append(body))
    monkeypatch.setattr(HttpToolsProtocol, "shutdown", lambda self: None)
    connection = Protocol.__new__(Protocol)
    connection.call = bytearray(b'{"id"')
    connection.shutdown()
    assert begun == [b'{"id"']
    assert connection.call is None
