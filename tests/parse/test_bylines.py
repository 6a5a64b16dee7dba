"""By-lines are told from news and from titles."""

import pytest

from app.parse.briefing import parse_briefing
from app.parse.bylines import has_byline


@pytest.mark.parametrize(
    "line",
    [
        "作者：NVIDIA 編輯部",
        "> *By: Anthropic*",
        "2026-01-02 | Powered by Perplexity",
        "本報由 DeepSeek 自動生成",
    ],
)
def test_who_made_a_text_is_a_byline(line: str) -> None:
    assert has_byline(line)


@pytest.mark.parametrize(
    "line", ["NVIDIA 由黃仁勳領導", "xAI trains Grok by the hour", "AI 日報 | 2026-01-02"]
)
def test_news_and_titles_are_none(line: str) -> None:
    assert not has_byline(line)


def test_a_dated_byline_is_no_title() -> None:
    items = (
        "## 新聞\n\n### [甲](https://a.com/x)\n\n一段。\n\n### [乙](https://a.com/y)\n\n一段。\n"
    )
    draft = parse_briefing(f"2026-01-02 | Powered by Perplexity\n\n{items}".encode())
    assert draft.body.heading is None
    assert parse_briefing(f"2026-01-02 | AI 日報\n\n{items}".encode()).body.heading
