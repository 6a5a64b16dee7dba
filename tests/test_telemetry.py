"""Log events: JSON lines with the id of their request."""

import json
import logging

import pytest
from asgi_correlation_id import correlation_id

from app import telemetry


def test_one_json_line_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("info")
    telemetry.log.info("happened", what="一\n二")
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["level"], event["what"]) == ("happened", "info", "一\n二")
    assert event["timestamp"].endswith("Z")
    assert "一" in line


def test_less_severe_events_are_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("warning")
    telemetry.log.info("small")
    telemetry.log.warning("large")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["large"]


def test_an_event_carries_the_id_of_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("info")
    token = correlation_id.set("r-1")
    try:
        telemetry.log.info("within")
    finally:
        correlation_id.reset(token)
    telemetry.log.info("without")
    within, without = map(json.loads, capsys.readouterr().err.splitlines())
    assert within["request_id"] == "r-1"
    assert "request_id" not in without


def test_an_exception_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("error")
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        telemetry.log.exception("failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ZeroDivisionError" in json.loads(line)["exception"]


def test_libraries_log_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("info")
    logger = logging.getLogger("uvicorn.error")
    logger.setLevel("INFO")
    logger.info("Started server process [%d]", 7)
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["level"]) == ("Started server process [7]", "info")
    assert event["logger"] == "uvicorn.error"
    assert event["timestamp"].endswith("Z")


def test_a_terminal_gets_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    telemetry.configure("info")
    telemetry.log.info("happened", what="one")
    line = capsys.readouterr().err
    monkeypatch.undo()
    telemetry.configure("info")
    assert "happened" in line
    assert not line.startswith("{")


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("a", True),
        ("A-_.9", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("", False),
        ("é", False),
        ("²", False),
        ("a b", False),
    ],
)
def test_request_ids(value: str, good: bool) -> None:
    assert telemetry.is_request_id(value) == good


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://u:p@ss:w@h/n", "postgresql://u:***@h/n"),
        ("see https://user:secret@a.com/x and", "see https://user:***@a.com/x and"),
        ("https://a.com:80/@x", "https://a.com:80/@x"),
        ("key bb_abcdefgh12345678_-x was", "key bb_*** was"),
    ],
)
def test_secrets_are_masked(text: str, expected: str) -> None:
    assert telemetry.masked(text) == expected


def test_a_log_line_has_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("info")
    telemetry.log.info("connecting", url="postgresql://u:secret@h/n")
    logging.getLogger("library").warning("cannot reach https://user:secret@a.com/x")
    lines = capsys.readouterr().err
    assert "secret" not in lines
    assert lines.count(":***@") == 2
