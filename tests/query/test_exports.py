"""Exports read one snapshot, however long they take."""

from app.query import exports
from app.query.request.export_params import ItemExport
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item


def test_an_export_is_of_one_version(database: Database) -> None:
    take_in(database, document("2026-01-02", *(item(f"甲 {number}") for number in range(700))))
    before, lines = exports.items(database, ItemExport(), None)
    first = next(lines)
    take_in(database, document("2026-01-01", item("乙")), "2026-01-01.md")
    rest = b"".join(lines)
    assert 0 < first.count(b"\n") < 700
    assert (first + rest).count(b"\n") == 700
    after, lines = exports.items(database, ItemExport(), None)
    assert b"".join(lines).count(b"\n") == 701
    assert before.text != after.text
