import pytest
from sqlalchemy import select
from sqlmodel import col

from app.store.db import Database
from app.store.encoding.batches import MAX_VALUES
from app.store.rows import (
    delete_where_in,
    insert_returning_pks,
    insert_rows,
    rows_where_in,
    strip_unstorable,
)
from app.store.tables import Channel

IDS = [f"c{number:04}" for number in range(MAX_VALUES + 5)]


def test_inserted_rows_return_their_pks_in_order(database: Database) -> None:
    with database.write() as session:
        pks = insert_returning_pks(session, Channel, [{"id": "b"}, {"id": "a"}])
        insert_rows(session, Channel, [{"id": "c"}])
        insert_rows(session, Channel, [])
        assert insert_returning_pks(session, Channel, []) == []
        stored = dict(session.execute(select(col(Channel.id), col(Channel.pk))).all())
    assert [stored["b"], stored["a"]] == pks
    assert "c" in stored


def test_more_values_than_a_statement_takes_are_found_and_deleted(database: Database) -> None:
    with database.write() as session:
        insert_rows(session, Channel, [{"id": channel_id} for channel_id in IDS])
        statement = select(col(Channel.id))
        rows = rows_where_in(session, statement, col(Channel.id), [*IDS, "none"])
        assert sorted(row.id for row in rows) == IDS
        delete_where_in(session, col(Channel.id), IDS[1:])
        assert session.execute(statement).scalars().all() == IDS[:1]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("a\0b", "a\ufffdb"),
        ("a\ud800b\udfff", "a\ufffdb\ufffd"),
        ("漢字𠀀", "漢字𠀀"),
        ({"a\0": ["\0", ("x", None, 3)]}, {"a\ufffd": ["\ufffd", ["x", None, 3]]}),
        (None, None),
    ],
)
def test_unstorable_characters_are_replaced(value: object, stored: object) -> None:
    assert strip_unstorable(value) == stored


def test_numbers_go_on_after_removed_rows(database: Database) -> None:
    with database.write() as session:
        first, second = insert_returning_pks(session, Channel, [{"id": "a"}, {"id": "b"}])
        delete_where_in(session, col(Channel.pk), [first])
        (third,) = insert_returning_pks(session, Channel, [{"id": "c"}])
    assert third > second
