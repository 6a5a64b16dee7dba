"""Preparing a database to be served: its schema, documents read by another version, seeds."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import col

from app.errors import Conflict
from app.ingest import Report, documents, ingest_files, ingest_many
from app.reading import Task, fingerprint
from app.settings import ROOT, Settings
from app.store import dataset
from app.store.db import Database, set_timeout
from app.store.derived import refresh
from app.store.derived.refresh import DERIVED
from app.store.migrations import current, head, migrate
from app.store.tables import Briefing, Channel, Document
from app.telemetry import log

SEEDS = ROOT / "seeds" / "briefings"


def prepare(database: Database, settings: Settings) -> None:
    """Bring the schema up to date, read documents again if need be, and load the seeds if empty."""
    if _is_read_only(database):
        revision = current(database)
        if revision != head():
            raise Conflict(
                f"The database is at schema {revision or 'none'} on a read-only disk; {head()} is "
                "needed. Run briefbase migrate where it can be written."
            )
        log.warning("database_read_only", message="Reads are served, writes are refused.")
        return
    migrate(database)
    reread = reread_documents(database, settings.channel)
    if reread:
        log.info("documents_reread", documents=reread)
        log.info("derived_rebuilt", **rebuild(database))

    with database.read() as session:
        # The check reads everything once, which takes seconds on a large database.
        set_timeout(session)
        missing = refresh.missing(session)

    if missing:
        log.info("derived_rebuilt", **rebuild(database, missing))
    with database.read() as session:
        is_empty = session.execute(select(col(Briefing.pk)).limit(1)).first() is None
    if is_empty and settings.seeds:
        for report in load_seeds(database, settings.channel):
            log.info("seed_loaded", document=report.name, status=report.status, error=report.error)


def _is_read_only(database: Database) -> bool:
    """Whether the database is a file that exists and cannot be written."""
    file = database.file
    return file is not None and file.path.exists() and file.is_read_only()


def rebuild(database: Database, names: Collection[str] = tuple(DERIVED)) -> dict[str, int]:
    """Write derived data again, all of it or that of these names; return its sizes by name.

    Each has a transaction of its own: others write in between.
    """
    sizes = {}
    for name in DERIVED:
        if name in names:
            with database.write() as session:
                sizes[name] = refresh.rebuild_derived(session, name, datetime.now(UTC))
    return sizes


def reread_documents(
    database: Database,
    default_channel: str,
    *,
    always: bool = False,
    only: Collection[int] | None = None,
) -> int:
    """Read stored documents again if they were read by another version of catalogue or code.

    `always` reads them in any case, `only` limits them to some briefings (`pk`). Return their
    number. A document that cannot be read any more stays as it is stored.
    """
    current = fingerprint()
    with database.read() as session:
        if not always and dataset.fingerprint(session) in (None, current):
            return 0
        statement = select(
            col(Briefing.pk),
            col(Channel.id),
        ).join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        stored = session.execute(statement).all()

    if only is not None:
        stored = [row for row in stored if row.pk in only]
    tasks = _stored_tasks(database, stored)
    for report in ingest_many(database, tasks, default_channel, again=True):
        if report.status == "failed":
            log.warning("document_unreadable", document=report.name, error=report.error)

    if only is None:
        with database.write() as session:
            dataset.set_fingerprint(session, current)

    return len(stored)


def _stored_tasks(database: Database, stored: Iterable[tuple[int | None, str]]) -> Iterator[Task]:
    """Yield a task for each stored document, by briefing (`pk`) and channel."""
    for pk, channel in stored:
        with database.read() as session:
            document = session.get(Document, pk)
        # Another process may have removed it meanwhile.
        if document:
            yield Task(document.name, channel, document.body)


def load_seeds(database: Database, default_channel: str) -> list[Report]:
    """Ingest the seeds into a database."""
    files = documents([SEEDS])
    reports = ingest_files(
        database, files, channel=default_channel, default_channel=default_channel
    )
    return list(reports)
