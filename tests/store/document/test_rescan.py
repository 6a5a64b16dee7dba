"""Only the mentions of a stored document that changed are written."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import col

from app.normalize.scan import NamedMention
from app.reading import parse_document
from app.store.db import Database
from app.store.document import rescan
from app.store.tables import Briefing, Document, Mention
from tests.conftest import take_in
from tests.documents import document, item

NOW = datetime(2026, 1, 5, tzinfo=UTC)
TEXT = document(
    "2026-01-01",
    item("Qwen 更新", summary="皮衣教主談 Qwen，NVIDIA 出席。", entities="Qwen, NVLink/NVSwitch"),
)


def scan(stored: Document, spellings: Mapping[str, str]) -> list[tuple[int, NamedMention]]:
    parsed = parse_document(stored.body, stored.name)
    return list(parsed.scan(spellings))


def test_only_changed_mentions_are_written(database: Database) -> None:
    take_in(database, TEXT)
    with database.write() as session:
        stored = session.execute(select(Document)).scalars().one()
        assert rescan.compare(session, stored.briefing_pk, scan(stored, {})) is None
        scanned = scan(stored, {"皮衣教主": "c:nvidia"})
        change = rescan.compare(session, stored.briefing_pk, scanned)
        assert change
        # The new mention, and the two after it in the item, whose positions changed.
        assert [mention.surface for _, mention in change.new] == ["皮衣教主", "Qwen", "NVIDIA"]
        assert len(change.gone) == 2
        before = set(session.execute(select(col(Mention.pk))).scalars())
        rewritten = rescan.write(session, {stored.briefing_pk: change}, NOW)
        assert len(rewritten.item_pks) == 1
        assert rewritten.touched.briefings == {stored.briefing_pk}
        assert rewritten.events[0].action == "updated"
        assert rescan.compare(session, stored.briefing_pk, scanned) is None
        after = set(session.execute(select(col(Mention.pk))).scalars())
        assert len(before - after) == 2
        assert session.execute(select(col(Briefing.updated_at))).scalar_one() == NOW
