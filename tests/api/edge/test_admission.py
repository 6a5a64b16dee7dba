"""Admission of bodies, and the waiting line: order, capacity, expected waits, cost of refusals."""

import asyncio
import itertools
import time
from collections.abc import Iterable
from typing import Any

import orjson
import pytest
from starlette.types import Message, Receive, Scope, Send

from app.api.edge import admission
from app.api.edge.admission import SPARE_TURNS, Admission, WaitingLine
from app.errors import Unavailable

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


async def visit(line: WaitingLine, seconds: float, ended: list[str], name: str) -> None:
    """Enter, work for some seconds outside the event loop, and leave."""
    try:
        await line.enter()
    except Unavailable:
        ended.append(f"no {name}")
        return
    await asyncio.sleep(seconds)
    line.leave()
    ended.append(name)


def test_requests_start_in_order_and_no_more_than_fit() -> None:
    async def run() -> list[str]:
        line, ended = WaitingLine(2, 1.0, 100), list[str]()
        visits = [visit(line, 0.01, ended, str(number)) for number in range(6)]
        tasks = [asyncio.create_task(visiting) for visiting in visits]
        await asyncio.sleep(0.005)
        assert line.running <= 2
        await asyncio.gather(*tasks)
        assert (line.running, len(line.waiting), line.refused) == (0, 0, 0)
        return ended

    assert asyncio.run(run()) == ["0", "1", "2", "3", "4", "5"]


def test_who_waits_too_long_is_refused_in_time() -> None:
    async def run() -> None:
        line, ended = WaitingLine(1, 0.1, 100), list[str]()
        began = time.monotonic()
        await asyncio.gather(*(visit(line, 0.5, ended, str(number)) for number in range(3)))
        assert ended == ["no 1", "no 2", "0"]
        assert time.monotonic() - began < 1.0
        assert line.refused == 2

    asyncio.run(run())


def test_the_expected_wait_refuses_on_arrival() -> None:
    async def run() -> None:
        line, ended = WaitingLine(1, 0.05, 100), list[str]()
        await asyncio.gather(*(visit(line, 0.02, ended, str(number)) for number in range(3)))
        assert line.mean_interval > 0.015
        tasks = []
        for number in range(10):
            tasks.append(asyncio.create_task(visit(line, 0.02, ended, f"again {number}")))
        await asyncio.sleep(0)
        # Some wait; the others would wait longer than allowed.
        assert 1 <= len(line.waiting) <= 5
        assert line.refuses()
        await asyncio.gather(*tasks)
        assert "again 0" in ended
        assert "no again 9" in ended
        assert not line.refuses()

    asyncio.run(run())


def test_no_more_are_in_flight_than_the_maximum() -> None:
    async def run() -> None:
        line, ended = WaitingLine(1, 0.05, 3), list[str]()
        await asyncio.gather(*(visit(line, 0.01, ended, str(number)) for number in range(6)))
        assert sum(name.startswith("no") for name in ended) >= 3

    asyncio.run(run())


def test_a_client_that_gives_up_leaves_no_place_taken() -> None:
    async def run() -> None:
        line, ended = WaitingLine(1, 1.0, 100), list[str]()
        tasks = []
        for number in range(3):
            tasks.append(asyncio.create_task(visit(line, 0.02, ended, str(number))))
        await asyncio.sleep(0.005)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert ended == ["0", "2"]
        assert line.running == 0

    asyncio.run(run())


@pytest.mark.parametrize("count", [20])
def test_the_loop_turns_between_two_requests_that_block_it(count: int) -> None:
    """Requests that block the event loop do not keep it from seeing what arrives."""

    async def run() -> None:
        line = WaitingLine(4, 5.0, 100)
        delays: list[float] = []

        async def block() -> None:
            await line.enter()
            time.sleep(0.008)
            line.leave()

        async def tick() -> None:
            while len(delays) < count // 2:
                began = time.monotonic()
                await asyncio.sleep(0)
                delays.append(time.monotonic() - began)

        tasks = [asyncio.create_task(block()) for _ in range(count)]
        await asyncio.gather(tick(), *tasks)
        # Without turns, the first tick would wait for all of them.
        assert max(delays) < count * 0.008 / 2

    asyncio.run(run())


def test_the_event_loop_has_turns_between_two_starts() -> None:
    # uvloop accepts one connection a turn; a start takes a turn of milliseconds.
    async def run() -> None:
        line = WaitingLine(1, 1.0, 100)
        turns: list[int] = []
        turn = 0

        async def visit_for_a_turn() -> None:
            await line.enter()
            turns.append(turn)
            await asyncio.sleep(0)
            line.leave()

        tasks = [asyncio.create_task(visit_for_a_turn()) for _ in range(5)]
        while not all(task.done() for task in tasks):
            await asyncio.sleep(0)
            turn += 1
        gaps = [after - before for before, after in itertools.pairwise(turns[1:])]
        assert len(turns) == 5
        assert min(gaps) > SPARE_TURNS

    asyncio.run(run())
