"""A spelling given or taken away, followed through the documents that are there: read ahead, with the base free for others, then written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from app import ingest, knowledge
from app.normalize.entities.mentions import may_contain
from app.parse.briefing import decode
from app.store.dataset import Event
from app.store.db import Database
from app.store.derived.refresh import Touched
from app.store.document import rescan
from app.store.document.rescan import MentionChange
from app.store.entities import judgements
from app.store.tables import Briefing, Channel, Document


@dataclass(frozen=True, slots=True)
class Rescan:
    """What the running text of documents names by the spellings `given`: document → (hash of its bytes, what changes)."""

    given: Mapping[str, str]
    changes: dict[int, tuple[str, MentionChange | None]] = field(default_factory=dict)


def read(
    database: Database, names: Collection[str], given: Mapping[str, str], default_channel: str
) -> Rescan:
    """Decide on each document that may hold one of `names`. Takes long, and keeps nobody waiting."""
    ahead = Rescan(given)
    with database.read() as session:
        held = _held(session)
    for pk, channel, digest in held:
        with database.read() as session:
            ahead.changes[pk] = digest, _change(session, pk, channel, names, given, default_channel)
    return ahead


def write(
    session: Session, names: Collection[str], ahead: Rescan, default_channel: str, now: datetime
) -> tuple[list[Event], set[int], Touched]:
    """Write what was read ahead, and read what has come or changed since; see `respelling.write`."""
    given = judgements.spellings(session)
    changes: dict[int, MentionChange] = {}
    for pk, channel, digest in _held(session):
        known = ahead.changes.get(pk) if ahead.given == given else None
        if known is None or known[0] != digest:
            known = digest, _change(session, pk, channel, names, given, default_channel)
        if known[1]:
            changes[pk] = known[1]
    return rescan.write(session, changes, now, knowledge.knowledge().catalogue)


def _held(session: Session) -> list[tuple[int, str, str]]:
    """(document, channel, hash) of every document that is shown."""
    columns = (col(Document.briefing_pk), col(Channel.id), col(Document.sha256))
    rows = (
        select(*columns)
        .join(Channel, col(Channel.pk) == col(Document.channel_pk))
        .join(Briefing, col(Briefing.pk) == col(Document.briefing_pk))
    )
    return [
        (pk, channel, digest)
        for pk, channel, digest in session.exec(rows.where(~col(Briefing.draft)))
    ]


def _change(
    session: Session,
    pk: int,
    channel: str,
    names: Collection[str],
    given: Mapping[str, str],
    default_channel: str,
) -> MentionChange | None:
    found = session.exec(
        select(col(Document.body), col(Document.name)).where(col(Document.briefing_pk) == pk)
    ).first()
    if found is None or not any(may_contain(decode(found[0]), name) for name in names):
        return None
    decided = ingest.decide_on(*found, channel, default_channel, given)
    return rescan.compare(session, pk, decided)
