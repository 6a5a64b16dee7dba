"""Entities that an id, a slug or a spelling means."""

from app.query.filters.entity_values import cached_pks, entity_pks
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item


def test_an_id_a_slug_and_a_spelling_mean_one_entity(database: Database) -> None:
    take_in(database, document("2026-01-01", item("甲", entities="NVIDIA、輝達、Qwen")))
    with database.read() as session:
        (nvidia,) = entity_pks(session, "nvidia")
        assert entity_pks(session, "輝達") == entity_pks(session, "NVidia") == {nvidia}
        assert entity_pks(session, "Qwen") not in (set(), {nvidia})
        assert entity_pks(session, "Nobody") == set()


def test_rows_are_read_once_a_version_and_copied(database: Database) -> None:
    take_in(database, document("2026-01-01", item("甲", entities="NVIDIA")))
    reads: list[str] = []

    def read(_: object, value: str) -> set[int]:
        reads.append(value)
        return {1, 2}

    with database.read() as session:
        cached_pks(session, "things", "a", read).clear()
        assert cached_pks(session, "things", "a", read) == {1, 2}
    assert reads == ["a"]
