"""Datasette, the peer, in an environment of its own over a copy of the same SQLite file.

Each request is answered by the best single statement. It may use the tables of content, their
indexes and the search index, but not the data that Briefbase derives from them.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import orjson

from tests.bench.database import BenchDatabase, cache_folder
from tests.servers import Server, free_port, serving

# A timeline by day over ten years has more rows than Datasette returns by default.
_SETTINGS = {"sql_time_limit_ms": 120_000, "max_returned_rows": 10_000}

# An item as lists return it: its text, the entities of its entity line, its sources.
_ITEM_COLUMNS = """
i.id, i.date, s.title AS section, i.kind, i.parent, i.title, i.summary, i.details, i.extra,
i.importance_level, i.importance_label, i.importance_reason,
i.first_line, i.last_line, i.start_char, i.end_char,
(SELECT json_group_array(json_object(
    'surface', m.surface, 'id', e.id, 'slug', e.slug, 'name', e.name, 'type', e.type))
  FROM mention m LEFT JOIN entity e ON e.pk = m.entity_pk
  WHERE m.item_pk = i.pk AND m.kind = 'listed') AS entities,
(SELECT json_group_array(json_object(
    'id', o.id, 'url', o.url, 'label', c.label, 'status', c.status))
  FROM citation c JOIN source o ON o.pk = c.source_pk WHERE c.item_pk = i.pk) AS sources
"""
_FROM_ITEMS = "FROM item i JOIN section s ON s.pk = i.section_pk"
_ITEMS_OF_ENTITY = """
SELECT item_pk FROM mention
WHERE entity_pk = (SELECT pk FROM entity WHERE id = :entity) AND item_pk IS NOT NULL
"""
_IS_IMPORTANT = "importance_level IN ('high', 'medium_high', 'medium')"
_NAMED_IN_RANGE = f"({_ITEMS_OF_ENTITY} AND date BETWEEN :first AND :last)"
_MATCHING = f"{_IS_IMPORTANT} AND pk IN {_NAMED_IN_RANGE}"
_TOTAL = f"(SELECT count(*) FROM item WHERE {_MATCHING}) AS total"

LATEST = f"""
SELECT {_ITEM_COLUMNS} {_FROM_ITEMS}
WHERE i.briefing_pk = (
  SELECT b.pk FROM briefing b JOIN channel h ON h.pk = b.channel_pk
  WHERE h.id = :channel AND NOT b.draft ORDER BY b.date DESC LIMIT 1)
ORDER BY i.ordinal
"""
HEADLINES = f"""
SELECT {_ITEM_COLUMNS} {_FROM_ITEMS}
WHERE i.briefing_pk = (
  SELECT b.pk FROM briefing b JOIN channel h ON h.pk = b.channel_pk
  WHERE h.id = :channel AND b.date = :day) AND i.section_kind = 'headlines'
ORDER BY i.ordinal LIMIT 10
"""
PAGE = f"""
WITH page AS (
  SELECT pk FROM item WHERE {_MATCHING} ORDER BY date DESC, channel_pk, ordinal LIMIT 50)
SELECT {_ITEM_COLUMNS}, {_TOTAL} {_FROM_ITEMS}
WHERE i.pk IN (SELECT pk FROM page) ORDER BY i.date DESC, i.channel_pk, i.ordinal
"""
FAR_PAGE = f"""
WITH last AS (SELECT date, channel_pk, ordinal FROM item WHERE id = :after), page AS (
  SELECT i.pk FROM item i, last h
  WHERE {_IS_IMPORTANT} AND i.pk IN {_NAMED_IN_RANGE}
    AND (i.date < h.date OR (
      i.date = h.date AND (i.channel_pk, i.ordinal) > (h.channel_pk, h.ordinal)))
  ORDER BY i.date DESC, i.channel_pk, i.ordinal LIMIT 50)
SELECT {_ITEM_COLUMNS}, {_TOTAL} {_FROM_ITEMS}
WHERE i.pk IN (SELECT pk FROM page) ORDER BY i.date DESC, i.channel_pk, i.ordinal
"""
_TIMELINE = """
WITH named AS (
  SELECT {start} AS start, count(DISTINCT item_pk) AS items, count(*) AS mentions FROM mention
  WHERE entity_pk = (SELECT pk FROM entity WHERE id = :entity) AND item_pk IS NOT NULL
  GROUP BY 1),
