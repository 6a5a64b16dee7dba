"""A database of many items, made in seconds: the rows of a small one, copied day by day."""

import sqlite3
from contextlib import closing
from pathlib import Path

_COPIES = {
    "briefing": {"pk": "pk + :shift", "id": "id || '-' || :copy", "date": "date(date, :days)"},
    "section": {"pk": "pk + :shift", "briefing_pk": "briefing_pk + :shift"},
    "item": {
        "pk": "pk + :shift",
        "id": "id || '-' || :copy",
        "briefing_pk": "briefing_pk + :shift",
        "section_pk": "section_pk + :shift",
        "date": "date(date, :days)",
    },
    "item_json": {"item_pk": "item_pk + :shift"},
    "thread_member": {"item_pk": "item_pk + :shift"},
}
"""Changed columns of each copied table."""


def multiply(source: Path, target: Path, items: int) -> int:
    """Copy the database `source` to `target` with at least `items` items; return their number.

    Their JSON keeps the ids of the originals.
    """
    with closing(sqlite3.connect(source)) as original:
        original.execute("VACUUM INTO ?", (str(target),))
    with closing(sqlite3.connect(target)) as database, database:
        (count,) = database.execute("SELECT count(*) FROM item").fetchone()
        span = database.execute("SELECT julianday(max(date)) - julianday(min(date)) FROM item")
        days = int(span.fetchone()[0]) + 1
        shift = key_shift(source)
        for copy in range(1, -(-items // count)):
            values = {"shift": copy * shift, "copy": copy, "days": f"-{copy * days} days"}
            for table, changes in _COPIES.items():
                _copy(database, table, changes, values | {"end": shift})
        database.execute("UPDATE dataset SET version = version + 1")
        (total,) = database.execute("SELECT count(*) FROM item").fetchone()
    return int(total)


def key_shift(file: Path) -> int:
    """Return the least distance that keeps the keys of two copies of a database apart."""
    with closing(sqlite3.connect(file)) as database:
        return 1 + max(_last_pk(database, name) for name in ("briefing", "section", "item"))


def _copy(
    database: sqlite3.Connection, table: str, changes: dict[str, str], values: dict[str, object]
) -> None:
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    columns = ", ".join(changes.get(name, name) for name in names)
    key = next(iter(changes))
    database.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {columns} FROM {table} "
        f"WHERE {key} < :end",
        values,
    )


def _last_pk(database: sqlite3.Connection, table: str) -> int:
    (last,) = database.execute(f"SELECT max(pk) FROM {table}").fetchone()
    return int(last)
