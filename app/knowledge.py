"""The catalogue of known names and the described layouts, read once a process."""

import gc
import threading
from collections.abc import Iterator
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
from app.normalize.decide import Knowledge
from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.compiled_catalogue import CompiledCatalogue, compile_catalogue
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
        return compile_catalogue(Catalogue.from_records(_records()))
    finally:
        if was_enabled:
            gc.enable()


def _code_files() -> list[Path]:
    """Return the files of the code that decides what is compiled."""
    folder = Path(normalize.__file__).parent
    return [*sorted(folder.glob("*/*.py")), folder / "kinds.py", Path(maps.__file__)]


def catalogue_files() -> list[Path]:
    """Return the files of the catalogue, in order of their names."""
    return sorted(CATALOGUE.glob("*.jsonl"))


def _records() -> Iterator[Any]:
    for path in catalogue_files():
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
