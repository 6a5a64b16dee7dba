"""Request lines that are not ASCII are percent-encoded; everything else passes as it came."""

import time

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.edge.protocol import MAX_TRAILER_BYTES, Protocol
from tests.api.edge.talking import Talk, check_problem


@pytest.mark.parametrize(
    ("request_line", "fed"),
    [
        (
            "GET /v1/items?q=輝達 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /v1/items?q=%E8%BC%9D%E9%81%94 HTTP/1.1\r\nHost: x\r\n\r\n",
        ),
        ("GET /v1/items?q=%E8%BC%9D+a|b HTTP/1.1\r\nX: 輝\r\n\r\n", None),
        (
            'GET /v1/entities/昇騰?a="b" HTTP/1.0\r\n\r\n',
            b'GET /v1/entities/%E6%98%87%E9%A8%B0?a="b" HTTP/1.0\r\n\r\n',
        ),
        ("輝達", None),
    ],
)
def test_request_lines(
    monkeypatch: pytest.MonkeyPatch, request_line: str, fed: bytes | None
) -> None:
    assert received(monkeypatch, request_line.encode()) == (
        request_line.encode() if fed is None else fed
    )


def test_bodies_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "GET /輝達 HTTP/1.1\r\n".encode()
    assert received(monkeypatch, body, in_body=True) == body
    assert received(monkeypatch, body) != body


def test_bytes_that_are_not_utf8_are_percent_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert received(monkeypatch, b"GET /?q=\xa4\xa4 HTTP/1.1\r\n") == b"GET /?q=%A4%A4 HTTP/1.1\r\n"


def received(monkeypatch: pytest.MonkeyPatch, data: bytes, *, in_body: bool = False) -> bytes:
    """Return the bytes that reach the parser."""
    fed: list[bytes] = []
    monkeypatch.setattr(HttpToolsProtocol, "data_received", lambda self, data: fed.append(data))
    protocol = Protocol.__new__(Protocol)
    protocol.in_body = in_body
    protocol.data_received(data)
    return b"".join(fed)


CHUNKED = "POST /v1/briefings HTTP/1.1\r\n{}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"


def test_trailers_are_no_headers(talk: Talk) -> None:
    talk.send(CHUNKED.format(talk.host) + "Authorization: Bearer bb_trailer\r\n\r\n")
    assert "bb_trailer" not in check_problem(talk.answer(), 401)
    # The connection goes on behind them.
    assert talk.ask("/healthz")[0] == 200


@pytest.mark.parametrize("trailers", ["X: a\r\n" * 1_000, "X: " + "a" * 4 * MAX_TRAILER_BYTES])
def test_large_trailers_are_refused(talk: Talk, trailers: str) -> None:
    talk.send(CHUNKED.format(talk.host))
    # What comes together with the head is bounded by what the server reads at once.
    for start in range(0, len(trailers), MAX_TRAILER_BYTES):
        time.sleep(0.05)
        talk.send(trailers[start : start + MAX_TRAILER_BYTES])
    assert "at most 4096 bytes" in check_problem(talk.answer(), 431)
    assert talk.has_ended()


def test_headers_behind_a_body_are_dropped() -> None:
    protocol = Protocol.__new__(Protocol)
    protocol.headers, protocol.in_head = [], True
    protocol.on_header(b"Accept", b"a")
    protocol.in_head = False
    protocol.on_header(b"Authorization", b"Bearer b")
    assert protocol.headers == [(b"accept", b"a")]
