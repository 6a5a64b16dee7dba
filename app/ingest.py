"""The conductor: documents are read, decided on and stored, in batches of one transaction each."""

import os
import re
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.exc import DBAPIError

from app.errors import AppError, BadRequest, TooLarge
from app.knowledge import knowledge
from app.normalize.editions import document_name
from app.parse.briefing import MAX_BYTES
from app.plan import IngestionPlan
from app.process_map import map_in_processes, may_map, relaxed_gc
from app.query.documents.ids import unprefixed_channel
from app.reading import DocumentReader, ReadOutcome, Task, fingerprint
from app.settings import CHANNEL_PATTERN
from app.store import dataset
from app.store.db import Database
from app.store.derived.features import FeatureWindow
from app.store.document import briefings
from app.store.document.briefings import ReadDocument, StoredDocument
from app.store.document.changes import SavedDocument
from app.store.entities import judgements
from app.telemetry import stage, stage_seconds

SUFFIXES = (".md", ".markdown")
# Nobody else can write during a batch.
BATCH_DOCUMENTS, BATCH_BYTES = 32, 2_000_000
# Fewer documents are read before other processes have started.
_MIN_DOCUMENTS_TO_FORK = 8
# Between batches, for other writers: they try the lock this often (`store/db.py`).
_PAUSE_SECONDS = 0.02


@dataclass
class Report:
    """The outcome of one document: its items by kind of change, its non-blank and covered lines."""

    name: str
    status: Literal["added", "replaced", "unchanged", "deleted", "failed", "parsed"]
    briefing: str | None = None
    date: str | None = None
    title: str | None = None
    error: str | None = None
    items: dict[str, int] = field(default_factory=dict)
    entities: int = 0
    sources: int = 0
    nonblank: int = 0
    covered: int = 0
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """Doubts about the reading."""
    notes: list[str] = field(default_factory=list)
    """Sentences on other documents of its day."""
    version: int | None = None


Reports = Generator[Report, None, None]
"""Reports as documents are ingested; closing it leaves the remaining documents out."""


def documents(paths: Iterable[Path]) -> list[Path]:
    """Return the Markdown files of `paths`, folders searched, in order of their names."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files.extend(sorted(filter(_is_markdown, path.rglob("*"))))
        else:
            files.append(path)
    return list(dict.fromkeys(files))


def _is_markdown(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file()


def read_document(path: Path) -> bytes:
    """Return the bytes of a file. Raises `TooLarge` for more than `MAX_BYTES`."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge(
            f"The document has more than {MAX_BYTES} bytes; at most {MAX_BYTES} are read."
        )
    return data


def check_channel(name: str) -> None:
    """Raise `BadRequest` for a name that a channel cannot have."""
    if not re.fullmatch(CHANNEL_PATTERN, name):
        raise BadRequest(
            f"channel: {name[:80]!r} is not valid; "
            "expected at most 40 lower-case letters, digits and hyphens."
        )


def ingest_files(
    database: Database,
    paths: Iterable[Path],
    *,
    channel: str,
    default_channel: str,
    dry_run: bool = False,
) -> Reports:
    """Ingest files and yield a report of each; an unreadable one stops no other.

    Files that are stored already are not read again. Raises `BadRequest` for a bad channel.
    """
    check_channel(channel)
    if dry_run:
        plan = IngestionPlan(database)
        reader = DocumentReader(plan.unprefixed_channel(default_channel), {})
        tasks = (_file_task(None, path, channel) for path in paths)
        return _planned(plan, _read_all(database, tasks, reader))

    tasks = (_file_task(database, path, channel) for path in paths)
    return ingest_many(database, tasks, default_channel)


def _planned(plan: IngestionPlan, outcomes: Iterable[ReadOutcome]) -> Reports:
    """Yield a report of each document with what would become of its day."""
    for outcome in outcomes:
        report = _report(outcome)
        if outcome.document:
            report.briefing, report.notes = plan.add(outcome.document)
        yield report


