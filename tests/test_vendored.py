"""Files of others are the ones that are declared, byte for byte."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DECLARATIONS = sorted(ROOT.glob("app/**/VENDORED.md"))
ROW = re.compile(r"^\| `(?P<name>[^`]+)` \| `(?P<sha256>[0-9a-f]{64})` \|$", re.MULTILINE)


def test_something_is_declared() -> None:
    assert DECLARATIONS


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda path: path.parent.name)
def test_vendored_files_are_as_declared(declaration: Path) -> None:
    declared = {row["name"]: row["sha256"] for row in ROW.finditer(declaration.read_text())}
    result = {
        path.relative_to(declaration.parent).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in declaration.parent.rglob("*")
        if path.is_file() and path != declaration
    }
    assert result == declared


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda path: path.parent.name)
def test_a_declaration_says_name_version_and_licence(declaration: Path) -> None:
    text = declaration.read_text()
    for field in ("npm package", "version", "licence"):
        assert re.search(rf"^\| {field} \| .*\S.* \|$", text, re.MULTILINE), field
    assert (declaration.parent / "LICENSE").exists()


def test_the_docs_page_runs_under_its_policy() -> None:
    """No inline script, no handler, no style attribute, nothing from another host: what `script-src 'self'` lets through."""
    page = (ROOT / "app/api/static/docs.html").read_text()
    assert not re.search(
        r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", page, re.IGNORECASE
    )
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert addresses
    for address in addresses:
        assert not re.match(r"(?:[a-z]+:)?//", address), address
        assert address == "openapi.json" or (ROOT / "app/api" / address).is_file(), address
