"""OPML 2.0: all feeds of all channels. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple
from xml.etree import ElementTree as ET

from app.render.feeds.atom import add_text, document
from app.render.printable import printable


class OpmlOutline(NamedTuple):
    """A feed in an outline: its title, its address and that of a page."""

    title: str
    address: str
    page: str


def opml(
    title: str, changed: datetime | None, groups: Mapping[str, Sequence[OpmlOutline]]
) -> bytes:
    """Return an OPML document; `groups` are the feeds of each channel."""
    root = ET.Element("opml", {"version": "2.0"})
    head = ET.SubElement(root, "head")
    add_text(head, "title", title)
    if changed:
        add_text(head, "dateModified", format_datetime(changed))
    body = ET.SubElement(root, "body")
    for name, outlines in groups.items():
        group = ET.SubElement(body, "outline", {"text": printable(name)})
        for outline in outlines:
            _add(group, outline)
    return document(root)


def _add(group: ET.Element, outline: OpmlOutline) -> None:
    text = printable(outline.title)
    attributes = {
        "type": "rss",
        "text": text,
        "title": text,
        "xmlUrl": printable(outline.address),
        "htmlUrl": printable(outline.page),
    }
    ET.SubElement(group, "outline", attributes)
