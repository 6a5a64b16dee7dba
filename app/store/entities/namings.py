"""Namings: a row for each name as documents use it, and none that no mention has."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from app.store.rows import delete_where_in, insert_returning_pks, rows_where_in
from app.store.tables import Mention, Naming

Place = tuple[str, str]
"""The key of a mention's spelling, and the document's node for it: they decide its entity."""

_NAMINGS = select(col(Naming.key), col(Naming.node), col(Naming.pk))


def ensure(session: Session, places: Iterable[Place]) -> dict[Place, int]:
    """Return the naming (`pk`) of each place, created if it is missing."""
    ordered = list(dict.fromkeys(places))
    pks: dict[Place, int] = {}
    nodes = {node for _, node in ordered}
    for key, node, pk in rows_where_in(session, _NAMINGS, col(Naming.node), nodes):
        assert pk
        pks[key, node] = pk

    missing = [place for place in ordered if place not in pks]
    rows = [{"key": key, "node": node} for key, node in missing]
    created = insert_returning_pks(session, Naming, rows)
    return pks | dict(zip(missing, created, strict=True))


def remove_unused(session: Session, pks: Collection[int]) -> None:
    """Remove those of `pks` that no mention has any more."""
    is_used = select(col(Mention.pk)).where(col(Mention.naming_pk) == col(Naming.pk)).exists()
    unused = rows_where_in(session, select(col(Naming.pk)).where(~is_used), col(Naming.pk), pks)
    delete_where_in(session, col(Naming.pk), {pk for (pk,) in unused if pk})


def of_key(key: str) -> ColumnElement[bool]:
    """Return the condition that a mention's spelling has this key, and leads to an entity."""
    return _has_naming(col(Naming.key) == key)


def of_place(place: Place) -> ColumnElement[bool]:
    """Return the condition that a mention is at a place."""
    key, node = place
    return _has_naming((col(Naming.key) == key) & (col(Naming.node) == node))


def _has_naming(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(Mention.naming_pk).in_(select(col(Naming.pk)).where(condition))
