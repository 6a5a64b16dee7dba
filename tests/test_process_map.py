import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import AppError, Unavailable, Unreadable
from app.process_map import (
    GC_THRESHOLDS,
    LimitedProcesses,
    LimitExceeded,
    Limits,
    map_in_processes,
    may_fork,
    may_map,
    relaxed_gc,
    run_in_child,
)
from app.settings import ROOT


def square_slowly(number: int) -> tuple[int, int]:
    time.sleep(0.01 * (number % 3))
    return number * number, os.getpid()


def test_results_come_in_order_from_other_processes() -> None:
    results = list(map_in_processes(square_slowly, range(20), 5))
    assert [square for square, _ in results] == [number * number for number in range(20)]
    assert os.getpid() not in {pid for _, pid in results}


def test_work_is_at_most_as_far_ahead_as_asked() -> None:
    started: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(20):
            started.append(number)
            yield number

    results = map_in_processes(square_slowly, tasks(), 5)
    for taken in range(3):
        next(results)
        assert len(started) == taken + 5
    assert isinstance(results, Generator)
    results.close()


def test_a_process_with_threads_may_not_fork() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    assert not may_fork()
    stop.set()
    thread.join()


def test_the_collector_is_relaxed_within_the_block() -> None:
    before = gc.get_threshold()
    with relaxed_gc():
        assert gc.get_threshold()[0] == GC_THRESHOLDS[0]
    assert gc.get_threshold() == before


def test_the_collector_of_a_command_runs_no_more_often_within_the_block() -> None:
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, 5, 50)
    try:
        with relaxed_gc():
            assert gc.get_threshold() == (1_000_000, GC_THRESHOLDS[1], 50)
    finally:
        gc.set_threshold(*before)


def refuse(number: int) -> int:
    raise AppError(f"not {number}")


def test_an_error_in_a_process_is_raised_here() -> None:
    with pytest.raises(AppError, match="not 0"):
        list(map_in_processes(refuse, range(3), 2))


def kill_the_third(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_killed_process_is_an_error() -> None:
    with pytest.raises(AppError, match="was killed"):
        list(map_in_processes(kill_the_third, range(30), 4))


_LONG_WORK = """
import os, signal, sys, time
from app.process_map import map_in_processes
# A script started in the background ignores SIGINT otherwise.
signal.signal(signal.SIGINT, signal.default_int_handler)
def work(number):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(0.05)
try:
    for _ in map_in_processes(work, range(10_000), 8):
        pass
except KeyboardInterrupt:
    sys.exit(7)
"""


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 7), (signal.SIGKILL, -9)])
def test_no_process_outlives_its_parent(sent: signal.Signals, code: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _LONG_WORK],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    ) as process:
        assert process.stdout
        pids = {int(process.stdout.readline()) for _ in range(6)}
        # A terminal sends Ctrl-C to all processes.
        send = os.killpg if sent == signal.SIGINT else os.kill
        send(process.pid, sent)
        assert process.wait(60) == code
        deadline = time.monotonic() + 10
        while any(map(is_running, pids)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(map(is_running, pids))


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def prepare() -> None:
    """Nothing to load."""


def task(kind: str) -> str:
    if kind == "spin":
        while True:
            pass
    elif kind == "sleep":
        time.sleep(60)
    elif kind == "allocate":
        bytearray(1 << 30)
    elif kind == "refuse":
        raise Unreadable("not so")
    elif kind == "end":
        os._exit(1)
    elif kind == "break":
        raise ZeroDivisionError
    return f"{kind} {os.getpid()}"


def test_a_task_over_a_limit_ends_and_the_next_one_runs() -> None:
    limits = Limits(seconds=0.5, memory_bytes=256 << 20)
    processes = LimitedProcesses(task, prepare, 1, limits)
    first = processes("a")
    assert processes("b").split()[1] == first.split()[1]
    faults = {"sleep": "1.5 seconds", "spin": "seconds", "allocate": "memory", "end": "memory"}
    for kind, words in faults.items():
        with pytest.raises(LimitExceeded, match=words):
            processes(kind)
        assert processes(kind[:1]).startswith(kind[:1])
    with pytest.raises(Unreadable, match="not so"):
        processes("refuse")
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        processes("break")
    processes.close()


def test_a_task_waits_for_a_free_process_and_no_longer() -> None:
    limits = Limits(seconds=30.0, memory_bytes=256 << 20, wait_seconds=0.05)
    processes = LimitedProcesses(task, prepare, 1, limits)
    processes("a")
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(processes, "sleep")
        time.sleep(0.2)
        with pytest.raises(Unavailable, match="busy"):
            processes("b")
        slow.cancel()
        for child in multiprocessing.active_children():
            child.kill()
        with pytest.raises(LimitExceeded):
            slow.result(10)
    processes.close()


def test_a_child_does_the_work(tmp_path: Path) -> None:
    path = tmp_path / "pid"

    def write() -> None:
        path.write_text(str(os.getpid()))

    run_in_child(write)
    assert int(path.read_text()) != os.getpid()


def test_an_error_in_a_child_is_raised_here() -> None:
    def fail() -> None:
        raise AppError("no disk")

    with pytest.raises(AppError, match="no disk"):
        run_in_child(fail)


def test_a_killed_child_is_an_error() -> None:
    with pytest.raises(AppError, match="was killed"):
        run_in_child(lambda: os.kill(os.getpid(), signal.SIGKILL))


def test_work_is_mapped_only_with_two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert not may_map()
