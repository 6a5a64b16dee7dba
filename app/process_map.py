"""Work done ahead in other processes, as many as there are processors, and handed out in the order it was given."""

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from app.errors import AppError

T = TypeVar("T")
R = TypeVar("R")


SELDOM = (100_000, 20, 20)
"""How seldom a process that makes many objects looks for circles among them (`gc.set_threshold`): it would look all the time."""


@contextmanager
def relaxed_gc() -> Iterator[None]:
    """So for as long as this lasts."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def may_fork() -> bool:
    """Whether this process can be copied as it is: there is more than one processor, and no other thread that may hold a lock just then."""
    return (
        "fork" in multiprocessing.get_all_start_methods()
        and (os.cpu_count() or 1) > 1
        and threading.active_count() == 1
    )


def map_in_processes(work: Callable[[T], R], tasks: Iterable[T], waiting: int) -> Iterator[R]:
    """`work` done for each of `tasks`, at most `waiting` of them ahead of what was taken.

    The processes are copies of this one, which must be one that `may_fork`: they know what it knows and share its memory, so
    whatever is open in it that must not be shared has to be closed before.
    """
    pool = ProcessPoolExecutor(
        os.cpu_count(), multiprocessing.get_context("fork"), _begin, (os.getpid(),)
    )
    done: deque[Future[R]] = deque()
    try:
        # All copies are made with the first of these, before anything is opened to get at the tasks.
        pool.submit(int).result()
        for task in tasks:
            done.append(pool.submit(work, task))
            if len(done) >= waiting:
                yield done.popleft().result()
        while done:
            yield done.popleft().result()
    except BrokenProcessPool:
        raise AppError(
            "A process that read documents ahead was ended from outside; what was taken in stays. Run the command again."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(parent: int) -> None:
    """Ctrl-C is for the parent to see, which ends its copies; they also end when it is gone without a word."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(*SELDOM)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
