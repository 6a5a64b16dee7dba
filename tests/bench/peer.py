"""Datasette, the peer: in an environment of its own, over a copy of the same SQLite file, asked by the best single statement.

It reads the tables of content and the search index, as they are and with the same indexes; not what is derived from them beside.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import orjson

from tests.bench.base import Base, cache
from tests.servers import Server, free_port, serving

# A timeline by day of ten years is one answer; a statement may take as long as it needs.
_SETTINGS = {"sql_time_limit_ms": 120_000, "max_returned_rows": 10_000}

# An item as a list shows it: what was extracted, whom it names in its entity line, what it cites.
_SHOWN = """
i.id, i.date, s.title AS section, i.kind, i.parent, i.title, i.summary, i.details, i.extra, i.importance_level, i.importance_label,
i.importance_reason, i.first_line, i.last_line, i.start_char, i.end_char,
(SELECT json_group_array(json_object('surface', m.surface, 'id', e.id, 'slug', e.slug, 'name', e.name, 'type', e.type))
   FROM mention m LEFT JOIN entity e ON e.pk = m.entity_pk WHERE m.item_pk = i.pk AND m.kind = 'listed') AS entities,
(SELECT json_group_array(json_object('id', o.id, 'url', o.url, 'label', c.label, 'status', c.status))
   FROM citation c JOIN source o ON o.pk = c.source_pk WHERE c.item_pk = i.pk) AS sources
