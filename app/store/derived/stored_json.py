"""The JSON of items and briefings, written when they change, so that no answer is built from rows.

The shapes are those of `query/schemas/items.py` and `query/schemas/briefings.py`. Names and threads
are filled in when the bytes are read (`query/snapshot/stored_json.py`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from app.store.derived.briefing_json import briefing_bodies
from app.store.derived.item_json import item_bodies
from app.store.encoding.batches import batches
from app.store.rows import (
    count_rows,
    delete_where_in,
    insert_rows,
    pks_of,
    rows_where_in,
    values_of,
)
from app.store.tables import Briefing, BriefingJson, Item, ItemJson
from app.store.touched import Touched

FORM = 3
"""Version of the shapes; databases filled with another one are filled again."""


def refresh(session: Session, touched: Touched) -> None:
    """Write the touched briefings with all their items, and the items beside each touched item.

    Items of briefings with relinked mentions are written, too: their echoes may have changed.
    """
    session.flush()
    briefings = set(touched.briefings)
    with_items = briefings | touched.relinked_briefings
    home = select(col(Item.briefing_pk)).distinct()
    for (briefing_pk,) in rows_where_in(session, home, col(Item.pk), touched.items):
        with_items.add(briefing_pk)
    _write_briefings(session, briefings)
    _write_items(session, with_items)


def _write_briefings(session: Session, briefing_pks: Collection[int]) -> None:
    for pks in batches(sorted(briefing_pks)):
        delete_where_in(session, col(BriefingJson.briefing_pk), pks)
        rows = []
        for pk, body in briefing_bodies(session, pks).items():
            rows.append({"briefing_pk": pk, "body": body})
        insert_rows(session, BriefingJson, rows)


def _write_items(session: Session, briefing_pks: Collection[int]) -> None:
    """Write all items of some briefings."""
    items = rows_where_in(
        session,
        select(col(Item.pk)),
        col(Item.briefing_pk),
        briefing_pks,
    )
    for pks in batches(sorted(pk for (pk,) in items if pk)):
        delete_where_in(session, col(ItemJson.item_pk), pks)
        rows = []
        for pk, body in item_bodies(session, pks).items():
            rows.append({"item_pk": pk, "body": body})
        insert_rows(session, ItemJson, rows)


def rebuild(session: Session) -> int:
    """Write all items and briefings again; return how many there are."""
    refresh(session, Touched(briefings=set(pks_of(session, Briefing))))
    return count_rows(session, ItemJson) + count_rows(session, BriefingJson)


def is_missing(session: Session) -> bool:
    """Whether some public briefing has no JSON."""
    stored = select(col(BriefingJson.briefing_pk)).where(
        col(BriefingJson.briefing_pk) == col(Briefing.pk)
    )
    statement = select(col(Briefing.pk)).where(
        ~col(Briefing.draft),
        ~stored.exists(),
    )
    return session.execute(statement.limit(1)).first() is not None


def mismatches(session: Session) -> Iterator[str]:
    """Yield a sentence for each item and briefing whose JSON differs from its rows."""
    for pks in batches(pks_of(session, Briefing)):
        key, body = col(BriefingJson.briefing_pk), col(BriefingJson.body)
        differing = _differing(
            session,
            key,
            body,
            briefing_bodies(session, pks),
            pks,
        )
        for briefing_id in values_of(session, col(Briefing.id), col(Briefing.pk).in_(differing)):
            yield f"the JSON of briefing {briefing_id} differs from its rows"

    for pks in batches(pks_of(session, Item)):
        key, body = col(ItemJson.item_pk), col(ItemJson.body)
        differing = _differing(
            session,
            key,
            body,
            item_bodies(session, pks),
            pks,
        )
        for item_id in values_of(session, col(Item.id), col(Item.pk).in_(differing)):
            yield f"the JSON of item {item_id} differs from its rows"


def _differing(
    session: Session,
    key: Mapped[int],
    body: Mapped[bytes],
    expected: Mapping[int, bytes],
    pks: Sequence[int],
) -> list[int]:
    """Return those of `pks` whose stored bytes are not the expected ones."""
    stored = dict(session.execute(select(key, body).where(key.in_(pks))).all())
    return [pk for pk in pks if stored.get(pk) != expected.get(pk)]
