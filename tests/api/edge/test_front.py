"""A real server: limits in time and size, and errors of the server itself."""

import time

import pytest

from tests.api.edge.talking import LIST, WAIT_SECONDS, Talk, check_problem


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


def test_a_connection_closes_when_the_client_asks_for_it(talk: Talk) -> None:
    status, headers, _ = talk.ask(LIST, "Connection: close")
    assert (status, headers["connection"]) == (200, "close")
    assert talk.has_ended()
