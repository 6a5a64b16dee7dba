"""The exported tables, and the lines of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from types import NoneType
from typing import Any, get_args

import orjson
from pydantic import BaseModel
from sqlmodel import Session

from app.errors import BadRequest
from app.query.filters import lookups
from app.query.filters.lookups import Resolved
from app.query.publishing.exports import counts, items, mentions, things
from app.query.publishing.exports.complete_first import Row, complete_first
from app.query.request import export_params
from app.query.schemas import exports as shapes
from app.store.db import set_timeout

TIMEOUT_SECONDS = 600.0
"""Seconds a statement of an export may take."""
BLOCK_ROWS = 500
"""Rows that leave at once."""
Rows = Callable[[Session, Any, Resolved, str | None], Iterator[Row]]


@dataclass(frozen=True)
class Table:
    """A table that can be exported.

    `rows` is None where the lines are stored; `row` then makes a row of `shape` of a line.
    """

    name: str
    title: str
    shape: type[BaseModel]
    params: type[export_params.Spreadsheet]
    rows: Rows | None = None
    row: Callable[[Row], Row] | None = None

    @property
    def nullable(self) -> list[str]:
        """The columns that may be null."""
        names = []
        for name, field in self.shape.model_fields.items():
            if NoneType in get_args(field.annotation):
                names.append(name)
        return names


_ALL = (
    Table(
        "items",
        "News items with all their parts",
        shapes.ItemRow,
        export_params.ItemExport,
        row=items.row,
    ),
    Table(
        "entities",
        "Named entities with counts",
        shapes.EntityRow,
        export_params.EntityExport,
        things.entities,
    ),
    Table(
        "mentions",
        "Mentions of entities with their places in the documents",
        shapes.MentionRow,
        export_params.MentionExport,
        mentions.mentions,
    ),
    Table(
        "sources",
        "Cited articles and papers with counts",
        shapes.SourceRow,
        export_params.SourceExport,
        things.sources,
    ),
    Table(
        "threads",
        "Stories that several items report",
        shapes.ThreadRow,
        export_params.ThreadExport,
        things.stories,
    ),
    Table(
        "pairs",
        "Pairs of entities that the same items mention",
        shapes.PairRow,
        export_params.PairExport,
        counts.pairs,
    ),
    Table(
        "timelines",
        "Mentions of entities by interval",
        shapes.TimelineRow,
        export_params.TimelineExport,
        counts.timelines,
    ),
)
TABLES = {table.name: table for table in _ALL}


def lines(session: Session, table: Table, query: Any, lang: str | None) -> Iterator[bytes]:
    """Return blocks of NDJSON lines of a table. Raises BadRequest for a value that names nothing.

    The session must stay open until the last block.
    """
    set_timeout(session, TIMEOUT_SECONDS)
    resolved = lookups.resolve(session, query)
    if resolved.warnings:
        # A file has no place for warnings.
        raise BadRequest("; ".join(resolved.warnings))
    if isinstance(query, export_params.TimelineExport):
        # A fault in a stream comes too late for an answer.
        counts.asked_entities(session, query)
    if table.rows is None:
        return items.lines(session, query, resolved, lang)
    return _encoded(session, table, table.rows, query, resolved, lang)


def _encoded(
    session: Session,
    table: Table,
    rows: Rows,
    query: Any,
    resolved: Resolved,
    lang: str | None,
) -> Iterator[bytes]:
    names = list(table.shape.model_fields)
    ordered = complete_first(lambda: rows(session, query, resolved, lang), table.nullable)
    while batch := list(islice(ordered, BLOCK_ROWS)):
        block = []
        for row in batch:
            line = orjson.dumps({name: row[name] for name in names})
            block.append(line)
        yield b"\n".join(block) + b"\n"
