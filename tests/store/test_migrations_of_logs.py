"""Migrations of the change log and of webhooks over a populated database, on both engines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, inspect, select
from sqlmodel import col

from app import startup
from app.curate import acts
from app.curate.conduct import Curation
from app.query.request.change_params import ChangeList
from app.query.time import changes
from app.store.db import Database
from app.store.migrations import current, head, migrate
from app.store.tables import Article, Change, Delivery, Document, Judgement
from app.webhooks import endpoints
from tests.conftest import CHANNEL, ENGINES, copy_of, drop, prepared, take_in
from tests.documents import briefing, item
from tests.draft.test_conduct import fill
from tests.rows import counts, everything


def populate(database: Database) -> None:
    startup.load_seeds(database, CHANNEL)
    hook = {"url": "https://bot.example/x", "events": ["item.created"], "filters": ""}
    endpoints.create(database, hook | {"description": None})
    take_in(database, briefing(item("甲", entities="Foobar Lab")))
    take_in(database, briefing(item("乙", entities="Foobar Lab")))
    acts.merge(database, CHANNEL, "Foobar Lab", "NVIDIA", Curation("desk", "一"))


@pytest.fixture(params=ENGINES)
def populated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with the seeds, a former version, judgements, a webhook and its outbox."""
    opened = Database(copy_of(prepared(request.param, populate), tmp_path), read_timeout=30)
    yield opened
    drop(opened)


def logged(database: Database, *kinds: str) -> list[Any]:
    """Return the changes of some kinds of objects, in order."""
    with database.read() as session:
        statement = select(Change).where(col(Change.object).in_(kinds)).order_by(col(Change.pk))
        return list(session.execute(statement).scalars())


def test_the_log_gets_the_documents_and_judgements_of_before(populated: Database) -> None:
    before = {(row.object_id, row.action): row.briefing for row in logged(populated, "item")}
    judged = logged(populated, "judgement")
    with populated.write() as session:
        # The schema of before logged neither.
        kinds = ("document", "judgement")
        session.execute(delete(Change).where(col(Change.object).in_(kinds)))
    migrate(populated, "0015")
    assert "delivery" not in {row[0] for row in tables(populated)}
    migrate(populated)
    assert current(populated) == head()
    after = {(row.object_id, row.action): row.briefing for row in logged(populated, "item")}
    assert after == before
    documents = logged(populated, "document")
    with populated.read() as session:
        hashes = set(session.execute(select(col(Document.sha256))).scalars())
        judgements = set(session.execute(select(col(Judgement.id))).scalars())
        page = changes.page(session, ChangeList(limit=1000), CHANNEL)
    assert len(documents) == 4
    assert hashes < {row.object_id for row in documents}
    assert {row.briefing for row in documents} == {"2025-11-22", "2025-12-23", "2026-01-02"}
    assert documents == sorted(documents, key=lambda row: row.at)
    (judgement,) = logged(populated, "judgement")
    assert judgement.object_id in judgements
    assert judgement.payload == judged[0].payload
    assert len(page.listing.entries) == page.listing.rows.total


def tables(database: Database) -> Any:
    """Return the names of the tables that there are."""
    return [(name,) for name in inspect(database.reader).get_table_names()]


def test_webhooks_and_the_outbox_survive_articles(populated: Database) -> None:
    before = everything(populated)
    assert before[str(Delivery.__tablename__)]
    migrate(populated, "0016")
    migrate(populated)
    assert everything(populated) == before


def test_articles_fill_the_newest_schema(populated: Database) -> None:
    migrate(populated, "0016")
    migrate(populated)
    fill(populated)
    assert counts(populated)[str(Article.__tablename__)] > 0
