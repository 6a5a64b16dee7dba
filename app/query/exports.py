"""Exports: all items under filters, one line each, of one snapshot."""

from collections.abc import Iterator

from sqlmodel import Session

from app.errors import BadRequest
from app.query.filters import conditions, lookups
from app.query.filters.conditions import Condition
from app.query.request.item_params import ItemExport
from app.query.snapshot import dataset, stored_json
from app.store.db import Database, set_timeout

TIMEOUT_SECONDS = 600.0
"""Seconds an export may take."""


def items(
    database: Database, query: ItemExport, lang: str | None
) -> tuple[dataset.Version, Iterator[bytes]]:
    """Return the version and the lines: each a whole `ItemOut` in JSON, the newest item first.

    Raises BadRequest for a value that names nothing.
    """
    lines = _items(database, query, lang)
    version = next(lines)
    assert isinstance(version, dataset.Version)

    return version, lines  # type: ignore[return-value]


def _items(
    database: Database, query: ItemExport, lang: str | None
) -> Iterator[dataset.Version | bytes]:
    """Yield the version first, then lines."""
    with database.read() as session:
        set_timeout(session, TIMEOUT_SECONDS)
        resolved = lookups.resolve(session, query)

        if resolved.warnings:
            # A file has no place for warnings.
            raise BadRequest("; ".join(resolved.warnings))

        yield dataset.version(session)
        yield from _lines(session, conditions.items(query, resolved), lang)


def _lines(
    session: Session,
    conditions: list[Condition],
    lang: str | None,
) -> Iterator[bytes]:
    for bodies in stored_json.every_item(session, conditions, lang):
        yield b"\n".join(bodies) + b"\n"
