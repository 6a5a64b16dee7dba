"""Watched folders and the history of git checkouts: documents as they come and as they were."""

import hashlib
import re
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

from sqlmodel import col, select
from watchfiles import watch

from app.errors import AppError, BadRequest, NotFound
from app.ingest import (
    SUFFIXES,
    Report,
    documents,
    ingest,
    ingest_files,
)
from app.normalize.editions import document_name
from app.parse.briefing import MAX_BYTES
from app.store.db import Database
from app.store.tables import Briefing, Channel, Document, FormerDocument

SETTLE_SECONDS = 0.3
"""Seconds without a change after which a file counts as complete."""
MAX_SETTLING_SECONDS = 10.0
# Files that editors write beside a document: hidden ones, locks, backups.
_TEMPORARY = re.compile(
    r"^[.#~]|[~#]$|\.(?:tmp|swp|swx|part|bak|crdownload)(?:\.|$)", re.IGNORECASE
)
_GIT_SECONDS = 600
_COMMIT = b"\x01"


def is_document(path: Path) -> bool:
    """Return whether a name is that of a document, not of an editor's temporary file."""
    return path.suffix.lower() in SUFFIXES and not _TEMPORARY.search(path.name)


@dataclass(frozen=True)
class VanishedFile:
    """A document that is no longer at its path; `moved_to` is where the folder has it now."""

    path: Path
    moved_to: Path | None = None


def watch_folder(
    database: Database,
    folder: Path,
    *,
    channel: str,
    default_channel: str,
    ending: Event | None = None,
) -> Iterator[Report | VanishedFile]:
    """Ingest the files of a folder, then those that appear or change, until `ending` is set.

    A file is read once it no longer changes. A document that is gone stays stored. Raises NotFound
    if the folder itself goes.
    """
    ending = ending or Event()
    folder = folder.resolve()
    watching = watch(
        folder, watch_filter=None, stop_event=ending, debounce=400, rust_timeout=500,
        yield_on_timeout=True, raise_interrupt=True,
    )  # fmt: skip
    # The first look is after the watch began, so that nothing falls between the two.
    next(watching, None)
    briefings: dict[Path, str | None] = {}
    states: dict[Path, Any] = {}

    def take(present: list[Path]) -> Iterator[Report]:
        # The first look and the first change are often of the same file.
        paths = [path for path in present if path.is_file() and states.get(path) != _state(path)]
        states.update({path: _state(path) for path in paths})
        reports = ingest_files(
            database,
            paths,
            channel=channel,
            default_channel=default_channel,
        )
        for path, report in zip(paths, reports, strict=True):
            briefings[path] = report.briefing
            yield report

    first = _documents_at(folder, [folder])
    _settle(first, ending)
    yield from take(first)
    for changes in watching:
        if not folder.is_dir():
            raise NotFound(f"The folder {folder} is gone; nothing more is watched.")
        places = {Path(path) for _, path in changes}
        # Looked at before the folder is: what is missing now has its new place by then.
        missing = [path for path in sorted(briefings) if not path.exists()]
        if missing:
            places.add(folder)
        present = _documents_at(folder, places)
        _settle(present, ending)
        yield from take(present)
        for event in _vanished(briefings, missing):
            states.pop(event.path, None)
            yield event


def _documents_at(folder: Path, places: Iterable[Path]) -> list[Path]:
    """Return the documents at some places below a folder, those in folders too.

    A folder that is moved in is one change, and no change of the files in it.
    """
    files = []
    for path in documents(sorted(places)):
        inner = path.relative_to(folder).parts[:-1]
        is_hidden = any(name.startswith(".") for name in inner)
        if is_document(path) and not is_hidden and path.is_file():
            files.append(path)
    return files


def _vanished(briefings: dict[Path, str | None], missing: Iterable[Path]) -> Iterator[VanishedFile]:
    """Yield the documents that are missing and not back, and forget them."""
    for path in missing:
        if path.exists():
            continue
        briefing = briefings.pop(path)
        moved_to = None
        for other, stored in briefings.items():
            if briefing is not None and stored == briefing and other.exists():
                moved_to = other
        yield VanishedFile(path, moved_to)


def _settle(paths: Iterable[Path], ending: Event) -> None:
    """Wait until files stop changing: not every program writes them whole."""
    deadline = time.monotonic() + MAX_SETTLING_SECONDS
    before: dict[Path, Any] = {}
    while time.monotonic() < deadline and not ending.is_set():
        now = {path: _state(path) for path in paths}
        if now == before or not now:
            return
        before = now
        time.sleep(SETTLE_SECONDS)


def _state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


@dataclass(frozen=True)
class _CommittedVersion:
    """A document in a commit: the commit, its time and the path from the top of the checkout."""

    commit: str
    at: datetime
    path: str


def ingest_history(
    database: Database, folder: Path, *, channel: str, default_channel: str
) -> Iterator[Report]:
    """Ingest each version of the documents below a folder of a git checkout, in order of commits.

    The time of a version is that of its commit. Versions that are stored already are left out.
    Raises BadRequest if the folder belongs to no checkout.
    """
    for version in _versions(folder):
        path = Path(version.path)
        name = document_name(path.parent.name, path.name)
        data = _git(folder, "show", f"{version.commit}:{version.path}")
        if len(data) > MAX_BYTES:
            yield Report(name, "failed", error=f"The document has more than {MAX_BYTES} bytes.")
        elif not _is_stored(database, channel, data):
            yield _ingest(
                database,
                data,
                name,
                version.at,
                channel,
                default_channel,
            )


def _ingest(
    database: Database, data: bytes, name: str, at: datetime, channel: str, default_channel: str
) -> Report:
    try:
        return ingest(
            database, data, name, channel=channel, default_channel=default_channel, now=at
        )
    except AppError as error:
        return Report(name, "failed", error=str(error))


def _versions(folder: Path) -> Iterator[_CommittedVersion]:
    log = _git(
        folder, "log", "--reverse", "--topo-order", "--no-renames", "--diff-filter=AMT",
        "--name-only", "-z", "--format=%x01%H %cI", "--", ".",
    )  # fmt: skip
    for entry in log.split(_COMMIT)[1:]:
        head, _, names = entry.partition(b"\0")
        commit, _, moment = head.decode().strip().partition(" ")
        for name in names.split(b"\0"):
            path = name.decode(errors="surrogateescape").strip("\n")
            if path and is_document(Path(path)):
                yield _CommittedVersion(commit, datetime.fromisoformat(moment), path)


def _git(folder: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_GIT_SECONDS)
    except FileNotFoundError:
        raise BadRequest("--history needs git, which is not installed.") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise BadRequest(f"{folder} has no history: {reason[0] if reason else 'git failed'}.")
    return done.stdout


def _is_stored(database: Database, channel: str, data: bytes) -> bool:
    """Return whether the channel has these bytes, as a current or a former version."""
    digest = hashlib.sha256(data).hexdigest()
    tables: tuple[Any, ...] = (Document, FormerDocument)
    with database.read() as session:
        for table in tables:
            statement = (
                select(col(table.sha256))
                .join(Briefing, col(Briefing.pk) == col(table.briefing_pk))
                .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
                .where(col(table.sha256) == digest, col(Channel.id) == channel)
            )
            if session.exec(statement).first() is not None:
                return True
    return False
