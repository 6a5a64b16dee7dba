from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import ROOT, VERSION, Settings

# A value other than the default, and values that are refused, for every variable.
GIVEN: dict[str, tuple[str, object, tuple[str, ...]]] = {
    "database_url": ("postgresql://u@h/x", "postgresql://u@h/x", ()),
    "read_url": ("postgresql://u@r/x", "postgresql://u@r/x", ()),
    "channel": ("ai-weekly", "ai-weekly", ("", "Daily", "a b", "-a", "a" * 41, "每日")),
    "seeds": ("false", False, ("perhaps",)),
    "host": ("0.0.0.0", "0.0.0.0", ()),
    "port": ("0", 0, ("-1", "65536", "http")),
    "public_url": ("https://a.com", "https://a.com", ()),
    "workers": ("2", 2, ("0", "65", "all")),
    "log_level": ("debug", "debug", ("loud", "INFO")),
    "access_log": ("1", True, ("2",)),
    "max_in_flight": ("7", 7, ("0", "many")),
    "read_timeout": ("2.5", 2.5, ("0", "61", "nan", "soon")),
    "cache": ("off", 0, ("-1", "many", "1.5")),
    "cache_seconds": ("0", 0, ("-1",)),
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"BRIEFBASE_{name.upper()}", raising=False)


def test_every_setting_is_tested() -> None:
    assert set(Settings.model_fields) <= GIVEN.keys() | {"public_url"}
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("name", sorted(GIVEN.keys() & Settings.model_fields.keys()))
def test_variables_are_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written, value, _ = GIVEN[name]
    assert getattr(Settings(), name) != value
    monkeypatch.setenv(f"BRIEFBASE_{name.upper()}", written)
    assert getattr(Settings(), name) == value


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        (name, bad)
        for name, (_, _, refused) in GIVEN.items()
        for bad in refused
        if name in Settings.model_fields
    ],
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


def test_version_and_root() -> None:
    assert VERSION[0].isdigit()
    assert (ROOT / "migrations").is_dir()
