from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.store.db import Database
from app.store.encoding.batches import MAX_VALUES
from app.store.rows import (
    delete_where_in,
    insert_returning_pks,
    insert_rows,
    rows_where_in,
    strip_unstorable,
    values_of,
)
from app.store.tables import Change, Channel

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
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


def test_many_rows_are_stored_as_they_are(database: Database) -> None:
    text = "a\tb\nc\\N '漢字'"
    row = {"version": 1, "action": "added", "object": "item", "object_id": text, "at": NOW}
    row |= {"briefing": None, "payload": {"label": text, "none": None}}
    columns = (col(Change.object_id), col(Change.at), col(Change.briefing), col(Change.payload))
    stored = []
    with database.write() as session:
        # PostgreSQL takes the second and third time by COPY.
        for count in (1, 30, 30):
            insert_rows(session, Change, [row] * count)
            stored.append(session.execute(select(*columns).order_by(col(Change.pk))).all())
    assert [len(rows) for rows in stored] == [1, 31, 61]
    assert set(map(repr, stored[2])) == {repr(stored[0][0])}
    assert stored[0][0].object_id == text
    assert stored[0][0].payload == row["payload"]


def test_a_refused_row_is_an_error_of_the_database(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        insert_rows(session, Channel, [{"id": "same"}] * 30)
    with database.read() as session:
        assert values_of(session, col(Channel.id)) == []


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
