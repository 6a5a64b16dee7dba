"""Identity of entities and keys on the command line."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from app.cli.commands import cli
from app.errors import AppError, Conflict
from app.store import keys
from app.store.db import Database
from app.store.migrations import migrate
from app.store.tables import ApiKey
from tests.conftest import take_in
from tests.documents import document, item


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database of one document, which the commands use."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIEFBASE_DATABASE_URL", f"sqlite:///{tmp_path}/base.db")
    monkeypatch.setenv("BRIEFBASE_LOG_LEVEL", "error")
    opened = Database(f"sqlite:///{tmp_path}/base.db", read_timeout=30)
    migrate(opened)
    take_in(
        opened,
        document("2026-01-01", item("甲", entities="NVIDIA, Foobar Lab, Qwen, 千問, Alibba")),
    )
    return opened


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, arguments)
    if isinstance(result.exception, AppError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def judgement(result: Result) -> str:
    match = re.search(r"j_\w+", result.output)
    assert match
    return match[0]


def test_merge_history_undo(database: Database) -> None:
    tried = run("entities", "merge", "Foobar Lab", "NVIDIA", "--dry-run")
    assert "1 items would change" in tried.output
    assert re.search(r"  i_\w+  2026-01-01  甲\n", tried.output)
    done = run("entities", "merge", "Foobar Lab", "NVIDIA", "--reason", "one house")
    assert re.search(
        r"i_\w+  2026-01-01  甲\nNVIDIA \(e_\w+\): 1 items changed\. j_\w+", done.output
    )
    history = run("entities", "history", "NVIDIA").output
    assert "one house" in history
    assert judgement(done) in history
    run("entities", "undo", judgement(done))
    assert "undone by" in run("entities", "history", "NVIDIA").output
    with pytest.raises(Conflict):
        run("entities", "merge", "NVIDIA", "NVIDIA")


def test_split_and_review(database: Database) -> None:
    assert "1 items changed" in run("entities", "split", "Qwen", "千問").output
    waiting = run("entities", "review")
    assert "Alibaba" in waiting.output
    assert "1 of 1." in waiting.output
    run("entities", "review", "--settle", judgement(waiting), "--yes", "--reason", "a slip")
    assert "0 of 0." in run("entities", "review").output
    assert CliRunner().invoke(cli, ["entities", "review", "--settle", "j_x"]).exit_code == 1


def test_an_alias_is_added_and_removed(database: Database) -> None:
    take_in(database, document("2026-01-02", item("乙", summary="皮衣教主出席。", entities="Qwen")))
    assert (
        "1 items would change" in run("entities", "alias", "NVIDIA", "皮衣教主", "--dry-run").output
    )
    added = run(
        "entities",
        "alias",
        "NVIDIA",
        "皮衣教主",
        "--lang",
        "zh-Hant",
        "--kind",
        "handle",
        "--reason",
        "a nickname",
    )
    assert "1 items changed" in added.output
    assert "a nickname" in run("entities", "history", "皮衣教主").output
    assert (
        "1 items would change"
        in run("entities", "unalias", "NVIDIA", "皮衣教主", "--dry-run").output
    )
    assert "1 items changed" in run("entities", "unalias", "NVIDIA", "皮衣教主").output
    assert "this was done before" in run("entities", "unalias", "NVIDIA", "皮衣教主").output
    with pytest.raises(Conflict, match="not added by a curator"):
        run("entities", "unalias", "NVIDIA", "輝達")
    with pytest.raises(AppError, match="no alias"):
        run("entities", "unalias", "NVIDIA", "nothing of it")
    for wrong in (["皮\n衣"], [""], ["x", "--lang", "fr"], ["x", "--kind", "wrong"]):
        assert CliRunner().invoke(cli, ["entities", "alias", "NVIDIA", *wrong]).exit_code == 2


def test_a_verdict_has_a_dry_run(database: Database) -> None:
    waiting = judgement(run("entities", "review"))
    assert (
        "1 items would change"
        in run("entities", "review", "--settle", waiting, "--yes", "--dry-run").output
    )
    assert "1 of 1." in run("entities", "review").output


def test_keys(database: Database) -> None:
    made = run("keys", "create", "desk", "--scope", "entities", "--scope", "read")
    text = made.stdout.strip().splitlines()[-1]
    listed = run("keys", "list").output
    assert text not in listed
    assert "desk" in listed
    with database.read() as session:
        owner = keys.owner(session, text, datetime.now(UTC))
        assert owner
        assert owner.scopes == ["read", "entities"]
    run("keys", "revoke", "desk")
    with database.read() as session:
        assert keys.owner(session, text, datetime.now(UTC)) is None
        assert len(session.exec(select(ApiKey)).all()) == 1
    with pytest.raises(AppError, match="scopes: 'root' is not valid"):
        run("keys", "create", "desk", "--scope", "root")
