"""Pages that have several addresses."""

import pytest

from app.normalize.sources.addresses import one_address
from app.normalize.sources.urls import identify

VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
FILE = "https://github.com/a/b/blob/main/docs/x.md"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://youtu.be/dQw4w9WgXcQ?si=x", VIDEO),
        ("https://m.youtube.com/watch?v=dQw4w9WgXcQ&feature=share", VIDEO),
        ("https://youtube.com/watch?v=dQw4w9WgXcQ", VIDEO),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", VIDEO),
        ("https://www.youtube.com/embed/dQw4w9WgXcQ/", VIDEO),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", VIDEO),
        ("https://youtube.com/live/dQw4w9WgXcQ?si=1", VIDEO),
        ("https://youtu.be/dQw4w9WgXcQ?x=a", f"{VIDEO}&x=a"),
        ("https://raw.githubusercontent.com/a/b/main/docs/x.md", FILE),
        ("https://raw.githubusercontent.com/a/b/refs/heads/main/docs/x.md", FILE),
        ("https://github.com/a/b/raw/main/docs/x.md", FILE),
        ("https://github.com/a/b/blame/main/docs/x.md", FILE),
        ("https://github.com/a/b.git", "https://github.com/a/b"),
        ("https://www.google.com/amp/s/news.site.org/a/1", "https://news.site.org/a/1"),
        ("https://news-site-org.cdn.ampproject.org/c/s/news.site.org/a", "https://news.site.org/a"),
        ("https://news.site.org/2026/a/amp/", "https://news.site.org/2026/a"),
        ("https://news.site.org/a?amp=1", "https://news.site.org/a"),
        ("https://news.site.org/a?outputType=amp", "https://news.site.org/a"),
        ("https://en.m.wikipedia.org/wiki/AI", "https://en.wikipedia.org/wiki/AI"),
        ("https://zh.wikipedia.org/zh-tw/AI", "https://zh.wikipedia.org/wiki/AI"),
        ("https://www.x.com/u/status/1", "https://x.com/u/status/1"),
        ("https://www.twitter.com/u/status/1?s=20", "https://x.com/u/status/1"),
        ("https://www.doi.org/10.1038/S41586", "https://doi.org/10.1038/s41586"),
        ("https://amp.cnn.com/a", "https://www.cnn.com/a"),
        ("https://m.ithome.com/html/1.htm", "https://www.ithome.com/html/1.htm"),
    ],
)
def test_a_page_goes_by_one_address(written: str, address: str) -> None:
    assert identify(None, written).url == address


@pytest.mark.parametrize(
    "written",
    [
        "https://t.co/AbC",
        "https://www.youtube.com/playlist?list=a",
        "https://www.youtube.com/@channel/live",
        "https://gist.githubusercontent.com/a/1/raw/x.py",
        "https://github.com/a/b/tree/main?ref=dev",
        "https://news.site.org/amp",
        "https://news.site.org/amplifier/1",
        "https://www.google.com/search?q=amp",
        "https://zh.wikipedia.org/wiki/AI",
        "https://m.site.org/a",
    ],
)
def test_any_other_page_keeps_its_address(written: str) -> None:
    assert identify(None, written).url == written


def test_a_page_at_its_address_is_not_moved() -> None:
    assert one_address("www.youtube.com", "/watch") is None
    assert one_address("github.com", "/a/b/blob/main/x") is None
