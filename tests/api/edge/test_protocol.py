"""Request lines that are not ASCII are percent-encoded; everything else passes as it came."""

from typing import Any

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.edge.protocol import Protocol


class Cycle:
    def __init__(self, more_body: bool) -> None:
        self.more_body = more_body


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
    assert received(monkeypatch, request_line.encode(), None) == (
        request_line.encode() if fed is None else fed
    )


def test_bodies_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "GET /輝達 HTTP/1.1\r\n".encode()
    assert received(monkeypatch, body, Cycle(more_body=True)) == body
    assert received(monkeypatch, body, Cycle(more_body=False)) != body


def test_bytes_that_are_not_utf8_are_percent_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        received(monkeypatch, b"GET /?q=\xa4\xa4 HTTP/1.1\r\n", None)
        == b"GET /?q=%A4%A4 HTTP/1.1\r\n"
    )


def received(monkeypatch: pytest.MonkeyPatch, data: bytes, cycle: Any) -> bytes:
    """Return the bytes that reach the parser."""
    fed: list[bytes] = []
    monkeypatch.setattr(HttpToolsProtocol, "data_received", lambda self, data: fed.append(data))
    protocol = Protocol.__new__(Protocol)
    protocol.cycle = cycle
    protocol.data_received(data)
    return b"".join(fed)
