"""Of a document that is there already, only the mentions that changed are written."""

from datetime import UTC, datetime

from sqlmodel import select

from app import ingest, knowledge
from app.store.db import Database
from app.store.document import rescan
from app.store.tables import Briefing, Document, Mention
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def test_only_what_differs_is_written(database: Database) -> None:
    take_in(
        database,
        document(
            "2026-01-01",
            item(
                "Qwen 更新",
                summary="皮衣教主談 Qwen，NVIDIA 出席。",
                entities="Qwen, NVLink/NVSwitch",
            ),
        ),
    )
    with database.write() as session:
        (stored,) = session.exec(select(Document))
        known = ingest.decide_on(stored.body, stored.name, CHANNEL, CHANNEL, {})
        assert rescan.compare(session, stored.briefing_pk, known) is None
        told = ingest.decide_on(
            stored.body, stored.name, CHANNEL, CHANNEL, {"皮衣教主": "c:nvidia"}
        )
        change = rescan.compare(session, stored.briefing_pk, told)
        assert change
        # The new one, and the two after it in the item, whose places in its row of mentions moved.
        assert [mention.surface for _, mention in change.new] == ["皮衣教主", "Qwen", "NVIDIA"]
        assert len(change.gone) == 2
        before = {m.pk: m.surface for m in session.exec(select(Mention))}
        events, items, touched = rescan.write(
            session, {stored.briefing_pk: change}, NOW, knowledge.knowledge().catalogue
        )
        assert (len(items), touched.briefings, events[0].action) == (
            1,
            {stored.briefing_pk},
            "updated",
        )
        assert rescan.compare(session, stored.briefing_pk, told) is None
        kept = {m.pk for m in session.exec(select(Mention))} & before.keys()
        assert len(before.keys() - kept) == 2
        assert session.exec(select(Briefing)).one().updated_at == NOW
