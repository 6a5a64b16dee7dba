"""Work in other processes: mapped over all processors, or within limits of time and memory."""

import gc
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, TypeVar

from app.errors import AppError, Unavailable

try:
    import resource
except ImportError:  # pragma: no cover - Windows limits no memory
    resource = None  # type: ignore[assignment]  # Windows has none

_TIME_SIGNAL = getattr(signal, "SIGPROF", 0)
T = TypeVar("T")
R = TypeVar("R")

GC_THRESHOLDS = (100_000, 20, 20)
"""Thresholds of `gc.set_threshold` for work that allocates many objects.

With the usual ones, the collector would search them all the time.
"""
_PARENT_CHECK_SECONDS = 0.5
_START_SECONDS = 120.0
WALL_FACTOR = 3
"""A busy machine gives a process a third of its processors, or the task waits for nothing."""


@contextmanager
def relaxed_gc() -> Iterator[None]:
    """Let the collector run rarely within the block, and never more often than before."""
    before = gc.get_threshold()
    gc.set_threshold(*map(max, before, GC_THRESHOLDS))
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
    # What was loaded stays; the collector would search its 300,000 objects again and again.
    gc.freeze()
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


def run_in_child(work: Callable[[], T]) -> T:
    """Return `work()`, run in a fork of this process, which `may_fork`: its memory is given back.

    An exception of `work` is raised here. Raises `AppError` if the process dies.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send_outcome, args=(work, sender))
    process.start()
    sender.close()
    try:
        outcome: tuple[Any, Exception | None] = receiver.recv()
    except EOFError:
        raise AppError(
            "The process that prepares the database was killed. Run the command again."
        ) from None
    finally:
        process.join()
        receiver.close()
    result, error = outcome
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]  # sent by `_send_outcome`


def _send_outcome(work: Callable[[], Any], sender: Connection) -> None:
    """Run `work` and send its result and its exception, None without one."""
    try:
        result = work()
    except Exception as error:
        sender.send((None, error))
    else:
        sender.send((result, None))


def start_child(work: Callable[[], None]) -> None:
    """Start `work` in a fork of this process, which `may_fork`; it ends with this one at last."""
    context = multiprocessing.get_context("fork")
    context.Process(target=_run_below, args=(work, os.getpid()), daemon=True).start()


def _run_below(work: Callable[[], None], parent_pid: int) -> None:
    _begin(parent_pid)
    work()


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


class LimitExceeded(Exception):
    """Raised for a task that takes more time or memory than it may; says which."""


@dataclass(frozen=True)
class Limits:
    """The limits of one task, and the seconds that a task waits for a free process.

    `seconds` are of processor time; a task ends in any case after `WALL_FACTOR` times as long.
    """

    seconds: float
    memory_bytes: int
    """Bytes beyond those that the process needs before its first task."""
    wait_seconds: float = 30.0


class LimitedProcesses(Generic[T, R]):
    """Runs `work(task)` in other processes, at most `count` at a time, each within limits.

    Processes start when the first tasks come and are used again. One that exceeds a limit is
    killed. `work` and `prepare`, which runs once in each process, are functions of modules.
    `preload` names the modules that processes share memory of.
    """

    def __init__(
        self,
        work: Callable[[T], R],
        prepare: Callable[[], None],
        count: int,
        limits: Limits,
        preload: Sequence[str] = (),
    ) -> None:
        self._arguments = (work, prepare, limits)
        self._limits = limits
        self._slots = threading.BoundedSemaphore(count)
        self._idle: list[_LimitedProcess] = []
        # A server that processes are forked from: this process has threads.
        methods = multiprocessing.get_all_start_methods()
        method = "forkserver" if "forkserver" in methods else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        self._preload = list(preload)

    def __call__(self, task: T) -> R:
        """Return `work(task)`. Raises what it raises, LimitExceeded, and Unavailable if busy."""
        if not self._slots.acquire(timeout=self._limits.wait_seconds):
            raise Unavailable("All processes that read documents are busy; try again shortly.")
        try:
            process = self._take()
            answer: tuple[R, Exception | None] = process.run(task, self._limits.seconds)
            self._idle.append(process)
        finally:
            self._slots.release()
        result, error = answer
        if error:
            raise error
        return result

    def _take(self) -> "_LimitedProcess":
        while self._idle:
            process = self._idle.pop()
            if process.is_alive():
                return process
        if self._preload:
            self._context.set_forkserver_preload(self._preload)
        return _LimitedProcess(self._context, self._arguments)

    def close(self) -> None:
        """End the processes that are idle."""
        while self._idle:
            self._idle.pop().kill()


class _LimitedProcess:
    """One process and the connection to it."""

    def __init__(self, context: Any, arguments: tuple[Any, ...]) -> None:
        self._connection, other_end = context.Pipe()
        self._process = context.Process(
            target=_serve,
            args=(other_end, *arguments),
            daemon=True,
        )
        self._process.start()
        other_end.close()
        if not self._connection.poll(_START_SECONDS):
            self.kill()
            raise Unavailable("A process that reads documents does not start; try again shortly.")
        self._connection.recv()

    def is_alive(self) -> bool:
        """Whether the process can take another task."""
        return bool(self._process.is_alive())

    def run(self, task: Any, seconds: float) -> tuple[Any, Exception | None]:
        """Return the result of a task, or its error. A process over a limit is killed."""
        try:
            self._connection.send(task)
            if not self._connection.poll(WALL_FACTOR * seconds):
                self.kill()
                raise LimitExceeded(f"{WALL_FACTOR * seconds:g} seconds")
            result, error = self._connection.recv()
        except (EOFError, ConnectionError):
            self._process.join(_START_SECONDS)
            took_long = self._process.exitcode == -_TIME_SIGNAL
            self.kill()
            limit = f"{seconds:g} seconds" if took_long else "the memory of a process"
            raise LimitExceeded(limit) from None
        if isinstance(error, MemoryError):
            self.kill()
            raise LimitExceeded("the memory of a process")
        return result, error

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.join()
        self._connection.close()


def _serve(
    connection: Connection,
    work: Callable[[Any], Any],
    prepare: Callable[[], None],
    limits: Limits,
) -> None:
    """Answer the tasks that come over a connection until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*GC_THRESHOLDS)
    prepare()
    _limit_memory(limits.memory_bytes)
    connection.send(None)
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        _end_after(limits.seconds)
        answer = _answer(work, task)
        _end_after(0)
        connection.send(answer)


def _end_after(seconds: float) -> None:
    """End this process after some seconds of processor time, 0 for never; not on Windows."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _answer(work: Callable[[Any], Any], task: Any) -> tuple[Any, Exception | None]:
    try:
        return work(task), None
    except (AppError, MemoryError) as error:
        return None, error
    except Exception as error:
        # Some exceptions cannot be sent to another process.
        return None, RuntimeError("".join(traceback.format_exception(error)))


def _limit_memory(allowance_bytes: int) -> None:
    """Limit the address space of this process to its present size plus the allowance."""
    statistics = Path("/proc/self/statm")
    if resource is None or not statistics.exists():
        return
    pages = int(statistics.read_text().split()[0])
    limit = pages * resource.getpagesize() + allowance_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
