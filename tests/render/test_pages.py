"""Pages of days, items and entities."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from app.api.examples.answers import BY_SCHEMA
from app.preview import preview
from app.query.schemas.briefings import BriefingOut
from app.query.schemas.entities import EntityOut
from app.query.schemas.items import ItemOut
from app.render.pages import PageReader, briefing_page, entity_card, entity_page, item_page
from app.store.db import Database
from tests.conftest import CHANNEL, client_of, take_in
from tests.documents import NEWER, OLDER, briefing, item

ITEM = ItemOut.model_validate(BY_SCHEMA["ItemOut"])
ENTITY = EntityOut.model_validate(BY_SCHEMA["EntityOut"])
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
LINKED_DATA = '<script type="application/ld+json">'
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """Reads a page: each tag must be closed in order, and each id given once."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        assert len(named) == len(attrs), tag
        assert not [name for name in named if name.startswith("on") or name == "style"]
        self.tags.append(tag)
        self.links.extend(filter(None, [named.get("href"), named.get("src")]))
        self.ids.extend(filter(None, [named.get("id")]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def read(html: str) -> Page:
    page = Page(html)
    assert html.startswith("<!doctype html>")
    assert len(set(page.ids)) == len(page.ids)
    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("title") == 1
    # Linked data is the only script, and nothing in it runs.
    assert "style" not in page.tags
    assert html.count("<script") == html.count(LINKED_DATA) == 1
    return page


def addresses(client: TestClient) -> list[str]:
    paths = [f"/v1/briefings/{OLDER}", f"/v1/briefings/{NEWER}", "/v1/briefings/latest"]
    for collection in ("items", "entities"):
        things = client.get(f"/v1/{collection}?limit=8").json()["data"]
        paths.extend(f"/v1/{collection}/{thing['id']}" for thing in things)
    return paths


def test_the_same_address_is_a_page_for_browsers(client: TestClient) -> None:
    for path in addresses(client):
        page = client.get(path, headers=HTML)
        assert page.headers["content-type"] == "text/html; charset=utf-8", path
        assert page.content == client.get(f"{path}?format=html").content
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy
        parsed = read(page.text)
        assert client.get("/static/pages.css").status_code == 200
        assert "/static/pages.css" in parsed.links
        assert client.get(path).headers["content-type"] == "application/json"
        assert client.get(path, headers={"Accept": "*/*"}).content == client.get(path).content


def test_links_of_pages_work_and_keep_the_language(client: TestClient) -> None:
    for path in addresses(client):
        page = client.get(f"{path}?format=html&lang=en")
        paths = [link for link in read(page.text).links if link.startswith("/v1/")]
        assert paths, path
        for link in paths[:6]:
            assert "lang=en" in link
            assert client.get(link.partition("#")[0]).status_code == 200, link


def test_the_page_of_a_day(client: TestClient) -> None:
    day = client.get(f"/v1/briefings/{NEWER}").json()
    html = client.get(f"/v1/briefings/{NEWER}?format=html").text
    page = read(html)
    assert f"<title>{day['title']} · Briefbase</title>" in html
    assert f'<time datetime="{day["date"]}">' in html
    assert f'<p class="summary">{day["summary"]}</p>' in html
    assert '<article lang="zh-Hant">' in html
    items = [item for section in day["sections"] for item in section["items"]]
    full = [item["id"] for item in items if item["kind"] == "full"]
    assert full
    assert set(full) <= set(page.ids)
    assert "今日焦點-top-headlines" in page.ids
    assert f'rel="prev" href="/v1/briefings/{OLDER}?format=html"' in html
    assert 'rel="next"' not in html
    assert "**" not in html


DOCUMENTS = {
    "footnotes": (
        briefing(
            item("甲公司發布新模型[^1]", summary="**核心摘要：**團隊說**「青鳥」**的模型。"),
            end="\n[^1]: 說明在此。\n",
            title="有註腳的一天",
        ),
        [
            "<strong>核心摘要：</strong>團隊說<strong>「青鳥」</strong>的",
            "說明在此。",
            'href="#fn1"',
        ],
    ),
    "an English day": (
        "---\ntitle: Quiet day\ndate: 2026-01-02\nsummary: Little happened.\n---\n\n"
        "## Top Headlines\n\n### A model is released\n\nIt is **small**.\n\n"
        "### A model is released\n\nAnother, by another lab.\n",
        [
            '<article lang="en">',
            "<strong>small</strong>",
            '<p class="summary">Little happened.</p>',
        ],
    ),
    "a title in the body": (
        briefing(item("乙產品上線"), item("丙論文"), title="兩則 & <一天>").replace(
            "\n## ", "\n# 兩則\n\n## "
        ),
        ["兩則 &amp; &lt;一天&gt;", "<h2 id="],
    ),
    "tables and code": (
        briefing(
            item("丁", summary="| 名 | 值 |\n|---|---|\n| a | `b` |\n\n```\n**x**\n```"),
        ),
        ["<th>名</th>", "<code>b</code>", "**x**"],
    ),
    "no summary": (
        briefing(item("戊", summary="（**全形**）之後**「引號」**。"), title="沒有摘要"),
        ["（<strong>全形</strong>）", "<strong>「引號」</strong>"],
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_page_of_any_day(name: str) -> None:
    text, marks = DOCUMENTS[name]
    shape = BriefingOut.model_validate(preview(text.encode(), "2026-01-02.md", CHANNEL))
    html = briefing_page(shape, text, (None, None), PageReader("zh-Hant"))
    page = read(html)
    assert '<time datetime="2026-01-02">' in html
    assert "/static/pages.css" in page.links
    ids = [entry.id for section in shape.sections for entry in section.items]
    assert ids
    assert set(ids) <= set(page.ids)
    for mark in marks:
        assert mark in html


def test_days_link_to_their_neighbours(client: TestClient) -> None:
    older = client.get(f"/v1/briefings/{OLDER}").json()["links"]
    newer = client.get(f"/v1/briefings/{NEWER}").json()["links"]
    assert ("prev" in older, older["next"]) == (False, f"/v1/briefings/{NEWER}")
    assert (newer["prev"], "next" in newer) == (f"/v1/briefings/{OLDER}", False)
    for path in (f"/v1/briefings/{OLDER}?fields=links.next", "/v1/briefings/latest"):
        assert client.get(path).status_code == 200


def test_an_item_links_to_its_place_in_the_day(client: TestClient) -> None:
    item = client.get("/v1/items?kind=full&limit=1").json()["data"][0]
    html = client.get(f"/v1/items/{item['id']}?format=html").text
    link = re.search(rf'href="([^"]+)#{item["id"]}"', html)
    assert link
    assert f'id="{item["id"]}"' in client.get(link[1].replace("&amp;", "&")).text


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Type", "Organisation", "First seen"]),
        ("zh-Hant", ["類型", "組織", "首見"]),
        ("zh-Hans", ["类型", "组织", "首见"]),
    ],
)
def test_labels_are_in_the_language_of_the_reader(
    client: TestClient, lang: str, words: list[str]
) -> None:
    entity = client.get("/v1/entities?q=NVIDIA").json()["data"][0]["id"]
    for request in ({"params": {"lang": lang}}, {"headers": {"Accept-Language": lang}}):
        params = {"format": "html"} | request.get("params", {})
        html = client.get(
            f"/v1/entities/{entity}", params=params, headers=request.get("headers", {})
        ).text
        assert f'<html lang="{lang}">' in html
        for word in words:
            assert word in html


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Headlines", "Importance: High", '<h2 id="sources">Sources</h2>']),
        ("zh-Hant", ["重要性：高", '<h2 id="sources">來源</h2>']),
        ("zh-Hans", ["重要性：高", '<h2 id="sources">来源</h2>']),
    ],
)
def test_sections_of_an_item_are_named_in_the_language_of_the_reader(
    client: TestClient, lang: str, words: list[str]
) -> None:
    query = "section=headlines&importance=high&has=sources&limit=1"
    first = client.get(f"/v1/items?{query}").json()["data"][0]["id"]
    html = client.get(f"/v1/items/{first}?format=html&lang={lang}").text
    for word in words:
        assert word in html
    # The document's own text stays in its language.
    assert '<article lang="zh-Hant">' in html


