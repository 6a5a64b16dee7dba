"""Every example of the README and of docs/ runs, with what it needs around it."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.store import keys
from app.store.db import Database
from tests.clients.generators import BIN, PYTHON
from tests.clients.packages import CLIENTS, GENERATED
from tests.conftest import new_url
from tests.documents import document, item
from tests.servers import ROOT, briefbase

PLACE = "http://127.0.0.1:8000"
"""The address of the service in the docs."""
KEY = "bb_…"
NOT_RUN = {
    "make run": "it does not end",
    ".venv/bin/briefbase collect": "it reads feeds of others and does not end",
    "BRIEFBASE_DATABASE_URL=postgresql:": "it needs a server of PostgreSQL",
    "docker build": "it needs Docker and a network",
    f"curl '{PLACE}/v1/items?sectoin=market'": "its answer is an error, compared in test_docs",
    "const page = (await listItems(": "`make clients` generates its client, and calls it",
}
"""Examples that cannot run here, by the beginning of their first line, with the reason."""
TABLES = ("items.parquet", "mentions.ndjson", "pairs.csv", "timelines.csv")
BEFORE = {
    "docs/changes.md": "import hashlib, json\nfrom urllib.request import urlopen\n"
    f"page = json.load(urlopen('{PLACE}/v1/changes'))\n",
    "docs/exports.md": "import duckdb, pandas, polars, pyarrow.csv\n"
    "from urllib.request import urlretrieve\n"
    f"for name in {TABLES}:\n    urlretrieve(f'{PLACE}/v1/exports/{{name}}', name)\n",
    "docs/clients.md": "from briefbase_client.generated import Client\n"
    "from briefbase_client.generated.api.items import list_items\n"
    "from briefbase_client.generated.models import PageItemOut\n"
    f"client = Client('{PLACE}')\n",
}
"""Lines that fragments of a page stand behind: fragments import nothing."""


@dataclass(frozen=True)
class Example:
    """A block of a page; blocks of one page that write are one program."""

    page: str
    language: str
    program: str

    @property
    def writes(self) -> bool:
        """Whether it needs a key or a command, so a database of its own."""
        return KEY in self.program or bool(re.search(r"(^|/)briefbase ", self.program, re.M))

    def follows(self, other: "Example") -> bool:
        """Whether its commands go on where those of another block of the page end."""
        both = (self, other)
        if any(example.language != "sh" or not example.writes for example in both):
            return False
        return self.page == other.page

    def __str__(self) -> str:
        return f"{self.page} {self.language}"


def blocks() -> list[Example]:
    """Return all blocks of commands, programs and requests."""
    listed = []
    for path in (ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))):
        page = str(path.relative_to(ROOT))
        for language, program in re.findall(
            r"^```(sh|python|ts|http)\n(.*?)^```", path.read_text(), re.DOTALL | re.MULTILINE
        ):
            listed.append(Example(page, language, program))
    return listed


def examples() -> list[Example]:
    """Return the examples that run, those of a page that write commands as one."""
    runs: list[Example] = []
    for example in blocks():
        if example.program.startswith(tuple(NOT_RUN)):
            continue
        last = runs[-1] if runs else None
        if last and example.follows(last):
            runs[-1] = Example(last.page, "sh", last.program + example.program)
        else:
            runs.append(example)
    return runs


def test_no_example_is_left_out_without_a_reason() -> None:
    programs = [example.program for example in blocks()]
    left_out = [program for program in programs if program.startswith(tuple(NOT_RUN))]
    assert len(left_out) == len(NOT_RUN)
    assert len(programs) - len(left_out) >= 28


@dataclass(frozen=True)
class Service:
    """A server over the seeds, with a key for writing."""

    address: str
    url: str
    key: str


def service(folder: Path) -> Iterator[Service]:
    url = new_url("sqlite", folder, seeded=True)
    database = Database(url)
    with database.write() as session:
        _, key = keys.create(session, "bot", ("admin",), datetime.now(UTC))
    database.close()
    with briefbase(url, folder, seeds="false") as server:
        yield Service(f"http://127.0.0.1:{server.port}", url, key)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    yield from service(tmp_path_factory.mktemp("reading"))


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of its own: other examples show the seeds."""
    yield from service(tmp_path_factory.mktemp("writing"))