whole AS (SELECT {start} AS start, count(*) AS published FROM item GROUP BY 1)
SELECT start, coalesce(items, 0) AS items, coalesce(mentions, 0) AS mentions,
  coalesce(1.0 * items / published, 0) AS share
FROM whole LEFT JOIN named USING (start) ORDER BY 1
"""
BY_DAY = _TIMELINE.format(start="date")
BY_MONTH = _TIMELINE.format(start="substr(date, 1, 7)")
RELATED = f"""
WITH own AS ({_ITEMS_OF_ENTITY} GROUP BY 1), together AS (
  SELECT entity_pk, count(DISTINCT item_pk) AS both FROM mention
  WHERE item_pk IN (SELECT item_pk FROM own) AND entity_pk IS NOT NULL
  GROUP BY 1 ORDER BY 2 DESC LIMIT 21)
SELECT e.id, e.slug, e.name, e.type, both,
  (SELECT count(DISTINCT item_pk) FROM mention WHERE entity_pk = e.pk) AS items
FROM together JOIN entity e ON e.pk = entity_pk
WHERE e.id <> :entity ORDER BY both DESC LIMIT 20
"""
SEARCH = """
WITH hits AS (
  SELECT rowid, bm25(search_index, 10, 4, 1) AS score FROM search_index
  WHERE search_index MATCH :q ORDER BY 2 LIMIT 20)
SELECT d.key, d.kind, d.date, d.fields, score,
  (SELECT count(*) FROM search_index WHERE search_index MATCH :q) AS total
FROM hits JOIN search_document d ON d.pk = hits.rowid ORDER BY score
"""
COMPLETE = """
SELECT e.id, e.slug, e.name, e.type, a.name AS matched
FROM alias a JOIN entity e ON e.pk = a.entity_pk
WHERE a.key >= :q AND a.key < :q || char(1114111) ORDER BY length(a.key), a.key LIMIT 10
"""


def address(sql: str, **parameters: str) -> str:
    """Return the path where Datasette answers a statement as a list of objects."""
    query = {"sql": " ".join(sql.split()), "_shape": "array", **parameters}
    return f"/base.json?{urlencode(query)}"


def _program() -> Path | None:
    """Return Datasette's program, installed on first use; None if it cannot be installed."""
    folder = cache_folder() / "datasette"
    program = folder / "bin" / "datasette"
    if program.exists():
        return program

    print("Installing Datasette into its own environment …", file=sys.stderr, flush=True)
    # uvloop and httptools, because Briefbase is served with them.
    pip = str(folder / "bin" / "pip")
    is_installed = _run([sys.executable, "-m", "venv", str(folder)]) and _run(
        [pip, "install", "datasette", "uvloop", "httptools"]
    )
    if is_installed:
        return program

    shutil.rmtree(folder, ignore_errors=True)

    return None


def _run(command: Sequence[str]) -> bool:
    """Run a step of the installation; print why it failed."""
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode:
        reason = process.stderr.strip()[-300:]
        print(f"Datasette cannot be installed, its columns stay empty: {reason}", file=sys.stderr)

    return process.returncode == 0


@contextmanager
def datasette(prepared: BenchDatabase, log: Path) -> Iterator[Server | None]:
    """Serve a copy of the database by Datasette; yield None if it cannot be installed."""
    program = _program()
    if program is None:
        yield None
        return

    copy = prepared.folder / "datasette" / "base.db"
    if not copy.exists():
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(prepared.file, copy)

    port = free_port()
    command = [
        str(program),
        "serve",
        "--immutable",
        str(copy),
        "--metadata",
        str(_write_metadata(copy)),
        "--port",
        str(port),
    ]
    for name, value in _SETTINGS.items():
        command += ["--setting", name, str(value)]

    with serving(command, port, "/-/versions.json", log) as server:
        yield server


def _write_metadata(copy: Path) -> Path:
    """Name the label column of `channel`.

    The table has only keys, so Datasette finds no label and fails at tables that refer to it.
    """
    tables = {"channel": {"label_column": "id"}}
    metadata = copy.with_name("metadata.json")
    metadata.write_bytes(orjson.dumps({"databases": {"base": {"tables": tables}}}))

    return metadata
