"""Positions of mirrors."""

from app.store import mirrors
from app.store.db import Database

URL = "https://kb.example"


def test_a_position_is_remembered_for_each_source(database: Database) -> None:
    with database.write() as session:
        assert mirrors.position(session, URL) is None
        mirrors.set_position(session, URL, "abc-1")
        mirrors.set_position(session, URL, "abc-2")
    with database.read() as session:
        assert mirrors.position(session, URL) == "abc-2"
        assert mirrors.position(session, "https://other.example") is None
