import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, select

from app.store.db import Database
from app.store.tables import Briefing, Item
from tests.conftest import take_in
from tests.documents import briefing, item


def test_every_table_says_what_it_holds() -> None:
    tables = [mapper.class_ for mapper in SQLModel._sa_registry.mappers]
    assert len(tables) > 15
    assert all(
        table.__doc__ and not table.__doc__.startswith(table.__name__ + "(") for table in tables
    )


def test_every_reference_has_an_index_or_a_reason(database: Database) -> None:
    # A channel holds nearly every row, and is never deleted; the other two lead an index of their own.
    inspector = inspect(database.reader)
    for table in SQLModel.metadata.sorted_tables:
        leading = {index["column_names"][0] for index in inspector.get_indexes(table.name)}
        leading |= {
            unique["column_names"][0] for unique in inspector.get_unique_constraints(table.name)
        }
        leading |= set(inspector.get_pk_constraint(table.name)["constrained_columns"])
        for key in table.foreign_keys:
            assert key.parent.name in leading or key.parent.name == "channel_pk", (
                f"{table.name}.{key.parent.name}"
            )


def test_deleting_a_briefing_deletes_what_hangs_on_it(database: Database) -> None:
    take_in(database, briefing(item("A", "https://a.com/x", entities="OpenAI"), tags="[AI]"))
    with database.write() as session:
        session.execute(text("DELETE FROM briefing"))
        for table in ("document", "section", "item", "mention", "citation", "briefing_tag"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


def test_there_is_one_dataset_row(database: Database) -> None:
    insert = text(
        "INSERT INTO dataset (pk, instance, version, modified_at) VALUES (2, 'x', 0, '2026-01-01 00:00:00')"
    )
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(insert)


def test_front_matter_keeps_its_order(database: Database) -> None:
    take_in(database, briefing(item("A"), zebra="1", apple="2"))
    with database.read() as session:
        assert list(session.exec(select(Briefing)).one().front_matter) == [
            "title",
            "date",
            "zebra",
            "apple",
        ]


def test_times_come_back_with_their_zone(database: Database) -> None:
    take_in(database, briefing(item("A")))
    with database.read() as session:
        written = session.exec(select(col(Item.updated_at))).one()
        assert written.utcoffset() is not None
