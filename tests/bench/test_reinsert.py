"""The floor of the writer has all rows."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.bench.reinsert import reinsert_seconds


def test_all_rows_are_written_again_with_their_triggers(tmp_path: Path) -> None:
    source, target = tmp_path / "a.db", tmp_path / "b.db"
    with closing(sqlite3.connect(source)) as connection:
        connection.executescript(
            """
            CREATE TABLE word (pk INTEGER PRIMARY KEY, text TEXT);
            CREATE INDEX ix_word ON word (text);
            CREATE VIRTUAL TABLE search_index USING fts5(text);
            CREATE TRIGGER indexed AFTER INSERT ON word
            BEGIN INSERT INTO search_index(rowid, text) VALUES (new.pk, new.text); END;
            INSERT INTO word VALUES (1, 'a'), (2, 'b');
            """
        )
    assert reinsert_seconds(source, target) >= 0
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("SELECT * FROM word").fetchall() == [(1, "a"), (2, "b")]
        hits = connection.execute("SELECT rowid FROM search_index WHERE search_index MATCH 'b'")
        assert hits.fetchall() == [(2,)]
