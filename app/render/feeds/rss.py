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
    add_link,
    add_text,
    document,
    instant,
    link_attributes,
)
from app.render.feeds.channel import GENERATOR, MEDIA, Entry, Feed, FeedLink
from app.render.feeds.elements import element, wrapped

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
    add_link(channel, "atom:link", FeedLink(feed.address, "self", MEDIA["rss"].partition(";")[0]))
    for link in feed.archives:
        add_link(channel, "atom:link", link)
    if feed.is_archive:
        ET.SubElement(channel, "fh:archive")
    return document(root, map(_item, feed.entries), "</channel></rss>")


@lru_cache(maxsize=MAX_WRITTEN_ENTRIES)
def _item(entry: Entry) -> str:
    parts = [
        element("title", entry.title),
        element("link", entry.address),
        element("guid", entry.id, {"isPermaLink": "false"}),
        element("pubDate", format_datetime(entry.published)),
        element("atom:updated", instant(entry.updated)),
        element("dc:creator", entry.author),
    ]
    if entry.language:
        parts.append(element("dc:language", entry.language))
    for category in entry.categories:
        parts.append(element("category", category.label, {"domain": category.scheme}))
    for source in entry.sources:
        parts.append(element("atom:link", "", link_attributes(source)))
    if entry.image:
        parts.append(element("media:thumbnail", "", {"url": entry.image}))
    if entry.summary:
        parts.append(element("description", _as_html(entry.summary)))
    parts.append(element("content:encoded", entry.html))
    return wrapped("item", "".join(parts))


def _as_html(text: str) -> str:
    """Return plain text as HTML that shows it."""
    return escape(text, quote=False)
