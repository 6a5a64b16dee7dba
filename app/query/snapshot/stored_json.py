"""What is shown of items and briefings: the bytes written when they changed (`store/prebuilt.py`), with names and threads filled in."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import ColumnElement, bindparam, select
from sqlmodel import Session, SQLModel

from app.query.snapshot import dataset
from app.query.snapshot.refs import HELD, read_refs
from app.store.encoding.stored_item import (
    ITEM_PARTS,
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

_NO_ONE = b"null"
_ALONE = b'"thread":null'


def _table(of: type[SQLModel]) -> Any:
    return of.__table__  # type: ignore[attr-defined]


_item, _shown, _member, _thread = (_table(of) for of in (Item, ItemJson, ThreadMember, Thread))
_ITEMS = (
    select(_shown.c.item_pk, _shown.c.body, _thread.c.id, _member.c.role, _thread.c["items"])
    .outerjoin(_member, _member.c.item_pk == _shown.c.item_pk)
    .outerjoin(_thread, _thread.c.pk == _member.c.thread_pk)
)
_THESE = _ITEMS.where(_shown.c.item_pk.in_(bindparam("pks", expanding=True)))
_OF_BRIEFING = _ITEMS.join(_item, _item.c.pk == _shown.c.item_pk).where(
    _item.c.briefing_pk == bindparam("pk")
)
_BRIEFINGS = select(_table(BriefingJson).c.briefing_pk, _table(BriefingJson).c.body).where(
    _table(BriefingJson).c.briefing_pk.in_(bindparam("pks", expanding=True))
)


# Items of a stream in memory at once, some ten kilobytes each with all that is made of them.
_AT_ONCE = 100
# Bytes of what is put together that a process keeps while a version holds.
_MOST = 16 * 1024 * 1024


@dataclass
class _Held:
    """Items and briefings put together at one version, by pk, language and parts (None: a briefing)."""

    version: str
    bodies: dict[tuple[int, str | None, tuple[str, ...] | None], bytes] = field(
        default_factory=dict
    )
    size: int = 0

    def keep(self, key: tuple[int, str | None, tuple[str, ...] | None], body: bytes) -> None:
        if self.size + len(body) > _MOST:
            self.bodies, self.size = {}, 0
        self.bodies[key] = body
        self.size += len(body)


def _held(session: Session) -> _Held:
    version, memo = dataset.version(session).text, session.info.get("cache")
    held: _Held | None = memo.get("shown") if memo is not None else None
    if held is None or held.version != version:
        held = _Held(version)
        if memo is not None:
            memo["shown"] = held
    return held


def items(
    session: Session,
    pks: Sequence[int],
    lang: str | None,
    include: Collection[str] = ITEM_PARTS,
    *,
    also: Mapping[int, Mapping[str, Any]] | None = None,
    more: Mapping[int, int] | None = None,
) -> list[bytes]:
    """The items of `pks` in that order, as `ItemOut` in JSON, with the parts of `include` only.

    `also` has further fields by pk, `more` how many other items of the thread match.
    """
    wanted = tuple(part for part in ITEM_PARTS if part in include)
    held = _held(session)
    # What goes for one list alone is not kept.
    alone = also or more
    found = (
        {} if alone else {pk: body for pk in pks if (body := held.bodies.get((pk, lang, wanted)))}
    )
    missing = [pk for pk in pks if pk not in found]
    made: dict[int, bytes] = {}
    # A day may hold more than a statement takes parameters.
    for start in range(0, len(missing), 900):
        for pk, body, *thread in (
            session.connection().execute(_THESE, {"pks": missing[start : start + 900]}).all()
        ):
            chosen = StoredItem.parse(body).select(wanted)
            chosen.append(_told(thread, more.get(pk) if more else None))
            if also and (extra := also.get(pk)):
                chosen.append(orjson.dumps(extra)[1:-1])
            made[pk] = b"{" + b",".join(chosen) + b"}"
    for pk, body in zip(made, named(session, list(made.values()), lang), strict=True):
        found[pk] = body
        if not alone:
            held.keep((pk, lang, wanted), body)
    return [found[pk] for pk in pks]


def every_item(
    session: Session, conditions: Sequence[ColumnElement[bool]], lang: str | None
) -> Iterator[list[bytes]]:
    """All items under `conditions`, the newest first, whole, some at a time: what is held at once does not grow with the base."""
    order = (_item.c.date.desc(), _item.c.channel_pk, _item.c.ordinal, _item.c.pk)
    wanted = _ITEMS.join(_item, _item.c.pk == _shown.c.item_pk).where(*conditions).order_by(*order)
    for rows in (
        session.connection().execution_options(yield_per=_AT_ONCE).execute(wanted).partitions()
    ):
        bodies = []
        for _, body, *thread in rows:
            members = [*StoredItem.parse(body).pieces, _told(thread)]
            bodies.append(b"{%b}" % b",".join(members))
        yield named(session, bodies, lang)


def summaries(session: Session, pks: Sequence[int]) -> list[bytes]:
    """The briefings of `pks` in that order, as `BriefingSummary` in JSON."""
    bodies: dict[int, bytes] = dict(session.connection().execute(_BRIEFINGS, {"pks": pks}).all())
    return [StoredBriefing.summary(bodies[pk]) for pk in pks]


def briefing(session: Session, pk: int, lang: str | None) -> bytes:
    """A briefing whole, as `BriefingOut` in JSON."""
    held = _held(session)
    key = (pk, lang, None)
    if key not in held.bodies:
        held.keep(key, body := _briefing(session, pk, lang))
        return body
    return held.bodies[key]


def _briefing(session: Session, pk: int, lang: str | None) -> bytes:
    connection = session.connection()
    body = connection.execute(_BRIEFINGS, {"pks": [pk]}).one().body
    items: dict[int, bytes] = {}
    for item, shown, *thread in connection.execute(_OF_BRIEFING, {"pk": pk}).all():
        members = [*StoredItem.parse(shown).within_briefing(), _told(thread)]
        items[item] = b"{%b}" % b",".join(members)
    return named(session, [StoredBriefing.fill(body, items)], lang)[0]


def _told(thread: Sequence[Any], more: int | None = None) -> bytes:
    of, role, size = thread
    return (
        _ALONE
        if of is None
        else b'"thread":' + orjson.dumps({"id": of, "role": role, "size": size, "more": more})
    )


def named(session: Session, bodies: Sequence[bytes], lang: str | None) -> list[bytes]:
    """`bodies` with every entity as `EntityRef`, in JSON."""
    # In one piece, they are taken apart once.
    pieces = split_entities(bodies)
    known: dict[bytes, bytes] = dataset.kept(session, f"refs in JSON {lang}", HELD)
    try:
        pieces[1::2] = [known[pk] for pk in pieces[1::2]]
    except KeyError:
        missing = sorted({int(pk) for pk in pieces[1::2] if pk not in known})
        refs = read_refs(session, missing, lang)
        known |= {
            b"%d" % pk: orjson.dumps(refs[pk].model_dump()) if pk in refs else _NO_ONE
            for pk in missing
        }
        pieces[1::2] = [known[pk] for pk in pieces[1::2]]
    return join_entities(pieces) if bodies else []
