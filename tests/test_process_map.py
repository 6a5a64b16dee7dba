import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import AppError
from app.process_map import map_in_processes, may_fork
from app.settings import ROOT


def squared(number: int) -> tuple[int, int]:
    time.sleep(0.01 * (number % 3))
    return number * number, os.getpid()


def test_in_order_and_elsewhere() -> None:
    found = list(map_in_processes(squared, range(20), 5))
    assert [square for square, _ in found] == [number * number for number in range(20)]
    assert os.getpid() not in {pid for _, pid in found}


def test_no_further_ahead_than_asked() -> None:
    given: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(20):
            given.append(number)
            yield number

    done = map_in_processes(squared, tasks(), 5)
    for taken in range(3):
        next(done)
        assert len(given) == taken + 5
    done.close()  # type: ignore[attr-defined]


def test_a_process_with_threads_is_not_copied() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    assert not may_fork()
    stop.set()
    thread.join()


def refused(number: int) -> int:
    raise AppError(f"not {number}")


def test_what_goes_wrong_there_is_raised_here() -> None:
    with pytest.raises(AppError, match="not 0"):
        list(map_in_processes(refused, range(3), 2))


def killed(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_process_that_dies() -> None:
    with pytest.raises(AppError, match="ended from outside"):
        list(map_in_processes(killed, range(30), 4))


_LONG = """
import os, signal, sys, time
from app.ahead import ahead
# What is started in the background of a script does not hear it otherwise.
signal.signal(signal.SIGINT, signal.default_int_handler)
def work(number):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(0.05)
try:
    for _ in ahead(work, range(10_000), 8):
        pass
except KeyboardInterrupt:
    sys.exit(7)
"""


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 7), (signal.SIGKILL, -9)])
def test_nothing_outlives_the_parent(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _LONG],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    ) as process:
        assert process.stdout
        pids = {int(process.stdout.readline()) for _ in range(6)}
        # As a terminal does: to all of them.
        (os.killpg if sent == signal.SIGINT else os.kill)(process.pid, sent)
        assert process.wait(60) == code
        deadline = time.monotonic() + 10
        while any(map(is_running, pids)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(map(is_running, pids))


def is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
