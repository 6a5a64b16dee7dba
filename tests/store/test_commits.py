"""Once the gate is shut, nothing is written."""

import threading
from datetime import UTC, datetime

import pytest

from app.errors import Unavailable
from app.store import keys
from app.store.commits import CommitGate
from app.store.db import Database


def write(database: Database, name: str, *, is_late: bool = False) -> None:
    with database.write() as session:
        keys.create(session, name, ["read"], datetime.now(UTC))
        if is_late:
            database.commits.shut("The service is ending.")


def test_a_write_that_comes_too_late_is_rolled_back(database: Database) -> None:
    write(database, "before")
    with pytest.raises(Unavailable, match="ending"):
        write(database, "after", is_late=True)
    with pytest.raises(Unavailable, match="ending"), database.write():
        pass
    database.commits.open()
    with database.read() as session:
        assert [key.name for key in keys.all_keys(session)] == ["before"]


def test_shutting_waits_for_the_commit_that_passes() -> None:
    gate, order = CommitGate(), list[str]()

    def shut() -> None:
        gate.shut("x")
        order.append("shut")

    with gate.passing():
        shutting = threading.Thread(target=shut)
        shutting.start()
        shutting.join(0.05)
        order.append("committed")
    shutting.join()
    assert order == ["committed", "shut"]
