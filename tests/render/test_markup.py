"""Markdown to HTML that is safe to show, and headlines as text."""

import re

import pytest

from app.api.examples.answers import BY_SCHEMA
from app.query.schemas.entities import EntityOut
from app.query.schemas.items import ItemOut
from app.render.markup import entity_card, headlines_markdown, headlines_text, page, to_html

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


def test_page() -> None:
    html = page("<b>標題</b> & mehr", "# 一\n\n二", "zh-Hans")
    assert "<title>&lt;b&gt;標題&lt;/b&gt; &amp; mehr</title>" in html
    assert html.startswith('<!doctype html>\n<html lang="zh-Hans">')
    assert "<h1>一</h1>\n<p>二</p>\n</body>" in html


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


def test_an_entity_card_escapes_the_name() -> None:
    entity = EntityOut.model_validate(BY_SCHEMA["EntityOut"])
    card = entity_card(entity.model_copy(update={"name": "<b>Qwen</b>"}))
    assert "<h1>&lt;b&gt;Qwen&lt;/b&gt;</h1>" in card
    assert f"{entity.counts.items} items, {entity.counts.mentions} mentions" in card
