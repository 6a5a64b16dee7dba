import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app import ingest as conductor
from app.cli import main
from app.settings import ROOT, VERSION
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
    """Run the command in an empty folder, over a base there, as a shell would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIEFBASE_SEEDS", "false")
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


@pytest.mark.parametrize("command", ["", "serve", "ingest", "parse", "doctor", "migrate"])
def test_help(run: Run, command: str) -> None:
    outcome = run(*command.split(), "--help")
    assert outcome.code == 0
    assert f"{command} [OPTIONS]" in outcome.out


def test_version(run: Run) -> None:
    assert run("--version")[:2] == (0, f"briefbase {VERSION}\n")


def test_no_command_shows_the_help(run: Run) -> None:
    outcome = run()
    assert outcome.code == 2
    assert "Usage" in outcome.out + outcome.err


def test_ingest_and_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    document = tmp_path / "docs" / "2026-01-02.md"
    document.write_text(briefing(item("A", "https://a.com", entities="OpenAI"), item("B")))
    first = run("ingest", "docs")
    assert first.code == 0
    assert re.search(r"2026-01-02\.md\s+2026-01-02\s+added\s+2\s+1\s+1\s+(\d+)/\1", first.out)
    assert first.out.endswith("1 added.\n")
    assert run("ingest", "docs").out.endswith("1 unchanged.\n")
    document.write_text(briefing(item("A", "https://a.com", entities="OpenAI")))
    edited = run("ingest", document)
    assert "removed)" in edited.out
    assert edited.out.endswith("1 replaced.\n")
    assert run("doctor").code == 0


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
        r"12 documents in [\d.]+ s, [\d.]+ a second\. Seconds by stage: .*parse [\d.]+, decide",
        outcome.err,
    )
    assert run("ingest", ".").out.endswith("12 unchanged.\n")


def test_another_channel(run: Run, tmp_path: Path) -> None:
    (tmp_path / "2026-01-02.md").write_text(briefing(item("A")))
    assert "weekly:2026-01-02" in run("ingest", "--channel", "weekly", "2026-01-02.md").out
    for command in ("ingest", "parse"):
        refused = run(command, "--channel", "No Name", "2026-01-02.md")
        assert (refused.code, "'No Name' cannot name a channel" in refused.err) == (1, True)


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
    for day in (1, 2):
        (tmp_path / f"2026-01-0{day}.md").write_text(briefing(item("A"), date=f"2026-01-0{day}"))
    write, calls = Database.write, []
    monkeypatch.setattr(conductor, "_BATCH", 1)

    def fail(self: Database) -> Any:
        calls.append(self)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return write(self)

    monkeypatch.setattr(Database, "write", fail)
    outcome = run("ingest", ".")
    assert (outcome.code, outcome.out.endswith("1 added.\n")) == (1, True)
    assert "the base cannot be used: [Errno 28] No space left on device" in outcome.err


@pytest.mark.parametrize(
    "command",
    [("migrate",), ("ingest", SEED), ("serve", "--port", "0")],
    ids=lambda command: str(command[0]),
)
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "is no database URL"),
        ("mysql://u@h/x", "only sqlite and postgresql are served"),
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
    assert "Error: the base cannot be used: " in refused.err
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
    assert (refused.code, refused.err.startswith("Error: the base cannot be used: ")) == (1, True)


def test_a_file_that_is_not_a_database(run: Run, tmp_path: Path) -> None:
    (tmp_path / "briefbase.db").write_text("no base at all, " * 100)
    refused = run("migrate")
    assert (refused.code, "file is not a database" in refused.err) == (1, True)


def test_bad_settings_are_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFBASE_PORT", "http")
    monkeypatch.setenv("BRIEFBASE_LOG_LEVEL", "loud")
    for command in ("migrate", "doctor", "serve"):
        refused = run(command)
        assert refused.code == 1
        assert "BRIEFBASE_PORT: Input should be a valid integer" in refused.err
        assert (
            "BRIEFBASE_LOG_LEVEL: Input should be 'debug', 'info', 'warning' or 'error'"
            in refused.err
        )


def test_migrate_fills_from_the_seeds(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEFBASE_SEEDS", "true")
    outcome = run("migrate")
    assert outcome[:2] == (0, "The base is up to date.\n")
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
    assert "rows copied, all as they were." in outcome.out
    other = Database(f"sqlite:///{tmp_path}/other.db")
    assert counts(other)["item"] == 1
    other.close()
    again = run(*arguments)
    assert (again.code, "holds something already" in again.err) == (1, True)
    wrong = run("copy", "--from", "mysql://x/y", "--to", "sqlite:///b.db")
    assert (wrong.code, "only sqlite and postgresql are served" in wrong.err) == (1, True)


def test_doctor_without_a_database(run: Run, tmp_path: Path) -> None:
    outcome = run("doctor")
    assert (outcome.code, "bad  database: there is no briefbase.db yet" in outcome.out) == (1, True)
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
    # A process of its own: what is printed must be JSON and nothing else.
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
