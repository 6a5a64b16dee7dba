"""The command line, run as a shell runs it."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
import typer
from rich.cells import cell_len

from app import __version__
from app.cli import COMMANDS, main
from app.cli.commands import cli
from app.settings import ROOT, Scope
from app.store.db import Database
from tests.documents import briefing, item
from tests.rows import counts

SEED = ROOT / "seeds" / "briefings" / "2025-12-23.md"


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """A function that runs the command in an empty folder, as a shell would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIEFBASE_SEEDS", "false")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("BRIEFBASE_DATABASE_URL", raising=False)

    def call(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["briefbase", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return Outcome(
            int(ended.value.code or 0),
            *(re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", text) for text in captured),
        )

    return call


@pytest.mark.parametrize("command", [*COMMANDS, "entities merge", "keys create"])
def test_every_command_has_help(run: Run, command: str) -> None:
    outcome = run(*command.split(), "--help")
    assert outcome.code == 0
    assert f"briefbase {command} [OPTIONS]" in outcome.out


def test_the_help_lists_every_command_with_its_first_sentence(run: Run) -> None:
    outcome = run("--help")
    assert outcome.code == 0
    group: Any = typer.main.get_command(cli)
    assert set(group.commands) == set(COMMANDS)
    for name, command in group.commands.items():
        assert f"{name:<9}  {COMMANDS[name]}" in outcome.out
        assert command.help.startswith(COMMANDS[name]), name


def test_version(run: Run) -> None:
    assert run("--version")[:2] == (0, f"briefbase {__version__}\n")


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_version_and_help_load_nothing_else(argument: str) -> None:
    script = (
        "import sys\n"
        f"sys.argv = ['briefbase', {argument!r}]\n"
        "import app.cli\n"
        "try:\n    app.cli.main()\nexcept SystemExit:\n    pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(done.stderr.split())
    assert {name for name in loaded if name.startswith("app.")} == {"app.cli"}
    assert not loaded & {"typer", "rich", "pydantic", "sqlalchemy", "fastapi"}


def test_no_command_prints_the_help(run: Run) -> None:
    outcome = run()
    assert outcome.code == 2
    assert outcome.out == run("--help").out


def test_an_unknown_command_is_named(run: Run) -> None:
    outcome = run("ingets")
    assert (outcome.code, "ingets" in outcome.err) == (2, True)


def test_the_help_of_a_key_lists_every_scope(run: Run) -> None:
    outcome = run("keys", "create", "--help")
    assert all(scope in outcome.out for scope in get_args(Scope))


def test_ingest_and_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    document = tmp_path / "docs" / "2026-01-02.md"
    document.write_text(briefing(item("A", "https://a.com", entities="OpenAI"), item("B")))
    first = run("ingest", "docs")
    assert first.code == 0
    assert re.search(r"2026-01-02 簡報 +added +2 +2 +0 +0 +0\n", first.out)
    assert first.out.endswith("1 added.\n")
    again = run("ingest", "docs")
    assert re.search(r"2026-01-02 簡報 +unchanged +2 +0 +0 +0 +0\n", again.out)
    assert again.out.endswith("1 unchanged.\n")
    document.write_text(briefing(item("A", "https://a.com", entities="OpenAI")))
    edited = run("ingest", document)
    assert re.search(r"2026-01-02 簡報 +replaced +1 +0 +0 +1 +0\n", edited.out)
    assert edited.out.endswith("1 replaced.\n")
    assert run("doctor").code == 0


def test_the_table_of_ingest_fits_80_columns(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "2026-01-02.md").write_text(briefing(item("A"), title="很長的標題" * 20))
    (tmp_path / "bad.md").write_text("# No day\n")
    outcome = run("ingest", "2026-01-02.md", "bad.md")
    lines = outcome.out.splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert lines[0].split() == "date title status items added updated removed problems".split()
    assert "…" in lines[1]
    assert re.search(r"bad\.md +failed +1$", lines[2])


def test_ingest_prints_json_lines_for_programs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(briefing(item("A"), item("B"), title="標題"))
    (tmp_path / "bad.md").write_text("# No day\n")
    outcome = run("ingest", "--json", "a.md", "bad.md")
    good, bad = map(json.loads, outcome.out.splitlines())
    assert outcome.code == 1
    assert good == {
        "document": "a.md",
        "briefing": "2026-01-02",
        "date": "2026-01-02",
        "title": "標題",
        "status": "added",
        "items": {"found": 2, "added": 2, "updated": 0, "kept": 0, "removed": 0},
        "problems": [],
        "warnings": [],
        "notes": [],
    }
    assert (bad["document"], bad["status"], bad["date"]) == ("bad.md", "failed", None)
    assert bad["problems"][0].startswith("The document says no date")


def test_a_dry_run_creates_no_database(run: Run, tmp_path: Path) -> None:
    outcome = run("ingest", "--dry-run", SEED)
    assert (outcome.code, outcome.out.splitlines()[-1]) == (0, "1 parsed.")
    assert list(tmp_path.iterdir()) == []


def test_many_documents_and_how_fast(run: Run, tmp_path: Path) -> None:
    for day in range(1, 13):
        (tmp_path / f"2026-01-{day:02}.md").write_text(
            briefing(item("A"), date=f"2026-01-{day:02}")
        )
    outcome = run("ingest", ".")
    assert (outcome.code, outcome.out.endswith("12 added.\n")) == (0, True)
    assert re.search(
        r"12 documents in [\d.]+ s, [\d.]+ a second\. Seconds by stage: .*[a-z]+ [\d.]+",
        outcome.err,
    )
    assert run("ingest", ".").out.endswith("12 unchanged.\n")


def test_another_channel(run: Run, tmp_path: Path) -> None:
    (tmp_path / "2026-01-02.md").write_text(briefing(item("A")))
    outcome = run("ingest", "--json", "--channel", "weekly", "2026-01-02.md")
    assert json.loads(outcome.out)["briefing"] == "weekly:2026-01-02"
    for command in ("ingest", "parse"):
        refused = run(command, "--channel", "No Name", "2026-01-02.md")
        assert (refused.code, "'No Name' is not valid" in refused.err) == (1, True)


def test_a_missing_file(run: Run) -> None:
    for command in ("ingest", "parse"):
        refused = run(command, "nowhere.md")
        assert (refused.code, "'nowhere.md' does not exist" in refused.err) == (2, True)


def test_a_folder_without_markdown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "[docs]").mkdir()
    refused = run("ingest", "[docs]")
    assert (refused.code, refused.err) == (
        1,
        "Error: There is no Markdown file (.md, .markdown) in [docs].\n",
    )
    assert run("parse", "[docs]").code == 2


def test_a_failed_document_among_good_ones(run: Run, tmp_path: Path) -> None:
    (tmp_path / "[red]bad.md").write_text("# No day\n")
    (tmp_path / "good.md").write_text(briefing(item("A")))
    outcome = run("ingest", ".")
    assert outcome.code == 1
    assert outcome.out.endswith("1 failed, 1 added.\n")
    assert "[red]bad.md: The document says no date" in outcome.err


def test_stored_documents_are_reported_when_the_database_fails(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One transaction takes 32 documents.
    for number in range(33):
        day = date(2026, 1, 1) + timedelta(number)
        (tmp_path / f"{day}.md").write_text(briefing(item("A"), date=str(day)))
    write, calls = Database.write, []

    def fail_later(self: Database) -> Any:
        calls.append(self)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return write(self)

    monkeypatch.setattr(Database, "write", fail_later)
    outcome = run("ingest", ".")
    assert (outcome.code, outcome.out.splitlines()[-1]) == (1, "32 added.")
    assert "the database cannot be used: The disk of the database is full." in outcome.err


@pytest.mark.parametrize(
    "command",
    [("migrate",), ("ingest", SEED), ("serve", "--port", "0")],
    ids=lambda command: str(command[0]),
)
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "is not a database URL"),
        ("mysql://u@h/x", "expected sqlite or postgresql"),
        ("postgresql://nobody@127.0.0.1:1/x", "Connection refused"),
        ("sqlite:////nowhere/at/all.db", "No such file or directory"),
        ("sqlite:////dev/null/a.db", "Not a directory"),
    ],
)
def test_an_unusable_database(
    run: Run, command: tuple[str | Path, ...], url: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEFBASE_DATABASE_URL", url)
    refused = run(*command)
    assert refused.code == 1
    assert "Error: the database cannot be used: " in refused.err
    assert words in refused.err
    assert "Traceback" not in refused.err


def test_a_read_only_folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):
        # Root may write anywhere; `/proc` refuses even root.
        folder = Path("/proc")
    monkeypatch.setenv("BRIEFBASE_DATABASE_URL", f"sqlite:///{folder}/a.db")
    refused = run("migrate")
    assert (refused.code, refused.err.startswith("Error: ")) == (1, True)


def test_a_file_that_is_not_a_database(run: Run, tmp_path: Path) -> None:
    (tmp_path / "briefbase.db").write_text("no base at all, " * 100)
    refused = run("migrate")
    assert (refused.code, "file is not a database" in refused.err) == (1, True)


def test_bad_settings_are_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFBASE_PORT", "http")
    monkeypatch.setenv("BRIEFBASE_LOG_LEVEL", "loud")
    for command in ("migrate", "doctor", "serve"):
        outcome = run(command)
        assert outcome.code == 1
        assert "BRIEFBASE_PORT: 'http' is not valid; expected an integer" in outcome.err
        expected = "expected one of: debug, info, warning, error"
        assert f"BRIEFBASE_LOG_LEVEL: 'loud' is not valid; {expected}" in outcome.err


def test_a_briefing_is_deleted_restored_and_purged(run: Run) -> None:
    Path("2026-01-02.md").write_text(briefing(item("甲"), item("乙")))
    run("ingest", "2026-01-02.md")
    tried = run("delete", "2026-01-02", "--reason", "a mistake", "--dry-run")
    assert tried.out.endswith("2026-01-02 would be deleted, with 2 items.\n")
    assert run("purge", "2026-01-02", "--reason", "law", "--yes").code == 1
    assert run("delete", "2026-01-02", "--reason", "a mistake").code == 0
    again = run("delete", "2026-01-02", "--reason", "a mistake")
    assert (again.code, "a mistake" in again.err) == (1, True)
    ingested = run("ingest", "2026-01-02.md")
    assert (ingested.code, "1 deleted." in ingested.out) == (0, True)
    assert "Restore it first." in ingested.err
    assert run("restore", "2026-01-02").out.endswith("2026-01-02 is restored, with 2 items.\n")
    run("delete", "2026-01-02", "--reason", "a mistake")
    assert run("purge", "2026-01-02", "--reason", "law", "--yes").code == 0
    acts = [json.loads(line) for line in run("audit", "--json").out.splitlines()]
    assert [(act["actor"], act["action"], act["reason"]) for act in acts] == [
        ("cli", "purge", "law"),
    ]
    assert run("doctor").code == 0


def test_keys_rotate_and_expire(run: Run) -> None:
    created = run("keys", "create", "bot", "--scope", "ingest", "--expires", "90")
    assert "It expires on " in created.err
    rotated = run("keys", "rotate", "bot", "--overlap", "0")
    assert rotated.out.startswith("bb_")
    assert rotated.out != created.out
    assert len(run("keys", "list").out.splitlines()) == 3
    acts = run("audit", "--limit", "1")
    assert "key.rotate" in acts.out
    assert len(acts.out.splitlines()) == 1


@pytest.mark.parametrize("command", ["migrate", "doctor", "keys list", "entities review"])
def test_an_unknown_variable_is_named_with_the_nearest(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    run("migrate")
    monkeypatch.setenv("BRIEFBASE_PROT", "8001")
    outcome = run(*command.split())
    (warning,) = [json.loads(line) for line in outcome.err.splitlines()]
    assert warning["level"] == "warning"
    assert warning["message"] == "BRIEFBASE_PROT is not a setting; did you mean BRIEFBASE_PORT?"


def test_a_taken_port_is_named_before_anything_else(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run("serve", "--port", port)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        f"Error: Port {port} on 127.0.0.1 is already in use; "
        "set BRIEFBASE_PORT or --port to a free port, or to 0 for any.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_an_address_of_another_machine_is_refused(run: Run) -> None:
    outcome = run("serve", "--host", "192.0.2.1")
    assert outcome.code == 1
    assert "Cannot listen on 192.0.2.1, port 8000: " in outcome.err
    assert "BRIEFBASE_HOST" in outcome.err


def test_migrate_fills_from_the_seeds(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEFBASE_SEEDS", "true")
    outcome = run("migrate")
    assert outcome[:2] == (0, "The database is up to date.\n")
    assert [json.loads(line)["document"] for line in outcome.err.splitlines()] == [
        "2025-11-22.md",
        "2025-12-23.md",
    ]
    database = Database(f"sqlite:///{tmp_path}/briefbase.db")
    assert counts(database)["item"] == 79
    database.close()
    assert "bad" not in run("doctor").out


def test_a_database_is_copied_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "2026-01-02.md").write_text(briefing(item("A")))
    assert run("ingest", "2026-01-02.md").code == 0
    arguments = (
        "copy",
        "--from",
        f"sqlite:///{tmp_path}/briefbase.db",
        "--to",
        f"sqlite:///{tmp_path}/other.db",
    )
    outcome = run(*arguments)
    assert outcome.code == 0, outcome.err
    assert "rows copied and verified." in outcome.out
    other = Database(f"sqlite:///{tmp_path}/other.db")
    assert counts(other)["item"] == 1
    other.close()
    again = run(*arguments)
    assert (again.code, "is not empty" in again.err) == (1, True)
    wrong = run("copy", "--from", "mysql://x/y", "--to", "sqlite:///b.db")
    assert (wrong.code, "expected sqlite or postgresql" in wrong.err) == (1, True)


def test_doctor_without_a_database(run: Run, tmp_path: Path) -> None:
    outcome = run("doctor")
    assert (outcome.code, "bad  database: briefbase.db does not exist" in outcome.out) == (1, True)
    assert list(tmp_path.iterdir()) == []


def ids_in(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(ids_in, value))
    if isinstance(value, dict):
        ids = set(value) & {"id", "slug", "source_id", "links", "updated_at"}
        return ids.union(
            *(
                ids_in(inner)
                for name, inner in value.items()
                if name not in ("publisher", "front_matter")
            )
        )
    return set()


def test_parse_prints_everything_but_ids(tmp_path: Path) -> None:
    # A separate process: standard output must be JSON only.
    environment = {**os.environ, "BRIEFBASE_DATABASE_URL": "nonsense"}
    script = "from app.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "parse", str(SEED)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=ROOT,
    )
    assert done.stderr == ""
    data = json.loads(done.stdout)
    assert ids_in(data) == set()
    assert data["front_matter"]["cover"]["image"] == "/images/2025-12-23-ai-intel.png"
    items = [entry for section in data["sections"] for entry in section["items"]]
    assert (len(data["sections"]), len(items)) == (8, 57)
    assert sum(len(entry["sources"]) for entry in items) == 62
    assert sum(entity["listed"] for entry in items for entity in entry["entities"]) == 206
    assert (
        len(data["watchlist"]),
        len(data["readings"]),
        len(data["background"]),
        len(data["keywords"]),
    ) == (5, 5, 4, 12)
    assert (data["stats"]["articles"], data["stats"]["topics"]) == (225, 55)
    assert all(
        data[name]
        for name in (
            "channel",
            "date",
            "title",
            "description",
            "summary",
            "published_at",
            "tags",
            "insight",
            "counts",
        )
    )
    source = next(
        entry for item_json in items for entry in item_json["sources"] if entry["status"] == "arxiv"
    )
    assert {
        "label",
        "target",
        "url",
        "arxiv_id",
        "arxiv_version",
        "status",
        "publisher",
    } <= source.keys()
    assert not list(tmp_path.iterdir())


def test_parse_reports_the_fault(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# No day\n")
    refused = run("parse", "notes.md")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("Error: notes.md: The document says no date")


def test_a_digest_and_an_export_are_of_the_database(run: Run, tmp_path: Path) -> None:
    run("ingest", SEED)
    digest = run("digest", "--format", "discord", "--budget", "900")
    assert (digest.code, digest.out.startswith("**摘要 2025-12-17 – 2025-12-23**")) == (0, True)
    assert len(digest.out) <= 900
    refused = run("digest", "--budget", "1")
    assert (refused.code, "--budget: 1 is not valid" in refused.err) == (1, True)
    _check_filters_of_digests(run)
    exported = run("export", tmp_path / "files")
    assert (exported.code, exported.out.startswith("21 files, ")) == (0, True)
    manifest = json.loads((tmp_path / "files" / "manifest.json").read_text())
    assert [table["name"] for table in manifest["tables"]][:2] == ["items", "entities"]


def _check_filters_of_digests(run: Run) -> None:
    days = ("--from", "2025-12-01", "--to", "2025-12-24", "--format", "json")
    digest = run("digest", *days, "--budget", "9000", "--filters", "section=research")
    content = json.loads(digest.out)
    assert (content["from"], content["to"]) == ("2025-12-01", "2025-12-24")
    assert {story["section"] for story in content["stories"]} == {"research"}
    for options, fault in (
        (("--filters", "sektion=x"), "'sektion' does not exist; did you mean section?"),
        (("--filters", "section=nix"), "--filters: section: 'nix' is not valid; expected one of"),
        (("--from", "2025-12-24", "--to", "2025-12-01"), "from"),
        (("--from", "gestern"), "--from: 'gestern' is not valid"),
        (("--filters", "entity=Nobody"), "Nobody"),
    ):
        refused = run("digest", *options)
        assert (refused.code, refused.out) == (1, "")
        assert fault in " ".join(refused.err.split()), refused.err


def test_a_backup_is_made_verified_and_restored(run: Run, tmp_path: Path) -> None:
    assert run("ingest", SEED).code == 0
    made = run("backup", "b.db")
    assert (made.code, "1 documents" in made.out, "verified" in made.out) == (0, True, True)
    assert run("backup", "verify", "b.db").code == 0
    refused = run("backup", "restore", "b.db")
    assert (refused.code, "--replace" in refused.err) == (1, True)
    assert run("backup", "restore", "b.db", "--replace").code == 0
    (tmp_path / "folder").mkdir()
    assert run("backup", "folder", "--keep", "1").code == 0
    assert len(run("backup", "list", "folder").out.splitlines()) == 1
    assert "expected a number" in run("backup", "folder", "--every", "soon").err
