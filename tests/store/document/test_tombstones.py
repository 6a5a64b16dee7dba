from app.store.db import Database
from app.store.document import removal, tombstones
from tests.conftest import take_in
from tests.store.document.test_removal import FIRST, NOW, delete


def test_the_last_one_that_can_be_restored_comes_first(database: Database) -> None:
    take_in(database, FIRST)
    delete(database)
    take_in(database, FIRST.replace("乙", "丁"))
    delete(database)
    with database.write() as session:
        last = tombstones.newest(session, "2026-01-02")
        assert last
        assert tombstones.of_briefing(session, last.briefing_pk) is last
        assert tombstones.sentence(last).endswith("deleted on 2026-02-01: withdrawn")
        removal.purge(session, last, "law", NOW)
        first = tombstones.newest(session, "2026-01-02")
        assert first
        assert first.pk != last.pk
        assert tombstones.newest(session, "2026-01-03") is None
