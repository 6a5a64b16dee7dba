"""The plan of an ingestion: what each document would do to the others of its day, unwritten."""

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

from app.normalize.editions import edition_ids, is_same_document
from app.query.documents import ids
from app.store import migrations
from app.store.db import Database
from app.store.document.briefings import ReadDocument
from app.store.document.editions import KnownDocument, known_documents


class IngestionPlan:
    """The effects that ingesting documents one after the other would have. Nothing is written."""

    def __init__(self, database: Database) -> None:
        self._database = database if _is_readable(database) else None
        self._days: dict[tuple[str, date], list[KnownDocument]] = {}

    def unprefixed_channel(self, default_channel: str) -> str:
        """Return the channel whose ids have no prefix."""
        if self._database is None:
            return default_channel
        with self._database.read() as session:
            return ids.unprefixed_channel(session, default_channel)

    def add(self, document: ReadDocument) -> tuple[str, list[str]]:
        """Return the id the document's briefing would have, and sentences on its day."""
        decided = document.decided
        day = self._day(decided.channel, decided.draft.date)
        new = KnownDocument(
            briefing=decided.day_id,
            name=document.name,
            sha256=hashlib.sha256(document.data).hexdigest(),
            edition=decided.edition,
            front_matter=decided.draft.front_matter.values,
        )
        for known in day:
            if known.sha256 == new.sha256:
                return known.briefing, [f"These bytes are stored as {known.briefing}."]

        replaced = _replaced(day, new)
        others = [known for known in day if known is not replaced]
        new_ids = edition_ids(decided.day_id, [known.edition for known in [*others, new]])
        notes = _notes(replaced, others, new_ids)
        day[:] = []
        for known, briefing_id in zip([*others, new], new_ids, strict=True):
            day.append(replace(known, briefing=briefing_id))
        return new_ids[-1], notes

    def _day(self, channel: str, day: date) -> list[KnownDocument]:
        key = (channel, day)
        if key not in self._days:
            self._days[key] = []
            if self._database:
                with self._database.read() as session:
                    self._days[key] = known_documents(session, channel, day)
        return self._days[key]


def _is_readable(database: Database) -> bool:
    """Whether the database has the tables of this version; connecting must not create a file."""
    if database.is_sqlite and not database.in_memory:
        file = Path(database.url.database or "")
        if not file.exists():
            return False
    return migrations.current(database) == migrations.head()


def _replaced(day: list[KnownDocument], new: KnownDocument) -> KnownDocument | None:
    for known in day:
        if is_same_document(new.name, new.front_matter, known.name, known.front_matter):
            return known
    return None


def _notes(
    replaced: KnownDocument | None, others: list[KnownDocument], ids: list[str]
) -> list[str]:
    """Return what happens to the documents of a day; the last of `ids` is that of the new one."""
    notes = []
    if replaced:
        notes.append(f"It would replace {replaced.name!r}, which is briefing {replaced.briefing}.")
    elif others:
        names = ", ".join(repr(known.name) for known in others)
        notes.append(f"It would be a new edition of its day, {ids[-1]}, beside {names}.")
    for known, briefing_id in zip(others, ids, strict=False):
        if known.briefing != briefing_id:
            notes.append(f"Briefing {known.briefing} would become {briefing_id}.")
    return notes
