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
from app.parse.dialects.described import Dialect, read_dialect
from app.settings import ROOT, VERSION, Settings
from app.store.derived import search, stored_json
from app.store.migrations import head

CATALOGUE = ROOT / "seeds" / "catalogue"
DIALECTS = ROOT / "seeds" / "dialects"


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


@cache
def fingerprint() -> str:
    """A hash of all that decides what is read out of a document: the catalogue, the version of the reading code, the schema, what is searched and shown."""
    digest = hashlib.sha256(f"{VERSION}/{head()}/{search.FORM}/{stored_json.FORM}".encode())
    for path in [*_catalogue_files(), *_dialect_files(Settings().dialects)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def dialects(folder: Path | None = None) -> tuple[Dialect, ...]:
    """Return the described layouts, those of a user's `folder` first; read once a process.

    Raises `Unreadable` for a description that is not valid.
    """
    return tuple(read_dialect(path.read_text(), path.name) for path in _dialect_files(folder))


@cache
def configured_dialects() -> tuple[Dialect, ...]:
    """Return the described layouts with those of BRIEFBASE_DIALECTS; read once a process."""
    return dialects(Settings().dialects)


def _dialect_files(folder: Path | None) -> list[Path]:
    own = sorted(folder.glob("*.toml")) if folder else []
    return [*own, *sorted(DIALECTS.glob("*.toml"))]


def _catalogue_files() -> list[Path]:
    return sorted(CATALOGUE.glob("*.jsonl"))


def _records() -> Iterator[Any]:
    for path in catalogue_files():
        for line in path.read_bytes().splitlines():
            if line.strip():
                yield orjson.loads(line)
