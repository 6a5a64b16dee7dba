"""Lists by hot words over more documents: `python -m tests.bench.growth [COUNT [COPIES]]`.

The items of the first COUNT documents of M, their search documents and their columns are repeated
by the driver, each copy some days earlier, so that every word has COPIES times the hits. Each word
is asked once, for the first time, of both databases in turns; processor time of this process.
"""

import itertools
import sqlite3
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from sqlmodel import Session

from app.normalize.text.tokens import is_unspaced
from app.query import items, search
from app.query.columns.item_pages import warm_up
from app.query.request.item_params import ItemList, SearchList
from app.store.db import Database
from app.store.encoding.columns import ITEM, pack, unpack
from tests.bench import database
from tests.bench.copied_items import key_shift, multiply

_COUNT, _COPIES = 100, 16
Ask = Callable[[Session, str], int]
"""Ask for a word and return the number of hits."""
_WORDS = 40
_DAY_ROWIDS = 1 << 20
_SEARCH_DOCUMENTS = f"""
INSERT INTO search_document (pk, key, kind, ref_pk, date, length, title, summary, body, fields)
SELECT pk - :days * {_DAY_ROWIDS}, key || '-' || :copy, kind, ref_pk + :shift,
  date(date, '-' || :days || ' days'), length, title, summary, body, fields
FROM search_document WHERE kind = 'item' AND ref_pk < :end
"""
_COLUMNS = """
INSERT INTO briefing_columns (briefing_pk, stamp, date, channel_pk, items, named)
VALUES (:briefing_pk, :stamp, date(:date, '-' || :days || ' days'), :channel_pk, :items, :named)
"""


def grown(source: Path, target: Path, copies: int) -> None:
    """Copy the database `source` to `target` with `copies` times its items."""
    with closing(sqlite3.connect(source)) as original:
        (count,) = original.execute("SELECT count(*) FROM item").fetchone()
        span = original.execute("SELECT julianday(max(date)) - julianday(min(date)) FROM item")
        days = int(span.fetchone()[0]) + 1
    shift = key_shift(source)
    multiply(source, target, count * copies)
    with closing(sqlite3.connect(target)) as made, made:
        made.row_factory = sqlite3.Row
        columns = made.execute("SELECT * FROM briefing_columns").fetchall()
        for copy in range(1, copies):
            moved = {"days": copy * days, "copy": copy, "shift": copy * shift}
            made.execute(_SEARCH_DOCUMENTS, moved | {"end": shift})
            for row in columns:
                rows = unpack(row["items"], ITEM).copy()
                rows[rows[:, 0] != 0, 0] += copy * shift
                values = dict(row) | {"items": pack(rows.tolist()), "days": copy * days}
                values["briefing_pk"] = row["briefing_pk"] + copy * shift
                made.execute(_COLUMNS, values)


def hot_words(file: Path) -> list[str]:
    """Return the pairs of Han characters that most items have, the most frequent first."""
    counts: Counter[str] = Counter()
    with closing(sqlite3.connect(file)) as made:
        for (text,) in made.execute("SELECT title || coalesce(summary, '') FROM item"):
            pairs = {
                f"{a}{b}" for a, b in itertools.pairwise(text) if is_unspaced(a) and is_unspaced(b)
            }
            counts.update(pairs)

    return [word for word, _ in counts.most_common(_WORDS)]


def _list(session: Session, word: str) -> int:
    return items.find(session, ItemList(q=word), None).rows.total


def _search(session: Session, word: str) -> int:
    return search.find(session, SearchList(q=word), None).rows.total


def _milliseconds(database: Database, word: str, ask: Ask) -> tuple[float, int]:
    start = time.process_time()
    with database.read() as session:
        total = ask(session, word)

    return (time.process_time() - start) * 1000, total


def main(count: int = _COUNT, copies: int = _COPIES) -> None:
    """Print the median cost at both sizes, and their ratio."""
    prepared = database.prepared("M", count)
    large = database.cache_folder() / f"grown-{prepared.folder.name}-{copies}.db"
    if not large.exists():
        part = large.with_suffix(".part")
        part.unlink(missing_ok=True)
        grown(prepared.file, part, copies)
        part.rename(large)

    words = hot_words(prepared.file)
    print(
        "| request | documents | items found | CPU ms | documents | items found | CPU ms | ratio |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    with ExitStack() as opened:
        sides = [
            opened.enter_context(closing(Database(f"sqlite:///{file}")))
            for file in (prepared.file, large)
        ]
        for side in sides:
            with side.read() as session:
                warm_up(session)
            # What the first hot word of a version makes for all others.
            for ask in (_list, _search):
                _milliseconds(side, words[0], ask)
        for name, ask in (("`/v1/items?q=`", _list), ("`/v1/search?q=`", _search)):
            cells: list[str] = []
            medians: list[float] = []
            measured = [[_milliseconds(side, word, ask) for side in sides] for word in words[1:]]
            for number, size in enumerate((count, count * copies)):
                of_side = [pair[number] for pair in measured]
                medians.append(statistics.median(milliseconds for milliseconds, _ in of_side))
                hits = statistics.median(total for _, total in of_side)
                cells.append(f"{size:,} | {hits:,.0f} | {medians[-1]:.2f}")
            print(f"| {name} | {' | '.join(cells)} | {medians[1] / medians[0]:.2f} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
