"""Work mapped over as many processes as there are processors, with results in order."""

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
from multiprocessing.connection import Connection
from typing import TypeVar

from app.errors import AppError

T = TypeVar("T")
R = TypeVar("R")

GC_THRESHOLDS = (100_000, 20, 20)
"""Thresholds of `gc.set_threshold` for work that allocates many objects.

With the usual ones, the collector would search them all the time.
"""
_PARENT_CHECK_SECONDS = 0.5


@contextmanager
def relaxed_gc() -> Iterator[None]:
    """Let the collector run rarely within the block."""
    before = gc.get_threshold()
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def may_fork() -> bool:
    """Whether this process can be forked: no other thread may hold a lock at that moment."""
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    return can_fork and threading.active_count() == 1


def may_map() -> bool:
    """Whether `map_in_processes` can be used and pays, which needs a second processor."""
    return may_fork() and (os.cpu_count() or 1) > 1


def map_in_processes(work: Callable[[T], R], tasks: Iterable[T], ahead: int) -> Iterator[R]:
    """Yield `work(task)` for each task, computed at most `ahead` tasks in advance.

    The processes are forks of this one, which `may_fork`: they share its memory. Connections and
    files that must not be shared have to be closed before. Raises `AppError` if a process dies.
    """
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(os.cpu_count(), context, _begin, (os.getpid(),))
    results: deque[Future[R]] = deque()
    try:
        # The first submission forks all processes, before anything is opened to get at the tasks.
        pool.submit(int).result()
        for task in tasks:
            results.append(pool.submit(work, task))
            if len(results) >= ahead:
                yield results.popleft().result()
        while results:
            yield results.popleft().result()
    except BrokenProcessPool:
        raise AppError(
            "A process that reads documents was killed; stored documents stay stored. "
            "Run the command again."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def run_in_child(work: Callable[[], None]) -> None:
    """Run `work` in a fork of this process, which `may_fork`, so that its memory is given back.

    An exception of `work` is raised here. Raises `AppError` if the process dies.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send_outcome, args=(work, sender))
    process.start()
    sender.close()
    try:
        error = receiver.recv()
    except EOFError:
        raise AppError(
            "The process that prepares the database was killed. Run the command again."
        ) from None
    finally:
        process.join()
        receiver.close()
    if error is not None:
        raise error


def _send_outcome(work: Callable[[], None], sender: Connection) -> None:
    """Run `work` and send its exception, None without one."""
    try:
        work()
    except Exception as error:
        sender.send(error)
    else:
        sender.send(None)


def _begin(parent_pid: int) -> None:
    """Set up a new process: Ctrl-C is left to the parent, and the process ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    threading.Thread(
        target=_exit_with,
        args=(parent_pid,),
        daemon=True,
    ).start()


def _exit_with(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(_PARENT_CHECK_SECONDS)
    os._exit(1)
