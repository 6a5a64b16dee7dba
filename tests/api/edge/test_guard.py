"""A real server: limits in time and size, errors of the server itself, answers of the cache."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn

from app.api.edge import front, protocol
from app.main import create_app
from app.store.db import Database
from tests.conftest import settings_for

LIST = "/v1/briefings?limit=1"
WAIT_SECONDS = 0.5
"""Seconds that the server waits for a client."""
HEAD_END = b"\r\n\r\n"


@pytest.fixture(scope="module")
def port(seeds: Callable[[str], Database]) -> Iterator[int]:
    """A server in a thread, with short times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(front, "SWEEP_SECONDS", 0.05)
        for name in ("FIRST_BYTE_SECONDS", "HEAD_SECONDS", "PACE_SECONDS", "STALL_SECONDS"):
            patch.setattr(protocol, name, WAIT_SECONDS)
        app = create_app(settings_for(seeds("sqlite")))
        config = uvicorn.Config(
            app,
            http=protocol.Protocol,
            ws="none",
            server_header=False,
            log_config=None,
            timeout_keep_alive=1,
        )
        server = uvicorn.Server(config)
        bound = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=[[bound]])
        thread.start()
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


class Talk:
    """A connection that speaks HTTP byte by byte."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(20)
        self.host = f"Host: 127.0.0.1:{port}\r\n"
        self.received = b""

    def send(self, text: str | bytes) -> None:
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def ask(
        self, target: str, *headers: str, method: str = "GET"
    ) -> tuple[int, dict[str, str], bytes]:
        lines = "".join(f"{header}\r\n" for header in headers)
        self.send(f"{method} {target} HTTP/1.1\r\n{self.host}{lines}\r\n")
        return self.answer(is_head=method == "HEAD")

    def answer(self, *, is_head: bool = False) -> tuple[int, dict[str, str], bytes]:
        """Read one answer: its status, headers and body."""
        while HEAD_END not in self.received:
            self._receive()
        head, self.received = self.received.split(HEAD_END, 1)
        status, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        has_body = not is_head and " 304 " not in status
        length = int(headers.get("content-length", "0")) if has_body else 0
        while len(self.received) < length:
            self._receive()
        body, self.received = self.received[:length], self.received[length:]
        return int(status.split()[1]), headers, body

    def _receive(self) -> None:
        data = self.socket.recv(65536)
        assert data, "the connection has ended"
        self.received += data

    def has_ended(self) -> bool:
        """Whether the server ends the connection without another answer."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


@pytest.fixture
def talk(port: int) -> Iterator[Talk]:
    talking = Talk(port)
    with talking.socket:
        yield talking


def check_problem(answer: tuple[int, dict[str, str], bytes], status: int) -> str:
    """Check a problem document of the server and return its detail."""
    got, headers, body = answer
    problem = json.loads(body)
    assert (got, problem["status"]) == (status, status)
    assert headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == headers["x-request-id"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["access-control-allow-origin"] == "*"
    return str(problem["detail"])


@pytest.mark.parametrize(
    ("request_text", "status", "detail"),
    [
        ("nonsense\r\n\r\n", 400, "not valid HTTP/1.1"),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "not valid HTTP/1.1"),
        ("GET / HTTP/1.1\r\nX: " + "a" * 66_000 + "\r\n\r\n", 431, "at most 65536 bytes"),
        ("GET / HTTP/1.1\r\nX: " + "a" * 66_000, 431, "at most 65536 bytes"),
        ("GET / HTTP/1.1\r\n" + "X: a\r\n" * 101 + "\r\n", 431, "101 headers"),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "Host: 'a b'"),
        (
            "POST /v1/annotate HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n{",
            413,
            "at most 16777216 bytes",
        ),
    ],
)
def test_errors_of_the_server_are_problem_documents(
    talk: Talk, request_text: str, status: int, detail: str
) -> None:
    talk.send(request_text)
    assert detail in check_problem(talk.answer(), status)


