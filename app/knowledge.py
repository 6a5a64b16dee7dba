"""The catalogue of known names and the described layouts, read once a process."""

import gc
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import unidata_version
from zoneinfo import ZoneInfo

import opencc
import orjson

from app import normalize
from app.compiled import maps
from app.compiled.files import compiled_sections, content_key
from app.errors import Unreadable
from app.normalize.decide import Knowledge
from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.compiled_catalogue import CompiledCatalogue, compile_catalogue
from app.normalize.entities.user_catalogue import Extended, Fault, RecordLine, extend, read_lines
from app.parse.dialects.described import Dialect
from app.parse.dialects.description import read_dialect
from app.settings import ROOT, Settings

CATALOGUE = ROOT / "seeds" / "catalogue"
DIALECTS = ROOT / "seeds" / "dialects"
_reading = threading.Lock()


def knowledge() -> Knowledge:
    """Return the names of the catalogue."""
    # Without the lock, each thread of a service that has just started would read it.
    with _reading:
        return _read()


def is_loaded() -> bool:
    """Whether `knowledge` answers at once."""
    return _read.cache_info().currsize > 0


@cache
def _read() -> Knowledge:
    key = content_key([*catalogue_files(), *_code_files()], opencc.__version__, unidata_version)
    sections = compiled_sections("catalogue", key, _compiled)
    return Knowledge(CompiledCatalogue(sections))


def _compiled() -> dict[str, bytes]:
    """Return the sections of the compiled catalogue."""
    # A collector that ran meanwhile would search all of it again and again.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return compile_catalogue(read_catalogue(Settings().catalogue_paths))
    finally:
        if was_enabled:
            gc.enable()


def _code_files() -> list[Path]:
    """Return the files of the code that the compiled catalogue depends on."""
    folder = Path(normalize.__file__).parent
    return [*sorted(folder.glob("*/*.py")), folder / "kinds.py", Path(maps.__file__)]


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

    Raises `Unreadable` for a description that is not valid, and for a folder that does not exist.
    """
    if folder and not folder.is_dir():
        raise Unreadable(
            f"BRIEFBASE_DIALECTS: '{folder}' is not a folder; expected one with .toml files."
        )
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
