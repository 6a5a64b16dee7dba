"""API keys: shown once, stored as a hash, revoked and never deleted."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from sqlalchemy import or_, select
from sqlmodel import Session, col

from app.errors import BadRequest, Conflict, NotFound
from app.normalize.identity import stable_id
from app.settings import Scope
from app.store.rows import count_rows
from app.store.tables import ApiKey

SCOPES: tuple[Scope, ...] = get_args(Scope)
MAX_NAME_CHARS = 80
_PREFIX = "bb_"
_STORED_PREFIX_CHARS = len(_PREFIX) + 8
# Two live keys of one name: the new one is handed out before the old one is revoked.
_MAX_LIVE_KEYS = 2


def create(session: Session, name: str, scopes: Sequence[str], now: datetime) -> tuple[ApiKey, str]:
    """Create a key and return it with its text, which is stored nowhere.

    Raises `BadRequest` for an unusable name or scope, `Conflict` for too many keys of one name.
    """
    _check_name(name)
    _check_scopes(scopes)
    is_live = col(ApiKey.revoked_at).is_(None)
    if count_rows(session, ApiKey, col(ApiKey.name) == name, is_live) >= _MAX_LIVE_KEYS:
        raise Conflict(f"{name} has {_MAX_LIVE_KEYS} live keys already; revoke one of them first.")
    text = _PREFIX + secrets.token_urlsafe(32)
    digest = _digest(text)
    key = ApiKey(
        id=stable_id("k", digest),
        name=name,
        prefix=text[:_STORED_PREFIX_CHARS],
        sha256=digest,
        scopes=[scope for scope in SCOPES if scope in scopes],
        created_at=now,
    )
    session.add(key)
    session.flush()
    return key, text


def _check_name(name: str) -> None:
    if not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable() or name.strip() != name:
        raise BadRequest(
            f"name: {name[:MAX_NAME_CHARS]!r} is not valid; expected 1 to {MAX_NAME_CHARS} "
            "printable characters without a space at either end."
        )


def _check_scopes(scopes: Sequence[str]) -> None:
    expected = f"expected one or more of: {', '.join(SCOPES)}."
    if not scopes:
        raise BadRequest(f"scopes: none is given; {expected}")
    for scope in sorted(scopes):
        if scope not in SCOPES:
            raise BadRequest(f"scopes: {scope!r} is not valid; {expected}")


def all_keys(session: Session) -> Sequence[ApiKey]:
    """Return all keys, the oldest first."""
    return session.execute(select(ApiKey).order_by(col(ApiKey.pk))).scalars().all()


def revoke(session: Session, reference: str, now: datetime) -> ApiKey:
    """Revoke the key with this id or prefix, or the one live key of this name, for good.

    Raises `NotFound` if there is none, `Conflict` if the name has several live keys.
    """
    by_id = select(ApiKey).where(
        or_(col(ApiKey.id) == reference, col(ApiKey.prefix) == reference),
    )
    by_name = select(ApiKey).where(
        col(ApiKey.name) == reference,
        col(ApiKey.revoked_at).is_(None),
    )
    keys: Sequence[ApiKey] = session.execute(by_id).scalars().all()
    if not keys:
        keys = session.execute(by_name).scalars().all()
    if not keys:
        raise NotFound(f"There is no live key {reference!r}.")
    if len(keys) > 1:
        live = ", ".join(f"{key.prefix}… ({key.id})" for key in keys)
        raise Conflict(f"{reference} has several live keys: {live}; pass the id of one of them.")

    key = keys[0]
    key.revoked_at = key.revoked_at or now
    session.add(key)
    session.flush()
    return key


def owner(session: Session, text: str) -> ApiKey | None:
    """Return the live key with this text.

    The comparison takes equally long however many characters are right.
    """
    if not text.isascii() or not text.isprintable():
        return None
    digest = _digest(text)
    candidates = select(ApiKey).where(
        col(ApiKey.prefix) == text[:_STORED_PREFIX_CHARS], col(ApiKey.revoked_at).is_(None)
    )
    match = None
    for key in session.execute(candidates).scalars():
        if hmac.compare_digest(key.sha256, digest):
            match = key

    return match


def allows(key: ApiKey, scope: str) -> bool:
    """Whether a key may do what needs `scope`; `admin` may do everything."""
    return scope in key.scopes or "admin" in key.scopes


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
