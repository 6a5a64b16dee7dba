"""Writers: bounded, beside readers, and certain at the end."""

import asyncio
import threading
from typing import Any

import pytest

from app.api.wire import writing
from app.api.wire.writing import MAX_WAITING_WRITES, WRITER_THREADS, Writers
from app.errors import Unavailable
from app.store.answers import Answer


class Gate:
    """Stands for the gate before commits."""

    reason: str | None = None

    def shut(self, reason: str) -> None:
        self.reason = reason


class Store:
    """Stands for a database."""

    def __init__(self) -> None:
        self.commits = Gate()


@pytest.fixture
def writers() -> Writers:
    store: Any = Store()
    return Writers(store)


def test_a_write_returns_and_raises_what_it_does(writers: Writers) -> None:
    def fail() -> None:
        raise KeyError("x")

    assert asyncio.run(writers.run(lambda: 7)) == 7
    with pytest.raises(KeyError):
        asyncio.run(Writers(writers._database).run(fail))


def test_the_queue_is_bounded_and_others_go_on(writers: Writers) -> None:
    released = threading.Event()

    async def run() -> None:
        count = WRITER_THREADS + MAX_WAITING_WRITES
        tasks = [asyncio.create_task(writers.run(released.wait)) for _ in range(count)]
        await asyncio.sleep(0.05)
        with pytest.raises(Unavailable, match="Too many writes"):
            await writers.run(released.wait)
        # The threads of everybody else are free.
        assert await asyncio.wait_for(asyncio.to_thread(lambda: 1), 1) == 1
        released.set()
        assert all(await asyncio.gather(*tasks))
        assert writers.accepted == 0

    asyncio.run(run())


def test_who_waits_too_long_is_refused_before_it_begins(
    writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MAX_WAIT_SECONDS", 0.05)
    released, begun = threading.Event(), list[int]()

    async def run() -> None:
        first = [asyncio.create_task(writers.run(released.wait)) for _ in range(WRITER_THREADS)]
        await asyncio.sleep(0.01)
        with pytest.raises(Unavailable, match="nothing was written"):
            await writers.run(lambda: begun.append(1))
        released.set()
        # Those that had begun are waited for.
        assert all(await asyncio.gather(*first))
        assert await writers.run(lambda: 7) == 7

    asyncio.run(run())
    assert not begun


def test_at_the_end_accepted_writes_finish_and_later_ones_are_refused(writers: Writers) -> None:
    async def run() -> None:
        release = threading.Event()
        accepted = asyncio.create_task(writers.run(release.wait))
        await asyncio.sleep(0.01)
        stopping = asyncio.create_task(writers.stop())
        await asyncio.sleep(0.01)
        with pytest.raises(Unavailable, match="stopping"):
            await writers.run(lambda: 7)
        release.set()
        assert await accepted
        await stopping

    asyncio.run(run())
    gate: Any = writers._database.commits
    assert "nothing was written" in gate.reason


def test_what_does_not_end_is_refused_after_the_gate_is_shut(
    writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "DRAIN_SECONDS", 0.05)
    monkeypatch.setattr(writing, "COMMITTED_SECONDS", 0.05)
    release = threading.Event()

    async def run() -> None:
        stuck = asyncio.create_task(writers.run(release.wait))
        await asyncio.sleep(0.01)
        await writers.stop()
        with pytest.raises(Unavailable, match="nothing was written"):
            await stuck
        release.set()

    asyncio.run(run())


def test_equal_writes_that_wait_at_the_end_are_refused_too(
    writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "DRAIN_SECONDS", 0.05)
    monkeypatch.setattr(writing, "COMMITTED_SECONDS", 0.05)
    release = threading.Event()

    def write() -> Answer:
        release.wait()
        return Answer(201, b"added")

    async def run() -> None:
        line = [asyncio.create_task(writers.run_equal("a", write)) for _ in range(3)]
        await asyncio.sleep(0.02)
        assert writers.accepted == 3
        await writers.stop()
        answers = await asyncio.gather(*line, return_exceptions=True)
        assert [type(answer) for answer in answers] == [Unavailable] * 3
        assert writers.accepted == 0
        release.set()

    asyncio.run(run())
