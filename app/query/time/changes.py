"""The changes in the order of commits, from a position on, with a digest of each page."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    String,
    Text,
    and_,
    cast,
    false,
    func,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlmodel import Session, col

from app.errors import BadRequest, Gone
from app.query.documents.ids import unprefixed_channel
from app.query.filters import entity_values
from app.query.filters.conditions import by_values
from app.query.listing.page import Listing
from app.query.request.change_params import ChangeFilter, ChangeList
from app.query.request.cursors import decode_cursor, encode_cursor, invalid_cursor
from app.query.request.filter_syntax import clauses
from app.query.request.paging import PageRows
from app.query.request.params import MAX_SHOWN_CHARS
from app.query.schemas.changes import ChangeOut
from app.query.snapshot import dataset
from app.store.tables import Change, Entity, Item, Mention, columns_of

_POSITION = re.compile(r"([0-9a-z]{1,20})-([0-9]{1,18})")
_EMPTY = "empty"
"""The instance of a database without content."""
Condition = ColumnElement[bool]
_STORED = (
    *(col(Change.pk), col(Change.version), type_coerce(col(Change.at), String)),
    *(col(Change.action), col(Change.object), col(Change.object_id), col(Change.briefing)),
    *(col(Change.old), col(Change.new), cast(col(Change.payload), Text)),
)
_LINE = (
    b'{"action":%b,"at":%b,"briefing":%b,"details":%b,"new":%b,"object":%b,"object_id":%b,'
    b'"old":%b,"position":"%b-%d","version":"%b-%d"}'
)


@dataclass(frozen=True)
class ChangesPage:
    """A page of changes that begins after `since` and tells all up to `position`."""

    listing: Listing[bytes]
    since: str
    position: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the page: `digest` of the entries as they are sent."""
        hashed = hashlib.sha256(b'{"data":[' + b",".join(self.listing.entries))
        ends = orjson.dumps(self.position), orjson.dumps(self.since)
        hashed.update(b'],"position":%b,"since":%b}' % ends)
        return hashed.hexdigest()


def digest(since: str, entries: Sequence[Any], position: str) -> str:
    """Return the digest of a page: SHA-256 of its JSON with sorted keys and without spaces."""
    content = {"since": since, "data": entries, "position": position}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def page(session: Session, query: ChangeList, default_channel: str) -> ChangesPage:
    """Return a page of changes. Raises BadRequest for a bad position, Gone for a foreign one."""
    scope = query.scope(query.since)
    begin = _number(session, query.since)
    if query.cursor:
        begin = max(begin, _cursor_number(query.cursor, scope))
    resolved, warnings = _entities(session, query)
    unprefixed = unprefixed_channel(session, default_channel)
    where = _conditions(query, unprefixed, resolved)
    rows, entries = _lines(session, begin, where, query.limit + 1)
    # Counted before the limit: a reader learns how far it lags.
    total = select(func.count()).select_from(Change).where(col(Change.pk) > begin, *where)
    number = session.execute(total).scalar_one()
    more = len(rows) > query.limit
    rows, entries = rows[: query.limit], entries[: query.limit]
    end = rows[-1].pk if more else max(begin, newest(session))
    cursor = encode_cursor(scope, [end]) if more else None
    instance = _instance(session)
    listing = Listing(entries, PageRows(rows, number, cursor), warnings)
    return ChangesPage(listing, f"{instance}-{begin}", f"{instance}-{end}")


def following(
    session: Session, query: ChangeFilter, default_channel: str, begin: int, limit: int
) -> tuple[list[ChangeOut], int]:
    """Return the next changes after the number `begin`, and the number they reach."""
    resolved, _ = _entities(session, query)
    unprefixed = unprefixed_channel(session, default_channel)
    rows = after(
        session,
        begin,
        _conditions(query, unprefixed, resolved),
        limit,
    )
    end = rows[-1].pk if len(rows) == limit else max(begin, newest(session))
    instance = _instance(session)
    return [entry(row, instance) for row in rows], end


def after(session: Session, begin: int, where: Sequence[Condition], limit: int) -> list[Any]:
    """Return the rows of at most `limit` changes after a number, in order."""
    statement = (
        select(*columns_of(Change))
        .where(col(Change.pk) > begin, *where)
        .order_by(col(Change.pk))
        .limit(limit)
    )
    return list(session.execute(statement))


def start(session: Session, since: str | None) -> int:
    """Return the number after which a stream begins; without `since`, the newest one."""
    return newest(session) if since is None else _number(session, since)


def newest(session: Session) -> int:
    """Return the number of the newest change, 0 without any."""
    return session.execute(select(func.max(col(Change.pk)))).scalar_one() or 0


def entry(row: Any, instance: str) -> ChangeOut:
    """Return the public shape of a change."""
    return ChangeOut(
        position=f"{instance}-{row.pk}",
        version=f"{instance}-{row.version}",
        at=row.at,
        action=row.action,
        object=row.object,
        object_id=row.object_id,
        briefing=row.briefing,
        old=row.old,
        new=row.new,
        details=row.payload,
    )


