from pathlib import Path

import pytest

from app import knowledge
from app.errors import Unreadable


def test_a_users_dialects_come_before_those_of_the_seeds(tmp_path: Path) -> None:
    (tmp_path / "zorb.toml").write_text('[match]\nfile = "zorb-*.md"\n')
    names = [dialect.name for dialect in knowledge.dialects(tmp_path)]
    assert names[0] == "zorb"
    assert set(names[1:]) == {path.stem for path in knowledge.DIALECTS.glob("*.toml")}


def test_a_faulty_dialect_is_named(tmp_path: Path) -> None:
    (tmp_path / "zorb.toml").write_text("[match\n")
    with pytest.raises(Unreadable, match=r"zorb\.toml"):
        knowledge.dialects(tmp_path)
