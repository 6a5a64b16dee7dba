"""Taking in one offered document: read, compared with what is stored, and saved or refused."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from sqlmodel import Session

from app.errors import Conflict, NotFound, TooLarge
from app.ingest import check_channel
from app.intake import reports
from app.intake.reading import Readers, ReadingTask
from app.parse.briefing import MAX_BYTES
from app.process_map import relaxed_gc
from app.query.curation import tombstones as gone
from app.query.documents.ids import stored_id, unprefixed_channel
from app.query.schemas.writing import DocumentReport
from app.reading import fingerprint
from app.store import answers, audit, dataset
from app.store.answers import Answer, Repetition
from app.store.db import Database
from app.store.document import briefings, removal, tombstones
from app.store.document.briefings import ReadDocument
from app.store.entities import judgements
from app.store.rows import strip_unstorable
from app.store.tables import Briefing, Channel, Document

Expectation = Callable[[Session, str | None], None]
"""Raises an error if the briefing with this id, None for a new one, is not the expected one."""


@dataclass(frozen=True)
class Offer:
    """A document to take in, and on which terms.

    `target` is the id of the briefing that it must replace. A document without a `name` gets that
    of its day.
    """

    data: bytes
    channel: str
    name: str | None = None
    target: str | None = None
    dry_run: bool = False
    expects: Expectation | None = None
    repetition: Repetition | None = None

    @property
    def is_plain(self) -> bool:
        """Whether equal bytes that are stored answer the offer without reading it."""
        return not (self.target or self.expects)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def equality(self) -> str | None:
        """A text that is equal for offers with the same effect; None if there is none."""
        if not self.is_plain:
            return None
        actor = audit.current_actor().name
        terms = (actor, self.channel, self.name, self.dry_run, self.repetition, self.digest)
        return repr(terms)


@dataclass
class _Locks:
    """One lock for each document that is being taken in; equal documents wait for the first."""

    _locks: dict[str, tuple[threading.Lock, int]] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Hold the lock of a key."""
        with self._guard:
            lock, waiting = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = lock, waiting + 1
        try:
            with lock:
                yield
        finally:
            with self._guard:
                _, waiting = self._locks[key]
                self._locks[key] = lock, waiting - 1
                if waiting == 1:
                    del self._locks[key]


class Intake:
    """Takes in documents over a database, one transaction each."""

    def __init__(
        self, database: Database, default_channel: str, readers: Readers | None = None
    ) -> None:
        self.database = database
        self.default_channel = default_channel
        self.readers = readers or Readers()
        self._locks = _Locks()

    def close(self) -> None:
        """End the processes that read documents."""
        self.readers.close()

    def take(self, offer: Offer, *, wait: bool = True) -> Answer:
        """Take in one document; the answer is its report. Everything is stored, or nothing.

        `wait`: until no reader answers from before it. Raises `AppError` for a document that
        cannot be read, or not on these terms.
        """
        check_channel(offer.channel)
        if len(offer.data) > MAX_BYTES:
            raise TooLarge(f"The document is too large; expected at most {MAX_BYTES} bytes.")
        offer = self._resolved(offer)
        with self._locks.hold(f"{offer.channel}/{offer.digest}"):
            answer = self._stored(offer)
            if answer is None:
                answer = self._save(offer, *self._read(offer))
        if wait and not offer.dry_run and not answer.is_repeated:
            self.database.wait_for_readers()
        return answer

    def _resolved(self, offer: Offer) -> Offer:
        """Return an offer whose target is the id that the briefing is stored under."""
        if offer.target is None:
            return offer
        with self.database.read() as session:
            target = stored_id(session, offer.target, self.default_channel)
        return replace(offer, target=target)

    def _stored(self, offer: Offer) -> Answer | None:
        """Return the answer that needs no reading of the document."""
        now = datetime.now(UTC)
        with self.database.read() as session:
            answer = _earlier(session, offer, now)
            if answer or not offer.is_plain:
                return answer
            stored = briefings.stored_document(session, offer.channel, offer.data)
            if stored is None:
                return None
            if stored.deleted:
                raise _deleted(stored.deleted)
            report = reports.of_stored(session, stored.briefing, dry_run=offer.dry_run)
        answer = _answer(report)
        if offer.repetition and not offer.dry_run:
            with self.database.write() as session:
                earlier = answers.earlier(session, offer.repetition, now)
                if earlier:
                    return earlier
                answers.remember(session, offer.repetition, answer, now)
        return answer

    def _read(self, offer: Offer) -> tuple[ReadDocument, Mapping[str, str]]:
        """Return the document, read, and the spellings of curators that it was read with."""
        name, channel = offer.name, offer.channel
        with self.database.read() as session:
            spellings = judgements.curated_spellings(session)
            unprefixed = unprefixed_channel(session, self.default_channel)
            if offer.target:
                target = _target(session, offer.target)
                document = session.get(Document, target.pk)
                name = document.name if document else name
                channel = session.get_one(Channel, target.channel_pk).id
        if name is not None:
            name = strip_unstorable(name)
        task = ReadingTask(offer.data, name, channel, unprefixed, spellings)
        return self.readers(task), spellings

    def _save(self, offer: Offer, document: ReadDocument, spellings: Mapping[str, str]) -> Answer:
        now = datetime.now(UTC)
        with relaxed_gc(), self.database.write() as session:
            earlier = _earlier(session, offer, now)
            if earlier:
                return earlier
            current = judgements.curated_spellings(session)
            if current != spellings:
                # A curator gave or took a spelling since the document was read.
                document = self._read_again(session, document, current)
            replaced = briefings.replaced_by(session, document)
            _check_terms(session, offer, document, replaced)
            newest = reports.newest_entity(session)
            (saved,) = briefings.save(session, [document], now)
            if saved.status == "unchanged":
                report = reports.of_stored(session, saved.briefing, dry_run=offer.dry_run)
            else:
                report = reports.of_saved(session, document, saved, newest, dry_run=offer.dry_run)
            answer = _answer(report)
            if offer.dry_run:
                session.rollback()
                return answer
            if dataset.fingerprint(session) is None:
                dataset.set_fingerprint(session, fingerprint())
            answers.remember(session, offer.repetition, answer, now)
        return answer

    def _read_again(
        self, session: Session, document: ReadDocument, spellings: Mapping[str, str]
    ) -> ReadDocument:
        channel = document.decided.channel
        unprefixed = unprefixed_channel(session, self.default_channel)
        task = ReadingTask(document.data, document.name, channel, unprefixed, spellings)
        return self.readers(task)


