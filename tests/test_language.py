"""The language rules of CONTRIBUTING.md that a program can check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("tests/**/*.py")])
OPENING = re.compile(r"(What|Who|Whose|Of|So many|The same)\b")
NO_NAMES = frozenset("found held given said told own one many most kept wanted shown".split())
MAX_COLUMNS = 100
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Yield each source file, relative to the project, with its syntax tree."""
    for path in FILES:
        yield path.relative_to(ROOT), ast.parse(path.read_text())


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
    offenders = [
        f"{path}:{line}: {text[:60]!r}"
        for path, tree in trees()
        for line, text in docstrings(tree)
        if OPENING.match(text)
    ]
    assert not offenders, "\n".join(offenders)


def test_names_are_nouns_of_the_domain() -> None:
    offenders = [
        f"{path}:{line}: {name}"
        for path, tree in trees()
        for line, name in assigned_names(tree)
        if name in NO_NAMES
    ]
    assert not offenders, "\n".join(offenders)


def test_a_statement_holds_one_comprehension_level() -> None:
    offenders = []
    for path, tree in trees():
        if path.parts[0] != "app":
            continue
        for node in ast.walk(tree):
            if not isinstance(node, _COMPREHENSIONS):
                continue
            inner = [below for below in ast.walk(node) if below is not node]
            if any(isinstance(below, _COMPREHENSIONS) for below in inner):
                offenders.append(f"{path}:{node.lineno}")
    assert not offenders, "\n".join(offenders)


def test_code_ends_at_a_hundred_columns() -> None:
    """Data of the tests may be longer: a Chinese sentence on one line reads better."""
    offenders = []
    for path in sorted(ROOT.glob("app/**/*.py")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line) > MAX_COLUMNS:
                offenders.append(f"{path.relative_to(ROOT)}:{number}: {len(line)} columns")
    assert not offenders, "\n".join(offenders)


def test_prose_ends_at_a_hundred_columns() -> None:
    """Rows of tables and addresses cannot be broken."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    offenders = []
    for page in pages:
        code = False
        for number, line in enumerate(page.read_text().splitlines(), 1):
            code ^= line.startswith("```")
            breakable = " " in line.strip()[:MAX_COLUMNS]
            table = line.lstrip().startswith("|")
            if len(line) > MAX_COLUMNS and breakable and not (table or code):
                offenders.append(f"{page.relative_to(ROOT)}:{number}: {len(line)} columns")
    assert not offenders, "\n".join(offenders)
