"""The conductor: read → parse → normalize → store, one transaction per document, and a report of each."""

import gc
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Literal

import orjson
from sqlmodel import Session, col, select

from app.errors import AppError, BadRequest, TooLarge
from app.normalize import quality
from app.normalize.catalogue import Catalogue
from app.normalize.decide import DecidedBriefing, Knowledge, decide
from app.parse.briefing import MAX_BYTES, decode, parse_briefing
from app.query import briefings as query
from app.query.schemas.briefings import BriefingOut
from app.settings import CHANNEL, ROOT, VERSION, Settings
from app.store import briefings, dataset, facts, ledger, search
from app.store.db import Database
from app.store.migrations import head, migrate
from app.store.tables import Briefing, Channel, Document
from app.telemetry import log

SEEDS = ROOT / "seeds" / "briefings"
CATALOGUE = ROOT / "seeds" / "catalogue"
SUFFIXES = (".md", ".markdown")


@dataclass
class Report:
    """What became of one document. `items` counts by what happened to them; `coverage` is covered / non-blank lines."""

    name: str
    status: Literal["added", "replaced", "unchanged", "failed", "parsed"]
    briefing: str | None = None
    error: str | None = None
    items: dict[str, int] = field(default_factory=dict)
    entities: int = 0
    sources: int = 0
    nonblank: int = 0
    covered: int = 0
    problems: list[str] = field(default_factory=list)
    version: int | None = None


@cache
def knowledge() -> Knowledge:
    """What the seeds know of names; read once a process."""
    # All of it stays: a collector running meanwhile would look through it again and again.
    collects = gc.isenabled()
    gc.disable()
    try:
        records = (orjson.loads(line) for path in _catalogue_files() for line in path.read_bytes().splitlines() if line.strip())
        catalogue = Catalogue.from_records(records)
        catalogue.index()
    finally:
        gc.freeze()
        if collects:
            gc.enable()
    return Knowledge(catalogue)


@cache
def fingerprint() -> str:
    """A hash of all that decides what is read out of a document: the catalogue, the version of the reading code, the schema, what is searched."""
    digest = hashlib.sha256(f"{VERSION}/{head()}/{search.FORM}".encode())
    for path in _catalogue_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _catalogue_files() -> list[Path]:
    return sorted(CATALOGUE.glob("*.jsonl"))


