"""Texts of documents are inert in each service, and lengths are those the service counts."""

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.render.messages import (
    DISCORD,
    HTML,
    MARKDOWN,
    SERVICES,
    SLACK,
    TELEGRAM,
    clean,
    safe_url,
    utf16_units,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "<!channel> <@U123> <https://evil.example|click>",
    "**bold** _it_ ~~no~~ `code` ||spoiler||",
    "[click](https://evil.example) ![x](https://evil.example/x.png)",
    "@everyone @here <#123> <@&9>",
    "# heading",
    "> quote",
    "- list",
    "1. list",
    "</a></b><a href='javascript:x'>",
    "a &lt; b &amp; c",
    "https://evil.example www.evil.example",
]


@given(st.text(max_size=60))
def test_a_cleaned_text_is_on_one_line(text: str) -> None:
    cleaned = clean(text)
    assert "\n" not in cleaned
    assert cleaned == cleaned.strip()
    cleaned.encode()


def test_marks_that_nobody_sees_are_removed() -> None:
    assert clean("a\u202eb\u200b\x00\u2066c \t\r\n d") == "abc d"
    assert clean("a\ufffe\u061cb\u3164\U000e0041\u2028c") == "ab c"


def test_an_emoji_of_several_stays_one() -> None:
    assert clean("👨\u200d👩\u200d👧 a\u200db ❤️\u200d🔥") == "👨\u200d👩\u200d👧 ab ❤️\u200d🔥"


@pytest.mark.parametrize("text", HOSTILE)
def test_html_has_no_tags_of_a_document(text: str) -> None:
    for service in (HTML, TELEGRAM):
        escaped = service.escape(text)
        assert not re.search("[<>]", escaped)
        assert html.unescape(escaped) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_a_text_as_it_is(text: str) -> None:
    parser = MarkdownIt("gfm-like", {"linkify": False})
    for source in (MARKDOWN.escape(text), f"1. {MARKDOWN.strong(MARKDOWN.escape(text))}"):
        (inline,) = [token for token in parser.parse(source) if token.type == "inline"]
        kinds = {child.type for child in inline.children or []}
        assert kinds <= {"text", "text_special", "strong_open", "strong_close"}, source
        plain = "".join(child.content for child in inline.children or [])
        assert plain == text


@pytest.mark.parametrize("text", HOSTILE)
def test_slack_sees_no_commands(text: str) -> None:
    escaped = SLACK.escape(text)
    assert not re.search("[<>]", escaped)
    assert not re.search(r"(?<![A-Za-z0-9])[*_~`]", escaped)


def test_names_with_underscores_stay() -> None:
    assert SLACK.escape("gpt_4o_mini and 2*3") == "gpt_4o_mini and 2*3"


def test_discord_notifies_nobody() -> None:
    assert "@everyone" not in DISCORD.escape("@everyone")
    assert DISCORD.escape("<@&9>") == "\\<@\u200b\\&9\\>"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "/v1/items", "https://", "http://[x"]
)
def test_only_web_addresses_are_links(address: str) -> None:
    assert safe_url(address) is None


@given(st.text(max_size=40))
def test_an_address_ends_no_link(text: str) -> None:
    url = safe_url(f"https://example.com/{text}")
    if url:
        assert not re.search(r"[\s<>|()\"\\`]", url)


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_a_link_has_its_address(service: Any) -> None:
    link = service.link("label", "https://example.com/a?b=1")
    assert "https://example.com/a?b=1" in link


def test_telegram_counts_what_is_shown() -> None:
    assert TELEGRAM.length('<a href="https://example.com">a &amp; 😀</a>') == len("a & ") + 2
    assert utf16_units("漢😀") == 3
    assert DISCORD.length("😀") == 1