def test_covers_are_resolved(seeds: Callable[[str], Database]) -> None:
    with client_of(seeds("sqlite"), assets_url="https://cdn.example/a") as opened:
        html = opened.get(f"/v1/briefings/{NEWER}?format=html").text
        assert f'src="https://cdn.example/a/images/{NEWER}-ai-intel.png" alt="AI Daily"' in html


def test_without_an_address_there_is_no_cover(client: TestClient) -> None:
    assert "<img" not in client.get(f"/v1/briefings/{NEWER}?format=html").text


def test_text_is_escaped() -> None:
    hostile = '<script>alert(1)</script>"'
    item = item_page(
        ITEM.model_copy(update={"title": hostile, "summary": hostile}), hostile, PageReader()
    )
    entity = entity_page(ENTITY.model_copy(update={"name": hostile}), [], PageReader("en"))
    card = entity_card(ENTITY.model_copy(update={"name": hostile}), PageReader("en"))
    for html in (item, entity, card):
        assert "<script" not in html.replace(LINKED_DATA, "")
        assert "&lt;script&gt;" in html
    for html in (item, entity):
        read(html)
    assert f"Items: {ENTITY.counts.items} · Mentions: {ENTITY.counts.mentions}" in card


NOTES = {
    "a note at the end": ("甲公司發布新模型[^1]", "\n[^1]: 說明在此。\n", ["說明在此。"]),
    "two notes of which one is cited": (
        "乙公司[^b]",
        "\n[^a]: 別則的註。\n[^b]: 本則的**「註」**。\n",
        ["本則的<strong>「註」</strong>。"],
    ),
    "a note of two paragraphs": (
        "丙公司[^長]",
        "\n[^長]: 第一段。\n\n    第二段。\n\n一段別的文字。\n",
        ["第一段。", "第二段。"],
    ),
    "two notes": ("丁公司[^1]、戊公司[^2]", "\n[^2]: 乙註\n[^1]: 甲註\n", ["甲註", "乙註"]),
}


@pytest.mark.parametrize("name", NOTES)
def test_footnotes_of_an_item_are_on_its_page(database: Database, name: str) -> None:
    summary, end, marks = NOTES[name]
    take_in(database, briefing(item("新聞", summary=summary), item("別則"), end=end))
    with client_of(database) as opened:
        first, second = opened.get("/v1/items?sort=position").json()["data"]
        html = opened.get(f"/v1/items/{first['id']}?format=html").text
        read(html)
        for mark in marks:
            assert mark in html
        for absent in ("[^", "別則的註", "一段別的文字"):
            assert absent not in html.partition("<main>")[2]
        assert 'class="footnotes"' not in opened.get(f"/v1/items/{second['id']}?format=html").text


def test_the_stylesheet_is_light_and_dark(client: TestClient) -> None:
    answer = client.get("/static/pages.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "color-scheme: light dark" in answer.text
    assert "@media (prefers-color-scheme: dark)" in answer.text
    # Ours alone: nothing is fetched from elsewhere.
    assert "url(" not in answer.text
    assert "@import" not in answer.text
    assert len(answer.content) < 8_000
