"""Columns in files that processes share answer as those in memory, whatever befalls the files."""

import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlmodel import Session

from app import telemetry
from app.query.columns import arrays, files, mentions, rows
from app.query.columns.mentions import MentionColumns, mention_columns
from app.query.snapshot import dataset
from app.store.db import Database, sqlite
from tests.conftest import ENGINES, copy_of, drop, prepared, take_in
from tests.documents import document, item

DAYS = 5
ENTITIES = "NVIDIA, Qwen, OpenAI, Foobar Lab"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep files in a folder of the test, for segments of two briefings and groups of two."""
    monkeypatch.setenv("BRIEFBASE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(mentions, "SEGMENT_BRIEFINGS", 2)
    monkeypatch.setattr(files, "GROUP_SEGMENTS", 2)
    monkeypatch.setattr(files, "MAX_MEMORY_BYTES", 0)
    monkeypatch.setattr(arrays, "FREQUENT_ITEMS", 2)
    return tmp_path / "cache"


def fill(database: Database) -> None:
    for day in range(1, DAYS + 1):
        ingest(database, day)


@pytest.fixture(params=ENGINES)
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of some days."""
    opened = Database(copy_of(prepared(request.param, fill), tmp_path), read_timeout=30)
    yield opened
    drop(opened)


def ingest(database: Database, day: int, title: str = "甲") -> None:
    """Take in the document of a day, again with another title."""
    names = ENTITIES if day % 2 else "NVIDIA, Qwen"
    take_in(database, document(f"2026-01-0{day}", item(title, entities=names), item("乙")))


@contextmanager
def process(database: Database) -> Iterator[Session]:
    """Open the database as a process that starts."""
    url = database.url.render_as_string(hide_password=False)
    with closing(Database(url)) as opened, opened.read() as session:
        yield session


def counted(columns: MentionColumns) -> dict[str, Any]:
    """Return all that is counted, as lists."""
    counts: dict[str, Any] = {}
    for name in (
        "briefing",
        "item",
        "ordinal",
        "position",
        "section",
        "importance",
        "is_item",
        "importance_rank",
    ):
        counts[name] = getattr(columns, name).tolist()
    for name in arrays.EntityTally.__slots__:
        counts[name] = getattr(columns.totals, name).tolist()
    for pk in columns.entities.tolist():
        named = columns.mentions([pk])
        counts[f"mentions of {pk}"] = [named.row.tolist(), named.kind.tolist()]
        counts[f"beside {pk}"] = columns.items_beside(pk).tolist()
        items = named.row_sets().row
        items = items[columns.is_item[items]]
        assert counts[f"beside {pk}"] == columns.cooccurrence_counts(items).tolist()
    return counts


def in_memory(database: Database) -> dict[str, Any]:
    """Return what is counted without files."""
    with process(database) as session:
        session.info["cache"]["column files"] = files.ColumnFiles(None)
        columns = mention_columns(session)
        assert not any(segment.is_mapped for segment in columns.segments.values())
        return counted(columns)


def mapped(database: Database) -> dict[str, Any]:
    """Return what a process counts that starts; check that it shares its arrays."""
    with process(database) as session:
        columns = mention_columns(session)
        assert all(segment.is_mapped for segment in columns.segments.values())
        assert not columns.item.flags.owndata
        return counted(columns)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("columns-*")}


def test_mapped_columns_count_as_those_in_memory(filled: Database, folder: Path) -> None:
    expected = in_memory(filled)
    assert names_in(folder) == set()
    assert mapped(filled) == expected
    names = names_in(folder)
    # Two groups of segments, and the rows.
    assert len(names) == 3
    assert mapped(filled) == expected
    assert names_in(folder) == names