def ingest_many(
    database: Database, tasks: Iterable[Task], default_channel: str, *, again: bool = False
) -> Reports:
    """Ingest documents of any channels, and yield a report of each, as batches are stored.

    Each is stored whole or not at all, with everything derived. `again` writes stored documents
    again, because they are read differently now.
    """
    reader = _reader(database, default_channel)
    window = FeatureWindow()
    for batch in _batches(_read_all(database, tasks, reader)):
        read_documents = [outcome.document for outcome in batch if outcome.document]
        saved = iter(_store(database, read_documents, reader, window, again=again))
        for outcome in batch:
            yield _report(outcome, next(saved) if outcome.document else None)


def ingest(
    database: Database,
    data: bytes,
    name: str,
    *,
    channel: str,
    default_channel: str,
    dry_run: bool = False,
    now: datetime | None = None,
) -> Report:
    """Ingest one document: read outside of the transaction, stored whole or not at all.

    Raises `BadRequest` for a bad channel, `TooLarge` and `Unreadable` for a bad document.
    """
    check_channel(channel)
    if dry_run:
        unprefixed = IngestionPlan(database).unprefixed_channel(default_channel)
        reader = DocumentReader(unprefixed, {})
        return _report(
            ReadOutcome(
                name,
                reader.read(data, name, channel),
            )
        )

    reader = _reader(database, default_channel)
    document = reader.read(data, name, channel)
    (saved,) = _store(database, [document], reader, FeatureWindow(), now)
    return _report(ReadOutcome(name, document), saved)


def _reader(database: Database, default_channel: str) -> DocumentReader:
    with database.read() as session:
        spellings = judgements.curated_spellings(session)
        return DocumentReader(unprefixed_channel(session, default_channel), spellings)


def _file_task(database: Database | None, path: Path, channel: str) -> Task:
    """Return the task to read a file, settled if `database` has its bytes."""
    name = document_name(
        _text_of(path.absolute().parent.name),
        _text_of(path.name),
    )
    try:
        with stage("read"):
            data = read_document(path)
            stored = _stored_document(database, channel, data) if database else None
    except AppError as error:
        return Task(name, channel, error=str(error))
    except OSError as error:
        return Task(
            name,
            channel,
            error=f"The file cannot be read: {error.strerror}.",
        )

    return Task(name, channel, data, stored)


def _text_of(name: str) -> str:
    """Return a file name as text: it is bytes, and those that are no text become U+FFFD."""
    return os.fsencode(name).decode(errors="replace")


def _stored_document(database: Database, channel: str, data: bytes) -> StoredDocument | None:
    with database.read() as session:
        return briefings.stored_document(session, channel, data)


def _read_all(
    database: Database, tasks: Iterable[Task], reader: DocumentReader
) -> Iterator[ReadOutcome]:
    """Yield the outcomes of tasks, in their order; many are read in other processes."""
    tasks = iter(tasks)
    first_tasks: list[Task] = []
    for task in tasks:
        if task.is_settled and not first_tasks:
            yield reader(task)
        else:
            first_tasks.append(task)
        if len(first_tasks) == _MIN_DOCUMENTS_TO_FORK:
            break

    all_tasks = chain(first_tasks, tasks)
    are_many = len(first_tasks) == _MIN_DOCUMENTS_TO_FORK
    if database.in_memory or not are_many or not may_map():
        yield from map(reader, all_tasks)
        return

    # Copies of this process share its knowledge of names, and what reading a document loads of it.
    # They must not share its connections.
    _ = knowledge().scanner
    first = reader(next(all_tasks))
    database.close()
    outcomes = map_in_processes(reader, all_tasks, BATCH_DOCUMENTS)
    second = next(outcomes)
    yield first
    for outcome in chain([second], outcomes):
        for name, seconds in outcome.seconds.items():
            stage_seconds[name] += seconds
        yield outcome


def _batches(outcomes: Iterable[ReadOutcome]) -> Iterator[list[ReadOutcome]]:
    """Yield outcomes in batches of one transaction; those without a document do not wait."""
    batch: list[ReadOutcome] = []
    size = 0
    for outcome in outcomes:
        batch.append(outcome)
        if outcome.document:
            size += len(outcome.document.data)
        if len(batch) == BATCH_DOCUMENTS or size > BATCH_BYTES or not size:
            yield batch
            batch, size = [], 0

    if batch:
        yield batch


