from sqlalchemy import select
from sqlmodel import col

from app.store.db import Database
from app.store.tables import Measure
from tests.conftest import take_in
from tests.documents import document, item


def measures(database: Database) -> dict[str, int]:
    with database.read() as session:
        return dict(session.execute(select(col(Measure.name), col(Measure.value))).all())


def test_measures_follow_the_current_version(database: Database) -> None:
    take_in(database, document("2026-01-02", item("a", sources="[x](1)")))
    assert measures(database)["placeholder"] == 1
    take_in(database, document("2026-01-02", item("a"), item("b")))
    assert (measures(database)["placeholder"], measures(database)["items"]) == (0, 2)
    take_in(database, document("2026-01-02", item("a"), draft=True))
    assert measures(database) == {}
