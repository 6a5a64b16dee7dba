from pathlib import Path

import pytest

from app.errors import Unreadable
from app.knowledge import DIALECTS, catalogue_files, dialects, knowledge


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