"""
_OF = "FROM item i JOIN section s ON s.pk = i.section_pk"
_NAMES = "SELECT item_pk FROM mention WHERE entity_pk = (SELECT pk FROM entity WHERE id = :entity) AND item_pk IS NOT NULL"
_MATCHING = f"importance_level IN ('high', 'medium_high', 'medium') AND pk IN ({_NAMES} AND date BETWEEN :first AND :last)"

LATEST = f"""SELECT {_SHOWN} {_OF} WHERE i.briefing_pk = (SELECT b.pk FROM briefing b JOIN channel h ON h.pk = b.channel_pk
WHERE h.id = :channel AND NOT b.draft ORDER BY b.date DESC LIMIT 1) ORDER BY i.ordinal"""
HEADLINES = f"""SELECT {_SHOWN} {_OF} WHERE i.briefing_pk = (SELECT b.pk FROM briefing b JOIN channel h ON h.pk = b.channel_pk
WHERE h.id = :channel AND b.date = :day) AND i.section_kind = 'headlines' ORDER BY i.ordinal LIMIT 10"""
PAGE = f"""WITH page AS (SELECT pk FROM item WHERE {_MATCHING} ORDER BY date DESC, channel_pk, ordinal LIMIT 50)
SELECT {_SHOWN}, (SELECT count(*) FROM item WHERE {_MATCHING}) AS total {_OF} WHERE i.pk IN (SELECT pk FROM page)
ORDER BY i.date DESC, i.channel_pk, i.ordinal"""
FAR_PAGE = f"""WITH held AS (SELECT date, channel_pk, ordinal FROM item WHERE id = :after), page AS (SELECT i.pk FROM item i, held h
WHERE {_MATCHING.replace("pk IN", "i.pk IN", 1)} AND (i.date < h.date OR (i.date = h.date AND (i.channel_pk, i.ordinal) > (h.channel_pk, h.ordinal)))
ORDER BY i.date DESC, i.channel_pk, i.ordinal LIMIT 50)
SELECT {_SHOWN}, (SELECT count(*) FROM item WHERE {_MATCHING}) AS total {_OF} WHERE i.pk IN (SELECT pk FROM page)
ORDER BY i.date DESC, i.channel_pk, i.ordinal"""
_TIMELINE = """WITH named AS (SELECT {of} AS start, count(DISTINCT item_pk) AS items, count(*) AS mentions FROM mention
WHERE entity_pk = (SELECT pk FROM entity WHERE id = :entity) AND item_pk IS NOT NULL GROUP BY 1),
whole AS (SELECT {of} AS start, count(*) AS published FROM item GROUP BY 1)
SELECT start, coalesce(items, 0) AS items, coalesce(mentions, 0) AS mentions, coalesce(1.0 * items / published, 0) AS share
FROM whole LEFT JOIN named USING (start) ORDER BY 1"""
BY_DAY, BY_MONTH = _TIMELINE.format(of="date"), _TIMELINE.format(of="substr(date, 1, 7)")
RELATED = f"""WITH own AS ({_NAMES} GROUP BY 1), together AS (SELECT entity_pk, count(DISTINCT item_pk) AS both FROM mention
WHERE item_pk IN (SELECT item_pk FROM own) AND entity_pk IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 21)
SELECT e.id, e.slug, e.name, e.type, both, (SELECT count(DISTINCT item_pk) FROM mention WHERE entity_pk = e.pk) AS items
FROM together JOIN entity e ON e.pk = entity_pk WHERE e.id <> :entity ORDER BY both DESC LIMIT 20"""
SEARCH = """WITH found AS (SELECT rowid, bm25(search_index, 10, 4, 1) AS score FROM search_index WHERE search_index MATCH :q ORDER BY 2 LIMIT 20)
SELECT d.key, d.kind, d.date, d.fields, score, (SELECT count(*) FROM search_index WHERE search_index MATCH :q) AS total
FROM found JOIN search_document d ON d.pk = found.rowid ORDER BY score"""
COMPLETE = """SELECT e.id, e.slug, e.name, e.type, a.name AS matched FROM alias a JOIN entity e ON e.pk = a.entity_pk
WHERE a.key >= :q AND a.key < :q || char(1114111) ORDER BY length(a.key), a.key LIMIT 10"""


def address(sql: str, **parameters: str) -> str:
    """Where Datasette answers a statement, as a list of objects."""
    return "/base.json?" + urlencode(
        {"sql": " ".join(sql.split()), "_shape": "array", **parameters}
    )


def _program() -> Path | None:
    """Datasette's, installed into an environment of its own; None where it cannot be."""
    folder = cache() / "datasette"
    program = folder / "bin" / "datasette"
    if not program.exists():
        print("Installing Datasette into an environment of its own …", file=sys.stderr, flush=True)
        # As Briefbase is served: by uvloop and httptools.
        steps = [
            [sys.executable, "-m", "venv", str(folder)],
            [str(folder / "bin" / "pip"), "install", "datasette", "uvloop", "httptools"],
        ]
        for step in steps:
            if (
                done := subprocess.run(step, capture_output=True, text=True, check=False)
            ).returncode:
                print(
                    f"Datasette cannot be installed, its columns stay empty: {done.stderr.strip()[-300:]}",
                    file=sys.stderr,
                )
                shutil.rmtree(folder, ignore_errors=True)
                return None
    return program


@contextmanager
def datasette(base: Base, log: Path) -> Iterator[Server | None]:
    """Datasette over a copy of the base; None where it cannot be installed."""
    program = _program()
    if program is None:
        yield None
        return
    copy = base.folder / "datasette" / "base.db"
    if not copy.exists():
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(base.file, copy)
    # A table of nothing but keys has no column that Datasette takes for its label; without one it fails at those that refer to it.
    metadata = copy.with_name("metadata.json")
    metadata.write_bytes(
        orjson.dumps({"databases": {"base": {"tables": {"channel": {"label_column": "id"}}}}})
    )
    port = free_port()
    settings = [
        part for name, value in _SETTINGS.items() for part in ("--setting", name, str(value))
    ]
    with serving(
        [
            str(program),
            "serve",
            "--immutable",
            str(copy),
            "--metadata",
            str(metadata),
            "--port",
            str(port),
            *settings,
        ],
        port,
        "/-/versions.json",
        log,
    ) as server:
        yield server
