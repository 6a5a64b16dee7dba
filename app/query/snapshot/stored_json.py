"""Items and briefings as JSON: the stored bytes, with entity names and threads filled in."""

from collections.abc import (
    Collection,
    Generator,
    Mapping,
    Sequence,
)
from typing import Any

import orjson
from sqlalchemy import ColumnElement, bindparam, inspect, select
from sqlmodel import Session, SQLModel

from app.query.snapshot.cache import CacheKind, version_cache
from app.query.snapshot.refs import MAX_REFS, read_refs
from app.query.snapshot.streams import partitions
from app.store.encoding.batches import batches
from app.store.encoding.stored_item import (
    ITEM_PARTS,
    EntityMarker,
    StoredBriefing,
    StoredItem,
    join_entities,
    split_entities,
)
from app.store.tables import (
    BriefingJson,
    Item,
    ItemJson,
    Thread,
    ThreadMember,
)

_NULL = b"null"
_NO_THREAD = b'"thread":null'

MAX_STREAMED_ITEMS = 40
"""Items of a stream in memory at once, some ten kilobytes each."""
MAX_CACHED_BYTES = 16 * 1024 * 1024
"""Bytes of finished JSON that a process caches of one version."""

ItemRow = Sequence[Any]
"""Pk and stored JSON of an item; id, role and size of its thread, or None thrice."""
_Key = tuple[int, str | None, tuple[str, ...] | None]
"""Pk, language and the parts of an item; None for a briefing."""
_BODIES: CacheKind[_Key, bytes] = CacheKind(max_bytes=MAX_CACHED_BYTES, size=len)
_REFS: CacheKind[tuple[bytes, str | None], bytes] = CacheKind(max_entries=MAX_REFS)


def _table(model: type[SQLModel]) -> Any:
    return inspect(model).local_table


_item = _table(Item)
_stored = _table(ItemJson)
_member = _table(ThreadMember)
_thread = _table(Thread)
_stored_briefing = _table(BriefingJson)
_ITEMS = (
    select(
        _stored.c.item_pk,
        _stored.c.body,
        _thread.c.id,
        _member.c.role,
        _thread.c["items"],
    )
    .outerjoin(_member, _member.c.item_pk == _stored.c.item_pk)
    .outerjoin(_thread, _thread.c.pk == _member.c.thread_pk)
)
_ITEMS_BY_PK = _ITEMS.where(_stored.c.item_pk.in_(bindparam("pks", expanding=True)))
_ITEMS_OF_BRIEFING = _ITEMS.join(_item, _item.c.pk == _stored.c.item_pk).where(
    _item.c.briefing_pk == bindparam("pk")
)
_BRIEFINGS = select(_stored_briefing.c.briefing_pk, _stored_briefing.c.body).where(
    _stored_briefing.c.briefing_pk.in_(bindparam("pks", expanding=True))
)


def items(
    session: Session,
    pks: Sequence[int],
    lang: str | None,
    include: Collection[str] = ITEM_PARTS,
    *,
    extra_fields: Mapping[int, Mapping[str, Any]] | None = None,
    more_in_thread: Mapping[int, int] | None = None,
) -> list[bytes]:
    """Return the items of `pks` in that order, as `ItemOut` in JSON, with the parts of `include`.

    `extra_fields` has further fields by pk, `more_in_thread` the number of other matching items in
    the item's thread.
    """
    parts = tuple(part for part in ITEM_PARTS if part in include)

    def make(keys: Sequence[_Key]) -> dict[_Key, bytes]:
        missing = [pk for pk, _, _ in keys]
        bodies = _items(
            session,
            missing,
            parts,
            extra_fields or {},
            more_in_thread or {},
        )

        named = name_entities(session, list(bodies.values()), lang)

        return dict(
            zip(
                [(pk, lang, parts) for pk in bodies],
                named,
                strict=True,
            )
        )

    keys: list[_Key] = [(pk, lang, parts) for pk in pks]
    if extra_fields or more_in_thread:
        # Valid for one list only: not cached.
        finished = make(keys)
    else:
        finished = version_cache(session, _BODIES).get_or_make_all(keys, make)

    return [finished[key] for key in keys]


def _items(
    session: Session,
    pks: Sequence[int],
    parts: Collection[str],
    extra_fields: Mapping[int, Mapping[str, Any]],
    more_in_thread: Mapping[int, int],
) -> dict[int, bytes]:
    """Return the JSON of items by pk, entities as markers."""
    bodies: dict[int, bytes] = {}
    for batch in batches(pks):
        for pk, body, *thread in session.connection().execute(_ITEMS_BY_PK, {"pks": batch}):
            members = StoredItem.parse(body).select(parts)
            members.append(_thread_member(thread, more_in_thread.get(pk)))
            extra = extra_fields.get(pk)

            if extra:
                members.append(orjson.dumps(extra)[1:-1])

            bodies[pk] = b"{" + b",".join(members) + b"}"

    return bodies


