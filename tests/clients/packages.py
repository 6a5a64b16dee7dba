"""Makes the packages in `clients/`: generated code below the thin layers, then calls with each."""

import json
import os
import shutil
from pathlib import Path

from tests.clients.generators import BIN, BUILD, CALLS, PYTHON, ROOT, Document, run

CLIENTS = ROOT / "clients"
NOTEBOOK = ROOT / "docs" / "notebooks" / "research.ipynb"
GENERATED = CLIENTS / "python" / "briefbase_client" / "generated"
SCHEMA = CLIENTS / "typescript" / "src" / "schema.ts"
_CONFIG = """content_type_overrides:
  application/x-ndjson: application/octet-stream
  text/markdown: application/octet-stream
literal_enums: true
post_hooks: []
"""


def make_python(document: Path) -> None:
    """Generate the modules that `clients/python` wraps."""
    config = BUILD / "briefbase_client.yaml"
    config.write_text(_CONFIG)
    shutil.rmtree(GENERATED, ignore_errors=True)
    program = str(PYTHON / "openapi-python-client")
    places = ["--path", str(document), "--output-path", str(GENERATED), "--config", str(config)]
    run([program, "generate", "--meta", "none", *places, "--fail-on-warning"])


def make_typescript(document: Path) -> None:
    """Generate the types that `clients/typescript` uses, and compile it strictly."""
    run([str(BIN / "openapi-typescript"), str(document), "-o", str(SCHEMA)])
    folder = CLIENTS / "typescript"
    modules = folder / "node_modules"
    if not modules.exists():
        modules.symlink_to(BUILD / "npm" / "node_modules")
    run([str(BIN / "tsc"), "-p", str(folder)], cwd=folder)


def call_python(env: dict[str, str]) -> int:
    """Return how many calls of the Python package were answered as they should be."""
    program = str(CALLS / "python_package.py")
    paths = {"PYTHONPATH": str(CLIENTS / "python")}
    return run([str(PYTHON / "python"), program], env=env | paths).count("ok ")


def call_typescript(env: dict[str, str]) -> int:
    """Return how many calls of the TypeScript package were answered as they should be."""
    program = CLIENTS / "typescript" / "dist" / "calls.mjs"
    program.write_text((CALLS / "typescript_package.mjs").read_text())
    return run(["node", str(program)], env=env).count("ok ")


def run_notebook(env: dict[str, str]) -> int:
    """Return how many of the notebook's questions were answered with a plot."""
    program = str(CALLS / "notebook.py")
    paths = {"PYTHONPATH": str(CLIENTS / "python")}
    command = [str(PYTHON / "python"), program, str(NOTEBOOK)]
    return run(command, env=env | paths).count("ok ")


def make(document: Document, env: dict[str, str], with_npm: bool) -> bool:
    """Make the packages and call the server with each; return whether all calls are right."""
    path = BUILD / "openapi.json"
    path.write_text(json.dumps(document, ensure_ascii=False))
    make_python(path)
    counts = {
        "clients/python": (call_python(env), 11),
        "docs/notebooks": (run_notebook(env), 5),
    }
    if with_npm:
        make_typescript(path)
        counts["clients/typescript"] = (call_typescript(env), 6)
    for name, (right, all_calls) in counts.items():
        print(f"{name:28} {right}/{all_calls} calls")
    return all(right == all_calls for right, all_calls in counts.values())


def environment(base: str, key: str = "") -> dict[str, str]:
    """Return the environment of a program that calls the server at `base`."""
    return os.environ | {"BASE": base, "KEY": key, "NO_PROXY": "127.0.0.1"}
