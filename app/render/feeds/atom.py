"""Atom 1.0 (RFC 4287) with paging and archives (RFC 5005). Pure."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from xml.etree import ElementTree as ET

from app.render.feeds.channel import GENERATOR, MEDIA, Category, Entry, Feed, FeedLink
from app.render.feeds.elements import element, wrapped
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
    add_link(root, "link", FeedLink(feed.address, "self", MEDIA["atom"].partition(";")[0]))
    add_link(root, "link", FeedLink(feed.home, "alternate", "text/html"))
    for link in feed.archives:
        add_link(root, "link", link)
    if feed.is_archive:
        ET.SubElement(root, "fh:archive")
    return document(root, map(_entry, feed.entries), "</feed>")


@lru_cache(maxsize=MAX_WRITTEN_ENTRIES)
def _entry(entry: Entry) -> str:
    parts = [
        element("id", entry.id),
        element("title", entry.title),
        element("published", instant(entry.published)),
        element("updated", instant(entry.updated)),
        wrapped("author", element("name", entry.author)),
        # One alternate: sfeed takes the first of any type, newsboat the last.
        _link(FeedLink(entry.address, "alternate", "text/html")),
        _link(FeedLink(entry.json_address, "related", "application/json")),
        *map(_link, entry.sources),
        *map(_category, entry.categories),
    ]
    if entry.image:
        parts.append(element("media:thumbnail", "", {"url": entry.image}))
    if entry.summary:
        parts.append(element("summary", entry.summary))
    parts.append(element("content", entry.html, {"type": "html"}))
    language = {"xml:lang": entry.language} if entry.language else None
    return wrapped("entry", "".join(parts), language)


def _link(link: FeedLink) -> str:
    return element("link", "", link_attributes(link))


def link_attributes(link: FeedLink) -> dict[str, str]:
    """Return the attributes of a link of Atom."""
    attributes = {"rel": link.rel, "href": link.href}
    if link.media:
        attributes["type"] = link.media
    if link.title:
        attributes["title"] = link.title
    return attributes


# Entries of a day name the same entities, some twenty each.
@lru_cache(maxsize=4_096)
def _category(category: Category) -> str:
    attributes = {"term": category.term, "label": category.label, "scheme": category.scheme}
    return element("category", "", attributes)


def add_link(parent: ET.Element, tag: str, link: FeedLink) -> None:
    """Add a link to the head of a feed."""
    attributes = {name: printable(value) for name, value in link_attributes(link).items()}
    ET.SubElement(parent, tag, attributes)


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
