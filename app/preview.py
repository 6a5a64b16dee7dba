"""A document as the API would show it, without a database of its own."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

from app.ingest import check_channel
from app.query import briefings as query
from app.query.schemas.briefings import BriefingOut
from app.reading import parse_document
from app.store.db import Database
from app.store.document import briefings
from app.store.migrations import migrate


def preview(data: bytes, name: str, channel: str) -> BriefingOut:
    """Return the briefing of a document: stored in a database in memory, and read from there.

    Raises `BadRequest` for a bad channel, `TooLarge` and `Unreadable` for a bad document.
    """
    check_channel(channel)
    parsed = parse_document(data, name)
    # Queries do not show drafts.
    public = replace(parsed, draft=replace(parsed.draft, draft=False))
    document = public.read(channel, channel, {})
    with closing(Database("sqlite://")) as database:
        migrate(database)
        with database.write() as session:
            briefings.save(session, [document], datetime.now(UTC))
        with database.read() as session:
            briefing = query.get(session, document.decided.day_id)
            body = query.whole(session, briefing, None)

    briefing_out = BriefingOut.model_validate_json(body)
    return briefing_out.model_copy(update={"draft": parsed.draft.draft})
