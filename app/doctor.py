"""Checks of an installation and a database, each with its result, and repairs."""

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, SQLModel, col

from app.errors import AppError
from app.reading import parse_document
from app.settings import Settings
from app.startup import rebuild, reread_documents
from app.store import dataset, migrations
from app.store.dataset import Event
from app.store.db import Database, sqlite
from app.store.derived import search
from app.store.derived.refresh import DERIVED
from app.store.document import taxonomy
from app.store.entities import aliases
from app.store.rows import count_rows
from app.store.tables import (
    Alias,
    Briefing,
    BriefingColumns,
    BriefingJson,
    Document,
    Echo,
    Entity,
    FormerDocument,
    Item,
    ItemJson,
    ItemLink,
    SearchDocument,
    Source,
    Spelling,
    WatchTerm,
)

_FIXED_SQLITE = (3, 51, 3)
_MAX_FAULTS_SHOWN = 5

_SUBJECTS: dict[str, tuple[tuple[type[SQLModel], ...], str]] = {
    "spellings": ((Spelling,), "numbers of mentions by name equal the mentions"),
    "aliases": ((Alias,), "names of entities follow from mentions, catalogue and curators"),
    "watchlist": ((WatchTerm,), "terms of watch-list entries equal their mentions"),
    "search": ((SearchDocument,), "search documents equal the texts they index"),
    "threads": ((ItemLink,), "links between items are those the documents give"),
    "echoes": ((Echo,), "echoes of items are those the documents give"),
    "stored_json": ((ItemJson, BriefingJson), "stored items and briefings equal their rows"),
    "columns": ((BriefingColumns,), "briefings' columns equal their items and mentions"),
}
"""By the name of derived data: its tables, and the statement that a check confirms."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its subject and its result."""

    name: str
    ok: bool
    detail: str


@dataclass
class _Documents:
    """The result of checking the documents; `misread` are briefings (`pk`) to be read again."""

    count: int = 0
    faults: list[str] = field(default_factory=list)
    misread: list[int] = field(default_factory=list)


def examine(settings: Settings, *, repair: bool = False) -> Iterator[Check]:
    """Yield all checks in order; those of the content only if the database can be read.

    `repair` mends what a check finds, where that is possible, and yields the check after that.
    """
    yield Check("python", sys.version_info >= (3, 11), sys.version.split()[0])
    try:
        database = Database(settings.database_url)
    except ValueError as error:
        yield Check("database", False, str(error))
        return

    try:
        yield from _examine_database(database, settings, repair=repair)
    except SQLAlchemyError as error:
        yield Check("database", False, str(getattr(error, "orig", error)))
    finally:
        database.close()


def _examine_database(database: Database, settings: Settings, *, repair: bool) -> Iterator[Check]:
    if database.is_sqlite:
        yield _sqlite_version()
        file = Path(database.url.database or "")
        if not database.in_memory and not file.exists():
            yield Check("database", False, f"{file} does not exist; briefbase migrate creates it")
            return

    schema = _schema(database, repair=repair)
    yield schema
    if not schema.ok:
        return
    if database.is_sqlite:
        with database.read() as session:
            yield from _file(session)

    yield _check_documents(database, settings, repair=repair)
    yield _check_entities(database, repair=repair)
    yield _check_sources(database, repair=repair)
    for name in DERIVED:
        yield _check_derived(database, name, repair=repair)
    yield _check_index(database, repair=repair)


def _result(faults: Sequence[str], confirmed: str) -> str:
    """Return the text of a result: `confirmed` without faults, else their number and the first."""
    if not faults:
        return f"ok: {confirmed}"
    mismatches = "1 mismatch" if len(faults) == 1 else f"{len(faults)} mismatches"
    first_faults = list(faults[:_MAX_FAULTS_SHOWN])
    if len(faults) > _MAX_FAULTS_SHOWN:
        first_faults.append(f"and {len(faults) - _MAX_FAULTS_SHOWN} more")
    return f"{mismatches}: {'; '.join(first_faults)}"


def _sqlite_version() -> Check:
    version = sqlite.sqlite_version
    if sqlite.sqlite_version_info >= _FIXED_SQLITE:
        return Check("sqlite", True, version)
    advice = "can corrupt a write-ahead log; install the pysqlite3 wheel"
    return Check("sqlite", False, f"{version} {advice}")


def _schema(database: Database, *, repair: bool) -> Check:
    head = migrations.head()
    if repair:
        try:
            migrations.migrate(database)
        except AppError as error:
            return Check("schema", False, str(error))

    revision = migrations.current(database)
    if revision == head:
        return Check("schema", True, f"ok: at revision {revision}")
    position = f"at revision {revision or 'none'}"
    return Check("schema", False, f"{position}; {head} is needed: briefbase migrate")


def _file(session: Session) -> Iterator[Check]:
    """Check the file of a SQLite database. Its faults cannot be mended."""
    lines = list(session.execute(text("PRAGMA integrity_check")).scalars())
    faults = [] if lines == ["ok"] else [str(line) for line in lines]
    yield Check(
        "integrity",
        not faults,
        _result(faults, "the file is intact"),
    )
    broken = session.execute(text("PRAGMA foreign_key_check")).all()
    faults = [
        f"a row of {table} refers to a missing row of {parent}" for table, _, parent, _ in broken
    ]
    yield Check(
        "references",
        not faults,
        _result(faults, "every reference leads to a row"),
    )