def test_headers_just_below_the_limit_are_accepted(talk: Talk) -> None:
    assert talk.ask("/healthz", "X: " + "a" * 65_000)[0] == 200
    assert talk.ask("/healthz", *["X: a"] * 98)[0] == 200


def test_half_a_request_holds_nobody_up_and_is_closed(port: int, talk: Talk) -> None:
    halves = [
        "",
        "GET /v1/it",
        f"GET {LIST} HTTP/1.1\r\nX: y",
        "POST /v1/annotate HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{",
    ]
    talks = [Talk(port) for _ in range(3) for _ in halves]
    for number, talking in enumerate(talks):
        talking.send(halves[number % len(halves)])
    assert talk.ask("/v1/items?limit=1&q=AI")[0] == 200
    for number, talking in enumerate(talks):
        with talking.socket:
            if number % len(halves):
                check_problem(talking.answer(), 408)
            assert talking.has_ended()


def test_a_body_that_grows_slowly_is_given_up(talk: Talk) -> None:
    talk.send(f"POST /v1/annotate HTTP/1.1\r\n{talk.host}Content-Length: 1000\r\n\r\n")
    began = time.monotonic()
    while time.monotonic() < began + 1.5 * WAIT_SECONDS:
        talk.send("{")
        time.sleep(0.05)
    check_problem(talk.answer(), 408)


def test_a_client_that_does_not_read_is_cut_off(talk: Talk) -> None:
    requests = 400
    talk.send(f"GET /v1/briefings/latest HTTP/1.1\r\n{talk.host}\r\n" * requests)
    time.sleep(3 * WAIT_SECONDS)
    received, data = 0, b"x"
    while data:
        try:
            data = talk.socket.recv(1 << 20)
        except ConnectionResetError:
            break
        received += len(data)
    # The rest was never sent.
    assert received < requests * 50_000


def test_an_upgrade_is_ignored_and_the_connection_lives_on(talk: Talk) -> None:
    for upgrade in ("h2c", "websocket"):
        assert talk.ask(LIST, "Connection: Upgrade", f"Upgrade: {upgrade}")[0] == 200
    assert talk.ask(LIST)[0] == 200


def test_cached_answers_equal_those_of_the_application(talk: Talk) -> None:
    # A body, though empty, makes a request unusual: the application answers.
    for path in (LIST, "/v1/briefings/latest", "/v1/items?limit=2"):
        talk.ask(path, "Content-Length: 0")
        early, later = (
            talk.ask(path, "X-Request-ID: a"),
            talk.ask(path, "X-Request-ID: a", "Content-Length: 0"),
        )
        assert early == later
        head = talk.ask(path, "X-Request-ID: a", method="HEAD")
        assert head == (200, early[1], b"")
        etag = early[1]["etag"]
        conditions = (f"If-None-Match: {etag}", "X-Request-ID: a")
        unchanged = talk.ask(path, *conditions)
        assert unchanged == talk.ask(path, *conditions, "Content-Length: 0")
        assert (unchanged[0], "content-length" in unchanged[1]) == (304, False)


def test_cached_answers_have_their_own_ids_and_keep_their_order(talk: Talk) -> None:
    asked = f"GET {LIST} HTTP/1.1\r\n{talk.host}\r\nGET /v1/nothing HTTP/1.1\r\n{talk.host}\r\n"
    talk.send(asked * 3)
    answers = [talk.answer() for _ in range(6)]
    assert [status for status, _, _ in answers] == [200, 404] * 3
    ids = {headers["x-request-id"] for _, headers, _ in answers}
    assert len(ids) == 6
    assert all(re.fullmatch("[0-9a-f]{32}", identity) for identity in ids)


def test_an_idle_connection_is_closed_after_a_cached_answer(talk: Talk) -> None:
    assert talk.ask(LIST)[0] == 200
    began = time.monotonic()
    assert talk.has_ended()
    assert 0.5 < time.monotonic() - began < 5


def test_a_connection_closes_when_the_client_asks_for_it(talk: Talk) -> None:
    status, headers, _ = talk.ask(LIST, "Connection: close")
    assert (status, headers["connection"]) == (200, "close")
    assert talk.has_ended()
