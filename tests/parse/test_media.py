import pytest

from app.parse.briefing import parse_briefing
from app.parse.media import is_badge_label, is_media


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://cdn.example/a.PNG", True),
        ("https://cdn.example/v.mp4?t=3", True),
        ("https://img.shields.io/pypi/v/x", True),
        ("https://ci.example/badge.svg", True),
        ("https://cdn.example/fetch?u=https://x.example/a.webp", True),
        ("https://news.example/png", False),
        ("https://news.example/a.html", False),
        ("http://[", False),
    ],
)
def test_media(url: str, expected: bool) -> None:
    assert is_media(url) is expected


def test_a_badge_is_known_by_its_image() -> None:
    assert is_badge_label("![build](https://img.shields.io/z.svg)")
    assert not is_badge_label("![cover](https://cdn.example/cover.png)")
    assert not is_badge_label("build")
    assert not is_badge_label(None)


@pytest.mark.parametrize(
    "decoration",
    [
        "![圖](https://cdn.example/y.png)",
        '<video src="https://cdn.example/v.mp4"></video>',
        "[![b](https://img.shields.io/z.svg)](https://ci.example)",
        "https://cdn.example/photo.jpeg",
    ],
)
def test_a_source_line_holds_no_decoration(decoration: str) -> None:
    text = (
        "---\ntitle: 測試\ndate: 2026-05-06\n---\n\n## 今日焦點\n\n### 甲事件\n\n"
        "**核心摘要：** 內容。\n\n**重要性：** 高\n\n"
        f"**來源：** [報導](https://news.example/1)、{decoration}\n"
    )
    body = parse_briefing(text.encode(), "2026-05-06.md").body
    targets = [source.target for source in body.sections[0].items[0].sources]
    assert targets == ["https://news.example/1"]
