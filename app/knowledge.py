"""The catalogue of known names, read once a process, and the fingerprint of all that decides how a document is read."""

import gc
import hashlib
from functools import cache
from pathlib import Path

import orjson

from app.normalize.decide import Knowledge
from app.normalize.entities.catalogue import Catalogue
from app.settings import ROOT, VERSION
from app.store.derived import search, stored_json
from app.store.migrations import head

CATALOGUE = ROOT / "seeds" / "catalogue"


@cache
def knowledge() -> Knowledge:
    """What the seeds know of names; read once a process."""
    # All of it stays: a collector running meanwhile would look through it again and again.
    collects = gc.isenabled()
    gc.disable()
    try:
        records = (
            orjson.loads(line)
            for path in _catalogue_files()
            for line in path.read_bytes().splitlines()
            if line.strip()
        )
        catalogue = Catalogue.from_records(records)
        catalogue.index()
    finally:
        gc.freeze()
        if collects:
            gc.enable()
    return Knowledge(catalogue)


@cache
def fingerprint() -> str:
    """A hash of all that decides what is read out of a document: the catalogue, the version of the reading code, the schema, what is searched and shown."""
    digest = hashlib.sha256(f"{VERSION}/{head()}/{search.FORM}/{stored_json.FORM}".encode())
    for path in _catalogue_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _catalogue_files() -> list[Path]:
    return sorted(CATALOGUE.glob("*.jsonl"))
