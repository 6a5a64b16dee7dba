"""The catalogue of known names and the described layouts, read once a process."""

import gc
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from app.normalize.decide import Knowledge
from app.normalize.entities.catalogue import Catalogue
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
        catalogue = Catalogue.from_records(_records())
        catalogue.index()
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
    return Knowledge(catalogue)


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
