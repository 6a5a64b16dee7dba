"""Following a source: its documents and judgements are taken in as they were there, in order."""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from app import export
from app.curate import repeat
from app.errors import AppError, Conflict
from app.ingest import ingest
from app.mirror.source import MirrorSource
from app.query.documents.ids import unprefixed_channel
from app.query.publishing.exports.tables import TABLES
from app.reading import DocumentReader
from app.store import audit, mirrors
from app.store.db import Database
from app.store.document import removal
from app.store.entities import judgements
from app.store.tables import Briefing, Channel, Document, FormerDocument, Tombstone


@dataclass(frozen=True)
class Applied:
    """A change that was taken over, and what became of it in a word."""

    change: Mapping[str, Any]
    outcome: str


class Mirror:
    """Keeps a database equal to a source."""

    def __init__(self, database: Database, source: MirrorSource, channel: str) -> None:
        self.database = database
        self.source = source
        self.channel = channel

    def follow(self, wait: int = 0) -> Iterator[Applied]:
        """Take over the changes since the last time, page by page, until there is none.

        `wait`: seconds to wait for the first one. Each change is remembered when it is stored, so
        that an interrupted run goes on after it.
        """
        audit.act_as(audit.MIRROR)
        with self.database.read() as session:
            position = mirrors.position(session, self.source.url)
        while True:
            page = self.source.page(position, wait)
            for change in page["data"]:
                outcome = self._applied(change)
                if outcome:
                    self._remember(change["position"])
                    yield Applied(change, outcome)
            if page["position"] != position:
                position = page["position"]
                self._remember(position)
            if not page["meta"]["next_cursor"]:
                return
            wait = 0

    def _remember(self, position: str) -> None:
        with self.database.write() as session:
            mirrors.set_position(session, self.source.url, position)

    def _applied(self, change: Mapping[str, Any]) -> str | None:
        """Apply one change. Raises Conflict for one whose details are not valid."""
        try:
            return self._apply(change)
        except (KeyError, TypeError, ValueError) as error:
            raise Conflict(
                f"The change at {change['position']} cannot be taken over: {error!r}."
            ) from error

    def _apply(self, change: Mapping[str, Any]) -> str | None:
        """Take one change over; return the outcome, None for one that follows from others."""
        kind, action = change["object"], change["action"]
        if kind == "judgement":
            return self._judge(change)
        if kind == "briefing":
            return self._purge(change["object_id"]) if action == "purged" else None
        if action == "removed":
            return self._delete(change)
        if not change["details"]:
            # Erased by a purge since.
            return None
        if action != "restored":
            return self._take_in(change)
        if not self._restore(change):
            # Its deletion was never seen: all versions first, then as it went there.
            outcome = self._take_in(change)
            if outcome.startswith("left out"):
                return outcome
            self._delete(change)
            self._restore(change)
        return "restored"

    def _judge(self, change: Mapping[str, Any]) -> str:
        details = change["details"]
        try:
            act = repeat.repeat(
                self.database, self.channel, change["object_id"], details, _time(change)
            )
        except Conflict as error:
            return f"left out: {error}"
        return str(details["kind"]) if act.changed else "known"

    def _take_in(self, change: Mapping[str, Any]) -> str:
        """Ingest a document, and the versions before it that were never taken over."""
        sha256, details = change["object_id"], change["details"]
        self._check_channel(change)
        data = self.source.document(sha256)
        if data is None:
            return "left out: deleted since"
        if change["old"] is None or not self._has(change["old"], details["channel"]):
            for version in self.source.versions(change["briefing"]):
                if version["sha256"] == sha256:
                    break
                former = self.source.document(version["sha256"])
                if former is not None:
                    moment = datetime.fromisoformat(version["first_at"])
                    self._ingest(
                        former,
                        version["name"],
                        details["channel"],
                        moment,
                    )
        return self._ingest(
            data,
            details["name"],
            details["channel"],
            _time(change),
        )

    def _ingest(self, data: bytes, name: str, channel: str, now: datetime) -> str:
        if self._has(hashlib.sha256(data).hexdigest(), channel, former=False):
            return "known"
        report = ingest(
            self.database, data, name, channel=channel, default_channel=self.channel, now=now
        )
        return report.status

    def _check_channel(self, change: Mapping[str, Any]) -> None:
        """Raise Conflict if the default channels differ: ids would differ, too."""
        channel = change["details"]["channel"]
        is_default = ":" not in change["briefing"]
        with self.database.read() as session:
            unprefixed = unprefixed_channel(session, self.channel)
        if is_default != (channel == unprefixed):
            raise Conflict(
                f"The default channel of the source is not {unprefixed!r}; set "
                "BRIEFBASE_CHANNEL to the one of the source."
            )

    def _has(self, sha256: str, channel: str, *, former: bool = True) -> bool:
        tables: list[Any] = [Document, FormerDocument] if former else [Document]
        with self.database.read() as session:
            for table in tables:
                statement = (
                    select(col(table.pk) if table is FormerDocument else col(table.briefing_pk))
                    .join(Briefing, col(Briefing.pk) == col(table.briefing_pk))
                    .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
                    .where(col(table.sha256) == sha256, col(Channel.id) == channel)
                )
                if session.exec(statement).first() is not None:
                    return True
        return False

    def _delete(self, change: Mapping[str, Any]) -> str:
        now = _time(change)
        with self.database.write() as session:
            briefing = _briefing(session, change["object_id"])
            if briefing is None:
                return "left out: never taken over"
            reason = change["details"].get("reason")
            removal.delete_briefing(session, briefing, reason, now)
            if change["details"].get("draft"):
                # The next public version is a new document there, too.
                session.flush()
                removal.purge(session, removal.deleted(session, briefing.id), reason, now)
        return "removed"

    def _restore(self, change: Mapping[str, Any]) -> bool:
        """Restore a deleted briefing; return whether there was one."""
        now = _time(change)
        with self.database.write() as session:
            document = session.exec(
                select(Document)
                .join(Tombstone, col(Tombstone.briefing_pk) == col(Document.briefing_pk))
                .where(col(Document.sha256) == change["object_id"])
            ).first()
            if document is None:
                return False
            statement = select(Tombstone).where(col(Tombstone.briefing_pk) == document.briefing_pk)
            tombstone = session.exec(statement).one()
            channel = session.get_one(Channel, document.channel_pk).id
            spellings = judgements.curated_spellings(session)
            unprefixed = unprefixed_channel(session, self.channel)
            reader = DocumentReader(unprefixed, spellings)
            read = reader.read(document.body, document.name, channel)
            removal.restore(session, read, tombstone, None, now)
        return True

    def _purge(self, briefing_id: str) -> str | None:
        with self.database.write() as session:
            try:
                tombstone = removal.deleted(session, briefing_id)
            except AppError:
                return None
            removal.purge(session, tombstone, None, datetime.now(UTC))
        return "purged"


def _briefing(session: Session, sha256: str) -> Briefing | None:
    """Return the public briefing whose document has this hash."""
    statement = (
        select(Briefing)
        .join(Document, col(Document.briefing_pk) == col(Briefing.pk))
        .where(col(Document.sha256) == sha256, ~col(Briefing.draft))
    )
    return session.exec(statement).first()


def _time(change: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(change["at"])


def differences(database: Database, source: MirrorSource) -> list[str]:
    """Return the names of the exports of which the source has other lines, in whatever order."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        export.to_folder(database, folder, lambda *_: None)
        unequal = []
        for table in TABLES.values():
            with (folder / f"{table.name}.ndjson").open("rb") as file:
                local = _hash(file)
            # A generator has `close`.
            with closing(source.export(table.name)) as lines:  # type: ignore[type-var]
                if local != _hash(lines):
                    unequal.append(table.name)
    return unequal


def _hash(lines: Any) -> str:
    """Return a hash of lines that does not depend on their order."""
    digest = hashlib.sha256()
    for line in sorted(hashlib.sha256(line.rstrip(b"\n")).digest() for line in lines):
        digest.update(line)
    return digest.hexdigest()