def every_item(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    size: int = MAX_STREAMED_ITEMS,
) -> Generator[Sequence[ItemRow], None, None]:
    """Return the stored rows of all items under `conditions`, the newest first, `size` at once."""
    order = (
        _item.c.date.desc(),
        _item.c.channel_pk,
        _item.c.ordinal,
        _item.c.pk,
    )

    statement = _ITEMS.join(_item, _item.c.pk == _stored.c.item_pk)
    statement = statement.where(*conditions).order_by(*order)
    return partitions(session, statement, size)


def item_rows(session: Session, pks: Sequence[int]) -> Sequence[ItemRow]:
    """Return the stored rows of a few items."""
    return session.connection().execute(_ITEMS_BY_PK, {"pks": pks}).all()


class LineWriter:
    """Writes stored rows as lines, each a whole `ItemOut` in JSON; keeps the names it has read."""

    def __init__(self, session: Session, lang: str | None) -> None:
        self.session = session
        self.lang = lang
        self.names: dict[bytes, bytes] = {}

    def write(self, rows: Sequence[ItemRow]) -> bytes:
        """Return the lines of `rows`.

        All rows are joined before entities are replaced: C loops over a hundred kilobytes at once.
        """
        pieces: list[bytes] = []
        for _, body, thread_id, role, size in rows:
            thread = _thread_member((thread_id, role, size)) if thread_id else _NO_THREAD
            pieces += (b"{", StoredItem.whole(body), b",", thread, b"}\n")
        parts = split_entities([b"".join(pieces)])
        markers = parts[1::2]
        try:
            parts[1::2] = map(self.names.__getitem__, markers)
        except KeyError:
            if len(self.names) > MAX_REFS:
                self.names.clear()
            self.names |= _names(self.session, set(markers), self.lang)
            parts[1::2] = map(self.names.__getitem__, markers)

        return b"".join(parts)


def summaries(session: Session, pks: Sequence[int]) -> list[bytes]:
    """Return the briefings of `pks` in that order, as `BriefingSummary` in JSON."""
    bodies: dict[int, bytes] = dict(session.connection().execute(_BRIEFINGS, {"pks": pks}).all())
    return [StoredBriefing.summary(bodies[pk]) for pk in pks]


def briefing(session: Session, pk: int, lang: str | None) -> bytes:
    """Return a whole briefing, as `BriefingOut` in JSON."""
    cache = version_cache(session, _BODIES)
    return cache.get_or_make((pk, lang, None), lambda: _briefing(session, pk, lang))


def _briefing(session: Session, pk: int, lang: str | None) -> bytes:
    connection = session.connection()
    body = connection.execute(_BRIEFINGS, {"pks": [pk]}).one().body
    bodies: dict[int, bytes] = {}

    for item_pk, stored, *thread in connection.execute(_ITEMS_OF_BRIEFING, {"pk": pk}):
        members = StoredItem.parse(stored).within_briefing()
        members.append(_thread_member(thread))
        bodies[item_pk] = b"{%b}" % b",".join(members)

    return name_entities(session, [StoredBriefing.fill(body, bodies)], lang)[0]


def _thread_member(thread: Sequence[Any], more: int | None = None) -> bytes:
    """Return the `thread` member of an item in JSON, without braces."""
    thread_id, role, size = thread
    if thread_id is None:
        return _NO_THREAD

    value = {
        "id": thread_id,
        "role": role,
        "size": size,
        "more": more,
    }

    return b'"thread":' + orjson.dumps(value)


def name_entities(
    session: Session,
    bodies: Sequence[bytes],
    lang: str | None,
) -> list[bytes]:
    """Return `bodies` with every entity marker replaced by an `EntityRef` in JSON."""
    if not bodies:
        return []

    # Joined, so that all bodies are split at once.
    pieces = split_entities(bodies)
    names = _names(session, set(pieces[1::2]), lang)
    pieces[1::2] = map(names.__getitem__, pieces[1::2])

    return join_entities(pieces)


def _names(session: Session, markers: Collection[bytes], lang: str | None) -> dict[bytes, bytes]:
    """Return the JSON that takes the place of each marker: an `EntityRef`, or an entry with one."""

    def read(
        keys: Sequence[tuple[bytes, str | None]],
    ) -> dict[tuple[bytes, str | None], bytes]:
        parsed = {key: EntityMarker.parse(key[0]) for key in keys}
        refs = read_refs(session, sorted({marker.pk for marker in parsed.values()}), lang)
        encoded = {pk: orjson.dumps(ref.model_dump()) for pk, ref in refs.items()}
        return {key: marker.fill(encoded.get(marker.pk, _NULL)) for key, marker in parsed.items()}

    keys = [(marker, lang) for marker in markers]
    filled = version_cache(session, _REFS).get_or_make_all(keys, read)

    return {marker: entity for (marker, _), entity in filled.items()}
