"""Errors of storage as sentences."""

import errno

import pytest
from sqlalchemy.exc import OperationalError

from app.store.engines import faults
from app.store.engines.sqlite_file import sqlite


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("attempt to write a readonly database", faults.READ_ONLY),
        ("database or disk is full", faults.FULL),
        ("database disk image is malformed", faults.DAMAGED),
        ("database is locked", None),
    ],
)
def test_a_message_of_sqlite_has_a_sentence(message: str, sentence: str | None) -> None:
    error = OperationalError("SELECT 1", {}, sqlite.OperationalError(message))
    assert faults.reason(error) == sentence


def test_an_error_of_the_system_has_a_sentence() -> None:
    assert faults.reason(OSError(errno.ENOSPC, "x")) == faults.FULL
    assert faults.reason(OSError(errno.EINTR, "x")) is None
