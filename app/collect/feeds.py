"""Feeds of every kind read into entries: Atom and RSS, JSON Feed, news sitemaps, arXiv listings."""

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import feedparser
import orjson
from lxml import etree

from app.collect.encodings import as_utf8_xml, decoded
from app.collect.errors import FetchError
from app.collect.html_text import one_line, plain_text
from app.collect.opml import xml_root

MAX_ENTRIES = 1_000
MAX_SITEMAPS = 5
MAX_TEXT_CHARS = 200_000
_ARXIV_HEAD = re.compile(r"^arXiv:\S+\s+Announce Type:\s*\S+\s*(?:Abstract:)?\s*")
_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});)")
_FEED_LINK = re.compile(
    r"<link(?=[^<>]{0,300}application/(?:rss|atom)\+xml)[^<>]{0,300}?href=[\"']([^\"'<>]+)",
    re.IGNORECASE,
)
_MAX_TITLE_CHARS = 500


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of a feed. `guid` is the feed's own id of it, None where it has none to rely on.

    `published` is the text of the date; `raw` the bytes that `text` was made of.
    """

    url: str
    guid: str | None
    title: str
    published: str
    text: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """A feed: its title, entries, the sitemaps an index lists, and doubts about it."""

    title: str | None
    entries: tuple[FeedEntry, ...]
    sitemaps: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def read_feed(data: bytes, url: str, media_type: str = "") -> ReadFeed:
    """Return a feed of any kind. Raises `FetchError` for bytes that are not a feed."""
    text = decoded(data, media_type)
    if text.lstrip()[:1] == "{":
        return _checked(_json_feed(text, url))
    sitemap = _sitemap(text, url) if "sitemap" in text[:2_000] else None
    return _checked(sitemap or _xml_feed(text, url))


def _address(url: str, link: str) -> str:
    """Return the web address of a link in the feed at `url`; empty without one."""
    try:
        address = urljoin(url, link.strip()) if link.strip() else ""
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and parts.hostname
        # Reading the port checks it.
        return address.replace(" ", "%20") if is_web and parts.port != 0 else ""
    except ValueError:
        return ""


def _checked(feed: ReadFeed) -> ReadFeed:
    """Return a feed without entries that have no address, and without ids that several have."""
    ids = Counter(entry.guid for entry in feed.entries)
    entries, warnings = [], list(feed.warnings)
    lost = 0
    for entry in feed.entries[:MAX_ENTRIES]:
        if not entry.url:
            lost += 1
            continue
        guid = entry.guid if entry.guid and ids[entry.guid] == 1 else None
        text = entry.text[:MAX_TEXT_CHARS]
        title = entry.title[:_MAX_TITLE_CHARS]
        entries.append(
            FeedEntry(
                entry.url,
                guid,
                title,
                entry.published,
                text,
                entry.raw,
            )
        )
    if lost:
        warnings.append(f"{lost} of {len(feed.entries)} entries have no web address")
    if len(feed.entries) > MAX_ENTRIES:
        warnings.append(f"only the first {MAX_ENTRIES} of {len(feed.entries)} entries are read")
    return ReadFeed(
        feed.title,
        tuple(entries),
        feed.sitemaps,
        tuple(warnings),
    )


def _xml_feed(text: str, url: str) -> ReadFeed:
    parsed = feedparser.parse(
        io.BytesIO(as_utf8_xml(text)),
        response_headers={"content-location": url, "content-type": "application/xml"},
    )
    if not parsed.version and not parsed.entries:
        raise FetchError(_no_feed(text, url))
    entries = []
    for entry in parsed.entries:
        # Replaced papers are announced again; the paper is no news.
        if str(entry.get("arxiv_announce_type", "")).startswith("replace"):
            continue
        entries.append(_xml_entry(entry, url))
    warnings = []
    if parsed.bozo:
        fault = str(parsed.get("bozo_exception", "")).strip()
        warnings.append(f"its XML is broken ({fault[:120]}); what could be read is stored")
    title = one_line(parsed.feed.get("title", ""))
    return ReadFeed(title or None, tuple(entries), warnings=tuple(warnings))


def _no_feed(text: str, url: str) -> str:
    """Return why a document is no feed, with the feed that a page of HTML names."""
    if "<html" not in text[:2_000].lower():
        return "it is no feed; expected Atom, RSS, JSON Feed or a sitemap of news"
    match = _FEED_LINK.search(text)
    address = _address(url, match[1]) if match else ""
    advice = f"its feed may be {address}" if address else "it may ask to log in, or the feed moved"
    return f"it is no feed but a page of HTML; {advice}"


def _xml_entry(entry: Mapping[str, Any], url: str) -> FeedEntry:
    markup = str(entry.get("summary", ""))
    for content in entry.get("content", ()):
        if len(content.get("value", "")) > len(markup):
            markup = str(content["value"])
    guid = str(entry.get("id", "")) or None
    link = str(entry.get("link", ""))
    is_address = entry.get("guidislink") is not False
    if not link and guid and is_address and guid.startswith(("http://", "https://")):
        link = guid
    published = entry.get("published") or entry.get("updated") or ""
    return FeedEntry(
        url=_address(url, link),
        guid=guid,
        title=one_line(str(entry.get("title", ""))),
        published=str(published),
        text=_ARXIV_HEAD.sub("", plain_text(markup)),
        raw=markup.encode("utf-8", "replace"),
    )


def _json_feed(text: str, url: str) -> ReadFeed:
    """Return a JSON Feed of version 1.0 or 1.1 (jsonfeed.org/version/1.1)."""
    try:
        feed = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise FetchError("its JSON is broken") from None
    items = feed.get("items")
    if "jsonfeed.org" not in str(feed.get("version", "")) or not isinstance(items, list):
        raise FetchError("its JSON is no JSON Feed; expected version and items")
    entries = []
    for item in items:
        if isinstance(item, dict):
            entries.append(_json_entry(item, url))
    title = one_line(str(feed.get("title") or ""))
    return ReadFeed(title or None, tuple(entries))


def _json_entry(item: Mapping[str, Any], url: str) -> FeedEntry:
    markup = str(item.get("content_html") or "")
    text = str(item.get("content_text") or "") or plain_text(markup)
    text = text or plain_text(str(item.get("summary") or ""))
    link = str(item.get("url") or item.get("external_url") or "")
    guid = item.get("id")
    if not link and str(guid).startswith(("http://", "https://")):
        link = str(guid)
    title = one_line(str(item.get("title") or ""))
    return FeedEntry(
        url=_address(url, link),
        guid=None if guid is None else str(guid),
        title=title or one_line(text)[:80],
        published=str(item.get("date_published") or item.get("date_modified") or ""),
        text=text,
        raw=(markup or text).encode("utf-8", "replace"),
    )


def _sitemap(text: str, url: str) -> ReadFeed | None:
    """Return a sitemap of news, or an index of sitemaps; None for another document.

    Names count without their namespace, which some sitemaps misspell.
    """
    data = as_utf8_xml(text)
    root = xml_root(data)
    warnings = []
    if root is None:
        # Addresses with a bare ampersand are the usual fault.
        data = as_utf8_xml(_BARE_AMPERSAND.sub("&amp;", text))
        root = _recovered(data)
        warnings.append("its XML is broken; what could be read is stored")
    if root is None:
        return None
    name = _local(root)
    if name == "sitemapindex":
        places = [_address(url, place) for place in _texts(root, "loc")]
        return ReadFeed(None, (), tuple(filter(None, places))[:MAX_SITEMAPS])
    if name != "urlset":
        return None
    entries = []
    for element in root:
        place = next(_texts(element, "loc"), "")
        title = next(_texts(element, "title"), "")
        published = next(_texts(element, "publication_date"), "")
        if place and (title or published):
            raw = etree.tostring(element) if warnings else ElementTree.tostring(element, "utf-8")
            link = _address(url, place)
            entries.append(FeedEntry(link, None, one_line(title), published, "", raw))
    if not entries:
        raise FetchError("the sitemap has no news; expected elements of the news extension")
    return ReadFeed(None, tuple(entries), warnings=tuple(warnings))


def _recovered(data: bytes) -> Any:
    """Return the root of broken XML as far as it can be read; None if nothing can.

    Nothing is resolved or loaded: a document with entities is none.
    """
    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
        return None
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _texts(element: Any, name: str) -> Iterator[str]:
    for inner in element.iter():
        if _local(inner) == name and inner.text:
            yield inner.text.strip()
