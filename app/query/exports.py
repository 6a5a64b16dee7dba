"""Everything under filters, line by line, of one snapshot."""

from collections.abc import Iterator

from app.errors import BadRequest
from app.query.filters import conditions as filters
from app.query.request.params import ItemExport
from app.query.snapshot import dataset, stored_json
from app.store.db import Database, set_timeout

LONGEST = 600.0
"""Seconds an export may take."""


def items(
    database: Database, query: ItemExport, lang: str | None
) -> tuple[dataset.Version, Iterator[bytes]]:
    """The version, and the lines: each an `ItemOut` in JSON, whole, the newest first. Raises BadRequest for a value that names nothing."""
    lines = _items(database, query, lang)
    version = next(lines)
    assert isinstance(version, dataset.Version)
    return version, lines  # type: ignore[return-value]


def _items(
    database: Database, query: ItemExport, lang: str | None
) -> Iterator[dataset.Version | bytes]:
    with database.read() as session:
        set_timeout(session, LONGEST)
        built = filters.items(session, query)
        if built.warnings:
            # A file has no place to say so.
            raise BadRequest("; ".join(built.warnings))
        yield dataset.version(session)
        for bodies in stored_json.every_item(session, built.conditions, lang):
            yield b"\n".join(bodies) + b"\n"
