"""The layout holds: tests mirror the rooms, names say what is inside, files read on a page."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(path.relative_to(ROOT) for path in ROOT.glob("app/**/*.py"))
NOT_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "base",
    "manager",
    "managers",
    "service",
    "services",
}
LINES = 500


def homes(module: Path) -> list[Path]:
    """Where the tests of `app/X/Y.py` may stand: `tests/X/test_Y.py`, or, once Y has become a folder, one file for the folder."""
    inside = module.relative_to("app")
    home = Path("tests") / inside.with_name(f"test_{inside.name}")
    whole_folder = [
        Path("tests") / folder.with_name(f"test_{folder.name}.py")
        for folder in inside.parents
        if folder.parts
    ]
    return [home, *whole_folder]


def test_homes() -> None:
    assert homes(Path("app/settings.py")) == [Path("tests/test_settings.py")]
    assert homes(Path("app/cli/keys.py")) == [
        Path("tests/cli/test_keys.py"),
        Path("tests/test_cli.py"),
    ]
    assert homes(Path("app/parse/dialects/sections.py")) == [
        Path("tests/parse/dialects/test_sections.py"),
        Path("tests/parse/test_dialects.py"),
        Path("tests/test_parse.py"),
    ]


@pytest.mark.parametrize(
    "module", [path for path in MODULES if path.name != "__init__.py"], ids=str
)
def test_tests_mirror_the_house(module: Path) -> None:
    assert any((ROOT / home).exists() for home in homes(module)), (
        f"{module} wants {homes(module)[0]}"
    )


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_names_say_what_is_inside(module: Path) -> None:
    assert not NOT_NAMES & {part.removesuffix(".py") for part in module.parts}, (
        f"{module}: name it after its concept"
    )


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_file_reads_on_a_page(module: Path) -> None:
    lines = len((ROOT / module).read_text().splitlines())
    assert lines <= LINES, (
        f"{module} has {lines} lines; past {LINES} it becomes a folder of the same name"
    )
