"""Atom, RSS, JSON Feed and OPML."""

import re
from calendar import timegm
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import feedparser
import orjson
import pytest

from app.api.examples.answers import BY_SCHEMA
from app.query.request.feed_params import BriefingFeed
from app.query.schemas.items import ItemOut
from app.render.feeds.atom import atom
from app.render.feeds.channel import Category, Entry, Feed, FeedLink, tag_uri
from app.render.feeds.content import document_html, item_html
from app.render.feeds.json_feed import json_feed
from app.render.feeds.opml import OpmlOutline, opml
from app.render.feeds.rss import rss
from tests.hostile_document import HOSTILE

HOME = "https://kb.example"
AT = datetime(2025, 12, 23, 6, 44, 54, tzinfo=UTC)
ENTRY = Entry(
    id=tag_uri("item", "i_1"),
    title="A & B <T> ]]> 「昇騰」",
    html='<p>粗 &lt;T&gt; ]]&gt; <a href="https://a.example/?a=1&amp;b=2">x</a></p>',
    published=AT,
    updated=AT.replace(minute=50),
    author="]]> <Zed> & Co",
    address=f"{HOME}/v1/items/i_1?format=html",
    json_address=f"{HOME}/v1/items/i_1",
    summary="摘要 & <b>",
    language="zh-Hant",
    image="https://img.example/a.png?a=1&b=2",
    sources=(FeedLink("https://news.example/?a=1&b=<2>", "via", title="a\x07 & ]]>"),),
    categories=(Category("sglang", "SGLang", tag_uri("entities")),),
)
FEED = Feed(
    id=tag_uri("feed", "/feeds/items"),
    title="Briefbase · <items>",
    address=f"{HOME}/feeds/items.atom?a=1&b=2",
    home=HOME,
    updated=AT,
    entries=[ENTRY],
    description="a & b",
    language="zh-Hant",
    is_archive=True,
    archives=[
        FeedLink(f"{HOME}/feeds/items.atom?archive=2025-W51", "prev-archive"),
        FeedLink(f"{HOME}/feeds/items.atom", "current"),
    ],
)


@pytest.mark.parametrize("write", [atom, rss])
def test_feedparser_reads_what_was_meant(write: Callable[[Feed], bytes]) -> None:
    parsed = feedparser.parse(write(FEED))
    assert not parsed.bozo
    (entry,) = parsed.entries
    assert (parsed.feed.title, entry.title) == (FEED.title, ENTRY.title)
    assert (entry.id, entry.link, entry.author) == (ENTRY.id, ENTRY.address, ENTRY.author)
    assert timegm(entry.published_parsed) == ENTRY.published.timestamp()
    assert timegm(entry.updated_parsed) == ENTRY.updated.timestamp()
    assert re.sub(r' rel="[^"]*"', "", entry.content[0].value) == ENTRY.html
    assert [link.href for link in entry.links if link.rel == "via"] == [ENTRY.sources[0].href]
    assert entry.media_thumbnail == [{"url": ENTRY.image}]
    assert "fh_archive" in parsed.feed
    links = {link.rel: link.href for link in parsed.feed.links}
    assert links["prev-archive"].endswith("archive=2025-W51")
    assert {"self", "current"} <= set(links)


def test_descriptions_of_rss_are_text_that_readers_show_as_written() -> None:
    text = 'A & B <img src="x" onerror="y"> &lt;b&gt;'
    entry = replace(ENTRY, summary=text)
    parsed = feedparser.parse(rss(replace(FEED, entries=[entry], description=text)))
    for value in (parsed.entries[0].summary, parsed.feed.description):
        assert "<" not in value
        assert unescape(value) == text


def test_titles_of_rss_are_escaped_once() -> None:
    root = ET.fromstring(rss(FEED))
    assert [title.text for title in root.iter("title")] == [FEED.title, ENTRY.title]


def test_an_entry_of_atom_has_one_alternate() -> None:
    # sfeed takes the first alternate, newsboat the last.
    root = ET.fromstring(atom(FEED))
    name = "{http://www.w3.org/2005/Atom}"
    relations = [link.get("rel") for link in root.iterfind(f"{name}entry/{name}link")]
    assert relations == ["alternate", "related", "via"]


def test_a_json_feed_has_the_same() -> None:
    feed = orjson.loads(json_feed(FEED))
    (item,) = feed["items"]
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["next_url"] == FEED.archive("prev-archive")
    assert (item["title"], item["content_html"]) == (ENTRY.title, ENTRY.html)
    assert (item["date_published"], item["tags"]) == ("2025-12-23T06:44:54Z", ["SGLang"])
    assert item["_briefbase"]["via"] == [{"url": ENTRY.sources[0].href, "title": "a & ]]>"}]


def test_an_empty_feed_is_valid() -> None:
    empty = replace(FEED, entries=[], archives=[], description=None, language=None)
    for write in (atom, rss):
        assert not feedparser.parse(write(empty)).bozo
    assert orjson.loads(json_feed(empty))["items"] == []


def test_a_feed_of_any_limit_renders_a_document_once() -> None:
    longest = BriefingFeed.model_validate({"limit": 100}).limit
    document_html.cache_clear()
    for _ in range(2):
        for number in range(longest):
            document_html(f"# {number}", HOME, None)
    assert document_html.cache_info().misses == longest


def test_an_outline_names_every_feed() -> None:
    outlines = {"a&b": [OpmlOutline("<x>", f"{HOME}/feeds/items.atom?a=1&b=2", HOME)]}
    root = ET.fromstring(opml("Briefbase", AT, outlines))
    (feed,) = root.iterfind("body/outline/outline")
    assert (feed.get("text"), feed.get("type")) == ("<x>", "rss")
    assert feed.get("xmlUrl") == f"{HOME}/feeds/items.atom?a=1&b=2"


class Inert(HTMLParser):
    """Fails on anything that runs or leads to where nothing is."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "style", "svg", "iframe", "object", "form"), tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name in ("href", "src"):
                assert (value or "").startswith(("http://", "https://", "mailto:")), value


def test_a_hostile_document_is_inert() -> None:
    html = document_html(HOSTILE, f"{HOME}/v1/briefings/x?format=html", None)
    Inert().feed(html)
    assert "<strong>粗</strong>" in html


def test_the_content_of_an_item_is_whole() -> None:
    item = ItemOut.model_validate(BY_SCHEMA["ItemOut"])
    html = item_html(item, "zh-Hant", HOME, None)
    Inert().feed(html)
    for text in (item.summary, item.importance and item.importance.label):
        assert text
        assert text in html
    for source in item.sources:
        assert f'href="{source.url}"' in html
    plain = item.model_copy(update={"summary": "**粗** `<b>`\n\n- a\n- b"})
    assert "<strong>粗</strong> <code>&lt;b&gt;</code>" in item_html(plain, None, HOME, None)
