"""Names inside identifiers."""

import pytest

from app.normalize.entities.identifiers import is_in_identifier


def holds(text: str, name: str) -> bool:
    start = text.index(name)
    return is_in_identifier(text, start, start + len(name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("by @grok_fan_2019", "grok"),
        ("ask @devin-dev", "devin"),
        ("set my_claude first", "claude"),
        ("open gemini.json", "gemini"),
        ("write to claude@example.com", "claude"),
        ("clone github.com/acme/claude-tools", "claude"),
        ("see docs.example.org/claude", "claude"),
        ("in ./claude", "claude"),
        ("in ~/claude", "claude"),
        ("in /opt/claude", "claude"),
    ],
)
def test_an_identifier_holds_a_name(text: str, name: str) -> None:
    assert holds(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("@openai 發文", "openai"),
        ("_claude_ is out", "claude"),
        ("openai/gpt", "gpt"),
        ("影像/ocr 提升", "ocr"),
        ("攻擊：憑證/sso cookie", "sso"),
        ("next.js/react", "react"),
        ("it is claude. then", "claude"),
        ("claude", "claude"),
    ],
)
def test_marks_and_lists_are_no_identifiers(text: str, name: str) -> None:
    assert not holds(text, name)
