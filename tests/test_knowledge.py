from pathlib import Path

import pytest

from app.errors import Unreadable
from app.knowledge import (
    DIALECTS,
    catalogue_files,
    dialects,
    knowledge,
    read_catalogue,
    user_files,
)


def test_the_catalogue_is_read_once() -> None:
    assert knowledge() is knowledge()
    assert "nvidia" in knowledge().catalogue.entities


def test_every_file_of_the_catalogue_is_read_in_order() -> None:
    files = catalogue_files()
    assert files == sorted(files)
    assert all(file.suffix == ".jsonl" for file in files)


def test_a_users_dialects_come_before_those_of_the_seeds(tmp_path: Path) -> None:
    (tmp_path / "zorb.toml").write_text('[match]\nfile = "zorb-*.md"\n')
    names = [dialect.name for dialect in dialects(tmp_path)]
    assert names[0] == "zorb"
    assert set(names[1:]) == {path.stem for path in DIALECTS.glob("*.toml")}


def test_a_faulty_dialect_is_named(tmp_path: Path) -> None:
    (tmp_path / "zorb.toml").write_text("[match\n")
    with pytest.raises(Unreadable, match=r"zorb\.toml"):
        dialects(tmp_path)


OWN = '{"slug": "nvidia", "aliases": [{"name": "Zorbworks", "kind": "spelling"}]}\n'


def test_a_users_files_and_folders_extend_the_catalogue(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "a.jsonl").write_text(OWN)
    file = tmp_path / "b.jsonl"
    file.write_text('{"slug": "zorbly", "type": "org", "names": {"en": "Zorbly"}}\n')
    catalogue = read_catalogue([folder, file])
    assert "Zorbworks" in catalogue.entities["nvidia"].spellings
    assert catalogue.entities["zorbly"].title == "Zorbly"
    assert user_files([folder, file]) == [folder / "a.jsonl", file]


def test_a_faulty_catalogue_is_refused_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text(OWN + '{"slug": "x"}\n')
    with pytest.raises(Unreadable, match=r"own\.jsonl:2: x: unknown type"):
        read_catalogue([file])
    with pytest.raises(Unreadable, match="is not there"):
        read_catalogue([tmp_path / "none.jsonl"])


def test_a_folder_of_dialects_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"BRIEFBASE_DIALECTS: .*no.* is not a folder"):
        dialects(tmp_path / "no")
