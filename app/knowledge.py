"""The catalogue of known names, read once a process."""

import gc
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from app.normalize.decide import Knowledge
from app.normalize.entities.catalogue import Catalogue
from app.settings import ROOT

CATALOGUE = ROOT / "seeds" / "catalogue"
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
