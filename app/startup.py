"""Preparing a database to be served: its schema, documents read by another version, seeds."""

import time
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlmodel import col

from app.errors import Conflict
from app.ingest import Report, documents, ingest_files, ingest_many
from app.reading import Task, fingerprint, forms
from app.settings import ROOT, Settings
from app.store import dataset
from app.store.db import Database, set_timeout
from app.store.derived import refresh
from app.store.derived.refresh import DERIVED
from app.store.migrations import current, head, migrate
from app.store.tables import Briefing, Channel, Document
from app.telemetry import log

SEEDS = ROOT / "seeds" / "briefings"
MAX_AWAITED_BRIEFINGS = 200
"""Briefings that are read again before a service answers; more take longer than 5 seconds."""
_PROGRESS_SECONDS = 10.0
_SERVED = ("stored_json", "columns")
"""Derived data that answers are made of; without the rest they lack hits and relations."""


def prepare(database: Database, settings: Settings, *, may_leave: bool = False) -> bool:
    """Bring the schema up to date, read documents again if need be, and load the seeds if empty.

    With `may_leave`, many documents are left for `catch_up`, while the database can be served as
    it was read before. Return whether they are.
    """
    if _is_read_only(database):
        revision = current(database)
        if revision != head():
            raise Conflict(
                f"The database is at schema {revision or 'none'} on a read-only disk; {head()} is "
                "needed. Run briefbase migrate where it can be written."
            )
        log.warning("database_read_only", message="Reads are served, writes are refused.")
        return False
    _migrate(database)
    with database.read() as session:
        briefings = session.execute(select(func.count()).select_from(Briefing)).scalar_one()
        former = dataset.fingerprint(session)
    if may_leave and briefings > MAX_AWAITED_BRIEFINGS:
        return _make_servable(database, former)
    catch_up(database, settings)
    if not briefings and settings.seeds:
        for report in load_seeds(database, settings.channel):
            log.info("seed_loaded", document=report.name, status=report.status, error=report.error)
    return False


def _migrate(database: Database) -> None:
    # A file that is not there yet cannot be read.
    is_new = database.file is not None and not database.file.path.exists()
    revision = None if is_new else current(database)
    if revision and revision != head():
        log.info("migrating", revision=revision, to=head())
    migrate(database)


def _make_servable(database: Database, former: str | None) -> bool:
    """Write what this version cannot serve as it is stored; return whether there is more to do.

    `former` is the fingerprint of the version that read the documents.
    """
    is_current = former in (None, fingerprint())
    missing = _missing(database)
    unserved = set(missing).intersection(_SERVED)
    if not is_current and former and not former.startswith(forms()):
        # Earlier bytes cannot be taken apart by this version.
        unserved.add("stored_json")
    if unserved:
        rebuild(database, unserved)
    if is_current and unserved.issuperset(missing):
        return False
    log.info("serving_before_reading_again", message="Answers are those of the version before.")
    return True


def catch_up(database: Database, settings: Settings) -> None:
    """Read documents again that another version read, and write derived data that is missing."""
    if reread_documents(database, settings.channel):
        rebuild(database)
    missing = _missing(database)
    if missing:
        rebuild(database, missing)


def _missing(database: Database) -> list[str]:
    with database.read() as session:
        # The check reads everything once, which takes seconds on a large database.
        set_timeout(session)
        return refresh.missing(session)


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
            log.info("rebuilding", derived=name)
            with database.write() as session:
                sizes[name] = refresh.rebuild_derived(session, name, datetime.now(UTC))
    if sizes:
        log.info("derived_rebuilt", **sizes)
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
    latest = fingerprint()
    with database.read() as session:
        if not always and dataset.fingerprint(session) in (None, latest):
            return 0
        statement = select(
            col(Briefing.pk),
            col(Channel.id),
        ).join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        stored = session.execute(statement).all()

    if only is not None:
        stored = [row for row in stored if row.pk in only]
    log.info("reading_documents_again", documents=len(stored))
    tasks = _stored_tasks(database, stored)
    done = 0
    reported = time.monotonic()
    for report in ingest_many(database, tasks, default_channel, again=True):
        done += 1
        if report.status == "failed":
            log.warning("document_unreadable", document=report.name, error=report.error)
        if time.monotonic() > reported + _PROGRESS_SECONDS:
            reported = time.monotonic()
            log.info("documents_reread", documents=done, of=len(stored))

    if only is None:
        with database.write() as session:
            dataset.set_fingerprint(session, latest)
    log.info("documents_reread", documents=done, of=len(stored))
    return done


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
