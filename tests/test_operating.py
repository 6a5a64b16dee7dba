"""The files of docs/operating agree with the service: metrics, settings, commands, SQLite's log."""

import configparser
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from app.main import create_app
from app.settings import Settings, variable
from app.store.db import Database
from tests.conftest import new_url, settings_for, take_in
from tests.documents import document, item
from tests.servers import ROOT

FOLDER = ROOT / "docs" / "operating"
_METRIC = re.compile(r"\b(?:briefbase|process)_[a-z_]+")
_VARIABLE = re.compile(r"\bBRIEFBASE_[A-Z_]+")


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The names of all metrics, one a line, and of the samples of histograms."""
    url = new_url("sqlite", tmp_path_factory.mktemp("base"), migrated=True)
    with closing(Database(url)) as database:
        take_in(database, document("2026-01-02", item("甲")))
        app = create_app(settings_for(database))
        app.state.measurements.observe("/v1/items", "GET", 200, 0.1)
        names = set()
        for family in app.state.measurements.registry.collect():
            ending = "_total" if family.type == "counter" else ""
            names.add(family.name + ending)
        app.state.database.close()
    duration = "briefbase_request_duration_seconds"
    names |= {f"{duration}_count", f"{duration}_bucket"}
    return "\n".join(sorted(names))


@pytest.mark.parametrize("name", ["alerts.yml", "dashboard.json", "README.md"])
def test_only_metrics_that_exist_are_named(name: str, metrics: str) -> None:
    text = (FOLDER / name).read_text()
    named = {word for word in _METRIC.findall(text) if word != "process_"}
    assert named - set(metrics.split()) == set()


def test_every_metric_of_our_own_is_documented(metrics: str) -> None:
    text = (FOLDER / "README.md").read_text()
    for name in metrics.split():
        plain = re.sub(r"_(count|bucket)$", "", name)
        assert not plain.startswith("briefbase") or f"`{plain}`" in text, plain


def test_only_settings_that_exist_are_named() -> None:
    known = {variable(name) for name in Settings.model_fields}
    for path in [*FOLDER.iterdir(), ROOT / "docs" / "SECURITY.md"]:
        assert set(_VARIABLE.findall(path.read_text())) <= known, path.name


def test_alerts_and_panels_are_complete() -> None:
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
    for rule in rules:
        assert rule.keys() >= {"alert", "expr", "labels", "annotations"}, rule
    panels = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) > 10


def test_the_container_has_a_read_only_root_and_no_privileges() -> None:
    services = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
    service = services["briefbase"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "postgres" in services


@pytest.mark.parametrize("name", ["briefbase.service", "briefbase-backup.service"])
def test_the_units_protect_the_system(name: str) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # as the manual says
    unit.read(FOLDER / name)
    assert unit["Service"]["ProtectSystem"] == "strict"
    assert unit["Service"]["ExecStart"].split()[:2] in (
        ["/opt/briefbase/bin/briefbase", "serve"],
        ["/opt/briefbase/bin/briefbase", "backup"],
    )


def test_a_replicator_that_reads_the_log_keeps_it_and_blocks_no_write(tmp_path: Path) -> None:
    # https://litestream.io/tips: WAL, a busy timeout, and no checkpoints by others.
    with closing(Database(new_url("sqlite", tmp_path, migrated=True))) as database:
        take_in(database, document("2026-01-02", item("甲")))
        assert database.file
        path = database.file.path
        log = path.with_name(f"{path.name}-wal")
        with closing(sqlite3.connect(path, isolation_level=None)) as replicator:
            assert replicator.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            replicator.execute("BEGIN")
            (count,) = replicator.execute("SELECT count(*) FROM briefing").fetchone()
            salt, size = log.read_bytes()[16:24], log.stat().st_size
            for day in range(3, 9):
                take_in(database, document(f"2026-01-{day:02}", item("乙")))
            assert log.read_bytes()[16:24] == salt, "the log began anew under a reader"
            assert log.stat().st_size > size
            assert replicator.execute("SELECT count(*) FROM briefing").fetchone() == (count,)
        with database.write() as session:
            timeout = session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar()
        assert timeout == 5000


def test_no_code_of_ours_runs_a_checkpoint() -> None:
    for path in (ROOT / "app").rglob("*.py"):
        text = path.read_text().lower()
        assert not re.search("wal_(auto)?checkpoint", text), path