def _lines(
    session: Session, begin: int, where: Sequence[Condition], limit: int
) -> tuple[list[Any], list[bytes]]:
    """Return the rows of at most `limit` changes and the JSON of each, with sorted keys.

    It equals the JSON of `entry`. Columns are read as they are stored: a shape of each row took
    three times as long, their values as Python objects twice.
    """
    statement = select(*_STORED).where(col(Change.pk) > begin, *where)
    ordered = statement.order_by(col(Change.pk)).limit(limit)
    rows: list[Any] = list(session.connection().execute(ordered).all())
    instance = _instance(session).encode()
    text = orjson.dumps
    lines = []
    for pk, version, at, action, object_, object_id, briefing, old, new, payload in rows:
        values = (
            _word(action),
            _time(at),
            _word(briefing),
            _details(payload),
            text(new),
            _word(object_),
            text(object_id),
            text(old),
            instance,
            pk,
            instance,
            version,
        )
        lines.append(_LINE % values)
    return rows, lines


@lru_cache(maxsize=1024)
def _word(value: str | None) -> bytes:
    """Return the JSON of a value that many rows share."""
    return orjson.dumps(value)


@lru_cache(maxsize=256)
def _time(at: str | datetime) -> bytes:
    """Return the JSON of a stored time: text in SQLite, always in UTC."""
    moment = datetime.fromisoformat(f"{at}+00:00") if isinstance(at, str) else at.astimezone(UTC)
    return orjson.dumps(moment, option=orjson.OPT_UTC_Z)


@lru_cache(maxsize=1024)
def _details(payload: str) -> bytes:
    """Return stored JSON with sorted keys; the rows of a document share theirs."""
    return orjson.dumps(orjson.loads(payload), option=orjson.OPT_SORT_KEYS)


def _instance(session: Session) -> str:
    return dataset.version(session).text.rpartition("-")[0]


def _number(session: Session, since: str | None) -> int:
    """Return the number of a position, 0 for None."""
    if since is None:
        return 0
    match = _POSITION.fullmatch(since)
    if match is None:
        raise BadRequest(
            f"since: {since[:MAX_SHOWN_CHARS]!r} is not valid; expected the `position` of an "
            "earlier page",
            [{"parameter": "since", "message": "is no position of a page"}],
        )
    instance, number = match[1], int(match[2])
    if instance == _EMPTY:
        return 0
    if instance != _instance(session) or number > newest(session):
        raise Gone(
            f"since: the position {since} is of another database, or of a later state of this "
            "one. Read everything again, without since."
        )
    return number


def _cursor_number(cursor: str, scope: str) -> int:
    key = decode_cursor(cursor, scope).key
    if len(key) != 1 or type(key[0]) is not int:
        raise invalid_cursor()
    return key[0]


def _entities(session: Session, query: ChangeFilter) -> tuple[dict[str, set[int]], list[str]]:
    """Return the entities (pks) that each value means, and a warning for each unknown one."""
    pks: dict[str, set[int]] = {}
    warnings = []
    for clause in clauses(query.entity):
        for value in clause.values:
            pks[value] = entity_values.entity_pks(session, value)
            if not pks[value]:
                warnings.append(f"There is no entity {value!r}; nothing matches it.")
    return pks, warnings


def _conditions(
    query: ChangeFilter, unprefixed: str, entities: dict[str, set[int]]
) -> list[Condition]:
    def concerns(values: Sequence[str]) -> Condition:
        pks: set[int] = set()
        for value in values:
            pks |= entities[value]
        return _concerns(pks)

    def in_channel(values: Sequence[str]) -> Condition:
        return or_(*(_in_channel(value, unprefixed) for value in values))

    conditions = by_values(query.type, col(Change.object).in_)
    conditions += by_values(query.action, col(Change.action).in_)
    conditions += by_values(query.channel, in_channel)
    conditions += by_values(query.entity, concerns)
    return conditions


def _in_channel(channel: str, unprefixed: str) -> Condition:
    briefing = col(Change.briefing)
    if channel == unprefixed:
        return and_(briefing.is_not(None), not_(briefing.contains(":", autoescape=True)))
    return briefing.startswith(f"{channel}:", autoescape=True)


def _concerns(pks: Iterable[int]) -> Condition:
    """Return the condition that a change is of one of some entities, or of an item naming one."""
    named = sorted(pks)
    if not named:
        return false()
    ids = select(col(Entity.id)).where(
        or_(col(Entity.pk).in_(named), col(Entity.merged_into_pk).in_(named))
    )
    items = (
        select(col(Item.id))
        .join(Mention, col(Mention.item_pk) == col(Item.pk))
        .where(col(Mention.entity_pk).in_(named))
    )
    is_item = col(Change.object) == "item"
    return or_(
        and_(col(Change.object) == "entity", col(Change.object_id).in_(ids)),
        and_(is_item, col(Change.action) == "removed"),
        and_(is_item, col(Change.object_id).in_(items)),
    )
