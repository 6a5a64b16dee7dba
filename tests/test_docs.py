"""The docs are true."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def direct_dependencies() -> list[str]:
    requirements = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
    return [name[0] for one in requirements if (name := re.match(r"[A-Za-z0-9._-]+", one))]


def explained_dependencies() -> dict[str, str]:
    text = (ROOT / "docs/dependencies.md").read_text()
    return dict(re.findall(r"^\| `([A-Za-z0-9._-]+)` \| (.*\S) \|$", text, re.MULTILINE))


@pytest.mark.parametrize("name", direct_dependencies())
def test_each_dependency_has_its_reason(name: str) -> None:
    assert name in explained_dependencies(), f"say in docs/dependencies.md what {name} is for"


def test_no_reason_outlives_its_dependency() -> None:
    assert set(explained_dependencies()) == set(direct_dependencies())
