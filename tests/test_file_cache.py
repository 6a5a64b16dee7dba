"""Finished files are kept of one version."""

from pathlib import Path

import pytest

from app.file_cache import FileCache


@pytest.fixture
def files(tmp_path: Path) -> FileCache:
    return FileCache(str(tmp_path), 100)


def content(files: FileCache, version: str, name: str = "a") -> bytes | None:
    blocks = files.read(version, name)
    return None if blocks is None else b"".join(blocks)


def test_a_finished_file_is_read_again(files: FileCache) -> None:
    assert content(files, "1") is None
    assert list(files.keeping("1", "a", iter([b"x", b"y"]))) == [b"x", b"y"]
    assert content(files, "1") == content(files, "1") == b"xy"
    files.close()


def test_another_version_drops_it(files: FileCache) -> None:
    list(files.keeping("1", "a", iter([b"x"])))
    reading = files.read("1", "a")
    list(files.keeping("2", "a", iter([b"y"])))
    assert (content(files, "1"), content(files, "2")) == (None, b"y")
    # Whoever began to read the old file reads it to its end.
    assert reading is not None
    assert b"".join(reading) == b"x"
    files.close()


def test_an_interrupted_file_is_not_kept(files: FileCache) -> None:
    blocks = files.keeping("1", "a", iter([b"x", b"y"]))
    next(blocks)
    blocks.close()
    assert content(files, "1") is None


def test_no_more_than_the_limit_is_kept(files: FileCache) -> None:
    list(files.keeping("1", "a", iter([b"x" * 60, b"x" * 60])))
    list(files.keeping("1", "b", iter([b"x" * 60])))
    list(files.keeping("1", "c", iter([b"x" * 60])))
    assert [content(files, "1", name) is None for name in "abc"] == [True, False, True]
    files.close()
