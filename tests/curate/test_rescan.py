"""Changes that were read ahead are written only if their documents are unchanged."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from app import startup
from app.curate import rescan
from app.curate.rescan import Rescan
from app.normalize.scan import NamedMention
from app.reading import scan_document
from app.store.db import Database
from app.store.entities import judgements
from app.store.entities.judgements import Act
from app.store.tables import Mention, Naming
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item

NAME, NODE = "皮衣教主", "k:皮衣教主"
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def day(number: int) -> str:
    """Return a document that mentions the name once."""
    summary = f"第{number}日{NAME}出席 Qwen 大會。"
    return document(f"2026-01-0{number}", item("甲", summary=summary, entities="Qwen"))


@pytest.fixture
def three_documents(database: Database) -> Database:
    for number in (1, 2, 3):
        take_in(database, day(number))
    return database


def add_alias(database: Database, ahead: Rescan) -> set[int]:
    """Write the alias with the changes read ahead; return the pks of the changed items."""
    with database.write() as session:
        evidence = {"text": NAME, "name": NAME, "lang": None, "kind": "spelling"}
        act = Act("alias", "positive", NODE, "c:nvidia", evidence)
        judgements.record_act(session, act, "cli", None, NOW)
        return rescan.write(session, [NAME], ahead, NOW).item_pks


def surfaces(database: Database) -> list[str]:
    with database.read() as session:
        of_node = (
            select(col(Mention.surface))
            .join(Naming, col(Naming.pk) == col(Mention.naming_pk))
            .where(col(Naming.node) == NODE)
        )
        return list(session.exec(of_node))


def mention_rows(database: Database) -> list[tuple[object, ...]]:
    names = ("briefing_pk", "item_pk", "kind", "position", "start_char", "surface", "naming_pk")
    with database.read() as session:
        mentions = session.exec(
            select(Mention).order_by(col(Mention.briefing_pk), col(Mention.start_char))
        )
        rows = []
        for mention in mentions:
            rows.append((*(getattr(mention, name) for name in names), mention.entity_pk))
        return rows


def test_a_rescan_writes_what_reading_again_would(three_documents: Database) -> None:
    ahead = rescan.read(three_documents, [NAME], {NAME: NODE})
    assert all(change for _, change in ahead.changes.values())
    assert len(add_alias(three_documents, ahead)) == 3
    assert surfaces(three_documents) == [NAME] * 3
    written = mention_rows(three_documents)
    startup.reread_documents(three_documents, CHANNEL, always=True)
    assert mention_rows(three_documents) == written


@pytest.mark.parametrize("spellings", [{}, {NAME: "c:qwen"}, {NAME: NODE, "其他": NODE}])
def test_changes_under_other_spellings_are_read_again(
    three_documents: Database, spellings: dict[str, str]
) -> None:
    ahead = rescan.read(three_documents, [NAME], spellings)
    assert len(add_alias(three_documents, ahead)) == 3
    assert surfaces(three_documents) == [NAME] * 3


def test_documents_that_changed_in_between_are_read_again(three_documents: Database) -> None:
    ahead = rescan.read(three_documents, [NAME], {NAME: NODE})
    take_in(three_documents, day(1).replace("出席", f"與{NAME}出席"))
    take_in(three_documents, document("2026-01-04", item("乙", summary=f"{NAME}。")))
    take_in(three_documents, day(2).replace(NAME, "無人"))
    assert len(add_alias(three_documents, ahead)) == 3
    assert surfaces(three_documents) == [NAME] * 4


def test_a_rescan_equals_reading_again_where_names_are_listed_and_composed(
    database: Database,
) -> None:
    entities = "Qwen、Foobar（推）、NVLink/Zorbex、ACMA（推）/Neo4j"
    summary = f"Foobar 與 Zorbex 談 ACMA，{NAME}出席。"
    text = document("2026-01-01", item("Zorbex 上線", summary=summary, entities=entities))
    text += f"\n## 推薦閱讀\n\n- [{NAME}談 Foobar](https://a.com/p)\n"
    take_in(database, text)
    ahead = rescan.read(database, [NAME], {NAME: NODE})
    assert len(add_alias(database, ahead)) == 1
    assert surfaces(database) == [NAME] * 2
    written = mention_rows(database)
    startup.reread_documents(database, CHANNEL, always=True)
    assert mention_rows(database) == written


def test_a_search_may_take_longer_than_a_query(
    three_documents: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = three_documents.url.render_as_string(hide_password=False)
    hurried = Database(url, read_timeout=0.2)

    def scan_slowly(*arguments: Any) -> Iterator[tuple[int, NamedMention]]:
        time.sleep(0.5)
        return scan_document(*arguments)

    monkeypatch.setattr(rescan, "scan_document", scan_slowly)
    ahead = rescan.read(hurried, [NAME], {NAME: NODE})
    hurried.close()
    assert all(change for _, change in ahead.changes.values())


def test_a_document_whose_places_are_in_longer_names_is_not_read(
    three_documents: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_alias(three_documents, Rescan({}))

    def refuse(*_: object) -> Iterator[tuple[int, NamedMention]]:
        raise AssertionError("a document was read")

    monkeypatch.setattr(rescan, "scan_document", refuse)
    spellings = {NAME: NODE, "衣教": "c:qwen"}
    ahead = rescan.read(three_documents, ["衣教"], spellings)
    assert [change for _, change in ahead.changes.values()] == [None] * 3
    with pytest.raises(AssertionError, match="was read"):
        rescan.read(three_documents, ["大會"], {"大會": "c:qwen"})
