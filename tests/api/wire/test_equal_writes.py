"""Equal writes at once: what each request is answered, and how often is written."""

import asyncio
from collections import Counter

from app.api.wire.equal_writes import EqualWrites
from app.errors import Unavailable, Unreadable
from app.store.answers import Answer

ADDED = Answer(201, b"added")
UNCHANGED = Answer(200, b"unchanged", is_change=False)


class Store:
    """Adds a document once; counts the writes and those that run at once."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.writes = self.running = 0
        self.keys: set[str] = set()

    async def write(self, key: str) -> Answer:
        self.writes += 1
        self.running += 1
        assert self.running <= len(self.keys | {key})
        await asyncio.sleep(0.01)
        self.running -= 1
        if self.error:
            raise self.error
        is_new = key not in self.keys
        self.keys.add(key)
        return ADDED if is_new else UNCHANGED


async def _at_once(equal: EqualWrites, store: Store, count: int) -> list[Answer | BaseException]:
    calls = [equal.run("a", lambda: store.write("a")) for _ in range(count)]
    return await asyncio.gather(*calls, return_exceptions=True)


def test_a_hundred_equal_requests_are_two_writes() -> None:
    equal, store = EqualWrites(), Store()
    answers = asyncio.run(_at_once(equal, store, 100))
    assert Counter(map(repr, answers)) == {repr(ADDED): 1, repr(UNCHANGED): 99}
    assert (store.writes, equal._queues) == (2, {})


def test_a_request_that_comes_while_the_answer_is_sought_gets_a_later_one() -> None:
    equal, store = EqualWrites(), Store()
    store.keys.add("a")

    async def run() -> None:
        first = asyncio.create_task(equal.run("a", lambda: store.write("a")))
        await asyncio.sleep(0.002)
        assert await equal.run("a", lambda: store.write("a")) == await first == UNCHANGED

    asyncio.run(run())
    assert store.writes == 2


def test_a_refused_document_is_read_twice_and_refused_to_all() -> None:
    store = Store(Unreadable("no date"))
    answers = asyncio.run(_at_once(EqualWrites(), store, 20))
    assert {str(answer) for answer in answers} == {"no date"}
    assert all(isinstance(answer, Unreadable) for answer in answers)
    assert store.writes == 2


def test_a_service_that_is_busy_for_one_may_answer_the_next() -> None:
    store = Store(Unavailable("busy"))
    asyncio.run(_at_once(EqualWrites(), store, 5))
    assert store.writes == 5


def test_a_cancelled_request_leaves_the_queue() -> None:
    equal, store = EqualWrites(), Store()

    async def run() -> None:
        tasks = [asyncio.create_task(equal.run("a", lambda: store.write("a"))) for _ in range(4)]
        await asyncio.sleep(0.002)
        tasks[0].cancel()
        tasks[2].cancel()
        store.running = 0
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(answer) for answer in answers] == [
            *(asyncio.CancelledError, Answer),
            *(asyncio.CancelledError, Answer),
        ]

    asyncio.run(run())
    assert not equal._queues


def test_other_writes_do_not_wait() -> None:
    equal = EqualWrites()

    async def run() -> None:
        begun = asyncio.Event()

        async def waiting() -> Answer:
            await begun.wait()
            return UNCHANGED

        async def beginning() -> Answer:
            begun.set()
            return UNCHANGED

        first = asyncio.create_task(equal.run("a", waiting))
        await asyncio.wait_for(equal.run("b", beginning), 1)
        await first

    asyncio.run(run())
