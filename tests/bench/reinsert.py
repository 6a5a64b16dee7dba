"""The floor of the writer: the rows of a database written again by the driver, with all indexes."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

_OBJECTS = """
SELECT type, name, sql FROM sqlite_master
WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
AND NOT (type = 'table' AND name LIKE 'search_index_%')
ORDER BY type = 'trigger', type = 'index', rowid
"""


def reinsert_seconds(source: Path, target: Path) -> float:
    """Return the processor seconds that writing the rows of `source` to a new file takes.

    Indexes and the search index exist before the first row, as they do for the writer. Rows are
    written table by table in one transaction, in the order of their numbers.
    """
    with closing(sqlite3.connect(source)) as stored, closing(sqlite3.connect(target)) as new:
        new.execute("PRAGMA journal_mode = WAL")
        tables: list[str] = []
        for kind, name, statement in stored.execute(_OBJECTS):
            new.execute(statement)
            if kind == "table" and not name.startswith("search_index"):
                tables.append(name)
        rows = {}
        for name in tables:
            # Also rows that a migration writes: the new file has the schema alone.
            rows[name] = stored.execute(f'SELECT * FROM "{name}"').fetchall()

        began = time.process_time()
        for name, values in rows.items():
            if values:
                marks = ", ".join("?" * len(values[0]))
                new.executemany(f'INSERT INTO "{name}" VALUES ({marks})', values)
        new.commit()
        return time.process_time() - began
