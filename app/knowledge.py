"""The catalogue of known names and the described layouts, read once a process."""

import gc
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from app.errors import Unreadable
from app.normalize.decide import Knowledge
from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.user_catalogue import Extended, Fault, RecordLine, extend, read_lines
from app.parse.dialects.described import Dialect, read_dialect
from app.settings import ROOT, Settings

CATALOGUE = ROOT / "seeds" / "catalogue"
DIALECTS = ROOT / "seeds" / "dialects"
_reading = threading.Lock()


def knowledge() -> Knowledge:
    """Return what the catalogue says of names."""
    # Without the lock, each thread of a service that has just started would read it.
    with _reading:
        return _read()


@cache
def _read() -> Knowledge:
    # All of it stays in memory. A collector that ran meanwhile would search it again and again.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        catalogue = read_catalogue(Settings().catalogue_paths)
        catalogue.index()
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
    return Knowledge(catalogue)


def catalogue_files() -> list[Path]:
    """Return the files of the catalogue in the order they are read, those of the user last."""
    return [*sorted(CATALOGUE.glob("*.jsonl")), *user_files(Settings().catalogue_paths)]


def user_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files of a user's catalogue: files as they are named, folders in order of names.

    Raises `Unreadable` for a path that is neither.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files.extend(sorted(path.glob("*.jsonl")))
        elif path.is_file():
            files.append(path)
        else:
            raise Unreadable(
                f"{path} is not there; expected a JSONL file or a folder of them; "
                "check BRIEFBASE_CATALOGUE."
            )
    return files


def read_catalogue(paths: Iterable[Path]) -> Catalogue:
    """Return the catalogue of the seeds with a user's files and folders over it.

    Raises `Unreadable`, with file and line, if they are not valid.
    """
    paths = list(paths)
    if not paths:
        return Catalogue.from_records(_records())
    extended = extended_catalogue(paths)
    if extended.faults:
        first, *others = extended.faults
        more = f" There are {len(others)} more faults." if others else ""
        raise Unreadable(
            f"The catalogue is not valid. {first}.{more} `briefbase catalogue check` lists them."
        )
    return Catalogue.from_records(extended.records.values())


def extended_catalogue(paths: Iterable[Path]) -> Extended:
    """Return the records of the seeds with those of a user's files, and the faults of these."""
    lines: list[RecordLine | Fault] = []
    for path in user_files(paths):
        lines.extend(read_lines(str(path), path.read_bytes()))
    return extend(_records(), lines)


def _records() -> Iterator[Any]:
    for path in sorted(CATALOGUE.glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            if line.strip():
                yield orjson.loads(line)


@cache
def dialects(folder: Path | None = None) -> tuple[Dialect, ...]:
    """Return the described layouts, those of a user's `folder` first.

    Raises `Unreadable` for a description that is not valid.
    """
    described: list[Dialect] = []
    for path in dialect_files(folder):
        described.append(read_dialect(path.read_text(), path.name))
    return tuple(described)


@cache
def configured_dialects() -> tuple[Dialect, ...]:
    """Return the described layouts with those of BRIEFBASE_DIALECTS."""
    return dialects(Settings().dialects)


@cache
def configured_zone() -> ZoneInfo:
    """Return the time zone of BRIEFBASE_TIMEZONE."""
    return ZoneInfo(Settings().timezone)


def dialect_files(folder: Path | None = None) -> list[Path]:
    """Return the descriptions, those of a user's `folder` first, in order of their names."""
    own_files = sorted(folder.glob("*.toml")) if folder else []
    return [*own_files, *sorted(DIALECTS.glob("*.toml"))]
