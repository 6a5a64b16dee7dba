"""What was read ahead is written only where it still holds."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from app import ingest
from app.curate import rescan
from app.curate.rescan import Rescan
from app.store.db import Database
from app.store.entities import judgements
from app.store.entities.judgements import Act
from app.store.tables import Mention
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item

DAYS = [
    document(
        f"2026-01-0{day}", item("甲", summary=f"第{day}日皮衣教主出席 Qwen 大會。", entities="Qwen")
    )
    for day in (1, 2, 3)
]
NOW = datetime(2026, 1, 5, tzinfo=UTC)
NAME, NODE = "皮衣教主", "k:皮衣教主"


@pytest.fixture
def base(database: Database) -> Database:
    for text in DAYS:
        take_in(database, text)
    return database


def give(database: Database, ahead: Rescan) -> set[int]:
    """Write the alias with what was read ahead; the items that changed."""
    with database.write() as session:
        evidence = {"text": NAME, "name": NAME, "lang": None, "kind": "spelling"}
        judgements.judge(
            session, Act("alias", "positive", NODE, "c:nvidia", evidence), "cli", None, NOW
        )
        return rescan.write(session, [NAME], ahead, CHANNEL, NOW)[1]


def found(database: Database) -> list[str]:
    with database.read() as session:
        return [m.surface for m in session.exec(select(Mention).where(Mention.node == NODE))]


def facts(database: Database) -> list[tuple[object, ...]]:
    with database.read() as session:
        rows = session.exec(select(Mention).order_by(Mention.briefing_pk, Mention.start_char))  # type: ignore[arg-type]
        return [
            (
                m.briefing_pk,
                m.item_pk,
                m.kind,
                m.position,
                m.start_char,
                m.surface,
                m.node,
                m.entity_pk,
            )
            for m in rows
        ]


def test_ahead_or_not_the_same_is_written(base: Database) -> None:
    ahead = rescan.read(base, [NAME], {NAME: NODE}, CHANNEL)
    assert all(change for _, change in ahead.changes.values())
    assert len(give(base, ahead)) == 3
    assert found(base) == [NAME] * 3
    written = facts(base)
    ingest.reread_documents(base, CHANNEL, always=True)
    assert facts(base) == written


@pytest.mark.parametrize("given", [{}, {NAME: "c:qwen"}, {NAME: NODE, "其他": NODE}])
def test_what_was_read_by_other_spellings_is_read_again(
    base: Database, given: dict[str, str]
) -> None:
    assert len(give(base, rescan.read(base, [NAME], given, CHANNEL))) == 3
    assert found(base) == [NAME] * 3


def test_a_document_that_came_or_changed_meanwhile_is_read_then(base: Database) -> None:
    ahead = rescan.read(base, [NAME], {NAME: NODE}, CHANNEL)
    take_in(base, DAYS[0].replace("出席", "與皮衣教主出席"))
    take_in(base, document("2026-01-04", item("乙", summary="皮衣教主。")))
    take_in(base, DAYS[1].replace("皮衣教主", "無人"))
    assert len(give(base, ahead)) == 3
    assert found(base) == [NAME] * 4
