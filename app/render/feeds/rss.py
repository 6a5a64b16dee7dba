"""RSS 2.0, with the links of Atom, whole content and archives. Pure.

Readers take descriptions as HTML and titles as plain text: the former are escaped twice.
"""

from email.utils import format_datetime
from functools import lru_cache
from html import escape
from xml.etree import ElementTree as ET

from app.render.feeds.atom import (
    ATOM,
    HISTORY,
    MAX_WRITTEN_ENTRIES,
    MEDIA_RSS,
    add_text,
    document,
    instant,
)
from app.render.feeds.channel import GENERATOR, MEDIA, Entry, Feed, FeedLink
from app.render.printable import printable

_NAMESPACES = {
    "xmlns:atom": ATOM,
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:fh": HISTORY,
    "xmlns:media": MEDIA_RSS,
}


def rss(feed: Feed) -> bytes:
    """Return a feed as an RSS document."""
    root = ET.Element("rss", {"version": "2.0", **_NAMESPACES})
    channel = ET.SubElement(root, "channel")
    add_text(channel, "title", feed.title)
    add_text(channel, "link", feed.home)
    # Required, even if it only repeats the title.
    add_text(channel, "description", _as_html(feed.description or feed.title))
    if feed.language:
        add_text(channel, "language", feed.language)
    add_text(channel, "lastBuildDate", format_datetime(feed.updated))
    add_text(channel, "generator", GENERATOR)
    _add_link(channel, FeedLink(feed.address, "self", MEDIA["rss"].partition(";")[0]))
    for link in feed.archives:
        _add_link(channel, link)
    if feed.is_archive:
        ET.SubElement(channel, "fh:archive")
    return document(root, map(_item, feed.entries), "</channel></rss>")


@lru_cache(maxsize=MAX_WRITTEN_ENTRIES)
def _item(entry: Entry) -> str:
    item = ET.Element("item")
    add_text(item, "title", entry.title)
    add_text(item, "link", entry.address)
    guid = add_text(item, "guid", entry.id)
    guid.set("isPermaLink", "false")
    add_text(item, "pubDate", format_datetime(entry.published))
    add_text(item, "atom:updated", instant(entry.updated))
    add_text(item, "dc:creator", entry.author)
    if entry.language:
        add_text(item, "dc:language", entry.language)
    for category in entry.categories:
        element = add_text(item, "category", category.label)
        element.set("domain", category.scheme)
    for source in entry.sources:
        _add_link(item, source)
    if entry.image:
        ET.SubElement(item, "media:thumbnail", {"url": printable(entry.image)})
    if entry.summary:
        add_text(item, "description", _as_html(entry.summary))
    add_text(item, "content:encoded", entry.html)
    return ET.tostring(item, encoding="unicode")


def _as_html(text: str) -> str:
    """Return plain text as HTML that shows it."""
    return escape(text, quote=False)


def _add_link(parent: ET.Element, link: FeedLink) -> None:
    attributes = {"rel": link.rel, "href": printable(link.href)}
    if link.media:
        attributes["type"] = link.media
    if link.title:
        attributes["title"] = printable(link.title)
    ET.SubElement(parent, "atom:link", attributes)
