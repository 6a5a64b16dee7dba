"""Lists of feeds in OPML: outlines with `xmlUrl`, at every depth, without commented ones.

Two attributes of an outline are ours: `authority` (0 to 1) and `section` (a kind of section). An
outline without one inherits that of the outlines around it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args
from xml.etree import ElementTree

from app.errors import Unreadable
from app.parse.section_kinds import SectionKind

DEFAULT_AUTHORITY = 0.5
MAX_FEEDS = 2_000


@dataclass(frozen=True, slots=True)
class FeedOutline:
    """A feed of a list: its address, its title, its authority and its section."""

    url: str
    title: str | None
    authority: float
    section: str | None


def read_opml(data: bytes, name: str) -> list[FeedOutline]:
    """Return the feeds of a list, each address once.

    Raises `Unreadable` for what is no OPML, and for an attribute that is not valid.
    """
    root = xml_root(data)
    if root is None or root.tag.lower() != "opml":
        raise Unreadable(f"{name} is no OPML file; expected XML with the root element opml.")
    feeds: dict[str, FeedOutline] = {}
    for body in root.iter("body"):
        for feed in _outlines(body, DEFAULT_AUTHORITY, None, name):
            feeds.setdefault(feed.url, feed)
    if len(feeds) > MAX_FEEDS:
        raise Unreadable(f"{name} has {len(feeds)} feeds; at most {MAX_FEEDS} are read.")
    return list(feeds.values())


def xml_root(data: bytes) -> ElementTree.Element | None:
    """Return the root of an XML document; None if it is broken or declares entities."""
    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
        return None
    try:
        return ElementTree.fromstring(data.lstrip())
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def _outlines(
    element: ElementTree.Element, authority: float, section: str | None, name: str
) -> Iterator[FeedOutline]:
    for outline in element.findall("outline"):
        if outline.get("isComment") == "true":
            continue
        inner_authority = _authority(outline, authority, name)
        inner_section = _section(outline, section, name)
        url = (outline.get("xmlUrl") or outline.get("xmlurl") or "").strip()
        if url:
            title = outline.get("title") or outline.get("text")
            yield FeedOutline(url, title, inner_authority, inner_section)
        yield from _outlines(outline, inner_authority, inner_section, name)


def _authority(outline: ElementTree.Element, default: float, name: str) -> float:
    text = outline.get("authority")
    if text is None:
        return default
    try:
        authority = float(text)
    except ValueError:
        authority = -1.0
    if not 0 <= authority <= 1:
        raise Unreadable(f"{name}: authority {text!r} is not valid; expected a number from 0 to 1.")
    return authority


def _section(outline: ElementTree.Element, default: str | None, name: str) -> str | None:
    text = outline.get("section")
    if text is not None and text not in get_args(SectionKind):
        expected = ", ".join(get_args(SectionKind))
        raise Unreadable(f"{name}: section {text!r} is not valid; expected one of: {expected}.")
    return text or default
