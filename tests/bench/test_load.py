"""The load generator recognises complete answers and counts them."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat

import pytest

from tests.bench.load import CONNECTIONS, Round, is_complete, measure, read_wrk, request

OUTPUT = """Running 1s test @ http://127.0.0.1:8000/
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


def test_the_output_of_wrk_is_read() -> None:
    expected = Round(
        answers=16_438,
        seconds=1.1,
        p50=0.635,
        p99=1040,
        wrong=0,
        client_seconds=0.5,
    )
    assert read_wrk(OUTPUT, 0.5) == expected


def test_the_errors_of_wrk_are_added_up() -> None:
    errors = "  Socket errors: connect 0, read 2, write 0, timeout 3\n"
    assert read_wrk(OUTPUT + errors + "  Non-2xx or 3xx responses: 4\n", 0.5).wrong == 9


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ],
)
def test_an_answer_is_complete_at_its_end_and_not_before(answer: bytes) -> None:
    assert is_complete(answer)
    for end in range(len(answer)):
        assert not is_complete(answer[:end])


class _Answers(BaseHTTPRequestHandler):
    """Answers `/N` with status N."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"abc")

    def log_message(self, *arguments: object) -> None:
        """Log nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_round_ends_by_count_or_by_time(port: int) -> None:
    good, bad = request(port, "/200", {}), request(port, "/503", {})
    by_count = measure(port, iter([good, good, bad]), 200, seconds=10)
    assert (by_count.answers, by_count.wrong) == (3, 1)
    # A busy machine answered six in a fifth of a second.
    by_time = measure(port, repeat(good), 200, seconds=1)
    assert by_time.answers > CONNECTIONS
    assert 0 < by_time.p50 <= by_time.p99
    assert 1 <= by_time.seconds < 6
