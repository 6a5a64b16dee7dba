"""A feed and its entries, whatever the format they are written in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

GENERATOR = "Briefbase"
AUTHORITY = "briefbase,2026"
"""The authority of `tag:` ids (RFC 4151): the same wherever a service moves."""
Format = Literal["atom", "rss", "json"]
MEDIA: dict[Format, str] = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
OPML_MEDIA = "text/x-opml; charset=utf-8"


def tag_uri(kind: str, *names: str) -> str:
    """Return the permanent id of a thing: `tag:briefbase,2026:item:i_2f7ah3kqxw5c`."""
    return ":".join((f"tag:{AUTHORITY}", kind, *names))


class FeedLink(NamedTuple):
    """A link of a feed or an entry; `href` is absolute."""

    href: str
    rel: str = "alternate"
    media: str | None = None
    title: str | None = None


class Category(NamedTuple):
    """A tag or an entity of an entry; `scheme` tells which."""

    term: str
    label: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed: its whole content as safe HTML."""

    id: str
    title: str
    html: str
    published: datetime
    updated: datetime
    author: str
    address: str
    json_address: str
    summary: str | None = None
    language: str | None = None
    image: str | None = None
    sources: tuple[FeedLink, ...] = ()
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A document of a feed; `archives` are its links to other documents (RFC 5005)."""

    id: str
    title: str
    address: str
    home: str
    updated: datetime
    entries: Sequence[Entry]
    description: str | None = None
    language: str | None = None
    is_archive: bool = False
    archives: Sequence[FeedLink] = ()

    def archive(self, rel: str) -> str | None:
        """Return the address of a link to another document of the feed, None without one."""
        for link in self.archives:
            if link.rel == rel:
                return link.href
        return None
