"""The conductor: read → parse → normalize → store, in batches of one transaction each, and a report of each document."""

import os
import re
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Literal

from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from app import knowledge
from app.errors import AppError, BadRequest, TooLarge
from app.normalize.decide import DecidedBriefing, decide
from app.normalize.report import quality
from app.parse.briefing import MAX_BYTES, decode, parse_briefing
from app.process_map import map_in_processes, may_fork, relaxed_gc
from app.query import briefings as query
from app.query.schemas.briefings import BriefingOut
from app.settings import CHANNEL_PATTERN, ROOT, Settings
from app.store import dataset
from app.store.db import Database, set_timeout
from app.store.derived import columns, search, stored_json
from app.store.derived.features import FeatureWindow
from app.store.document import briefings
from app.store.entities import judgements
from app.store.migrations import migrate
from app.store.tables import Briefing, Channel, Document
from app.telemetry import log, stage, stage_seconds

SEEDS = ROOT / "seeds" / "briefings"
SUFFIXES = (".md", ".markdown")
# A batch is one transaction, during which nobody else can write.
_BATCH, _BATCH_BYTES = 32, 2_000_000
# Fewer documents are read sooner than other processes are there to read them.
_WORTH_COPYING = 8
# Between batches, so that others who wait for the base get at it: they look this often (`store/db.py`).
_PAUSE = 0.02


@dataclass
class Report:
    """What became of one document. `items` counts by what happened to them; `coverage` is covered / non-blank lines."""

    name: str
    status: Literal["added", "replaced", "unchanged", "failed", "parsed"]
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
    version: int | None = None


def documents(paths: Iterable[Path]) -> list[Path]:
    """The Markdown files of `paths`, folders searched through, in the order of their names."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(
                p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file()
            )
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def read_document(path: Path) -> bytes:
    """The bytes of `path`, read no further than the limit."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge(f"The document has more than {MAX_BYTES} bytes, the most that are taken.")
    return data


def check_channel(name: str) -> None:
    """Refuse what cannot name a channel."""
    if not re.fullmatch(CHANNEL_PATTERN, name):
        raise BadRequest(
            f"{name[:80]!r} cannot name a channel: give lower-case letters, digits and hyphens, at most 40."
        )


Reports = Generator[Report, None, None]
"""Reports as documents are taken in; closed, it leaves the rest."""


@dataclass(frozen=True)
class Task:
    """A document to be read; where that is not to be done, the report of it says why."""

    name: str
    channel: str
    data: bytes = b""
    report: Report | None = None


@dataclass(frozen=True)
class _Outcome:
    """What became of a task: what is to be stored, why that cannot be, or the report of what needs no storing."""

    name: str
    read: briefings.ReadDocument | None = None
    error: AppError | None = None
    report: Report | None = None
    spent: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _DocumentReader:
    """Reads documents, in whichever process it is sent to. `given` are the spellings that curators gave."""

    default_channel: str
    given: Mapping[str, str]

    def __call__(self, task: Task) -> _Outcome:
        if task.report:
            return _Outcome(task.name, report=task.report)
        before = dict(stage_seconds)
        try:
            read = _read(task.data, task.name, task.channel, self.default_channel, self.given)
        except AppError as error:
            return _Outcome(task.name, error=error)
        return _Outcome(
            task.name,
            read,
            spent={
                name: seconds - before.get(name, 0.0) for name, seconds in stage_seconds.items()
            },
        )


def ingest_files(
    database: Database,
    paths: Iterable[Path],
    *,
    channel: str,
    default_channel: str,
    dry_run: bool = False,
) -> Reports:
    """Ingest files; a document that cannot be read is reported and the others are taken. What is there already is not read again."""
    check_channel(channel)
    if dry_run:
        tasks = (_file(None, path, channel) for path in paths)
        return (
            _reported(done)
            for done in _ahead(database, tasks, _DocumentReader(default_channel, {}))
        )
    return take_in(database, (_file(database, path, channel) for path in paths), default_channel)


def take_in(database: Database, tasks: Iterable[Task], default_channel: str) -> Reports:
    """Take in documents, of any channels, a batch at a time: each is stored whole or not at all, with all that follows from it."""
    with database.read() as session:
        reader = _DocumentReader(default_channel, judgements.spellings(session))
    recent = FeatureWindow()
    for batch in _batches(_ahead(database, tasks, reader)):
        saved = iter(_store(database, [done.read for done in batch if done.read], reader, recent))
        yield from (_reported(done, next(saved) if done.read else None) for done in batch)


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
    """Take in one document: parsed and decided outside the transaction, stored whole or not at all."""
    check_channel(channel)
    if dry_run:
        return _reported(_Outcome(name, _read(data, name, channel, default_channel, {})))
    with database.read() as session:
        reader = _DocumentReader(default_channel, judgements.spellings(session))
    read = _read(data, name, channel, default_channel, reader.given)
    return _reported(_Outcome(name, read), *_store(database, [read], reader, FeatureWindow(), now))


