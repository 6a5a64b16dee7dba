"""An export to a folder: all files of one version, resumed where it stopped."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from app import export
from app.query.publishing.exports.tables import TABLES
from app.store.db import Database

FILES = {f"{table}.{format_}" for table in TABLES for format_ in export.FORMATS}


@pytest.fixture
def seeds_of_sqlite(seeds: Callable[[str], Database]) -> Database:
    return seeds("sqlite")


def test_all_files_are_those_of_the_manifest(seeds_of_sqlite: Database, tmp_path: Path) -> None:
    export.to_folder(seeds_of_sqlite, tmp_path, lambda name, size: None)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == FILES | set(export.DESCRIPTIONS)
    manifest = orjson.loads((tmp_path / "manifest.json").read_bytes())
    with seeds_of_sqlite.read() as session:
        measured = export.contents(session)
    for table, entry in zip(manifest["tables"], measured, strict=True):
        assert table["rows"] == entry.rows
        for file, same in zip(table["files"], entry.files, strict=True):
            data = (tmp_path / file["path"]).read_bytes()
            assert file["sha256"] == hashlib.sha256(data).hexdigest() == same.sha256


def test_an_interrupted_export_goes_on(seeds_of_sqlite: Database, tmp_path: Path) -> None:
    class Interrupted(Exception):
        pass

    seen: set[str] = set()

    def interrupt(name: str, size: int) -> None:
        seen.add(name)
        if name == "mentions.csv":
            raise Interrupted

    with pytest.raises(Interrupted):
        export.to_folder(seeds_of_sqlite, tmp_path, interrupt)
    finished = tmp_path / "entities.parquet"
    before = finished.stat().st_mtime_ns
    assert (tmp_path / "mentions.csv.part").exists()
    export.to_folder(seeds_of_sqlite, tmp_path, lambda name, size: None)
    assert finished.stat().st_mtime_ns == before
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]
