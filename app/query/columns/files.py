"""Files of the column store, which all processes of a machine map into memory.

A file of segments holds a group of them and is never changed; its name has a hash of their keys.
The key of a segment names the rows it was built from, so a file cannot be out of date. A file of
rows holds those of all segments; a process that reads a later version copies the pages that
differ. What is small stays in memory, and so does all of it where no file can be written.
"""

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import xxhash
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.compiled.files import (
    Buffer,
    Sections,
    content_key,
    files_like,
    read_sections,
    write_sections,
)
from app.query.columns import arrays, rows
from app.query.columns.arrays import Ints, Segment
from app.query.columns.rows import RowColumns
from app.settings import configured_cache_folder
from app.store.encoding import columns as codes
from app.store.tables import BriefingColumns, Change
from app.telemetry import log

GROUP_SEGMENTS = 64
"""Segments of a file: some 80 MB, and one open file for 16,000 briefings."""
MAX_MEMORY_BYTES = 8 << 20
"""Bytes of a group of segments, or of all rows, that a process keeps to itself at most."""
_SPARE_ROWS = 1 << 16
"""Rows that a file has room for beyond those it holds: 2,000 briefings."""
_MAX_FILES = 2
"""Files of a group: a process may be about to read the last but one."""
_MAX_UNUSED_SECONDS = 30 * 86_400
_SHARED_KEY = "column files"

Keys = Mapping[int, str]
"""Keys of segments by number."""


class ColumnFiles:
    """The files of one database in the cache folder."""

    def __init__(self, folder: Path | None) -> None:
        """Keep files in `folder`; None keeps everything in memory."""
        self._folder = folder

    def __bool__(self) -> bool:
        """Whether files are read and written."""
        return self._folder is not None

    def segments(self, instance: str, group: int, keys: Keys) -> dict[int, Segment]:
        """Return those segments of `keys` that the newest file of a group holds, by number."""
        sections = self._newest(f"columns-{instance}-{group}")
        if sections is None:
            return {}

        index = orjson.loads(sections["index"])
        mapped = {}
        for number, key in keys.items():
            if key in index:
                mapped[number] = _decode_segment(key, index[key], sections)
        return mapped

    def keep_segments(
        self, instance: str, group: int, segments: Mapping[int, Segment], keys: Keys
    ) -> dict[int, Segment]:
        """Return the segments of a group, mapped if they are too large for memory.

        A file is written for them unless another process has done so.
        """
        own_bytes = sum(segment.nbytes for segment in segments.values() if not segment.is_mapped)
        if not self or own_bytes <= MAX_MEMORY_BYTES:
            return dict(segments)

        name = f"columns-{instance}-{group}"
        mapped = self.segments(instance, group, keys)
        if len(mapped) < len(segments):
            self._write(name, list(keys.values()), _encode_segments(segments, keys))
            mapped = self.segments(instance, group, keys)
        return {**segments, **mapped}

    def rows(self, instance: str, segments: Sequence[Segment], keys: Sequence[str]) -> RowColumns:
        """Return the rows of segments in their order; `keys` are those of the segments.

        Rows that the file does not hold, or has elsewhere, are written to copied pages.
        """
        count = rows.row_count(segments)
        if not self or count * rows.BYTES_PER_ROW <= MAX_MEMORY_BYTES:
            return rows.in_memory(segments)

        laid_out = self._patched_rows(instance, segments, keys)
        if laid_out is None:
            self._write(f"columns-{instance}-rows", keys, _encode_rows(segments, keys))
            laid_out = self._patched_rows(instance, segments, keys)
        return laid_out or rows.in_memory(segments)

    def _patched_rows(
        self, instance: str, segments: Sequence[Segment], keys: Sequence[str]
    ) -> RowColumns | None:
        """Return mapped rows; None without a file that has most of them and room for the rest."""
        sections = self._newest(f"columns-{instance}-rows", writable=True)
        if sections is None:
            return None

        stored_keys = orjson.loads(sections["keys"])
        equal = 0
        for key, stored_key in zip(keys, stored_keys, strict=False):
            if key != stored_key:
                break
            equal += 1

        columns = []
        for name, dtype in rows.DTYPES.items():
            columns.append(np.frombuffer(sections[name], dtype))
        stored = RowColumns(*columns)
        count = rows.row_count(segments)
        copied_bytes = rows.row_count(segments[equal:]) * rows.BYTES_PER_ROW
        if count > len(stored.item) or copied_bytes > MAX_MEMORY_BYTES:
            return None

        if equal == len(segments) == len(stored_keys):
            return stored.first(count)

        stored.fill(segments, equal)
        return stored.first(count).ranked(segments)

    def _newest(self, name: str, *, writable: bool = False) -> Sections | None:
        """Return the sections of the newest whole file of a name."""
        if self._folder is None:
            return None

        for path in files_like(self._folder / f"{name}-newest.bin"):
            sections = read_sections(path, writable=writable)
            if sections is not None:
                with contextlib.suppress(OSError):
                    # Files that nobody uses are removed by their time.
                    os.utime(path)
                return sections
        return None

    def _write(self, name: str, keys: Sequence[str], sections: Mapping[str, Buffer]) -> None:
        if self._folder is None:
            return

        path = self._folder / f"{name}-{xxhash.xxh3_64_hexdigest(orjson.dumps(keys))}.bin"
        try:
            write_sections(path, sections, _MAX_FILES)
        except OSError as error:
            log.warning(
                "columns cannot be stored; this process keeps them in memory until it ends",
                path=str(path),
                error=str(error),
            )
            self._folder = None
            return
        _remove_unused(path.parent)


