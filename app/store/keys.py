"""API keys: shown once, stored as a hash, revoked and never deleted."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, get_args

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlmodel import Session, col

from app.errors import BadRequest, Conflict, NotFound, Unavailable
from app.normalize.identity import stable_id
from app.settings import Scope
from app.store import audit
from app.store.audit import AuditEntry
from app.store.db import Database, SQLAlchemyError
from app.store.rows import count_rows
from app.store.tables import ApiKey
from app.telemetry import log

__all__ = [
    "SCOPES",
    "ApiKey",
    "KeyUses",
    "all_keys",
    "allows",
    "create",
    "owner",
    "revoke",
    "rotate",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
MAX_NAME_CHARS = 80
_PREFIX = "bb_"
_STORED_PREFIX_CHARS = len(_PREFIX) + 8
# Two live keys of one name: the new one is handed out before the old one is revoked.
_MAX_LIVE_KEYS = 2
_USE_RESOLUTION = timedelta(minutes=1)


def create(
    session: Session,
    name: str,
    scopes: Sequence[str],
    now: datetime,
    lifetime: timedelta | None = None,
) -> tuple[ApiKey, str]:
    """Create a key and return it with its text, which is stored nowhere.

    Raises `BadRequest` for an unusable name or scope, `Conflict` for too many keys of one name.
    """
    _refuse_reserved(name)
    key, text = _create(session, name, scopes, now, lifetime)
    _log(session, "key.create", key, now)
    return key, text


def _create(
    session: Session,
    name: str,
    scopes: Sequence[str],
    now: datetime,
    lifetime: timedelta | None,
) -> tuple[ApiKey, str]:
    _check_name(name)
    _check_scopes(scopes)
    if count_rows(session, ApiKey, col(ApiKey.name) == name, _is_live(now)) >= _MAX_LIVE_KEYS:
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
        expires_at=now + lifetime if lifetime else None,
    )
    session.add(key)
    session.flush()
    return key, text


def rotate(
    session: Session, reference: str, now: datetime, overlap: timedelta
) -> tuple[ApiKey, str]:
    """Create a key with the name, scopes and lifetime of another, which expires after `overlap`.

    `reference` is an id, a prefix or a unique name. Raises what `revoke` and `create` raise.
    """
    former = _find(session, reference, now)
    lifetime = former.expires_at - former.created_at if former.expires_at else None
    ending = now + overlap
    former.expires_at = min(former.expires_at or ending, ending)
    session.add(former)
    session.flush()
    key, text = _create(
        session,
        former.name,
        former.scopes,
        now,
        lifetime,
    )
    _log(session, "key.rotate", key, now, former=former.id)
    return key, text


def _is_live(now: datetime) -> ColumnElement[bool]:
    return and_(
        col(ApiKey.revoked_at).is_(None),
        or_(col(ApiKey.expires_at).is_(None), col(ApiKey.expires_at) > now),
    )


def _log(session: Session, action: str, key: ApiKey, now: datetime, **more: Any) -> None:
    details = {"name": key.name, "scopes": key.scopes, **more}
    if key.expires_at:
        details["expires_at"] = key.expires_at.isoformat()
    audit.log(session, [AuditEntry(action, "key", key.id, details=details)], now)


def _check_name(name: str) -> None:
    if not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable() or name.strip() != name:
        raise BadRequest(
            f"name: {name[:MAX_NAME_CHARS]!r} is not valid; expected 1 to {MAX_NAME_CHARS} "
            "printable characters without a space at either end."
        )


def _refuse_reserved(name: str) -> None:
    if name.casefold() in audit.RESERVED_NAMES:
        reserved = ", ".join(sorted(audit.RESERVED_NAMES))
        raise BadRequest(
            f"name: {name!r} is reserved for the service's own acts; expected another name than "
            f"{reserved}."
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
    key = _find(session, reference, now)
    is_first = key.revoked_at is None
    key.revoked_at = key.revoked_at or now
    session.add(key)
    session.flush()
    if is_first:
        _log(session, "key.revoke", key, now)
    return key


def _find(session: Session, reference: str, now: datetime) -> ApiKey:
    by_id = select(ApiKey).where(
        or_(col(ApiKey.id) == reference, col(ApiKey.prefix) == reference),
    )
    by_name = select(ApiKey).where(
        col(ApiKey.name) == reference,
        _is_live(now),
    )
    keys: Sequence[ApiKey] = session.execute(by_id).scalars().all()
    if not keys:
        keys = session.execute(by_name).scalars().all()
    if not keys:
        raise NotFound(f"There is no live key {reference!r}.")
    if len(keys) > 1:
        live = ", ".join(f"{key.prefix}… ({key.id})" for key in keys)
        raise Conflict(f"{reference} has several live keys: {live}; pass the id of one of them.")

    return keys[0]


def owner(session: Session, text: str, now: datetime) -> ApiKey | None:
    """Return the live key with this text.

    The comparison takes equally long however many characters are right.
    """
    if not text.isascii() or not text.isprintable():
        return None
    digest = _digest(text)
    candidates = select(ApiKey).where(
        col(ApiKey.prefix) == text[:_STORED_PREFIX_CHARS], _is_live(now)
    )
    match = None
    for key in session.execute(candidates).scalars():
        if hmac.compare_digest(key.sha256, digest):
            match = key

    return match


def allows(key: ApiKey, scope: str) -> bool:
    """Whether a key may do what needs `scope`; `admin` may do everything."""
    return scope in key.scopes or "admin" in key.scopes


class KeyUses:
    """The last uses of keys, written at most once a minute for each key, beside requests."""

    def __init__(self) -> None:
        self._unwritten: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def note(self, key: ApiKey, now: datetime) -> bool:
        """Note a use of a key; return whether it should be written now."""
        with self._lock:
            if key.id in self._unwritten:
                return False
            if key.last_used_at and now - key.last_used_at < _USE_RESOLUTION:
                return False
            self._unwritten[key.id] = now
            return True

    def write(self, database: Database) -> None:
        """Write the uses that were noted; those of a busy database are noted again later."""
        with self._lock:
            uses, self._unwritten = self._unwritten, {}
        try:
            with database.write() as session:
                for key_id, at in uses.items():
                    by_id = update(ApiKey).where(col(ApiKey.id) == key_id)
                    session.execute(by_id.values(last_used_at=at))
        except (Unavailable, SQLAlchemyError) as error:
            log.warning("key_uses_not_written", error=type(error).__name__)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
