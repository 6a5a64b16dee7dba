import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col

from app.store.db import Database
from app.store.tables import Briefing, Item
from tests.conftest import take_in
from tests.documents import briefing, item


def test_every_table_has_a_docstring() -> None:
    tables = [mapper.class_ for mapper in SQLModel._sa_registry.mappers]
    assert len(tables) > 15
    for table in tables:
        # SQLAlchemy generates one that begins with the signature.
        assert table.__doc__, table
        assert not table.__doc__.startswith(f"{table.__name__}("), table


def test_every_foreign_key_leads_an_index(database: Database) -> None:
    # Except channels: nearly every row has one, and no channel is ever deleted.
    inspector = inspect(database.reader)
    for table in SQLModel.metadata.sorted_tables:
        leading = {index["column_names"][0] for index in inspector.get_indexes(table.name)}
        for unique in inspector.get_unique_constraints(table.name):
            leading.add(unique["column_names"][0])
        leading.update(inspector.get_pk_constraint(table.name)["constrained_columns"])
        for key in table.foreign_keys:
            if key.parent.name != "channel_pk":
                assert key.parent.name in leading, f"{table.name}.{key.parent.name}"


def test_deleting_a_briefing_deletes_its_contents(database: Database) -> None:
    take_in(database, briefing(item("A", "https://a.com/x", entities="OpenAI"), tags="[AI]"))
    with database.write() as session:
        session.execute(text("DELETE FROM briefing"))
        for table in ("document", "section", "item", "mention", "citation", "briefing_tag"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


def test_there_is_one_dataset_row(database: Database) -> None:
    second_row = text(
        "INSERT INTO dataset (pk, instance, version, modified_at)"
        " VALUES (2, 'x', 0, '2026-01-01 00:00:00')"
    )
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(second_row)


def test_front_matter_keeps_its_order(database: Database) -> None:
    take_in(database, briefing(item("A"), zebra="1", apple="2"))
    with database.read() as session:
        front_matter = session.execute(select(col(Briefing.front_matter))).scalar_one()
    assert list(front_matter) == ["title", "date", "zebra", "apple"]


def test_times_have_a_zone(database: Database) -> None:
    take_in(database, briefing(item("A")))
    with database.read() as session:
        updated_at = session.execute(select(col(Item.updated_at))).scalar_one()
    assert updated_at.utcoffset() is not None