def column_files(session: Session) -> ColumnFiles:
    """Return the files of the database of a session."""
    shared: dict[str, Any] = session.info.get("cache", {})
    files: ColumnFiles | None = shared.get(_SHARED_KEY)
    if files is None:
        files = shared.setdefault(_SHARED_KEY, ColumnFiles(configured_cache_folder()))
    return files


def segment_key(session: Session, instance: str, first: int, end: int) -> str:
    """Return the key of the segment of the briefings from `first` to `end` (pks).

    Two databases share an instance after one was copied by hand and both were changed. The time of
    the last change tells them apart.
    """
    pk = col(BriefingColumns.briefing_pk)
    stamp = col(BriefingColumns.stamp)
    columns = (
        pk,
        stamp,
        func.length(col(BriefingColumns.items)),
        func.length(col(BriefingColumns.named)),
    )
    statement = select(*columns).where(pk >= first, pk < end).order_by(pk)
    briefings = [tuple(row) for row in session.connection().execute(statement)]
    newest = max((stamp for _, stamp, _, _ in briefings), default=0)
    changed_at = select(func.max(col(Change.at))).where(col(Change.version) == newest)
    made_from = [instance, _layout_key(), session.execute(changed_at).scalar(), *briefings]
    return xxhash.xxh3_128_hexdigest(orjson.dumps(made_from))


@cache
def _layout_key() -> str:
    """Return a hash of the code that lays out segments."""
    modules = (arrays, rows, codes)
    return content_key(Path(module.__file__ or "") for module in modules)


def _encode_segments(segments: Mapping[int, Segment], keys: Keys) -> dict[str, Buffer]:
    index: dict[str, dict[str, tuple[str, Sequence[int]]]] = {}
    sections: dict[str, Buffer] = {}
    for number, segment in segments.items():
        key = keys[number]
        index[key] = {}
        for name, values in segment.arrays().items():
            index[key][name] = values.dtype.str, values.shape
            sections[f"{key}/{name}"] = _bytes_of(values)
    return {"index": orjson.dumps(index), **sections}


def _decode_segment(
    key: str, index: Mapping[str, tuple[str, Sequence[int]]], sections: Sections
) -> Segment:
    decoded: dict[str, Ints] = {}
    for name, (dtype, shape) in index.items():
        decoded[name] = np.frombuffer(sections[f"{key}/{name}"], dtype).reshape(shape)
    return arrays.segment_of(decoded)


def _encode_rows(segments: Sequence[Segment], keys: Sequence[str]) -> dict[str, Buffer]:
    laid_out = rows.in_memory(segments)
    sections: dict[str, Buffer] = {"keys": orjson.dumps(keys)}
    for name, dtype in rows.DTYPES.items():
        spare = np.zeros(_SPARE_ROWS, dtype)
        sections[name] = _bytes_of(np.append(getattr(laid_out, name), spare))
    return sections


def _bytes_of(values: Ints) -> memoryview:
    # A view as bytes, because an empty memoryview of other numbers cannot be cast.
    return np.ascontiguousarray(values).reshape(-1).view(np.uint8).data


def _remove_unused(folder: Path) -> None:
    """Remove files of columns that no process has opened for a month."""
    oldest = time.time() - _MAX_UNUSED_SECONDS
    for path in folder.glob("columns-*.bin"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()
