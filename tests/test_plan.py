"""The plan of an ingestion, which writes nothing."""

from pathlib import Path

from app import ingest
from app.store.db import Database
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item
from tests.rows import everything

TEXTS = {
    "2026-01-02-pm.md": briefing(item("乙"), title="午"),
    "2026-01-02-am.md": briefing(item("甲"), title="早"),
}


def planned(database: Database, folder: Path, texts: dict[str, str]) -> list[ingest.Report]:
    paths = []
    for name, text in texts.items():
        (folder / name).write_text(text)
        paths.append(folder / name)
    reports = ingest.ingest_files(
        database, paths, channel=CHANNEL, default_channel=CHANNEL, dry_run=True
    )
    return list(reports)


def test_new_editions_are_announced(database: Database, tmp_path: Path) -> None:
    before = everything(database)
    first, second = planned(database, tmp_path, TEXTS)
    assert (first.briefing, first.notes) == ("2026-01-02", [])
    assert second.briefing == "2026-01-02"
    assert second.notes == [
        "It would be a new edition of its day, 2026-01-02, beside '2026-01-02-pm.md'.",
        "Briefing 2026-01-02 would become 2026-01-02-pm.",
    ]
    assert everything(database) == before


def test_a_replacement_is_announced(database: Database, tmp_path: Path) -> None:
    for name, text in TEXTS.items():
        take_in(database, text, name)
    edited = {"2026-01-02-pm.md": briefing(item("丙"), title="午")}
    (report,) = planned(database, tmp_path, edited)
    assert report.briefing == "2026-01-02-pm"
    assert report.notes == ["It would replace '2026-01-02-pm.md', which is briefing 2026-01-02-pm."]


def test_stored_bytes_are_announced(database: Database, tmp_path: Path) -> None:
    for name, text in TEXTS.items():
        take_in(database, text, name)
    (report,) = planned(database, tmp_path, {"x.md": TEXTS["2026-01-02-pm.md"]})
    assert report.notes == ["These bytes are stored as 2026-01-02-pm."]


def test_a_database_that_does_not_exist_is_not_created(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    database = Database(f"sqlite:///{file}")
    reports = planned(database, tmp_path, TEXTS)
    assert [report.briefing for report in reports] == ["2026-01-02", "2026-01-02"]
    assert not file.exists()
