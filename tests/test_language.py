"""The language rules of CONTRIBUTING.md that a program can check."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("tests/**/*.py")])
OPENING = re.compile(r"(What|Who|Whose|Of|So many|The same)\b")
NO_NAMES = frozenset("found held given said told own one many most kept wanted shown".split())
MAX_COLUMNS = 100
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@cache
def offenders() -> dict[str, list[str]]:
    """Return the places that break a rule, by rule: each file is parsed once for all rules."""
    places: dict[str, list[str]] = {"docstring": [], "name": [], "comprehension": []}
    for file in FILES:
        path, tree = file.relative_to(ROOT), ast.parse(file.read_text())
        for line, text in docstrings(tree):
            if OPENING.match(text):
                places["docstring"].append(f"{path}:{line}: {text[:60]!r}")
        for line, name in assigned_names(tree):
            if name in NO_NAMES:
                places["name"].append(f"{path}:{line}: {name}")
        if path.parts[0] == "app":
            places["comprehension"] += [f"{path}:{line}" for line in nested_comprehensions(tree)]
    return places


def nested_comprehensions(tree: ast.Module) -> Iterator[int]:
    """Yield the line of each comprehension that holds another one."""
    for node in ast.walk(tree):
        if isinstance(node, _COMPREHENSIONS):
            inner = [below for below in ast.walk(node) if below is not node]
            if any(isinstance(below, _COMPREHENSIONS) for below in inner):
                yield node.lineno


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each docstring, those below attributes included."""
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and (text := ast.get_docstring(node)):
            yield getattr(node, "lineno", 1), text
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text


def assigned_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and name of each variable and parameter, but not of a shape's fields.

    Fields are public words, such as `own` in the answer of related entities.
    """
    fields: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            fields.update(id(line.target) for line in node.body if isinstance(line, ast.AnnAssign))
    for node in ast.walk(tree):
        if id(node) in fields:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def test_docstrings_begin_with_a_verb_or_a_noun() -> None:
    assert not offenders()["docstring"], "\n".join(offenders()["docstring"])


def test_names_are_nouns_of_the_domain() -> None:
    assert not offenders()["name"], "\n".join(offenders()["name"])


def test_a_statement_holds_one_comprehension_level() -> None:
    assert not offenders()["comprehension"], "\n".join(offenders()["comprehension"])


def test_code_ends_at_a_hundred_columns() -> None:
    """Data of the tests may be longer: a Chinese sentence on one line reads better."""
    lines = []
    for path in sorted(ROOT.glob("app/**/*.py")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line) > MAX_COLUMNS:
                lines.append(f"{path.relative_to(ROOT)}:{number}: {len(line)} columns")
    assert not lines, "\n".join(lines)


def test_prose_ends_at_a_hundred_columns() -> None:
    """Rows of tables and addresses cannot be broken."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    lines = []
    for page in pages:
        code = False
        for number, line in enumerate(page.read_text().splitlines(), 1):
            code ^= line.startswith("```")
            breakable = " " in line.strip()[:MAX_COLUMNS]
            table = line.lstrip().startswith("|")
            if len(line) > MAX_COLUMNS and breakable and not (table or code):
                lines.append(f"{page.relative_to(ROOT)}:{number}: {len(line)} columns")
    assert not lines, "\n".join(lines)
