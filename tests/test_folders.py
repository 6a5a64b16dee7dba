"""Watched folders and the history of git checkouts."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlmodel import col, select

from app import folders
from app.errors import BadRequest
from app.folders import VanishedFile, is_document
from app.ingest import Report
from app.store.db import Database
from app.store.tables import Document, FormerDocument
from tests.conftest import CHANNEL
from tests.documents import document, item

FIRST = document("2026-01-01", item("甲", entities="Qwen"))
SECOND = document("2026-01-02", item("乙", entities="Qwen"))


@pytest.mark.parametrize(
    "name",
    [".2026-01-01.md.swp", "#2026-01-01.md#", ".#2026-01-01.md", "2026-01-01.md~", "4913",
     ".2026-01-01.md", "2026-01-01.tmp.md", "2026-01-01.md.part"],
)  # fmt: skip
def test_temporary_files_of_editors_are_no_documents(name: str) -> None:
    assert not is_document(Path(name))


def test_what_appears_or_changes_is_ingested(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "2026-01-01.md").write_text(FIRST)
    seen: list[Report | VanishedFile] = []
    ending = threading.Event()

    def collect() -> None:
        watched = folders.watch_folder(
            database, folder, channel=CHANNEL, default_channel=CHANNEL, ending=ending
        )
        for event in watched:
            seen.append(event)

    def wait_for(number: int) -> None:
        deadline = time.monotonic() + 20
        while len(seen) < number and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(seen) >= number, seen

    watching = threading.Thread(target=collect)
    watching.start()
    wait_for(1)
    # As editors save: beside the document, then renamed over it.
    part = folder / ".2026-01-02.md.swp"
    part.write_text(SECOND)
    os.replace(part, folder / "2026-01-02.md")
    wait_for(2)
    (folder / "2026-01-01.md").write_text(FIRST.replace("甲", "丙"))
    wait_for(3)
    (folder / "2026-01-02.md").unlink()
    wait_for(4)
    ending.set()
    watching.join(20)
    reports = [event for event in seen if isinstance(event, Report)]
    assert [report.status for report in reports] == ["added", "added", "replaced"]
    assert isinstance(seen[3], VanishedFile)


class Watching:
    """A watched folder in a thread; `seen` are its events, `error` ended it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.seen: list[Report | VanishedFile] = []
        self.error: Exception | None = None
        self.ending = threading.Event()
        self._thread = threading.Thread(target=self._collect, args=[database, folder])
        self._thread.start()

    def _collect(self, database: Database, folder: Path) -> None:
        try:
            for event in folders.watch_folder(
                database, folder, channel=CHANNEL, default_channel=CHANNEL, ending=self.ending
            ):
                self.seen.append(event)
        except Exception as error:
            self.error = error

    def next(self, number: int = 1) -> list[Report | VanishedFile]:
        """Wait for some events, and forget them."""
        deadline = time.monotonic() + 30
        while len(self.seen) < number and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(self.seen) >= number, (self.seen, self.error)
        events, self.seen = self.seen[:number], self.seen[number:]
        return events

    def end(self) -> None:
        """Stop watching."""
        self.ending.set()
        self._thread.join(30)


def test_editors_and_moves_are_understood(lite: Database, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    watching = Watching(lite, folder)
    for name in ("4913", ".2026-01-01.md.swp", "#2026-01-01.md#", "2026-01-01.md~", "a.md.tmp"):
        (folder / name).write_text(FIRST)
    (folder / ".#2026-01-01.md").symlink_to("nobody@nowhere")
    (folder / ".git").mkdir()
    (folder / ".git" / "2026-01-01.md").write_text(FIRST)
    # A writer that pauses: the file counts as complete when it has stopped changing.
    with (folder / "2026-01-01.md").open("w") as file:
        file.write(FIRST[:60])
        file.flush()
        time.sleep(0.2)
        file.write(FIRST[60:])
    (added,) = watching.next()
    assert isinstance(added, Report)
    assert (added.status, added.items["added"], added.name) == ("added", 1, "2026-01-01.md")
    # A folder that is moved in is one change; its documents are none.
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "2026-01-02.md").write_text(SECOND)
    outside.rename(folder / "2026.01")
    (moved_in,) = watching.next()
    assert isinstance(moved_in, Report)
    assert moved_in.status == "added"
    (folder / "2026.01").rename(folder / "archive")
    known, moved = watching.next(2)
    assert isinstance(known, Report)
    assert isinstance(moved, VanishedFile)
    assert (known.status, moved.moved_to) == ("unchanged", folder / "archive" / "2026-01-02.md")
    (folder / "2026-01-01.md").unlink()
    assert watching.next() == [VanishedFile(folder / "2026-01-01.md")]
    shutil.rmtree(folder)
    deadline = time.monotonic() + 20
    while not watching.error and time.monotonic() < deadline:
        time.sleep(0.05)
    watching.end()
    assert "is gone" in str(watching.error)


def test_a_file_that_moves_during_a_look_is_not_gone(
    lite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    place, new_place = folder / "2026-01-01.md", folder / "old" / "2026-01-01.md"
    new_place.parent.mkdir(parents=True)
    place.write_text(FIRST)
    watching = Watching(lite, folder)
    watching.next()
    settle = folders._settle

    def moving(paths: Iterable[Path], ending: threading.Event) -> None:
        if place.exists():
            place.rename(new_place)
        settle(paths, ending)

    monkeypatch.setattr(folders, "_settle", moving)
    os.utime(place)
    known, moved = watching.next(2)
    watching.end()
    assert isinstance(known, Report)
    assert (known.status, moved) == ("unchanged", VanishedFile(place, new_place))


def git(folder: Path, *arguments: str, at: str = "2026-01-01T08:00:00+08:00") -> None:
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": "/dev/null"}
    identity |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    environment = os.environ | identity | {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, env=environment)


def test_the_history_of_a_checkout_is_the_history_of_documents(
    database: Database, tmp_path: Path
) -> None:
    checkout = tmp_path / "checkout"
    daily = checkout / "日報"
    daily.mkdir(parents=True)
    git(checkout, "init", "-q")
    path = daily / "2026-01-01.md"
    path.write_text(FIRST)
    (checkout / "2026-01-05.md").write_text(document("2026-01-05", item("外")))
    git(checkout, "add", ".")
    git(checkout, "commit", "-qm", "one")
    path.write_text(FIRST.replace("甲", "丙"))
    git(checkout, "commit", "-qam", "two", at="2026-01-03T08:00:00+08:00")

    def run() -> list[str]:
        reports = folders.ingest_history(database, daily, channel=CHANNEL, default_channel=CHANNEL)
        return [report.status for report in reports]

    assert run() == ["added", "replaced"]
    # A file that moves is the same document.
    (daily / "archive").mkdir()
    git(checkout, "mv", "日報/2026-01-01.md", "日報/archive/2026-01-01.md")
    git(checkout, "commit", "-qm", "three", at="2026-01-04T08:00:00+08:00")
    with database.read() as session:
        current = session.exec(select(Document)).one()
        former = session.exec(select(FormerDocument).order_by(col(FormerDocument.pk))).one()
    assert current.first_at.isoformat() == "2026-01-03T00:00:00+00:00"
    assert former.first_at.isoformat() == "2026-01-01T00:00:00+00:00"
    assert run() == []


def test_a_folder_without_history_is_refused(database: Database, tmp_path: Path) -> None:
    reports = folders.ingest_history(database, tmp_path, channel=CHANNEL, default_channel=CHANNEL)
    with pytest.raises(BadRequest, match="has no history"):
        next(reports)