def test_a_process_that_maps_builds_nothing(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = mapped(filled)
    monkeypatch.setattr(arrays, "build_segment", None)
    assert mapped(filled) == expected


def test_a_small_base_writes_no_file(
    filled: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_MEMORY_BYTES", 8 << 20)
    with process(filled) as session:
        assert mention_columns(session).item.flags.owndata
    assert names_in(folder) == set()


def test_a_change_copies_the_pages_that_differ(
    filled: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapped(filled)
    names = names_in(folder)
    monkeypatch.setattr(files, "MAX_MEMORY_BYTES", 12_000)
    monkeypatch.setattr(rows, "BYTES_PER_ROW", 1_000)
    ingest(filled, DAYS + 1)
    ingest(filled, DAYS, "丙")
    expected = in_memory(filled)
    with process(filled) as session:
        columns = mention_columns(session)
        assert counted(columns) == expected
        owned = [segment for segment in columns.segments.values() if not segment.is_mapped]
        # The segments of the new briefing and of the replaced one.
        assert 0 < len(owned) < len(columns.segments)
        assert not columns.item.flags.owndata
    assert names_in(folder) == names


def test_files_of_former_versions_are_removed(filled: Database, folder: Path) -> None:
    for title in "丙丁戊己":
        ingest(filled, 1, title)
        assert mapped(filled) == in_memory(filled)
    of_groups: dict[str, int] = {}
    for name in names_in(folder):
        group = name.rpartition("-")[0]
        of_groups[group] = of_groups.get(group, 0) + 1
    assert len(of_groups) >= 3
    assert max(of_groups.values()) == 2


def test_files_that_nobody_opens_are_removed(filled: Database, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    old, new = folder / "columns-gone-0-1.bin", folder / "columns-other-0-1.bin"
    for path in (old, new):
        path.touch()
    year_ago = time.time() - 365 * 86_400
    os.utime(old, (year_ago, year_ago))
    mapped(filled)
    assert new.exists()
    assert not old.exists()


def test_damaged_files_are_made_again(filled: Database, folder: Path) -> None:
    expected = mapped(filled)
    for cut in (0, 40, -1):
        for path in folder.glob("columns-*"):
            data = path.read_bytes()
            # Replaced, as a disk or a copy would: the old one is mapped no more.
            path.unlink()
            path.write_bytes(data[:cut])
        assert mapped(filled) == expected
    assert mapped(filled) == expected


def test_a_file_removed_while_mapped_stays_readable(filled: Database, folder: Path) -> None:
    with process(filled) as session:
        columns = mention_columns(session)
        expected = counted(columns)
        shutil.rmtree(folder)
        assert counted(columns) == expected
    assert mapped(filled) == expected


def test_without_a_folder_columns_stay_in_memory(
    filled: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = in_memory(filled)
    warnings: list[str] = []
    monkeypatch.setattr(
        telemetry.log, "warning", lambda text, **_: warnings.append(text), raising=False
    )
    folder.write_text("a file in the way")
    with process(filled) as session:
        assert counted(mention_columns(session)) == expected
    assert len([text for text in warnings if text.startswith("columns")]) == 1


def test_a_full_disk_leaves_nothing(
    filled: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = in_memory(filled)

    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    monkeypatch.setattr(telemetry.log, "warning", lambda text, **_: None, raising=False)
    with process(filled) as session:
        assert counted(mention_columns(session)) == expected
    assert list(folder.glob("*columns-*")) == []


def test_processes_may_make_files_at_once(filled: Database, folder: Path) -> None:
    expected = in_memory(filled)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: mapped(filled), range(4)))
    assert results == [expected] * 4
    assert len(names_in(folder)) == 3


def test_a_base_that_went_another_way_matches_no_file(filled: Database, tmp_path: Path) -> None:
    if not filled.is_sqlite:
        pytest.skip("files are copied by hand")
    copied = tmp_path / "other.db"
    with (
        closing(filled.writer.raw_connection()) as source,
        closing(sqlite.connect(copied)) as target,
    ):
        source.driver_connection.backup(target)  # type: ignore[union-attr]  # sqlite3 always has one
    ingest(filled, DAYS, "一個")
    with closing(Database(f"sqlite:///{copied}")) as other:
        ingest(other, DAYS, "兩個")
        keys = []
        for base in (filled, other):
            with process(base) as session:
                keys.append((dataset.version(session).text, mention_columns(session).keys))
        (version, expected), (other_version, others) = keys
        assert version == other_version
        last = max(expected)
        assert expected[last] != others[last]
        assert {n: expected[n] for n in expected if n < last} == {
            n: others[n] for n in others if n < last
        }
        assert mapped(other) == in_memory(other)


def test_frequent_entities_are_counted_as_others(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    frequent = in_memory(filled)
    monkeypatch.setattr(arrays, "FREQUENT_ITEMS", 1_000)
    assert in_memory(filled) == frequent
    with process(filled) as session:
        segments = mention_columns(session).segments.values()
        assert not any(len(segment.frequent) for segment in segments)
        assert all(isinstance(segment.together, np.ndarray) for segment in segments)
