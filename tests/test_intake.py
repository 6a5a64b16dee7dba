"""Taking in and taking back, without HTTP; and a server that is killed in the middle."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.errors import Conflict, Unreadable
from app.intake import batches, reading, removal
from app.intake.documents import Intake, Offer
from app.intake.reading import Readers, ReadingTask
from app.intake.removal import Removal
from app.process_map import Limits
from app.query.schemas.writing import BatchReport, DocumentReport
from app.store.db import Database
from app.store.document.briefings import ReadDocument
from tests.conftest import CHANNEL, new_url
from tests.documents import briefing, item
from tests.rows import counts
from tests.torture.kills import kill_often

TEXT = briefing(item("甲", entities="NVIDIA"))


class InProcess(Readers):
    """Reads in this process."""

    def __call__(self, task: ReadingTask) -> ReadDocument:
        return reading.read_document(task)


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    database = Database(new_url("sqlite", tmp_path, migrated=True), read_timeout=30)
    return Intake(database, CHANNEL, InProcess())


def take(intake: Intake, text: str, **terms: Any) -> DocumentReport:
    offer = Offer(text.encode(), CHANNEL, **terms)
    return DocumentReport.model_validate_json(intake.take(offer).body)


def test_a_document_without_a_name_has_that_of_its_day(intake: Intake) -> None:
    assert take(intake, TEXT).name == "2026-01-02.md"
    assert take(intake, TEXT.replace("甲", "乙"), name="2026-01-02.md").status == "replaced"
    assert take(intake, TEXT.replace("甲", "丙"), name="am.md").briefing == "2026-01-02-am"


def test_the_stored_report_equals_the_first(intake: Intake) -> None:
    first, again = take(intake, TEXT), take(intake, TEXT)
    assert again.status == "unchanged"
    for name in ("sections", "sources", "lines", "lines_read", "problems", "warnings", "sha256"):
        assert getattr(again, name) == getattr(first, name), name
    assert (again.items.found, again.items.unchanged) == (1, first.items.added)
    assert again.names.listed == first.names.listed


def test_a_draft_is_reported_and_not_shown(intake: Intake) -> None:
    report = take(intake, TEXT.replace("title:", "draft: true\ntitle:"))
    assert (report.draft, report.status, report.items.found) == (True, "added", 1)
    assert counts(intake.database)["item"] == 0


def test_documents_of_a_batch_stand_alone(intake: Intake) -> None:
    offers = [Offer(text.encode(), CHANNEL) for text in (TEXT, "no day", TEXT)]
    report = BatchReport.model_validate_json(batches.take_batch(intake, offers, None).body)
    assert report.counts == {"added": 1, "failed": 1, "unchanged": 1}


def test_a_document_over_a_limit_is_refused_and_others_are_read() -> None:
    readers = Readers(Limits(seconds=0.0, memory_bytes=768 << 20))
    task = ReadingTask(TEXT.encode(), None, CHANNEL, CHANNEL, {})
    with pytest.raises(Unreadable, match="0 seconds"):
        readers(task)
    readers.close()
    readers = Readers()
    assert readers(task).decided.day_id == "2026-01-02"
    with pytest.raises(Unreadable, match="no date"):
        readers(ReadingTask(b"# Nothing", None, CHANNEL, CHANNEL, {}))
    readers.close()


def test_a_restoration_races_with_the_same_document(intake: Intake) -> None:
    take(intake, TEXT)
    removal.delete(intake.database, Removal("2026-01-02", "x"))

    def restore(_: int) -> str:
        try:
            terms = Removal("2026-01-02")
            removal.restore(intake.database, terms, reading.read_document, CHANNEL)
        except Exception as error:
            return type(error).__name__
        return "restored"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(restore, range(4)))
    assert outcomes == ["NotFound", "NotFound", "NotFound", "restored"]
    assert counts(intake.database)["item"] == 1


def test_a_purge_needs_a_deletion(intake: Intake) -> None:
    take(intake, TEXT)
    with pytest.raises(Conflict, match="not deleted"):
        removal.purge(intake.database, Removal("2026-01-02", "x"))


def test_nothing_acknowledged_is_lost_when_a_server_is_killed(tmp_path: Path) -> None:
    # `make torture` kills a hundred times, on both engines.
    ledger = kill_often(new_url("sqlite", tmp_path), tmp_path, 1, 0.3)
    assert ledger.acknowledged
