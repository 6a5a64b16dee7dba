"""Generates every client from the served document, calls a server with each, and lints.

First makes the packages in `clients/`. Needs a network for the pinned generators; without npm only
the Python package is made. The server listens on loopback only, over the seeds.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import __version__
from tests.clients import packages
from tests.clients.generators import (
    BIN,
    BUILD,
    GENERATORS,
    HERE,
    ROOT,
    Document,
    Generator,
    called,
    operations,
    run,
)
from tests.servers import Server, briefbase

CALLS = 10
"""Calls that each client makes."""
_ROW = "{:28} {:>10} {:>12} {:>8} {:>9}"


def install_python() -> None:
    """Install the pinned Python generators below `build/clients`, once."""
    requirements = HERE / "requirements.txt"
    stamp = BUILD / "python" / ".installed"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return
    uv = str(Path(sys.executable).with_name("uv"))
    run([uv, "venv", "--clear", "--python", sys.executable, str(BUILD / "python")])
    run([uv, "pip", "install", "--python", str(BUILD / "python"), "-r", str(requirements)])
    stamp.write_text(requirements.read_text())


def install() -> None:
    """Install the pinned generators and linters below `build/clients`, once."""
    modules, stamp = BUILD / "npm", BUILD / "npm" / ".installed"
    modules.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, modules / name)
    pinned = (HERE / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == pinned:
        return
    run(["npm", "ci", "--no-audit", "--no-fund"], cwd=modules)
    stamp.write_text(pinned)


@contextmanager
def server(folder: Path) -> Iterator[tuple[Server, str]]:
    """Run a server over the seeds; yield it and a key with the scope `entities`."""
    url = f"sqlite:///{folder / 'seeds.db'}"
    program = "from app.cli import main; main()"
    command = [sys.executable, "-c", program, "keys", "create", "clients", "--scope", "entities"]
    env = os.environ | {"BRIEFBASE_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    created = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    with briefbase(url, folder) as running:
        yield running, created.stdout.strip()


def report(generator: Generator, document: Document, env: dict[str, str]) -> bool:
    """Generate, call, print a row of the table; return whether everything is there."""
    folder = BUILD / "made" / generator.name.replace("/", "-").removeprefix("@")
    folder.mkdir(parents=True)
    began = time.monotonic()
    output = folder / generator.output
    run(generator.command(BUILD / "openapi.json", output), env=env, cwd=folder)
    seconds = time.monotonic() - began
    made = generator.made(output, document)
    missing = sorted(operations(document).keys() - made)
    answered = called(generator, folder, env)
    is_typed = "strict tsc" if generator.calls.endswith(".ts") else "runs"
    count = f"{len(made)}/{len(operations(document))}"
    calls = f"{len(answered)}/{CALLS}"
    print(_ROW.format(generator.name, count, is_typed, calls, f"{seconds:.1f} s"))
    if missing:
        print(f"  missing: {', '.join(missing)}")
    return not missing and len(answered) == CALLS


def lint() -> bool:
    """Print the errors and warnings of both linters; return whether there is no error."""
    document = str(BUILD / "openapi.json")
    rules = BUILD / "spectral.yaml"
    rules.write_text('extends: ["spectral:oas"]\n')
    is_clean = True
    for name, command in (
        ("redocly (recommended)", ["redocly", "lint", document, "--format=json"]),
        ("spectral (spectral:oas)", ["spectral", "lint", document, "-r", str(rules), "-f", "json"]),
    ):
        program, *arguments = command
        result = subprocess.run(
            [str(BIN / program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=BUILD,
        )
        errors, warnings = counted(result.stdout)
        print(f"{name:28} {errors} errors, {warnings} warnings")
        is_clean = is_clean and not errors and not result.returncode
    return is_clean


def counted(output: str) -> tuple[int, int]:
    """Return the errors and warnings in the JSON of redocly or spectral."""
    start = min(index for index in (output.find("{"), output.find("[")) if index >= 0)
    parsed, _ = json.JSONDecoder().raw_decode(output[start:])
    if isinstance(parsed, dict):
        return parsed["totals"]["errors"], parsed["totals"]["warnings"]
    severities = [problem["severity"] for problem in parsed]
    return severities.count(0), severities.count(1)


def python_only() -> bool:
    """Make the Python package alone; return whether all its calls are right."""
    folder = BUILD / "made" / "server"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with server(folder) as (running, key):
        document = json.loads(running.get("/openapi.json").body)
        env = packages.environment(f"http://127.0.0.1:{running.port}", key)
        return packages.make(document, env, with_npm=False)


def main() -> int:
    """Return 0 if every client is whole, every call is answered and no linter finds an error."""
    install_python()
    if not shutil.which("npm"):
        print("npm is not there; only the Python package is made.")
        return 0 if python_only() else 1
    install()
    shutil.rmtree(BUILD / "made", ignore_errors=True)
    folder = BUILD / "made" / "server"
    folder.mkdir(parents=True)
    # Above every program, so that each finds the packages.
    (BUILD / "made" / "node_modules").symlink_to(BUILD / "npm" / "node_modules")
    with server(folder) as (running, key):
        document = json.loads(running.get("/openapi.json").body)
        (BUILD / "openapi.json").write_text(json.dumps(document, ensure_ascii=False))
        base = f"http://127.0.0.1:{running.port}"
        env = packages.environment(base, key)
        print(f"Briefbase {__version__}, OpenAPI {document['openapi']}")
        print(_ROW.format("client", "operations", "types", "calls", "seconds"))
        is_whole = packages.make(document, env, with_npm=True)
        for generator in GENERATORS:
            is_whole = report(generator, document, env) and is_whole
    return 0 if lint() and is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
