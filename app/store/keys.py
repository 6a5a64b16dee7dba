"""Keys: who may write. Shown once, kept as a hash, revoked and never deleted."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from sqlmodel import Session, col, or_, select

from app.errors import BadRequest, Conflict, NotFound
from app.normalize.identity import stable_id
from app.settings import Scope
from app.store.tables import ApiKey

SCOPES: tuple[Scope, ...] = get_args(Scope)
_PREFIX = "bb_"
_SHOWN = len(_PREFIX) + 8
# Two live keys of one name: the new one is handed out before the old one is revoked.
_LIVE = 2


def create(session: Session, name: str, scopes: Sequence[str], now: datetime) -> tuple[ApiKey, str]:
    """A new key, and its text, which is nowhere to be had again."""
    if not 0 < len(name) <= 80 or not name.isprintable() or name.strip() != name:
        raise BadRequest("A key's name has 1 to 80 printable characters, no blank at either end.")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise BadRequest(
            f"{f'There is no scope {unknown[0]!r}; ' if unknown else 'A key needs a scope; '}valid are {', '.join(SCOPES)}."
        )
    if (
        len(
            session.exec(
                select(ApiKey).where(col(ApiKey.name) == name, col(ApiKey.revoked_at).is_(None))
            ).all()
        )
        >= _LIVE
    ):
        raise Conflict(f"{name} has {_LIVE} live keys already; revoke one first.")
    text = _PREFIX + secrets.token_urlsafe(32)
    digest = _digest(text)
    key = ApiKey(
        id=stable_id("k", digest),
        name=name,
        prefix=text[:_SHOWN],
        sha256=digest,
        scopes=[s for s in SCOPES if s in scopes],
        created_at=now,
    )
    session.add(key)
    session.flush()
    return key, text


def held(session: Session) -> Sequence[ApiKey]:
    """All keys, the oldest first."""
    return session.exec(select(ApiKey).order_by(col(ApiKey.pk))).all()


def revoke(session: Session, given: str, now: datetime) -> ApiKey:
    """Revoke the key with this id or prefix, or the one live key of this name; once revoked, it stays so."""
    own = or_(col(ApiKey.id) == given, col(ApiKey.prefix) == given)
    found = (
        session.exec(select(ApiKey).where(own)).all()
        or session.exec(
            select(ApiKey).where(col(ApiKey.name) == given, col(ApiKey.revoked_at).is_(None))
        ).all()
    )
    if not found:
        raise NotFound(f"There is no live key {given!r}.")
    if len(found) > 1:
        raise Conflict(
            f"{given} has several live keys: {', '.join(f'{key.prefix}… ({key.id})' for key in found)}; say which by its id."
        )
    key = found[0]
    key.revoked_at = key.revoked_at or now
    session.add(key)
    session.flush()
    return key


def owner(session: Session, text: str) -> ApiKey | None:
    """The live key this is. However much of it is right, it takes the same time to find out."""
    if not text.isascii() or not text.isprintable():
        return None
    digest = _digest(text)
    candidates = session.exec(
        select(ApiKey).where(col(ApiKey.prefix) == text[:_SHOWN], col(ApiKey.revoked_at).is_(None))
    ).all()
    matching = [key for key in candidates if hmac.compare_digest(key.sha256, digest)]
    return matching[0] if matching else None


def allows(key: ApiKey, scope: str) -> bool:
    """Whether a key may do what needs `scope`; `admin` may do all."""
    return scope in key.scopes or "admin" in key.scopes


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
