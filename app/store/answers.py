"""Answers to writes with an `Idempotency-Key`, kept for a day, for repetitions of the request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.errors import Gone, InvalidBody
from app.store import audit
from app.store.tables import IdempotentAnswer

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Repetition:
    """The key by which a request is recognised, and the hash of the request."""

    key: str
    request: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a write: status, body in JSON, and address of the written object."""

    status: int
    body: bytes
    location: str | None = None
    is_repeated: bool = False
    is_change: bool = True
    """Whether the request changed stored rows."""


def earlier(session: Session, repetition: Repetition | None, now: datetime) -> Answer | None:
    """Return the answer to the same request with the same key by the same actor.

    Raises InvalidBody if the key was used for another request, Gone if the answer was erased.
    """
    if repetition is None:
        return None
    statement = select(IdempotentAnswer).where(
        col(IdempotentAnswer.actor) == audit.current_actor().name,
        col(IdempotentAnswer.key) == repetition.key,
        col(IdempotentAnswer.at) > now - KEPT,
    )
    stored = session.execute(statement).scalars().first()
    if stored is None:
        return None
    if stored.request != repetition.request:
        raise InvalidBody(
            "Idempotency-Key: the key was used for another request within a day; "
            "expected a new key for each request."
        )
    if stored.status == Gone.status:
        raise Gone(
            "Idempotency-Key: what the first request wrote is purged; expected a new key to write "
            "it again."
        )
    return Answer(stored.status, stored.body, stored.location, is_repeated=True, is_change=False)


def remember(
    session: Session, repetition: Repetition | None, answer: Answer, now: datetime
) -> None:
    """Store an answer in the transaction of its write, and remove those older than a day."""
    if repetition is None:
        return
    session.execute(delete(IdempotentAnswer).where(col(IdempotentAnswer.at) <= now - KEPT))
    session.add(
        IdempotentAnswer(
            actor=audit.current_actor().name,
            key=repetition.key,
            request=repetition.request,
            at=now,
            status=answer.status,
            location=answer.location,
            body=answer.body,
        )
    )
    session.flush()


def erase(session: Session, texts: Iterable[str]) -> None:
    """Erase the answers that have one of some strings as a JSON value; their keys stay used."""
    quoted = [f'"{value}"'.encode() for value in texts]
    statement = select(col(IdempotentAnswer.pk), col(IdempotentAnswer.body))
    for pk, body in session.execute(statement).all():
        if any(value in body for value in quoted):
            by_pk = update(IdempotentAnswer).where(col(IdempotentAnswer.pk) == pk)
            session.execute(by_pk.values(status=Gone.status, location=None, body=b""))