def documents(paths: Iterable[Path]) -> list[Path]:
    """The Markdown files of `paths`, folders searched through, in the order of their names."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
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
    if not re.fullmatch(CHANNEL, name):
        raise BadRequest(f"{name[:80]!r} cannot name a channel: give lower-case letters, digits and hyphens, at most 40.")


def ingest_files(
    database: Database, paths: Iterable[Path], *, channel: str, default_channel: str, dry_run: bool = False
) -> Iterator[Report]:
    """Ingest files one by one; a document that cannot be read is reported and the next one taken."""
    for path in paths:
        # A file name is bytes; those that are no text are shown as such.
        name = os.fsencode(path.name).decode(errors="replace")
        try:
            data = read_document(path)
        except (AppError, OSError) as error:
            yield Report(name, "failed", error=str(error) if isinstance(error, AppError) else f"The file cannot be read: {error.strerror}.")
            continue
        try:
            yield ingest(database, data, name, channel=channel, default_channel=default_channel, dry_run=dry_run)
        except AppError as error:
            yield Report(name, "failed", error=str(error))


def ingest(
    database: Database, data: bytes, name: str, *, channel: str, default_channel: str, dry_run: bool = False, now: datetime | None = None
) -> Report:
    """Take in one document: parsed and decided outside the transaction, stored whole or not at all."""
    check_channel(channel)
    if dry_run:
        decided = decide_on(data, name, channel, default_channel, {})
        return _report(name, decided, briefings.Saved(decided.id, "unchanged"), "parsed")
    with database.read() as session:
        given = ledger.spellings(session)
    decided = decide_on(data, name, channel, default_channel, given)
    with database.write() as session:
        if (since := ledger.spellings(session)) != given:
            decided = decide_on(data, name, channel, default_channel, since)
        saved = _save(session, decided, data, name, now)
        if dataset.known(session) is None:
            dataset.learn(session, fingerprint())
    return _report(name, decided, saved, saved.status)


def decide_on(data: bytes, name: str, channel: str, default_channel: str, given: Mapping[str, str]) -> DecidedBriefing:
    """All decisions on a document; `given` are the spellings that curators gave."""
    draft = parse_briefing(data, name)
    return decide(draft, decode(data), knowledge(), channel, default_channel, given)


def _save(
    session: Session, decided: DecidedBriefing, data: bytes, name: str, now: datetime | None, *, again: bool = False
) -> briefings.Saved:
    catalogue = knowledge().catalogue
    report = quality.report(decided, decode(data), catalogue)
    return briefings.save(session, decided, data, name, report, now or datetime.now(UTC), catalogue, again=again)


def preview(data: bytes, name: str, channel: str) -> BriefingOut:
    """The briefing as the API would show it: taken into a base in memory, and read back from there."""
    check_channel(channel)
    draft = parse_briefing(data, name)
    decided = decide(replace(draft, draft=False), decode(data), knowledge(), channel, channel)
    with closing(Database("sqlite://")) as database:
        migrate(database)
        with database.write() as session:
            _save(session, decided, data, name, None)
        with database.read() as session:
            return query.whole(session, query.get(session, decided.id), None).model_copy(update={"draft": draft.draft})


def prepare(database: Database, settings: Settings) -> None:
    """Bring the schema up to date, read documents again where more is known of names now, and fill an empty base from the seeds."""
    migrate(database)
    if reread := reread_documents(database, settings.channel):
        log.info("documents_reread", documents=reread)
    with database.read() as session:
        missing, uncounted = search.is_missing(session), facts.is_missing(session)
    if uncounted:
        log.info("facts_rebuilt", briefings=facts.rebuild(database))
    if reread or missing:
        log.info("search_rebuilt", things=reindex(database))
    with database.read() as session:
        empty = session.exec(select(col(Briefing.pk)).limit(1)).first() is None
    if empty and settings.seeds:
        for report in load_seeds(database, settings.channel):
            log.info("seed_loaded", document=report.name, status=report.status, error=report.error)


def reindex(database: Database) -> int:
    """Write anew what search and counts go by; how many things can be found."""
    facts.rebuild(database)
    with database.write() as session:
        return search.rebuild(session)


def reread_documents(database: Database, default_channel: str, *, always: bool = False) -> int:
    """Decide anew on every document, if what is known of names has changed since (or `always`); how many there were."""
    known = fingerprint()
    with database.read() as session:
        if dataset.known(session) in (None, known) and not always:
            return 0
        held = session.exec(select(col(Briefing.pk), col(Channel.id)).join(Channel, col(Channel.pk) == col(Briefing.channel_pk))).all()
    for pk, channel in held:
        with database.write() as session:
            document = session.get(Document, pk)
            if document is not None:
                decided = decide_on(document.body, document.name, channel, default_channel, ledger.spellings(session))
                _save(session, decided, document.body, document.name, None, again=True)
    with database.write() as session:
        dataset.learn(session, known)
    return len(held)


def load_seeds(database: Database, default_channel: str) -> list[Report]:
    """Fill a base that has no briefing yet from the seeds."""
    return list(ingest_files(database, documents([SEEDS]), channel=default_channel, default_channel=default_channel))


def _report(
    name: str, decided: DecidedBriefing, saved: briefings.Saved, status: Literal["added", "replaced", "unchanged", "parsed"]
) -> Report:
    draft = decided.draft
    items = [item for _, section in decided.sections for item in section]
    return Report(
        name=name,
        status=status,
        briefing=saved.briefing,
        items={"found": len(items)} | {what: len(getattr(saved, what)) for what in ("added", "updated", "kept", "removed")},
        entities=sum(len(item.item.entities) for item in items),
        sources=sum(len(item.sources) for item in items),
        nonblank=draft.coverage.nonblank,
        covered=draft.coverage.covered,
        problems=list(draft.problems),
        version=saved.version,
    )
