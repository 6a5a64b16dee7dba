"""The commands `collect` and `draft`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.commands import cli
from app.store.db import Database
from app.store.migrations import migrate
from tests.draft.test_conduct import fill
from tests.feed_server import Site, articles, publish, serving


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    values = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/kb.db",
        "COLLECT_NETWORKS": "loopback",
        "COLLECT_DELAY": "0",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"BRIEFBASE_{name}", value)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_collecting_prints_problems_and_one_line(tmp_path: Path) -> None:
    with serving(Site()) as site:
        (tmp_path / "feeds.opml").write_bytes(publish(site, articles(2), slow_seconds=0.0))
        code, out, err = run("collect", "feeds.opml")
        assert code == 0
        assert out.startswith("6 new articles from 20 feeds")
        assert "/feed/broken: it is no feed" in err
        assert run("collect", "feeds.opml")[1] == ""


@pytest.mark.parametrize("every", ["0s", "1", "soon", "1w"])
def test_an_interval_that_is_not_valid_is_refused(tmp_path: Path, every: str) -> None:
    (tmp_path / "feeds.opml").write_text("<opml><body/></opml>")
    code, _, err = run("collect", "feeds.opml", "--every", every)
    assert code == 1
    assert "is not valid; expected a number with s, m, h or d" in err


def test_a_list_that_is_no_opml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").write_text("feeds")
    code, _, err = run("collect", "feeds.opml")
    assert (code, "is no OPML file" in err) == (1, True)


def test_a_day_is_drafted_and_published(tmp_path: Path) -> None:

    database = Database(f"sqlite:///{tmp_path}/kb.db")
    migrate(database)
    fill(database, 3)
    database.close()
    code, out, err = run("draft", "--date", "2026-06-02", "--draft")
    assert code == 0
    assert "draft: true" in out
    assert err.strip() == "3 topics from 9 articles."
    run("draft", "--date", "2026-06-02", "--out", "day.md")
    assert "draft: false" in (tmp_path / "day.md").read_text()
    assert run("draft", "--date", "2026-06-02", "--publish")[1] == "2026-06-02 is added.\n"
    assert run("draft", "--date", "2026-06-02", "--publish")[1] == "2026-06-02 is unchanged.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--date", "2026-06-31"), "is not valid; expected a date as YYYY-MM-DD"),
        (("--date", "2026-06-02", "--draft", "--publish"), "exclude each other"),
        (("--date", "2026-06-02"), "There is no article to quote from 2026-06-01 06:45"),
    ],
)
def test_a_draft_that_cannot_be_made_says_why(arguments: tuple[str, ...], message: str) -> None:
    code, _, err = run("draft", *arguments)
    assert (code, message in " ".join(err.split())) == (1, True)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("none.opml", "none.opml: no such file or directory; expected an OPML file"),
        ("empty.opml", "empty.opml: no feeds; expected outlines with xmlUrl"),
        (".", "is a directory; expected an OPML file"),
    ],
)
def test_a_list_that_cannot_be_read_says_why(tmp_path: Path, place: str, message: str) -> None:
    (tmp_path / "empty.opml").write_text("<opml><body/></opml>")
    code, out, err = run("collect", place)
    assert (code, out) == (1, "")
    assert message in err


def test_a_list_is_read_from_its_address() -> None:
    with serving(Site()) as site:
        site.pages["/list.opml"] = publish(site, articles(1), slow_seconds=0.0)
        code, out, _ = run("collect", f"{site.home}/list.opml")
        assert (code, out.startswith("3 new articles")) == (0, True)
        code, _, err = run("collect", f"{site.home}/none.opml")
    assert code == 1
    assert "none.opml: the server answered 404." in err


def test_a_run_in_which_every_feed_fails_has_code_1(tmp_path: Path) -> None:
    with serving(Site()) as site:
        outline = f"<opml><body><outline xmlUrl='{site.home}/a'/></body></opml>"
        (tmp_path / "feeds.opml").write_text(outline)
        code, out, err = run("collect", "feeds.opml")
        assert (code, out) == (1, "")
        assert "/a: the server answered 404." in err
        # Now it waits, which is no failure.
        assert run("collect", "feeds.opml") == (0, "", "")


def test_a_draft_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/kb.db")
    migrate(database)
    fill(database, 3)
    database.close()
    code, _, err = run("draft", "--date", "2026-06-02", "--out", "nowhere/day.md")
    assert code == 1
    assert "--out: 'nowhere/day.md' cannot be written: no such file or directory." in err
