"""Answers are told from beginnings of answers, and what is counted is what was answered."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat

import pytest

from tests.bench.load import CONNECTIONS, by_ours, is_whole, read_wrk, request

TOLD = """Running 1s test @ http://127.0.0.1:8000/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   453.00us    1.20ms  15.33ms   98.62%
    Req/Sec    15.01k     1.20k   16.30k    72.73%
  Latency Distribution
     50%  635.00us
     75%    0.90ms
     90%    1.20ms
     99%    1.04s
  16438 requests in 1.10s, 957.31MB read
"""


def test_what_wrk_says() -> None:
    seen = read_wrk(TOLD, 0.5)
    assert (seen.answers, seen.seconds, seen.p50, seen.p99, seen.wrong, seen.asking) == (
        16_438,
        1.1,
        0.635,
        1040,
        0,
        0.5,
    )
    told = (
        TOLD
        + "  Socket errors: connect 0, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 4\n"
    )
    assert read_wrk(told, 0.5).wrong == 9


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ],
)
def test_an_answer_is_whole_at_its_end_and_not_before(answer: bytes) -> None:
    assert [is_whole(answer[:end]) for end in range(len(answer) + 1)] == [False] * len(answer) + [
        True
    ]


class _Answers(BaseHTTPRequestHandler):
    """`/N` is answered with status N."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"abc")

    def log_message(self, *told: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_as_much_is_asked_as_was_to_be(port: int) -> None:
    asked = [request(port, f"/{status}", {}) for status in (200, 200, 503)]
    seen = by_ours(port, iter(asked), 200, seconds=10)
    assert (seen.answers, seen.wrong) == (3, 1)
    seen = by_ours(port, repeat(asked[0]), 200, seconds=0.2)
    assert seen.answers > CONNECTIONS
    assert 0 < seen.p50 <= seen.p99
    assert 0.2 <= seen.seconds < 5