def _check_documents(database: Database, settings: Settings, *, repair: bool) -> Check:
    """Check each document: its bytes against their hash, its items against a new reading."""
    documents = _examine_documents(database)
    if repair and documents.misread:
        misread = set(documents.misread)
        reread_documents(database, settings.channel, always=True, only=misread)
        documents = _examine_documents(database)

    confirmed = f"{documents.count} documents are as they were ingested and parsed"
    return Check(
        "documents",
        not documents.faults,
        _result(documents.faults, confirmed),
    )


def _examine_documents(database: Database) -> _Documents:
    documents = _Documents()
    statement = select(
        col(Briefing.pk),
        col(Briefing.id),
        col(Briefing.draft),
    ).order_by(col(Briefing.date))
    with database.read() as session:
        for pk, briefing_id, is_draft in session.execute(statement).all():
            assert pk
            documents.count += 1
            document = session.get(Document, pk)
            if document is None or not _has_its_hash(document):
                fault = "the bytes are not those that were ingested; ingest the document again"
                documents.faults.append(f"{briefing_id}: {fault}")
                continue
            fault = _item_fault(session, document, is_draft=is_draft)
            if fault:
                documents.faults.append(f"{briefing_id}: {fault}")
                documents.misread.append(pk)
            session.expunge(document)
        documents.faults.extend(_former_faults(session))

    return documents


def _former_faults(session: Session) -> Iterator[str]:
    """Yield a sentence for each former version whose bytes are not those of its hash."""
    statement = select(
        col(Briefing.id),
        col(FormerDocument.sha256),
        col(FormerDocument.body),
    ).join(Briefing, col(Briefing.pk) == col(FormerDocument.briefing_pk))
    for briefing_id, sha256, body in session.execute(statement):
        if hashlib.sha256(body).hexdigest() != sha256:
            yield f"{briefing_id}: the bytes of its former version {sha256} have another hash"


def _has_its_hash(document: Document) -> bool:
    return hashlib.sha256(document.body).hexdigest() == document.sha256


def _item_fault(session: Session, document: Document, *, is_draft: bool) -> str:
    """Return how the stored items of a document differ from its items; empty if they do not."""
    own_items = col(Item.briefing_pk) == document.briefing_pk
    stored = count_rows(session, Item, own_items)
    expected = 0
    if not is_draft:
        try:
            body = parse_document(document.body, document.name).draft.body
        except AppError as error:
            return str(error)
        expected = sum(len(section.items) for section in body.sections)

    return "" if stored == expected else f"{stored} items are stored, the document has {expected}"


def _check_entities(database: Database, *, repair: bool) -> Check:
    unused = _unused_entities(database)
    if repair and unused:
        with database.write() as session:
            _record(session, aliases.remove_unused(session, unused))
        unused = _unused_entities(database)

    faults = [f"nothing refers to the entity {name!r}" for name in unused.values()]
    count = _count(database, Entity)
    return Check(
        "entities",
        not faults,
        _result(faults, f"{count} entities are all in use"),
    )


def _unused_entities(database: Database) -> dict[int, str]:
    with database.read() as session:
        return aliases.unused_entities(session)


def _check_sources(database: Database, *, repair: bool) -> Check:
    uncited = _uncited_sources(database)
    if repair and uncited:
        with database.write() as session:
            _record(session, taxonomy.refresh(session, uncited, ()))
        uncited = _uncited_sources(database)

    faults = [f"nothing cites source {pk}" for pk in uncited]
    count = _count(database, Source)
    return Check(
        "sources",
        not faults,
        _result(faults, f"{count} sources are all cited"),
    )


def _uncited_sources(database: Database) -> list[int]:
    with database.read() as session:
        return taxonomy.uncited_sources(session)


def _record(session: Session, events: Sequence[Event]) -> None:
    dataset.record(session, events, datetime.now(UTC))


def _check_derived(database: Database, name: str, *, repair: bool) -> Check:
    faults = _mismatches(database, name)
    if repair and faults:
        rebuild(database, [name])
        faults = _mismatches(database, name)

    tables, statement = _SUBJECTS[name]
    count = sum(_count(database, table) for table in tables)
    return Check(
        name,
        not faults,
        _result(faults, f"{count} {statement}"),
    )


def _mismatches(database: Database, name: str) -> list[str]:
    with database.read() as session:
        return list(DERIVED[name].mismatches(session))


def _check_index(database: Database, *, repair: bool) -> Check:
    if database.file and database.file.is_read_only():
        return Check(
            "index", True, "not checked: SQLite checks it by writing, the disk is read-only"
        )
    is_sound = _is_index_sound(database)
    if repair and not is_sound:
        rebuild(database, ["search"])
        is_sound = _is_index_sound(database)
    faults = [] if is_sound else ["the index does not hold the tokens of the search documents"]
    return Check("index", is_sound, _result(faults, "the index holds all search documents"))


def _is_index_sound(database: Database) -> bool:
    with database.write() as session:
        return search.is_index_sound(session)


def _count(database: Database, table: type[SQLModel]) -> int:
    with database.read() as session:
        return count_rows(session, table)
