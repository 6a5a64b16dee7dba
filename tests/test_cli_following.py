"""The commands of writers and followers, run as a user runs them, against a running server."""

import io
import json
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from app.cli import main
from app.settings import ROOT
from tests.documents import briefing, item
from tests.servers import TIMEOUT_SECONDS, Server
from tests.servers import briefbase as serving
from tests.test_folders import git

TEXT = briefing(item("甲", entities="NVIDIA, Foobar Lab"))


def environment(folder: Path, database: str = "base") -> dict[str, str]:
    """Return the environment of commands over a SQLite database in a folder."""
    return {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "100",
        "BRIEFBASE_SEEDS": "false",
        "BRIEFBASE_DATABASE_URL": f"sqlite:///{folder / database}.db",
    }


def run(folder: Path, *arguments: str, database: str = "base") -> tuple[int, str, str]:
    """Run a command in a folder, as a shell would; return its code and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with (
        chdir(folder),
        patch.dict(os.environ, environment(folder, database)),
        patch.object(sys, "argv", ["briefbase", *arguments]),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", err.getvalue())
    return int(ended.value.code or 0), out.getvalue(), plain


def post(server: Server, key: str, text: str) -> int:
    """Post a document with a key; return the status."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/v1/briefings",
        text.encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "text/markdown"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_commands_beside_a_running_server(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'base.db'}"
    with serving(url, tmp_path, seeds="false", log_level="error") as server:
        code, key, notice = run(tmp_path, "keys", "create", "bot", "--scope", "ingest")
        assert (code, key[:3], "shown only once" in notice) == (0, "bb_", True)
        assert post(server, key.strip(), TEXT) == 201
        _, rotated, _ = run(tmp_path, "keys", "rotate", "bot", "--overlap", "0")
        assert post(server, key.strip(), TEXT) == 401
        assert post(server, rotated.strip(), TEXT) == 200
        source = f"http://127.0.0.1:{server.port}"
        copied = run(tmp_path, "mirror", source, "--once", database="copy")
        assert (copied[0], "2026-01-02: added" in copied[1]) == (0, True), copied
        checked = run(tmp_path, "mirror", source, "--check", database="copy")
        assert checked[:2] == (0, "All exports are equal.\n"), checked
        assert run(tmp_path, "delete", "2026-01-02", "--reason", "a mistake")[0] == 0
        gone = server.get("/v1/briefings/2026-01-02")
        assert (gone.status, b"a mistake" in gone.body) == (410, True)
        assert run(tmp_path, "restore", "2026-01-02")[0] == 0
        assert server.get("/v1/briefings/2026-01-02").status == 200
        assert run(tmp_path, "keys", "revoke", rotated[:11])[0] == 0
        assert post(server, rotated.strip(), TEXT) == 401
        acts = [json.loads(line) for line in run(tmp_path, "audit", "--json")[1].splitlines()]
    assert [(act["actor"], act["action"]) for act in reversed(acts)] == [
        *(("cli", "key.create"), ("bot", "ingest"), ("cli", "key.rotate")),
        *(("cli", "delete"), ("cli", "restore"), ("cli", "key.revoke")),
    ]


def test_a_folder_is_watched_until_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "2026-01-02.md").write_text(TEXT)
    with subprocess.Popen(
        [sys.executable, "-c", "from app.cli import main; main()", "watch", "in"],
        cwd=tmp_path,
        env=os.environ | environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        lines = [process.stdout.readline()]
        part = folder / ".2026-01-03.md.swp"
        part.write_text(TEXT.replace("2026-01-02", "2026-01-03"))
        part.rename(folder / "2026-01-03.md")
        lines.append(process.stdout.readline())
        (folder / "old").mkdir()
        (folder / "2026-01-03.md").rename(folder / "old" / "2026-01-03.md")
        lines += [process.stdout.readline(), process.stdout.readline()]
        process.terminate()
        _, err = process.communicate(timeout=TIMEOUT_SECONDS)
    assert lines[:3] == [
        "2026-01-02.md: added: 2026-01-02\n",
        "2026-01-03.md: added: 2026-01-03\n",
        "2026-01-03.md: unchanged: 2026-01-03\n",
    ]
    assert lines[3].startswith("2026-01-03.md: moved to ")
    assert (process.returncode, "Stopped." in err) == (0, True)


def test_the_history_of_a_checkout_is_ingested(tmp_path: Path) -> None:
    path = tmp_path / "2026-01-02.md"
    git(tmp_path, "init", "-q")
    for number, text in enumerate((TEXT, TEXT.replace("甲", "乙")), 1):
        path.write_text(text)
        git(tmp_path, "add", path.name)
        git(tmp_path, "commit", "-qm", "x", at=f"2026-01-0{number}T08:00:00+08:00")
    # Documents that are no longer there have a history, too.
    git(tmp_path, "rm", "-q", path.name)
    git(tmp_path, "commit", "-qm", "y", at="2026-01-05T08:00:00+08:00")
    code, out, _ = run(tmp_path, "ingest", "--history", "--json", ".")
    statuses = [json.loads(line)["status"] for line in out.splitlines()]
    assert (code, statuses) == (0, ["added", "replaced"])


@contextmanager
def _other_service() -> Iterator[str]:
    """Yield the address of a service that is no Briefbase."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>welcome</html>")

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_wrong_input_ends_as_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "2026-01-02.md").write_text(TEXT)
    assert run(tmp_path, "migrate")[0] == 0
    with _other_service() as address:
        cases = [
            (("mirror", "nonsense"), 1, "url: 'nonsense' is not valid; expected the address"),
            (("mirror", address), 1, "answers without changes; is it a Briefbase?"),
            (("watch", "nowhere"), 2, "'nowhere' does not exist"),
            (("ingest", "--history", "."), 1, "has no history"),
            (("delete", "2026-01-09", "--reason", "x"), 1, "There is no briefing '2026-01-09'."),
            (("keys", "revoke", "nobody"), 1, "There is no live key 'nobody'."),
        ]
        for arguments, code, words in cases:
            outcome = run(tmp_path, *arguments)
            assert (outcome[0], words in outcome[2]) == (code, True), (arguments, outcome)


def test_commands_about_what_is_stored_create_no_database(tmp_path: Path) -> None:
    for arguments in (
        ("delete", "2026-01-02", "--reason", "x"),
        ("restore", "2026-01-02"),
        ("purge", "2026-01-02", "--reason", "x", "--yes"),
        ("audit",),
        ("keys", "list"),
        ("keys", "revoke", "bot"),
        ("keys", "rotate", "bot"),
    ):
        code, _, err = run(tmp_path, *arguments)
        assert code == 1, arguments
        assert f"{tmp_path}/base.db does not exist; expected a database" in err, arguments
    assert not list(tmp_path.iterdir())


def test_listed_keys_can_be_copied(tmp_path: Path) -> None:
    run(tmp_path, "keys", "create", "a bot with a long name", "--scope", "ingest")
    line = run(tmp_path, "keys", "list")[1].splitlines()[1]
    assert "…" not in line.replace("… ", "", 1)
    assert run(tmp_path, "keys", "revoke", line.split()[0])[0] == 0
