import pytest

from app.errors import Gone
from app.query.curation import tombstones
from app.query.request.write_params import DeletionList
from app.store.db import Database
from tests.conftest import take_in
from tests.store.document.test_removal import FIRST, delete


def test_former_addresses_say_when_and_why(database: Database) -> None:
    take_in(database, FIRST)
    saved = delete(database)
    with database.read() as session:
        tombstones.refuse(session, "briefing", "2026-01-03")
        tombstones.refuse(session, "item", "2026-01-02")
        with pytest.raises(Gone, match=r"since 2026-02-01: withdrawn"):
            tombstones.refuse(session, "briefing", "2026-01-02")
        with pytest.raises(Gone, match=r"with the briefing 2026-01-02"):
            tombstones.refuse(session, "item", saved.removed[0])
        (entry,) = tombstones.deletions(session, DeletionList()).entries
        assert (entry.briefing, entry.channel, entry.title) == ("2026-01-02", "daily", "簡報")
