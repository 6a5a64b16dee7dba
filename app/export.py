"""Conducts exports: opens a table in a format, and writes all files of a snapshot to a folder."""

import hashlib
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Literal

import orjson

from app.file_cache import FileCache
from app.query.publishing.exports import tables
from app.query.publishing.exports.tables import TABLES, Table
from app.query.snapshot import dataset
from app.query.snapshot.cache import CacheKind, version_cache
from app.render.files import delimited, descriptions, parquet
from app.render.files.columns import columns_of
from app.render.files.descriptions import Contents, ExportOrigin, File
from app.store.db import Database, Session

Format = Literal["ndjson", "csv", "parquet"]
FORMATS: tuple[Format, ...] = ("ndjson", "csv", "parquet")
DESCRIPTIONS: dict[str, Callable[[ExportOrigin, list[Contents]], dict[str, Any]]] = {
    "manifest.json": descriptions.manifest,
    "datapackage.json": descriptions.data_package,
    "dataset.jsonld": descriptions.schema_org,
}
"""The descriptions of all files, by file name."""
STATE = ".export.json"
"""File that lists the finished parts of an export to a folder; it is deleted at the end."""
_CONTENTS: CacheKind[str, Contents] = CacheKind(max_entries=len(TABLES))
"""By the name of the table."""
Written = Callable[[str, int], None]
"""Called with the name of a file and the number of bytes that were written to it."""


def blocks(
    session: Session, table: Table, format_: Format, params: Any, lang: str | None
) -> Iterator[bytes]:
    """Return the bytes of a table in a format, piece by piece.

    Raises BadRequest for a value that names nothing. The session must stay open until the end.
    """
    lines = tables.lines(session, table, params, lang)
    columns = columns_of(table.shape)
    if format_ == "csv":
        return delimited.blocks(lines, columns, table.row, spreadsheet=params.spreadsheet)
    if format_ == "parquet":
        return parquet.blocks(lines, columns, table.row)
    return lines


def contents(session: Session) -> list[Contents]:
    """Return the contents of the files of all tables, without filters, once a version."""
    steps = measuring(session)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            measured: list[Contents] = end.value
            return measured


def measuring(
    session: Session, files: FileCache | None = None
) -> Generator[None, None, list[Contents]]:
    """Return what `contents` does, in steps of one block of a file.

    Each table is measured once a version, so that work which is given up is not lost. Files in
    the cache are read.
    """
    cache = version_cache(session, _CONTENTS)
    finished = (files, dataset.version(session).text) if files else None
    measured = []
    for table in TABLES.values():
        entry = cache.get(table.name)
        if entry is None:
            entry = _contents(table)
            for format_ in FORMATS:
                yield from _measure(session, entry, table, format_, finished)
            cache.put(table.name, entry)
        measured.append(entry)
    return measured


def _measure(
    session: Session,
    entry: Contents,
    table: Table,
    format_: Format,
    finished: tuple[FileCache, str] | None,
) -> Generator[None, None, None]:
    """Add a file to the contents of a table."""
    params = table.params()
    source: Any = None
    if finished:
        files, version = finished
        source = files.read(version, _cached_name(table, format_, params, None))
    source = source or blocks(session, table, format_, params, None)
    meter = _Meter()
    with closing(source):
        for block in source:
            meter.add(block)
            yield
    entry.files.append(meter.file(table, format_))
    if format_ == "ndjson":
        entry.rows = meter.lines


def _cached_name(table: Table, format_: Format, params: Any, lang: str | None) -> str:
    return f"{table.name}.{format_} {lang} {params.spreadsheet}"


def _contents(table: Table) -> Contents:
    return Contents(table.name, table.title, columns_of(table.shape))


class _Meter:
    """Size, hash and number of lines of a file."""

    def __init__(self) -> None:
        self.size = self.lines = 0
        self.hash = hashlib.sha256()

    def add(self, block: bytes) -> None:
        self.size += len(block)
        self.lines += block.count(b"\n")
        self.hash.update(block)

    def file(self, table: Table, format_: Format) -> File:
        """Return the file of a table in a format."""
        return File(f"{table.name}.{format_}", format_, self.size, self.hash.hexdigest())