@pytest.mark.parametrize("example", examples(), ids=str)
def test_an_example_runs(request: pytest.FixtureRequest, tmp_path: Path, example: Example) -> None:
    served: Service = request.getfixturevalue("writing" if example.writes else "reading")
    program = example.program
    if example.language == "python" and "import " not in program:
        program = BEFORE[example.page] + program + "print('ran')\n"
    for name, value in ((PLACE, served.address), (KEY, served.key), (".venv/bin/", "")):
        program = program.replace(name, value)
    if example.language == "http":
        return check_request(served.address, program)
    (tmp_path / "2026-01-02.md").write_text(document("2026-01-02", item("題")))
    folder = tmp_path / "path" / "to" / "briefings"
    folder.mkdir(parents=True)
    (folder / "2026-01-03.md").write_text(document("2026-01-03", item("題")))
    environment = {
        "PYTHONPATH": str(CLIENTS / "python"),
        "NO_PROXY": "127.0.0.1",
        "BRIEFBASE_DATABASE_URL": served.url,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    output = subprocess.run(
        command(example.language, program, tmp_path),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | environment,
    )
    assert output.returncode == 0, output.stdout + output.stderr
    assert output.stdout.strip()


def check_request(address: str, program: str) -> None:
    """Send a request as it stands in the docs."""
    line, *headers = program.strip().splitlines()
    method, path = line.split(" ")
    stated = dict(header.split(": ", 1) for header in headers)
    request = urllib.request.Request(address + path, headers=stated, method=method)
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def command(language: str, program: str, folder: Path) -> list[str]:
    """Return the command that runs an example; skip without what it needs."""
    if language == "sh":
        for name in ("curl", "jq"):
            if name in program and not shutil.which(name):
                pytest.skip(f"{name} is not installed")
        checked = program.replace("curl ", "curl --silent --show-error --fail ")
        return ["bash", "-euo", "pipefail", "-c", checked]
    if language == "ts":
        return compiled(program, folder)
    (folder / "example.py").write_text(program)
    for name in ("duckdb", "pandas", "polars", "pyarrow"):
        if f"{name}." in program and not importlib.util.find_spec(name):
            pytest.skip(f"{name} is not installed")
    if "briefbase_client" not in program:
        return [sys.executable, "example.py"]
    if not GENERATED.exists() or not (PYTHON / "python").exists():
        pytest.skip("make clients has not made the package")
    return [str(PYTHON / "python"), "example.py"]


def compiled(program: str, folder: Path) -> list[str]:
    """Return the command that runs a TypeScript example, compiled strictly."""
    if not shutil.which("node") or not (CLIENTS / "typescript" / "dist").exists():
        pytest.skip("make clients has not made the package")
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "briefbase-client").symlink_to(CLIENTS / "typescript")
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "example.ts").write_text(program)
    options = "--strict --target es2022 --module esnext --moduleResolution bundler"
    libraries = ["--lib", "es2022,dom,dom.iterable"]
    compiler = [str(BIN / "tsc"), *options.split(), *libraries, "example.ts"]
    subprocess.run(compiler, check=True, cwd=folder)
    return ["node", "example.js"]


def test_the_page_without_a_build_step_shows_the_headlines(
    reading: Service, tmp_path: Path
) -> None:
    browser = shutil.which("chromium")
    if not browser:
        pytest.skip("Chromium is not installed")
    page = f"file://{ROOT}/docs/examples/page.html?base={reading.address}"
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
    options += ["--virtual-time-budget=8000", "--dump-dom"]
    opened = subprocess.run([browser, *options, page], capture_output=True, text=True, check=True)
    assert 'role="status">6 of 6<' in opened.stdout
    assert opened.stdout.count("<li>") == 6
