"""Generators of clients: how each is run, and which operations of the document it made."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CALLS = HERE / "calls"
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "clients"
BIN = BUILD / "npm" / "node_modules" / ".bin"
PYTHON = BUILD / "python" / "bin"
Document = dict[str, Any]
_TIMEOUT_SECONDS = 300
_COMPILE = (
    *("--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "commonjs"),
    *("--moduleResolution", "node10", "--lib", "es2022,dom,dom.iterable", "--types", "node"),
)
_MODELS = (
    *("--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel"),
    *("--openapi-scopes", "schemas", "paths", "parameters", "--use-operation-id-as-name"),
    *("--use-annotated", "--enum-field-as-literal", "all", "--target-python-version", "3.11"),
    *("--disable-timestamp", "--formatters", "builtin"),
)


@dataclass(frozen=True)
class Generator:
    """A generator: its command, the file or folder it writes, and its calls."""

    name: str
    command: Callable[[Path, Path], list[str]]
    """Returns the command for a document and an output."""
    output: str
    calls: str
    made: Callable[[Path, Document], set[str]]
    """Returns the ids of the operations that are in the output."""


def run(command: list[str], seconds: float = _TIMEOUT_SECONDS, **options: Any) -> str:
    """Return the output of a command. Raises RuntimeError with the output if it fails."""
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        **options,
    )
    text = result.stdout + result.stderr
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{text}")
    return text


def operations(document: Document) -> dict[str, Document]:
    """Return the operations of a document by id."""
    by_id: dict[str, Document] = {}
    for methods in document["paths"].values():
        for operation in methods.values():
            by_id[operation["operationId"]] = operation
    return by_id


def _matching(pattern: str) -> Callable[[Path, Document], set[str]]:
    """Return a reader of operations whose ids a pattern finds in a file."""

    def made(output: Path, document: Document) -> set[str]:
        names = re.findall(pattern, output.read_text(), re.MULTILINE)
        return set(names) & operations(document).keys()

    return made


def _in_sdk(output: Path, document: Document) -> set[str]:
    return _matching(r"^export const (\w+) = ")(output / "sdk.gen.ts", document)


def _in_modules(output: Path, document: Document) -> set[str]:
    """Return the operations with a module that has the function `sync_detailed`."""
    modules = set()
    for path in output.glob("api/*/*.py"):
        if "def sync_detailed(" in path.read_text():
            modules.add(path.stem.replace("_", ""))
    return {name for name in operations(document) if name.lower() in modules}


def _in_models(output: Path, document: Document) -> set[str]:
    """Return the operations whose query, body and JSON answers all have models."""
    classes = set(re.findall(r"^class (\w+)\(", output.read_text(), re.MULTILINE))
    made = set()
    for name, operation in operations(document).items():
        needed = {_class_name(ref) for ref in _references(operation)}
        if any(parameter["in"] == "query" for parameter in operation.get("parameters", ())):
            needed.add(f"{name[0].upper()}{name[1:]}ParametersQuery")
        if needed <= classes:
            made.add(name)
    return made


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return set()
    names = set()
    for key, inner in value.items():
        if key == "$ref":
            names.add(inner.rpartition("/")[2])
        else:
            names |= _references(inner)
    return names


def _class_name(schema: str) -> str:
    return schema.replace("_", "")


def _types(document: Path, output: Path) -> list[str]:
    return [str(BIN / "openapi-typescript"), str(document), "-o", str(output)]


def _hey(document: Path, output: Path) -> list[str]:
    plugin = "@hey-api/client-fetch"
    return [str(BIN / "openapi-ts"), "-i", str(document), "-o", str(output), "-p", plugin]


def _orval(document: Path, output: Path) -> list[str]:
    config = output.with_name("orval.config.mjs")
    target = f"{{ target: {str(output)!r}, client: 'fetch', baseUrl: process.env.BASE }}"
    config.write_text(f"export default {{ api: {{ input: {str(document)!r}, output: {target} }} }}")
    return [str(BIN / "orval"), "--config", str(config)]


def _python(document: Path, output: Path) -> list[str]:
    config = output.with_name("openapi_python_client.yaml")
    # The generator knows neither NDJSON nor Markdown; their bytes are left as they are.
    overrides = "content_type_overrides:\n"
    for media in ("application/x-ndjson", "text/markdown"):
        overrides += f"  {media}: application/octet-stream\n"
    config.write_text(overrides + "post_hooks: []\n")
    return [
        *(str(PYTHON / "openapi-python-client"), "generate", "--meta", "none", "--overwrite"),
        *("--path", str(document), "--output-path", str(output), "--config", str(config)),
        "--fail-on-warning",
    ]


def _models(document: Path, output: Path) -> list[str]:
    program = str(PYTHON / "datamodel-codegen")
    return [program, "--input", str(document), "--output", str(output), *_MODELS]


GENERATORS = (
    Generator(
        "openapi-typescript",
        _types,
        "schema.ts",
        "openapi-typescript.ts",
        _matching(r"^    (\w+): \{$"),
    ),
    Generator("@hey-api/openapi-ts", _hey, "client", "hey-api.ts", _in_sdk),
    Generator("orval", _orval, "api.ts", "orval.ts", _matching(r"^export const (\w+) = async ")),
    Generator(
        "openapi-python-client",
        _python,
        "client",
        "openapi_python_client.py",
        _in_modules,
    ),
    Generator(
        "datamodel-code-generator",
        _models,
        "client.py",
        "datamodel_code_generator.py",
        _in_models,
    ),
)


def called(generator: Generator, folder: Path, env: dict[str, str]) -> list[str]:
    """Compile the calls strictly if they are TypeScript, run them and return the answered ones."""
    kind = generator.calls.rpartition(".")[2]
    (folder / f"check.{kind}").write_text((CALLS / f"check.{kind}").read_text())
    program = folder / f"calls.{kind}"
    program.write_text((CALLS / generator.calls).read_text())
    command = [str(PYTHON / "python"), str(program)]
    if kind == "ts":
        # CommonJS resolves the imports without extensions that generators write.
        (folder / "package.json").write_text('{"type": "commonjs"}')
        out = folder / "out"
        run([str(BIN / "tsc"), *_COMPILE, "--outDir", str(out), str(program)], cwd=folder)
        command = ["node", str(out / "calls.js")]
    lines = run(command, cwd=folder, env=env).splitlines()
    return [line.removeprefix("ok ") for line in lines if line.startswith("ok ")]