def _earlier(session: Session, offer: Offer, now: datetime) -> Answer | None:
    """Return the answer to the same request. Raises Gone if its briefing is deleted since."""
    answer = answers.earlier(session, offer.repetition, now)
    if answer:
        refuse_deleted(session, [DocumentReport.model_validate_json(answer.body)])
    return answer


def refuse_deleted(session: Session, stored: Iterable[DocumentReport]) -> None:
    """Raise Gone if a briefing of an earlier answer is deleted: its title is no longer returned."""
    for report in stored:
        if removal.live(session, report.briefing) is None:
            gone.refuse(session, "briefing", report.briefing)


def _target(session: Session, briefing_id: str) -> Briefing:
    """Return the briefing to be replaced. Raises Gone and NotFound."""
    briefing = removal.live(session, briefing_id)
    if briefing is None:
        gone.refuse(session, "briefing", briefing_id)
        raise NotFound(
            f"There is no briefing {briefing_id!r}; POST a new document to /v1/briefings."
        )
    return briefing


def _check_terms(
    session: Session, offer: Offer, document: ReadDocument, replaced: Briefing | None
) -> None:
    """Raise the error of the terms that an offer does not meet."""
    tombstone = tombstones.of_briefing(session, replaced.pk) if replaced else None
    if tombstone:
        raise _deleted(tombstones.sentence(tombstone))
    if offer.target:
        target = _target(session, offer.target)
        day = document.decided.draft.date
        if day != target.date:
            raise Conflict(
                f"The document is of {day}; expected {target.date}, the day of the briefing "
                f"{target.id}. POST it to /v1/briefings instead."
            )
        if replaced is None or replaced.pk != target.pk:
            other = f"the briefing {replaced.id}" if replaced else "another edition of its day"
            raise Conflict(
                f"The document is {other}; expected a version of the briefing {target.id}. "
                "POST it to /v1/briefings instead."
            )
    if offer.expects:
        offer.expects(session, replaced.id if replaced else None)


def _deleted(sentence: str) -> Conflict:
    return Conflict(f"{sentence} Restore it, or offer another version.")


def _answer(report: DocumentReport) -> Answer:
    status = 201 if report.status == "added" and not report.dry_run else 200
    body = report.model_dump_json().encode()
    is_change = report.status != "unchanged" and not report.dry_run
    return Answer(status, body, report.links["self"], is_change=is_change)
