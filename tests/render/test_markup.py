"""Markdown to HTML that is safe to show, and headlines as text."""

import re

import pytest

from app.api.examples.answers import BY_SCHEMA
from app.query.schemas.items import ItemOut
from app.render.markup import headlines_markdown, headlines_text, resolved_asset, to_html

ITEM = ItemOut.model_validate(BY_SCHEMA["ItemOut"])
PAPER = "https://arxiv.org/abs/2512.17527"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        '<a href="javascript:alert(1)">x</a>',
        "<iframe src=https://example.org></iframe>",
        "<style>body{display:none}</style>",
        "<svg/onload=alert(1)>",
        '[x](https://example.org "onclick=alert(1)")',
        "[x](java\nscript:alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
        "`<script>`",
    ],
)
def test_nothing_runs(hostile: str) -> None:
    html = to_html(hostile)
    tags = re.findall(r"<[^>]*>", html)
    assert not any(
        re.search(
            r"<\s*/?(script|style|iframe|svg)|\son\w+\s*=(?!alert\(1\)\")|javascript:|data:|vbscript:",
            tag,
            re.I,
        )
        for tag in tags
    ), html


@pytest.mark.parametrize(
    ("written", "href"),
    [
        ("[p](arXiv:2507.17860)", "https://arxiv.org/abs/2507.17860"),
        ("[p](arxiv:2507.17860v2)", "https://arxiv.org/abs/2507.17860v2"),
        ("[p](<arXiv: 2507.17860>)", "https://arxiv.org/abs/2507.17860"),
        ("[p](arXiv:hep-th/9901001)", "https://arxiv.org/abs/hep-th/9901001"),
        ("[p](arXiv:math.GT/0309136)", "https://arxiv.org/abs/math.GT/0309136"),
        ("<arXiv:2507.17860>", "https://arxiv.org/abs/2507.17860"),
        ("[p]\n\n[p]: arXiv:2507.17860", "https://arxiv.org/abs/2507.17860"),
        ("[p](https://example.org/a?b=1&c=2)", "https://example.org/a?b=1&amp;c=2"),
        ("[p](mailto:a@example.org)", "mailto:a@example.org"),
    ],
)
def test_links(written: str, href: str) -> None:
    assert f'href="{href}"' in to_html(written)


@pytest.mark.parametrize(
    "written", ["[p](arXiv:none)", "[p](ftp://example.org)", "[p](file:///etc/passwd)"]
)
def test_other_schemes_lose_their_target(written: str) -> None:
    assert "href" not in to_html(written)


def test_code_stays_as_written() -> None:
    assert "](arXiv:2507.17860)" in to_html("`[p](arXiv:2507.17860)`")


def test_front_matter_is_not_rendered() -> None:
    assert to_html("---\ntitle: secret\n---\n\ntext") == "\n<p>text</p>\n"


def test_links_have_nofollow() -> None:
    assert 'rel="noopener noreferrer nofollow"' in to_html("[x](https://example.org)")


def test_headlines_text() -> None:
    bare = ITEM.model_copy(update={"importance": None, "sources": []})
    assert (
        headlines_text("Day", [ITEM, bare])
        == f"Day\n\n1. {ITEM.title} [高]\n   {PAPER}\n2. {ITEM.title}\n"
    )
    assert headlines_text("Day", []) == "Day\n"


def test_headlines_markdown() -> None:
    bare = ITEM.model_copy(update={"summary": None, "sources": []})
    assert headlines_markdown("Day", [ITEM, bare]) == (
        f"# Day\n\n## {ITEM.title}\n\n{ITEM.summary}\n\n[arXiv:2512.17527v1](<{PAPER}>)\n\n## {ITEM.title}\n"
    )


def test_labels_cannot_end_their_link() -> None:
    source = ITEM.sources[0].model_copy(update={"label": "a](https://evil.example) [b\\"})
    data = headlines_markdown("Day", [ITEM.model_copy(update={"sources": [source]})])
    assert 'href="https://evil.example"' not in to_html(data)
    assert f'href="{PAPER}"' in to_html(data)


@pytest.mark.parametrize(
    ("written", "marks"),
    [
        ("a[^1]\n\n[^1]: 說明", ["說明", 'id="fn1"', 'href="#fn1"', 'href="#fnref1"']),
        ("甲[^註]乙[^b]\n\n[^註]: 第一\n[^b]: **第二**", ["第一", "<strong>第二</strong>"]),
        ("a[^1] b[^1]\n\n[^1]: 同一註", ["同一註", 'href="#fn1"']),
        ("a^[行內註]", ["行內註"]),
    ],
)
def test_footnotes_are_on_the_page(written: str, marks: list[str]) -> None:
    html = to_html(written)
    for mark in marks:
        assert mark in html
    assert "[^" not in html


def test_a_missing_footnote_stays_as_written() -> None:
    assert "[^9]" in to_html("a[^9]")


def test_headings_have_ids() -> None:
    html = to_html("## 今日焦點（Top Headlines）\n\n### 甲\n\n### 甲\n\n# X\n\n#### ！", {5: "i_1"})
    assert '<h2 id="今日焦點-top-headlines">' in html
    assert '<h3 id="甲">' in html
    assert '<h3 id="i_1">' in html
    # A page has one heading of the first level: its title.
    assert '<h2 id="x">' in html
    assert '<h4 id="section">' in html
    repeated = to_html("## a\n\n## a\n\n## a")
    assert re.findall(r'id="([^"]+)"', repeated) == ["a", "a-2", "a-3"]


def test_documents_cannot_set_ids() -> None:
    html = to_html('<h2 id="evil">x</h2>\n\n<a id="evil">y</a>')
    assert not re.findall(r"<(?:h2|a)\b", html)


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("![a](/images/a.png)", "https://cdn.example/x/images/a.png"),
        ("![a](images/a.png)", "https://cdn.example/x/images/a.png"),
        ("![a](https://example.org/a.png)", "https://example.org/a.png"),
        ("**![a](圖.png)**", "https://cdn.example/x/%E5%9C%96.png"),
        ("![a](../../a.png)", "https://cdn.example/a.png"),
    ],
)
def test_images_are_resolved(written: str, source: str) -> None:
    html = to_html(written, None, "https://cdn.example/x/")
    assert f'src="{source}"' in html


def test_relative_covers_need_an_address() -> None:
    assert resolved_asset("/a.png", None) is None
    assert resolved_asset("javascript:alert(1)", "https://a.example") is None
    assert resolved_asset("//evil.example/a.png", "https://a.example") is None
    assert resolved_asset("https://b.example/a.png", None) == "https://b.example/a.png"


def test_a_page_skips_no_level_of_headings() -> None:
    text = "### A\n\n##### B\n\n#### C\n\n### D\n\n## E\n\n# F\n\n## G\n"
    levels = re.findall(r"<h(\d)", to_html(text, outline=True))
    assert levels == ["2", "3", "3", "2", "2", "2", "2"]
    assert re.findall(r"<h(\d)", to_html(text)) == ["3", "5", "4", "3", "2", "2", "2"]
    assert to_html("### A", outline=True).strip().endswith("</h2>")