def _file(database: Database | None, path: Path, channel: str) -> Task:
    """A file to be read, unless `database` holds the same bytes."""
    # A file name is bytes; those that are no text are shown as such.
    name = os.fsencode(path.name).decode(errors="replace")
    try:
        with stage("read"):
            data = read_document(path)
            if database:
                with database.read() as session:
                    if held := briefings.held(session, channel, data):
                        return Task(name, channel, report=_told(name, held))
    except (AppError, OSError) as error:
        told = (
            str(error)
            if isinstance(error, AppError)
            else f"The file cannot be read: {error.strerror}."
        )
        return Task(name, channel, report=Report(name, "failed", error=told))
    return Task(name, channel, data)


def _ahead(
    database: Database, tasks: Iterable[Task], reader: _DocumentReader
) -> Iterator[_Outcome]:
    """What becomes of tasks, in their order; of many, in other processes."""
    tasks = iter(tasks)
    held: list[Task] = []
    for task in tasks:
        if task.report and not held:
            yield reader(task)
        else:
            held.append(task)
        if len(held) == _WORTH_COPYING:
            break
    if len(held) < _WORTH_COPYING or database.in_memory or not may_fork():
        yield from map(reader, chain(held, tasks))
        return
    # Copies of this process share what is known of names, and must not share connections.
    _ = knowledge.knowledge().scanner
    database.close()
    for done in map_in_processes(reader, chain(held, tasks), _BATCH):
        for name, seconds in done.spent.items():
            stage_seconds[name] += seconds
        yield done


def _batches(found: Iterable[_Outcome]) -> Iterator[list[_Outcome]]:
    batch: list[_Outcome] = []
    size = 0
    for done in found:
        batch.append(done)
        size += len(done.read.data) if done.read else 0
        if len(batch) == _BATCH or size > _BATCH_BYTES or not size:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _store(
    database: Database,
    batch: list[briefings.ReadDocument],
    reader: _DocumentReader,
    recent: FeatureWindow,
    now: datetime | None = None,
    *,
    again: bool = False,
) -> list[briefings.SavedDocument]:
    """Store some documents in one transaction."""
    if not batch:
        return []
    try:
        with relaxed_gc(), database.write() as session:
            if (since := judgements.spellings(session)) != reader.given:
                batch = [
                    _read(read.data, read.name, read.decided.channel, reader.default_channel, since)
                    for read in batch
                ]
            saved = briefings.save(
                session,
                batch,
                now or datetime.now(UTC),
                knowledge.knowledge().catalogue,
                recent,
                again=again,
            )
            if dataset.known(session) is None:
                dataset.learn(session, knowledge.fingerprint())
            began = time.perf_counter()
        stage_seconds["commit"] += time.perf_counter() - began
    except DBAPIError:
        recent.at(None)
        if len(batch) == 1:
            raise
        # What the base takes none of is one document: the others are not to go with it.
        return [
            saved
            for read in batch
            for saved in _store(database, [read], reader, FeatureWindow(), now, again=again)
        ]
    time.sleep(_PAUSE if len(batch) > 1 else 0)
    return saved


def _read(
    data: bytes, name: str, channel: str, default_channel: str, given: Mapping[str, str]
) -> briefings.ReadDocument:
    decided = decide_on(data, name, channel, default_channel, given)
    with stage("decide"):
        return briefings.ReadDocument(
            data,
            name,
            decided,
            quality.report(decided, decode(data), knowledge.knowledge().catalogue),
        )


def decide_on(
    data: bytes, name: str, channel: str, default_channel: str, given: Mapping[str, str]
) -> DecidedBriefing:
    """All decisions on a document; `given` are the spellings that curators gave."""
    with stage("parse"):
        draft = parse_briefing(data, name)
    with stage("decide"):
        return decide(draft, decode(data), knowledge.knowledge(), channel, default_channel, given)


