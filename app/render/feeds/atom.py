"""Atom 1.0 (RFC 4287) with paging and archives (RFC 5005). Pure."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from xml.etree import ElementTree as ET

from app.render.feeds.channel import GENERATOR, MEDIA, Category, Entry, Feed, FeedLink
from app.render.printable import printable

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
MEDIA_RSS = "http://search.yahoo.com/mrss/"
MAX_WRITTEN_ENTRIES = 500
"""Entries that are cached as XML, of each format; some 4 KB each."""


def atom(feed: Feed) -> bytes:
    """Return a feed as an Atom document."""
    # Names with prefixes as written: ElementTree gives no namespace both with and without one.
    namespaces = {"xmlns": ATOM, "xmlns:fh": HISTORY, "xmlns:media": MEDIA_RSS}
    root = ET.Element("feed", namespaces)
    if feed.language:
        root.set("xml:lang", feed.language)
    add_text(root, "id", feed.id)
    add_text(root, "title", feed.title)
    if feed.description:
        add_text(root, "subtitle", feed.description)
    add_text(root, "updated", instant(feed.updated))
    add_text(root, "generator", GENERATOR)
    author = ET.SubElement(root, "author")
    add_text(author, "name", GENERATOR)
    _add_link(root, FeedLink(feed.address, "self", MEDIA["atom"].partition(";")[0]))
    _add_link(root, FeedLink(feed.home, "alternate", "text/html"))
    for link in feed.archives:
        _add_link(root, link)
    if feed.is_archive:
        ET.SubElement(root, "fh:archive")
    return document(root, map(_entry, feed.entries), "</feed>")


@lru_cache(maxsize=MAX_WRITTEN_ENTRIES)
def _entry(entry: Entry) -> str:
    element = ET.Element("entry")
    if entry.language:
        element.set("xml:lang", entry.language)
    add_text(element, "id", entry.id)
    add_text(element, "title", entry.title)
    add_text(element, "published", instant(entry.published))
    add_text(element, "updated", instant(entry.updated))
    author = ET.SubElement(element, "author")
    add_text(author, "name", entry.author)
    # One alternate: sfeed takes the first of any type, newsboat the last.
    _add_link(element, FeedLink(entry.address, "alternate", "text/html"))
    _add_link(element, FeedLink(entry.json_address, "related", "application/json"))
    for source in entry.sources:
        _add_link(element, source)
    for category in entry.categories:
        _add_category(element, category)
    if entry.image:
        ET.SubElement(element, "media:thumbnail", {"url": printable(entry.image)})
    if entry.summary:
        add_text(element, "summary", entry.summary)
    content = add_text(element, "content", entry.html)
    content.set("type", "html")
    return ET.tostring(element, encoding="unicode")


def _add_link(parent: ET.Element, link: FeedLink) -> None:
    attributes = {"rel": link.rel, "href": printable(link.href)}
    if link.media:
        attributes["type"] = link.media
    if link.title:
        attributes["title"] = printable(link.title)
    ET.SubElement(parent, "link", attributes)


def _add_category(parent: ET.Element, category: Category) -> None:
    attributes = {
        "term": printable(category.term),
        "label": printable(category.label),
        "scheme": category.scheme,
    }
    ET.SubElement(parent, "category", attributes)


def add_text(parent: ET.Element, tag: str, text: str) -> ET.Element:
    """Add an element with a text and return it."""
    element = ET.SubElement(parent, tag)
    element.text = printable(text)
    return element


def instant(moment: datetime) -> str:
    """Return a moment in whole seconds with its offset (RFC 3339).

    newsboat 2.21 ignores the offset behind a fraction of a second.
    """
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def document(root: ET.Element, entries: Iterable[str] = (), end: str = "") -> bytes:
    """Return an XML document in UTF-8: an element, with written `entries` before its `end`."""
    # As a text first: an encoding writer takes three times as long.
    text = ET.tostring(root, encoding="unicode")
    return _DECLARATION + "".join([text.removesuffix(end), *entries, end]).encode()
