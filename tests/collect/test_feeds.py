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


ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{}</feed>"
RDF = (
    b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
    b" xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
    b"<channel rdf:about='/'><title>T</title></channel><item rdf:about='https://a.example/1'>"
    b"<title>X</title><link>https://a.example/1</link><dc:date>2025-12-23T01:00+09:00</dc:date>"
    b"<description>d</description></item></rdf:RDF>"
)


def test_rss_1_is_read() -> None:
    read = entry(RDF)
    assert (read.url, read.title) == ("https://a.example/1", "X")
    assert (read.published, read.text) == ("2025-12-23T01:00+09:00", "d")


def test_atom_with_xhtml_is_read_and_the_alternate_link_counts() -> None:
    space = "xmlns='http://www.w3.org/1999/xhtml'"
    read = entry(
        ATOM.format(
            f"<entry><title type='xhtml'><div {space}>A <b>B</b> &amp; C</div></title>"
            "<link rel='edit' href='/edit/1'/><link rel='alternate' href='/1'/>"
            f"<summary>s</summary><content type='xhtml'><div {space}><p>One.</p><p>Two.</p></div>"
            "</content></entry>"
        ).encode()
    )
    assert (read.url, read.title) == ("https://a.example/1", "A B & C")
    assert (read.text, read.guid) == ("One.\nTwo.", None)


@pytest.mark.parametrize(
    ("inner", "url"),
    [
        (
            "<entry xml:base='https://c.example/d/'><link href='e'/></entry>",
            "https://c.example/d/e",
        ),
        ("<entry><link href='e'/></entry>", "https://a.example/feeds/e"),
        ("<entry><id>https://a.example/9</id></entry>", "https://a.example/9"),
        ("<entry><link href=' https://a.example/a b '/></entry>", "https://a.example/a%20b"),
    ],
)
def test_links_are_resolved(inner: str, url: str) -> None:
    assert entry(ATOM.format(inner).encode()).url == url


def test_a_feed_without_a_namespace_is_read() -> None:
    data = b"<feed><entry><title>A</title><link href='/9'/><summary>s</summary></entry></feed>"
    assert entry(data).url == "https://a.example/9"


@pytest.mark.parametrize(
    "space",
    [
        "xmlns:content='http://purl.org/rss/1.0/modules/content/'",
        "xmlns:content='http://purl.org/rss/1.0/modules/contents'",
        "",
    ],
    ids=["right", "misspelt", "missing"],
)
def test_whole_content_counts_before_a_description(space: str) -> None:
    read = entry(
        f"<rss version='2.0' {space}><channel><item><title>T</title><link>/3</link>"
        "<description>short</description><content:encoded><![CDATA[<p>a longer text</p>]]>"
        "</content:encoded></item></channel></rss>".encode()
    )
    assert read.text == "a longer text"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("<![CDATA[AT&T <em>x</em> 1 < 2]]>", "AT&T x 1 < 2"),
        ("AT&amp;amp;T &amp;lt;b&amp;gt;x&amp;lt;/b&amp;gt; &amp;#8217;s", "AT&T x ’s"),
        ("A&nbsp;B &mdash; C", "A B — C"),
        ("A\x0bB\x08C&#x1f;D", "ABCD"),
        ("a\n  b\tc", "a b c"),
    ],
)
def test_titles_are_read_however_they_are_escaped(title: str, text: str) -> None:
    assert entry(rss(f"<item><title>{title}</title><link>/1</link></item>")).title == text


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("<guid isPermaLink='false'>https://a.example/?p=1</guid>", "an id that is no address"),
        ("<enclosure url='https://a.example/x.mp3' type='audio/mpeg'/>", "a sound alone"),
        ("<link>http://[bad</link>", "a broken host"),
        ("<link>http://a.example:port/</link>", "a broken port"),
        ("<link>javascript:void(0)</link>", "a script"),
    ],
)
def test_what_is_no_address_costs_one_entry(link: str, kind: str) -> None:
    good = "<item><title>U</title><link>/2</link></item>"
    read = read_feed(rss(f"<item><title>T</title>{link}</item>{good}"), URL)
    assert [item.title for item in read.entries] == ["U"], kind
    assert read.warnings == ("1 of 2 entries have no web address",)


@pytest.mark.parametrize(
    "before", [b"\xef\xbb\xbf", b"\n \n", b"<br /><b>Warning</b>: x in /y.php<br />\n"]
)
def test_what_stands_before_a_feed_does_no_harm(before: bytes) -> None:
    data = before + b"<?xml version='1.0'?>" + rss("<item><title>T</title><link>/1</link></item>")
    assert entry(data).title == "T"


def test_json_feed_without_ids_and_with_wrong_types_is_read() -> None:
    items = [
        {"url": "https://a.example/1", "title": None, "content_html": "<p>h</p>"},
        {"url": "http://[bad", "title": "T"},
        {"external_url": "/2", "title": "U", "date_published": 1766444694},
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    read = read_feed(b"\xef\xbb\xbf" + json.dumps(feed).encode(), URL)
    assert [(item.title, item.guid) for item in read.entries] == [("h", None), ("U", None)]
    assert read.entries[1].published == "1766444694"
    assert read.warnings == ("1 of 3 entries have no web address",)


def test_a_sitemap_with_a_misspelt_namespace_and_bare_ampersands_is_read() -> None:
    data = (
        b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
        b" xmlns:n='https://www.google.com/schemas/sitemap-news'><url>"
        b"<loc>https://a.example/1?a=1&b=2</loc><n:news><n:title>A &amp; B</n:title></n:news>"
        b"</url></urlset>"
    )
    read = read_feed(data, URL)
    assert [item.url for item in read.entries] == ["https://a.example/1?a=1&b=2"]
    assert read.entries[0].title == "A & B"
    assert read.warnings == ("its XML is broken; what could be read is stored",)


def test_a_sitemap_of_other_pages_is_refused() -> None:
    data = b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>/1</loc></url>"
    with pytest.raises(FetchError, match="no news"):
        read_feed(data + b"</urlset>", URL)


def test_a_page_in_place_of_a_feed_says_where_the_feed_may_be() -> None:
    page = b"<!DOCTYPE html><html><head><title>Sign in</title>%s</head></html>"
    link = b"<link rel='alternate' type='application/rss+xml' href='/feed'>"
    with pytest.raises(FetchError, match=r"its feed may be https://a\.example/feed$"):
        read_feed(page % link, URL)
    with pytest.raises(FetchError, match="may ask to log in"):
        read_feed(page % b"", URL)


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