def preview(data: bytes, name: str, channel: str) -> BriefingOut:
    """The briefing as the API would show it: taken into a base in memory, and read back from there."""
    check_channel(channel)
    draft = parse_briefing(data, name)
    decided = decide(
        replace(draft, draft=False), decode(data), knowledge.knowledge(), channel, channel
    )
    with closing(Database("sqlite://")) as database:
        migrate(database)
        with database.write() as session:
            read = briefings.ReadDocument(
                data,
                name,
                decided,
                quality.report(decided, decode(data), knowledge.knowledge().catalogue),
            )
            briefings.save(session, [read], datetime.now(UTC), knowledge.knowledge().catalogue)
        with database.read() as session:
            whole = query.whole(session, query.get(session, decided.id), None)
            return BriefingOut.model_validate_json(whole).model_copy(update={"draft": draft.draft})


def prepare(database: Database, settings: Settings) -> None:
    """Bring the schema up to date, read documents again where more is known of names now, and fill an empty base from the seeds."""
    migrate(database)
    if reread := reread_documents(database, settings.channel):
        log.info("documents_reread", documents=reread)
    with database.read() as session:
        # Of a large base that nobody has read for a while, it takes seconds.
        set_timeout(session)
        missing = search.is_missing(session) or stored_json.is_missing(session)
        uncounted = columns.is_missing(session)
    if uncounted:
        log.info("facts_rebuilt", briefings=columns.rebuild(database))
    if reread or missing:
        log.info("search_rebuilt", things=reindex(database))
    with database.read() as session:
        empty = session.exec(select(col(Briefing.pk)).limit(1)).first() is None
    if empty and settings.seeds:
        for report in load_seeds(database, settings.channel):
            log.info("seed_loaded", document=report.name, status=report.status, error=report.error)


def reindex(database: Database) -> int:
    """Write anew what search and counts go by and what is shown; how many things can be found."""
    columns.rebuild(database)
    with database.write() as session:
        stored_json.rebuild(session)
        return search.rebuild(session)


def reread_documents(database: Database, default_channel: str, *, always: bool = False) -> int:
    """Decide anew on every document, if what is known of names has changed since (or `always`); how many there were."""
    known = knowledge.fingerprint()
    with database.read() as session:
        if dataset.known(session) in (None, known) and not always:
            return 0
        held = session.exec(
            select(col(Briefing.pk), col(Channel.id)).join(
                Channel, col(Channel.pk) == col(Briefing.channel_pk)
            )
        ).all()
        reader = _DocumentReader(default_channel, judgements.spellings(session))
    recent = FeatureWindow()
    for batch in _batches(_ahead(database, _stored(database, held), reader)):
        for done in batch:
            if done.error:
                # What was read of it before stays.
                log.warning("document_unreadable", document=done.name, error=str(done.error))
        _store(database, [done.read for done in batch if done.read], reader, recent, again=True)
    with database.write() as session:
        dataset.learn(session, known)
    return len(held)


def _stored(database: Database, held: Iterable[tuple[int | None, str]]) -> Iterator[Task]:
    """Documents of the base, by number and channel, to be read again; those still there."""
    for pk, channel in held:
        with database.read() as session:
            document = session.get(Document, pk)
        if document:
            yield Task(document.name, channel, document.body)


def load_seeds(database: Database, default_channel: str) -> list[Report]:
    """Fill a base that has no briefing yet from the seeds."""
    return list(
        ingest_files(
            database, documents([SEEDS]), channel=default_channel, default_channel=default_channel
        )
    )


def _reported(done: _Outcome, saved: briefings.SavedDocument | None = None) -> Report:
    """The report of a document that was read; without `saved`, only read."""
    if done.report or not done.read:
        return done.report or Report(done.name, "failed", error=str(done.error))
    decided = done.read.decided
    items = [item for _, section in decided.sections for item in section]
    kept = saved or briefings.SavedDocument(decided.id, "unchanged")
    return Report(
        name=done.name,
        status=saved.status if saved else "parsed",
        briefing=kept.briefing,
        date=decided.draft.date.isoformat(),
        title=decided.draft.title,
        items={"found": len(items)}
        | {what: len(getattr(kept, what)) for what in ("added", "updated", "kept", "removed")},
        entities=sum(len(item.item.entities) for item in items),
        sources=sum(len(item.sources) for item in items),
        nonblank=decided.draft.coverage.nonblank,
        covered=decided.draft.coverage.covered,
        problems=list(decided.draft.problems),
        version=kept.version,
    )


def _told(name: str, held: briefings.StoredDocument) -> Report:
    """The report of a document that is there already."""
    report = held.report
    return Report(
        name=name,
        status="unchanged",
        briefing=held.briefing,
        date=held.briefing.rpartition(":")[2],
        title=held.title,
        items={"found": report["items"]}
        | dict.fromkeys(("added", "updated", "kept", "removed"), 0),
        entities=report["listed"],
        sources=held.citations,
        nonblank=report["nonblank"],
        covered=report["covered"],
        problems=report["problems"],
    )
