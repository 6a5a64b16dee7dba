"""Settings from the environment and `.env`."""

from datetime import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from app import __version__
from app.settings import ROOT, Settings, unknown_variables

# By setting: a value as written, the value it means, and values that are refused.
CASES: dict[str, tuple[str, object, tuple[str, ...]]] = {
    "database_url": ("postgresql://u@h/x", "postgresql://u@h/x", ()),
    "read_url": ("postgresql://u@r/x", "postgresql://u@r/x", ()),
    "channel": ("ai-weekly", "ai-weekly", ("", "Daily", "a b", "-a", "a" * 41, "每日")),
    "channel_titles": (
        "daily=每日 AI 簡報, tech=科技日報",
        "daily=每日 AI 簡報, tech=科技日報",
        ("daily", "daily=", "=x", "每日=x", "daily=a,tech"),
    ),
    "timezone": ("Europe/Berlin", "Europe/Berlin", ("", "Taipei City", "../UTC", "UTC+8")),
    "dialects": ("layouts", Path("layouts"), ()),
    "catalogue": ("own.jsonl", "own.jsonl", ()),
    "seeds": ("false", False, ("perhaps",)),
    "host": ("0.0.0.0", "0.0.0.0", ()),
    "listeners": ("9", 9, ("0", "many")),
    "stream_seconds": ("5", 5, ("-1", "long")),
    "webhook_networks": ("127.0.0.0/8,::1/128", "127.0.0.0/8,::1/128", ("127.0.0.1/8", "home")),
    "port": ("0", 0, ("-1", "65536", "http")),
    "cache_dir": ("/var/cache/kb", Path("/var/cache/kb"), ()),
    "workers": ("2", 2, ("0", "65", "all")),
    "public_url": (
        "https://kb.example/kb",
        "https://kb.example/kb",
        ("kb.example", "ftp://kb.example", "https://a b", "https://a.example/?x=1", "/kb"),
    ),
    "root_path": ("/kb", "/kb", ("kb", "/k b", "/kb?x", "//evil.example", "https://a.example")),
    "assets_url": ("https://cdn.example/a", "https://cdn.example/a", ("cdn", "file:///a", "")),
    "log_level": ("debug", "debug", ("loud", "INFO")),
    "access_log": ("1", True, ("2",)),
    "allowed_hosts": ("kb.lan, [::2]", "kb.lan, [::2]", ()),
    "max_wait": ("0.2", 0.2, ("0", "11", "nan")),
    "rate_limit": ("600/minute", "600/minute", ("600", "many", "0.5/hour")),
    "metrics": ("on", "on", ("all", "")),
    "traces": ("true", True, ("perhaps",)),
    "key_rate_limit": ("9/second", "9/second", ("600", "")),
    "max_in_flight": ("7", 7, ("0", "many")),
    "read_timeout": ("2.5", 2.5, ("0", "61", "nan", "soon")),
    "cache": ("off", 0, ("-1", "many", "1.5")),
    "export_cache": ("off", 0, ("-1", "many", "1.5")),
    "cache_seconds": ("0", 0, ("-1",)),
    "collect_networks": ("loopback", "loopback", ("none", "")),
    "collect_delay": ("0", 0, ("-1", "61", "soon")),
    "collect_agent": ("Reader/2 (+https://a.example)", "Reader/2 (+https://a.example)", ("", "é")),
    "draft_time": ("05:30", time(5, 30), ("25:00", "soon")),
    "draft_hours": ("48", 48, ("0", "169")),
    "draft_topics": ("9", 9, ("0", "501")),
    "editor_command": ("edit --all", "edit --all", ()),
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"BRIEFBASE_{name.upper()}", raising=False)


def test_every_setting_is_tested() -> None:
    assert set(Settings.model_fields) <= CASES.keys()
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("name", sorted(CASES))
def test_variables_are_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written, value, _ = CASES[name]
    assert getattr(Settings(), name) != value
    monkeypatch.setenv(f"BRIEFBASE_{name.upper()}", written)
    assert getattr(Settings(), name) == value


@pytest.mark.parametrize(
    ("name", "bad"),
    [(name, bad) for name in CASES for bad in CASES[name][2]],
)
def test_bad_values_are_refused(name: str, bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"BRIEFBASE_{name.upper()}", bad)
    with pytest.raises(ValidationError) as raised:
        Settings()
    assert raised.value.errors()[0]["loc"] == (name,)


def test_the_environment_overrides_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("BRIEFBASE_PORT=81\nBRIEFBASE_CHANNEL=weekly\nOTHER=1\n")
    monkeypatch.setenv("BRIEFBASE_PORT", "82")
    assert (Settings().port, Settings().channel) == (82, "weekly")


def test_unknown_variables_are_named_with_the_nearest_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unknown_variables() == {}
    (tmp_path / ".env").write_text("BRIEFBASE_CHANEL=weekly\nBRIEFBASE_PORT=81\nOTHER=1\n")
    monkeypatch.setenv("BRIEFBASE_DATABASE", "sqlite:///a.db")
    monkeypatch.setenv("briefbase_host", "0.0.0.0")
    monkeypatch.setenv("BRIEFBASE_QQQ", "1")
    assert unknown_variables() == {
        "BRIEFBASE_CHANEL": "BRIEFBASE_CHANNEL",
        "BRIEFBASE_DATABASE": "BRIEFBASE_DATABASE_URL",
        "BRIEFBASE_QQQ": None,
    }


def test_version_and_root() -> None:
    assert __version__[0].isdigit()
    assert (ROOT / "migrations").is_dir()


@pytest.mark.parametrize(
    ("public_url", "root_path", "prefix", "home"),
    [
        (None, "", "", "http://host"),
        (None, "/kb/", "/kb", "http://host/kb"),
        ("https://a.example", "", "", "https://a.example"),
        ("https://a.example/", "/kb", "/kb", "https://a.example/kb"),
        ("https://a.example/kb/", "", "/kb", "https://a.example/kb"),
        ("https://a.example/kb", "/kb", "/kb", "https://a.example/kb"),
    ],
)
def test_the_home_of_the_service(
    public_url: str | None, root_path: str, prefix: str, home: str
) -> None:
    settings = Settings(public_url=public_url, root_path=root_path)
    assert (settings.prefix, settings.home("http://host/")) == (prefix, home)


def test_titles_are_read_by_channel() -> None:
    titles = Settings(channel_titles="daily=每日 AI 簡報, tech = A=B,").titles
    assert titles == {"daily": "每日 AI 簡報", "tech": "A=B"}
    assert Settings().titles == {}
