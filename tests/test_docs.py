"""The docs are true."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient

from app.cli.commands import cli
from app.settings import Settings
from tests.conftest import described_paths

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def direct_dependencies() -> list[str]:
    requirements = [
        *PROJECT["dependencies"],
        *(entry for extra in PROJECT["optional-dependencies"].values() for entry in extra),
    ]
    return [name[0] for entry in requirements if (name := re.match(r"[A-Za-z0-9._-]+", entry))]


def explained_dependencies() -> dict[str, str]:
    text = (ROOT / "docs/dependencies.md").read_text()
    return dict(re.findall(r"^\| `([A-Za-z0-9._-]+)` \| (.*\S) \|$", text, re.MULTILINE))


@pytest.mark.parametrize("name", direct_dependencies())
def test_each_dependency_has_its_reason(name: str) -> None:
    assert name in explained_dependencies(), f"say in docs/dependencies.md what {name} is for"


def test_no_reason_outlives_its_dependency() -> None:
    assert set(explained_dependencies()) == set(direct_dependencies())


def documented(*names: str) -> str:
    return "\n".join((ROOT / name).read_text() for name in names)


def test_each_route_is_in_the_docs() -> None:
    text = documented("docs/api.md")
    missing = [path for path in described_paths() if f"`{path}`" not in text]
    assert not missing


def test_no_documented_route_is_gone() -> None:
    paths = {
        *described_paths(),
        "/openapi.json",
        "/docs",
        "/mcp",
        "/v1/tools.json",
        "/llms.txt",
    }
    named = {
        path
        for row in re.findall(r"^\| (`/[^|]*) \|", documented("docs/api.md"), re.MULTILINE)
        for path in re.findall(r"`([^`]+)`", row)
    }
    assert named == paths


def test_each_parameter_is_in_the_docs() -> None:
    text = documented("docs/api.md")
    paths = described_paths().values()
    operations = [operation for path in paths for operation in path.values()]
    names = {
        parameter["name"]
        for operation in operations
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    }
    assert not [name for name in names if f"`{name}`" not in text and f"`{name}=" not in text]


def test_each_setting_is_in_the_docs_with_its_default() -> None:
    rows = dict(
        re.findall(
            r"^\| `(BRIEFBASE_\w+)` \| `([^`]*)` \|",
            documented("docs/configuration.md"),
            re.MULTILINE,
        )
    )
    assert rows == {
        f"BRIEFBASE_{name}".upper(): str(info.default).lower()
        if isinstance(info.default, bool)
        else str(info.default)
        for name, info in Settings.model_fields.items()
    }


def test_each_command_is_in_the_docs() -> None:
    text = documented("docs/cli.md")
    for name, command in commands("briefbase", typer.main.get_command(cli)):
        rows = [
            line for line in text.splitlines() if line.startswith((f"| `{name} ", f"| `{name}`"))
        ]
        assert rows, name
        for option in command.params:
            for flag in option.opts:
                assert not flag.startswith("--") or flag == "--help" or flag in rows[0], (
                    f"{name} {flag}"
                )


def commands(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """The commands of a group and of the groups below it, each with its whole name."""
    for below in getattr(command, "commands", {}).values():
        yield from commands(f"{name} {below.name}", below)
    if not hasattr(command, "commands"):
        yield name, command


def test_each_link_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def examples() -> list[tuple[str, str]]:
    """Return each `curl` of the README with the answer printed below it."""
    pairs = re.findall(
        r"```sh\ncurl (?:-L )?'http://127\.0\.0\.1:8000([^']+)'\n```\n\n```(?:json|text)\n(.*?)```",
        documented("README.md"),
        re.DOTALL,
    )
    assert len(pairs) >= 8
    return pairs


@pytest.mark.parametrize(("path", "answer"), examples())
def test_the_answers_in_the_readme_are_those_of_the_api(
    client: TestClient, path: str, answer: str
) -> None:
    response = client.get(path, follow_redirects=True)
    text = response.text
    if "json" in response.headers["content-type"]:
        text = json.dumps(response.json(), indent=2, ensure_ascii=False)
    position = 0
    for piece in answer.split("…"):
        # An ellipsis stands for any text, at any depth of indentation.
        position = text.index(piece.strip(" ,\n"), position) + len(piece.strip(" ,\n"))


def test_each_decision_is_numbered_once() -> None:
    numbers = [int(page.name[:4]) for page in sorted((ROOT / "docs/decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
