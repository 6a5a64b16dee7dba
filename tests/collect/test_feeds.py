import json

import pytest

from app.collect.errors import FetchError
from app.collect.feeds import FeedEntry, read_feed

URL = "https://a.example/feeds/all.xml"


def rss(items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>站</title>{items}</channel></rss>".encode()


def entry(data: bytes, media_type: str = "") -> FeedEntry:
    (only,) = read_feed(data, URL, media_type).entries
    return only


def test_rss_is_read_with_relative_links_and_html_in_titles() -> None:
    read = entry(
        rss(
            "<item><title>&lt;b&gt;Qwen&lt;/b&gt; &amp;amp; GLM</title><link>/news/1</link>"
            "<pubDate>2025年12月23日 06:44</pubDate>"
            "<description>&lt;p&gt;一句。&lt;/p&gt;&lt;p&gt;二句。&lt;/p&gt;</description></item>"
        )
    )
    assert read.url == "https://a.example/news/1"
    assert read.title == "Qwen & GLM"
    assert read.published == "2025年12月23日 06:44"
    assert read.text == "一句。\n二句。"


def test_the_longest_content_of_an_atom_entry_counts() -> None:
    data = (
        b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://b.example/x/'>"
        b"<title>T</title><entry><title type='html'>&lt;i&gt;A&lt;/i&gt;</title><id>tag:1</id>"
        b"<link href='../2'/><updated>2025-12-23T00:00:00Z</updated><summary>short</summary>"
        b"<content type='html'>&lt;p&gt;a longer text&lt;/p&gt;</content></entry></feed>"
    )
    read = entry(data)
    assert (read.url, read.guid, read.title) == ("https://b.example/2", "tag:1", "A")
    assert read.text == "a longer text"


def test_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "title": "J",
        "items": [
            {"id": 7, "url": "/1", "content_html": "<p>甲</p>", "date_published": "2025-12-23"},
            {"id": "https://a.example/2", "content_text": "乙", "title": "T"},
            "no item",
        ],
    }
    read = read_feed(json.dumps(feed).encode(), URL)
    assert [item.url for item in read.entries] == ["https://a.example/1", "https://a.example/2"]
    assert [item.title for item in read.entries] == ["甲", "T"]


def test_a_sitemap_of_news_and_an_index_are_read() -> None:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    news = "http://www.google.com/schemas/sitemap-news/0.9"
    data = (
        f"<urlset xmlns='{space}' xmlns:n='{news}'><url><loc>https://a.example/1</loc>"
        "<n:news><n:publication_date>2025-12-23</n:publication_date><n:title>標題</n:title>"
        "</n:news></url><url><loc>https://a.example/about</loc></url></urlset>"
    ).encode()
    read = entry(data)
    assert (read.url, read.title, read.published) == ("https://a.example/1", "標題", "2025-12-23")
    index = f"<sitemapindex xmlns='{space}'><sitemap><loc>/news.xml</loc></sitemap></sitemapindex>"
    assert read_feed(index.encode(), URL).sitemaps == ("https://a.example/news.xml",)


def test_replaced_papers_of_an_arxiv_listing_are_left_out() -> None:
    space = "xmlns:arxiv='http://arxiv.org/schemas/atom'"
    items = "".join(
        f"<item><title>P{number}</title><link>https://arxiv.org/abs/2512.0000{number}</link>"
        f"<guid isPermaLink='false'>oai:arXiv.org:2512.0000{number}v1</guid>"
        f"<description>arXiv:2512.0000{number}v1 Announce Type: {kind}\nAbstract: We show it."
        f"</description><arxiv:announce_type>{kind}</arxiv:announce_type></item>"
        for number, kind in enumerate(["new", "replace", "cross", "replace-cross"])
    )
    read = read_feed(f"<rss version='2.0' {space}><channel>{items}</channel></rss>".encode(), URL)
    assert [item.title for item in read.entries] == ["P0", "P2"]
    assert read.entries[0].text == "We show it."


def test_ids_that_several_entries_have_do_not_count() -> None:
    items = "".join(
        f"<item><title>{number}</title><link>/{number}</link><guid>same</guid></item>"
        for number in range(2)
    )
    read = read_feed(rss(items), URL)
    assert [item.guid for item in read.entries] == [None, None]


def test_entries_without_a_web_address_are_reported() -> None:
    items = (
        "<item><title>a</title></item><item><title>b</title><link>mailto:x@a.example</link></item>"
        "<item><title>c</title><guid>https://a.example/c</guid></item>"
    )
    read = read_feed(rss(items), URL)
    assert [item.url for item in read.entries] == ["https://a.example/c"]
    assert read.warnings == ("2 of 3 entries have no web address",)


def test_a_wrong_encoding_and_a_broken_end_are_read() -> None:
    text = "<?xml version='1.0' encoding='us-ascii'?><rss version='2.0'><channel><item>"
    text += "<title>輝達</title><link>/1</link></item><item><title>x"
    read = read_feed(text.encode(), URL, "text/xml; charset=iso-8859-1")
    assert read.entries[0].title == "輝達"
    assert "its XML is broken" in read.warnings[0]


@pytest.mark.parametrize(
    "data",
    [b"", b"<html><body>x</body></html>", b"{", b'{"version": "1", "items": []}', b"plain text"],
)
def test_what_is_no_feed_is_refused(data: bytes) -> None:
    with pytest.raises(FetchError, match=r"no feed|JSON"):
        read_feed(data, URL)
