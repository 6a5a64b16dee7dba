"""A document as the API would show it, without a database of its own."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from app.ingest import check_channel
from app.query.snapshot import stored_json
from app.reading import ParsedDocument, parse_document
from app.store.db import Database, Session
from app.store.document import briefings
from app.store.document.briefings import ReadDocument
from app.store.migrations import migrate
from app.store.rows import pks_of
from app.store.tables import Briefing

Read = TypeVar("Read")


def preview(data: bytes, name: str, channel: str) -> dict[str, Any]:
    """Return the briefing of a document, as `BriefingOut` in JSON, without its neighbours.

    It is stored in a database in memory, and read from there. Raises `BadRequest` for a bad
    channel, `TooLarge` and `Unreadable` for a bad document.
    """
    check_channel(channel)
    document, is_draft = _read(parse_document(data, name), channel)
    with closing(Database("sqlite://")) as database:
        migrate(database)
        with database.write() as session:
            briefings.save_shown(session, document, datetime.now(UTC))
        with database.read() as session:
            return _shown(session, is_draft)


def preview_with(
    parsed: ParsedDocument, channel: str, read: Callable[[Session], Read]
) -> tuple[dict[str, Any], Read]:
    """Return the briefing of a document, and what `read` finds in a database with it alone.

    Raises like `preview`.
    """
    document, is_draft = _read(parsed, channel)
    with closing(Database("sqlite://")) as database:
        migrate(database)
        with database.write() as session:
            briefings.save(session, [document], datetime.now(UTC))
        with database.read() as session:
            return _shown(session, is_draft), read(session)


def _read(parsed: ParsedDocument, channel: str) -> tuple[ReadDocument, bool]:
    """Return a document as one that queries show, and whether it is a draft."""
    # Queries do not show drafts.
    public = replace(parsed, draft=replace(parsed.draft, draft=False))
    return public.read(channel, channel, {}), parsed.draft.draft


def _shown(session: Session, is_draft: bool) -> dict[str, Any]:
    (pk,) = pks_of(session, Briefing)
    # Not by orjson: front matter may have a number of more than 64 bits.
    briefing: dict[str, Any] = json.loads(stored_json.briefing(session, pk, None))
    return briefing | {"draft": is_draft}
