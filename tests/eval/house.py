"""Measures of the code: density, width, names with two meanings, arrows between rooms.

`make metrics` prints them. The measures and their limits are those of `docs/decisions/0021-rooms-by-concept.md`.
"""

import ast
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
MAX_COLUMNS = 100
LIST_REQUEST = "/v1/items?entity=SGLang&fields=id,title"

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Measure:
    """One row of the table. `limit` is the largest value that is accepted; None where none is set."""

    name: str
    value: float
    limit: float | None = None

    @property
    def is_met(self) -> bool:
        return self.limit is None or self.value <= self.limit


@dataclass(frozen=True)
class Module:
    """A parsed source file. `name` is dotted and begins with `app`."""

    path: Path
    name: str
    lines: list[str]
    tree: ast.Module


def modules(root: Path = APP) -> list[Module]:
    """Return the parsed modules below `root`, in order of their paths."""
    parsed = []
    for path in sorted(root.rglob("*.py")):
        text = path.read_text()
        parts = path.relative_to(root.parent).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        parsed.append(Module(path, name, text.splitlines(), ast.parse(text)))
    return parsed


def function_bodies(tree: ast.AST) -> Iterator[tuple[int, int]]:
    """Yield (AST nodes, lines) of each function's body, its docstring left out."""
    for node in ast.walk(tree):
        if not isinstance(node, _FUNCTIONS):
            continue
        body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
        if not body:
            continue
        nodes = sum(1 for statement in body for _ in ast.walk(statement))
        assert node.end_lineno is not None
        yield nodes, node.end_lineno - body[0].lineno + 1


def names_with_two_meanings(parsed: list[Module]) -> dict[str, list[str]]:
    """Return the class names that several modules define at their top level, with those modules."""
    homes: dict[str, list[str]] = defaultdict(list)
    for module in parsed:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef):
                homes[node.name.lstrip("_")].append(module.name)
    return {name: sorted(places) for name, places in sorted(homes.items()) if len(places) > 1}


def imports(parsed: list[Module]) -> dict[str, set[str]]:
    """Return which modules of the application each module imports, deferred imports included."""
    known = {module.name for module in parsed}
    edges: dict[str, set[str]] = {}
    for module in parsed:
        targets: set[str] = set()
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                targets.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    targets.add(inner if inner in known else node.module)
        edges[module.name] = (targets & known) - {module.name}
    return edges


def rooms_arrows(edges: dict[str, set[str]], room: str) -> set[tuple[str, str]]:
    """Return the arrows between the sub-rooms of `room`; a flat file is a room of its own."""
    depth = room.count(".") + 2
    arrows = set()
    for source, targets in edges.items():
        for target in targets:
            if not (source.startswith(f"{room}.") and target.startswith(f"{room}.")):
                continue
            arrow = _head(source, depth), _head(target, depth)
            if arrow[0] != arrow[1]:
                arrows.add(arrow)
    return arrows


def largest_circle(edges: dict[str, set[str]]) -> int:
    """Return the size of the largest strongly connected component; 0 where no module is in a circle."""
    reachable = {name: _reachable(edges, name) for name in edges}
    sizes = [0]
    for name, targets in reachable.items():
        if name in targets:
            sizes.append(sum(1 for other in targets if name in reachable[other]))
    return max(sizes)


def files_entered(url: str = LIST_REQUEST) -> set[str]:
    """Return the files of the application whose functions run for the first request of `url`."""
    from fastapi.testclient import TestClient  # noqa: PLC0415 - measuring imports needs none of it

    from app import startup  # noqa: PLC0415 - measuring imports needs none of it
    from app.main import create_app  # noqa: PLC0415 - measuring imports needs none of it
    from app.settings import Settings  # noqa: PLC0415 - measuring imports needs none of it

    entered: set[str] = set()

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(str(APP)):
            entered.add(frame.f_code.co_filename)

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/metrics.db", log_level="error")
        with TestClient(create_app(settings)) as client:
            assert client.get("/v1/items?limit=1").json()["data"], "the seeds are loaded"
            # The event loop runs in a thread of its own: the profile must be set for all threads.
            client.portal.call(sys.setprofile, profile)  # type: ignore[union-attr]  # set while it is open
            response = client.get(url)
            client.portal.call(sys.setprofile, None)  # type: ignore[union-attr]  # set while it is open
    assert response.status_code == 200, response.text
    assert startup.SEEDS.is_dir()
    return {str(Path(path).relative_to(ROOT)) for path in entered}


def measures(parsed: list[Module]) -> list[Measure]:
    """Return the measures that reading the source gives."""
    lines = [line for module in parsed for line in module.lines]
    full_lines = sum(1 for line in lines if line.strip())
    nodes = [node for module in parsed for node in ast.walk(module.tree)]
    bodies = [body for module in parsed for body in function_bodies(module.tree)]
    body_lines = [lines for _, lines in bodies]
    edges = imports(parsed)

    def per_thousand(*kinds: type[ast.AST]) -> float:
        return 1000 * sum(1 for node in nodes if isinstance(node, kinds)) / full_lines

    return [
        Measure("files", len(parsed)),
        Measure("lines", len(lines)),
        Measure("longest file, lines", max(len(module.lines) for module in parsed)),
        Measure("function lines, median", statistics.median(body_lines)),
        Measure("function lines, largest", max(body_lines)),
        Measure(
            "AST nodes a line of function body", sum(n for n, _ in bodies) / sum(body_lines), 9
        ),
        Measure("comprehensions per 1,000 lines", per_thousand(*_COMPREHENSIONS), 25),
        Measure("conditional expressions per 1,000 lines", per_thousand(ast.IfExp)),
        Measure("walrus operators per 1,000 lines", per_thousand(ast.NamedExpr)),
        Measure("class names with two meanings", len(names_with_two_meanings(parsed)), 0),
        Measure("lines over 100 columns", sum(1 for line in lines if len(line) > MAX_COLUMNS), 0),
        Measure("largest import circle, modules", largest_circle(edges), 0),
        Measure("arrows between rooms of query/", len(rooms_arrows(edges, "app.query")), 105),
        Measure("arrows between rooms of normalize/", len(rooms_arrows(edges, "app.normalize"))),
        Measure("arrows between rooms of store/", len(rooms_arrows(edges, "app.store"))),
        Measure("arrows between rooms of api/", len(rooms_arrows(edges, "app.api"))),
    ]


def _head(name: str, depth: int) -> str:
    return ".".join(name.split(".")[:depth])


def _reachable(edges: dict[str, set[str]], start: str) -> set[str]:
    reached: set[str] = set()
    waiting = list(edges[start])
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(edges[name])
    return reached


def main() -> None:
    parsed = modules()
    rows = measures(parsed)
    entered = files_entered()
    rows.append(Measure("files entered by one list request", len(entered), 16))
    for row in rows:
        limit = f"at most {row.limit:g}" if row.limit is not None else ""
        verdict = "" if row.is_met else "  MISSED"
        print(f"{row.name:42}{row.value:9.1f}  {limit}{verdict}")
    for name, places in names_with_two_meanings(parsed).items():
        print(f"  {name}: {', '.join(places)}")
    for path in sorted(entered):
        print(f"  entered: {path}")
    sys.exit(not all(row.is_met for row in rows))


if __name__ == "__main__":
    main()
