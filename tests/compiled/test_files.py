"""Compiled files are made once, and again when they cannot be trusted."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.compiled.files import compiled_sections, content_key, encode_sections, read_sections

SECTIONS = {"names": b"[1,2]", "empty": b""}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BRIEFBASE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


class _Builder:
    """Counts how often it builds the sections."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> Mapping[str, bytes]:
        self.calls += 1
        return SECTIONS


def _load(build: Callable[[], Mapping[str, bytes]], key: str = "k1") -> dict[str, bytes]:
    sections = compiled_sections("things", key, build)
    return {name: bytes(section) for name, section in sections.items()}


def test_the_second_process_builds_nothing(folder: Path) -> None:
    builder = _Builder()
    assert _load(builder) == SECTIONS
    assert _load(builder) == SECTIONS
    assert builder.calls == 1
    assert [path.name for path in folder.iterdir()] == ["things-k1.bin"]


def test_another_key_is_another_file(folder: Path) -> None:
    builder = _Builder()
    _load(builder)
    _load(builder, "k2")
    assert builder.calls == 2
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("position", [0, 20, 33, -1])
def test_a_damaged_file_is_made_again(folder: Path, position: int) -> None:
    builder = _Builder()
    _load(builder)
    path = folder / "things-k1.bin"
    data = bytearray(path.read_bytes())
    data[position] ^= 255
    path.write_bytes(data)
    assert _load(builder) == SECTIONS
    assert builder.calls == 2
    assert read_sections(path) is not None


@pytest.mark.parametrize("data", [b"", b"briefbase 1\n", b"x" * 100])
def test_a_file_of_something_else_is_made_again(folder: Path, data: bytes) -> None:
    folder.mkdir()
    (folder / "things-k1.bin").write_bytes(data)
    assert _load(_Builder()) == SECTIONS


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of this kind")
def test_a_file_that_others_can_write_is_not_read(folder: Path) -> None:
    builder = _Builder()
    _load(builder)
    path = folder / "things-k1.bin"
    path.chmod(0o666)
    _load(builder)
    assert builder.calls == 2
    # It was replaced by one that nobody else can write.
    assert not path.stat().st_mode & 0o022


def test_without_a_folder_nothing_is_stored(folder: Path) -> None:
    # A file in the way stands for a read-only folder: root may write to those.
    folder.write_text("not a folder")
    builder = _Builder()
    assert _load(builder) == SECTIONS
    assert _load(builder) == SECTIONS
    assert builder.calls == 2


def test_processes_may_write_at_once(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: _load(_Builder()), range(8)))
    assert results == [SECTIONS] * 8
    assert [path.name for path in folder.iterdir()] == ["things-k1.bin"]


def test_files_of_old_versions_are_removed(folder: Path) -> None:
    for number in range(7):
        _load(_Builder(), f"k{number}")
    assert len(list(folder.iterdir())) == 4


def test_the_key_follows_contents_and_versions(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("1")
    before = content_key([path], "x")
    assert content_key([path], "y") != before
    path.write_text("2")
    assert content_key([path], "x") != before


def test_sections_read_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "sections.bin"
    path.write_bytes(encode_sections(SECTIONS))
    decoded = read_sections(path)
    assert decoded is not None
    assert {name: bytes(section) for name, section in decoded.items()} == SECTIONS