def origin(session: Session, home: str = "") -> ExportOrigin:
    """Return the description of all tables; `home` is the address of their folder."""
    version = dataset.version(session)
    first, last = dataset.coverage(session)
    return ExportOrigin(version.text, version.modified_at, first, last, home)


def description(name: str, source: ExportOrigin, measured: list[Contents]) -> bytes:
    """Return a description of all files as indented JSON."""
    return orjson.dumps(DESCRIPTIONS[name](source, measured), option=orjson.OPT_INDENT_2)


def to_folder(database: Database, folder: Path, written: Written) -> ExportOrigin:
    """Write all tables in all formats, and their descriptions, to `folder`; return their origin.

    All files are of one snapshot. An interrupted export goes on where it stopped if the dataset is
    still of the same version; a file that stands there is complete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with database.read() as session:
        source = origin(session)
        done = _done(folder, source.version)
        measured = []
        for table in TABLES.values():
            entry = _contents(table)
            for format_ in FORMATS:
                name = f"{table.name}.{format_}"
                if name not in done:
                    done[name] = _write_file(
                        session,
                        folder,
                        table,
                        format_,
                        written,
                    )
                    _save(folder / STATE, orjson.dumps({"version": source.version, "files": done}))
                state = done[name]
                written(name, state["size"])
                entry.rows = state["rows"] or entry.rows
                entry.files.append(
                    File(
                        name,
                        format_,
                        state["size"],
                        state["sha256"],
                    )
                )
            measured.append(entry)
    for name in DESCRIPTIONS:
        _save(folder / name, description(name, source, measured))
    (folder / STATE).unlink()
    return source


def _done(folder: Path, version: str) -> dict[str, dict[str, Any]]:
    """Return the files that an earlier run finished at this version and that are still there."""
    try:
        state = orjson.loads((folder / STATE).read_bytes())
    except (OSError, ValueError):
        return {}
    if state["version"] != version:
        return {}
    done = {}
    for name, file in state["files"].items():
        path = folder / name
        if path.exists() and path.stat().st_size == file["size"]:
            done[name] = file
    return done


def _write_file(
    session: Session, folder: Path, table: Table, format_: Format, written: Written
) -> dict[str, Any]:
    """Write a file under another name, then rename it; return its size, hash and rows."""
    meter = _Meter()
    name = f"{table.name}.{format_}"
    part = folder / f"{name}.part"
    source: Any = blocks(session, table, format_, table.params(), None)
    with part.open("wb") as out, closing(source):
        for block in source:
            out.write(block)
            meter.add(block)
            written(name, meter.size)
        out.flush()
        os.fsync(out.fileno())
    part.rename(folder / name)
    rows = meter.lines if format_ == "ndjson" else 0
    return {"size": meter.size, "sha256": meter.hash.hexdigest(), "rows": rows}


def _save(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.rename(path)


def stream(
    database: Database,
    table: Table,
    format_: Format,
    params: Any,
    lang: str | None,
    files: FileCache | None = None,
) -> Generator[Any, None, None]:
    """Yield the dataset version, then the bytes of a table; closing it frees the snapshot.

    A file without filters is kept, and read the next time.
    """
    name = _cached_name(table, format_, params, lang)
    with ExitStack() as stack:
        session = stack.enter_context(database.read())
        version = dataset.version(session)
        source: Any = None
        if files and _is_whole(params):
            source = files.read(version.text, name)
        if source:
            # A file needs no snapshot, however slowly it is read.
            stack.close()
        else:
            source = blocks(session, table, format_, params, lang)
            if files and _is_whole(params):
                stack.enter_context(closing(source))
                source = files.keeping(version.text, name, source)
        stack.enter_context(closing(source))
        yield version
        yield from source


def _is_whole(params: Any) -> bool:
    """Whether there is no filter."""
    presentation = {"lang", "spreadsheet"}
    default = type(params)()
    return bool(params.model_dump(exclude=presentation) == default.model_dump(exclude=presentation))
