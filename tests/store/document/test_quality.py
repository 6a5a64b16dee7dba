from sqlmodel import col, select

from app.store.db import Database
from app.store.tables import Measure
from tests.conftest import take_in
from tests.documents import document, item


def test_figures_are_those_of_the_document_as_it_stands(database: Database) -> None:
    def held() -> dict[str, int]:
        with database.read() as session:
            return dict(session.exec(select(col(Measure.name), col(Measure.value))).all())

    take_in(database, document("2026-01-02", item("a", sources="[x](1)")))
    assert held()["placeholder"] == 1
    take_in(database, document("2026-01-02", item("a"), item("b")))
    assert (held()["placeholder"], held()["items"]) == (0, 2)