def _store(
    database: Database,
    batch: list[ReadDocument],
    reader: DocumentReader,
    window: FeatureWindow,
    now: datetime | None = None,
    *,
    again: bool = False,
) -> list[SavedDocument]:
    """Store some documents in one transaction; if the database refuses one, each by itself."""
    if not batch:
        return []
    now = now or datetime.now(UTC)
    try:
        saved = _store_batch(database, batch, reader, window, now, again=again)
    except DBAPIError:
        window.drop_unless(None)
        if len(batch) == 1:
            raise
        saved = []
        for document in batch:
            saved += _store(database, [document], reader, FeatureWindow(), now, again=again)
        return saved

    if len(batch) > 1:
        time.sleep(_PAUSE_SECONDS)
    return saved


def _store_batch(
    database: Database,
    batch: list[ReadDocument],
    reader: DocumentReader,
    window: FeatureWindow,
    now: datetime,
    *,
    again: bool,
) -> list[SavedDocument]:
    with relaxed_gc(), database.write() as session:
        spellings = judgements.curated_spellings(session)
        if spellings != reader.spellings:
            # A curator gave or took a spelling since these documents were read.
            current = DocumentReader(reader.default_channel, spellings)
            batch = [_read_again(current, document) for document in batch]
        saved = briefings.save(session, batch, now, window, again=again)
        if dataset.fingerprint(session) is None:
            dataset.set_fingerprint(session, fingerprint())
        began = time.perf_counter()

    stage_seconds["commit"] += time.perf_counter() - began
    return saved


def _read_again(reader: DocumentReader, document: ReadDocument) -> ReadDocument:
    return reader.read(document.data, document.name, document.decided.channel)


def _report(outcome: ReadOutcome, saved: SavedDocument | None = None) -> Report:
    """Return the report of a document; without `saved`, of its reading alone."""
    if outcome.stored:
        return _stored_report(outcome.name, outcome.stored)
    if outcome.document is None:
        return Report(outcome.name, "failed", error=outcome.error)
    decided = outcome.document.decided
    items = [item for _, section_items in decided.sections for item in section_items]
    coverage = decided.draft.coverage
    effect = saved or SavedDocument(decided.day_id, "unchanged")
    return Report(
        name=outcome.name,
        status=saved.status if saved else "parsed",
        briefing=effect.briefing,
        date=decided.draft.date.isoformat(),
        title=decided.draft.title,
        items={
            "found": len(items),
            "added": len(effect.added),
            "updated": len(effect.updated),
            "kept": len(effect.unchanged),
            "removed": len(effect.removed),
        },
        entities=sum(len(item.item.entities) for item in items),
        sources=sum(len(item.sources) for item in items),
        nonblank=coverage.nonblank,
        covered=coverage.covered,
        problems=list(decided.draft.problems),
        warnings=_warning_texts(outcome.document.report),
        notes=_edition_notes(effect, decided.day_id),
        version=effect.version,
    )


def _edition_notes(effect: SavedDocument, day_id: str) -> list[str]:
    if effect.status == "added" and effect.briefing != day_id:
        return [f"Another edition of its day: {effect.briefing}."]
    return []


def _stored_report(name: str, stored: StoredDocument) -> Report:
    """Return the report of a document that was stored before."""
    report = stored.report
    return Report(
        name=name,
        status="deleted" if stored.deleted else "unchanged",
        briefing=stored.briefing,
        date=stored.date,
        title=stored.title,
        items={
            "found": report["items"],
            "added": 0,
            "updated": 0,
            "kept": 0,
            "removed": 0,
        },
        entities=report["listed"],
        sources=stored.citations,
        nonblank=report["nonblank"],
        covered=report["covered"],
        problems=report["problems"],
        warnings=_warning_texts(report),
        notes=[f"{stored.deleted} Restore it first."] if stored.deleted else [],
    )


def _warning_texts(report: Mapping[str, Any]) -> list[str]:
    """Return warnings as sentences that name their line."""
    texts = []
    for warning in report.get("warnings", ()):
        line = warning["line"]
        texts.append(f"Line {line}: {warning['text']}" if line else warning["text"])
    return texts
