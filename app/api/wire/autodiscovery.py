"""Addresses of feeds: of the feed with the filters of a list, and of the feeds a page names."""

from functools import cache
from urllib.parse import unquote

from starlette.datastructures import URL

from app.query.request.feed_params import BriefingFeed, FeedWindow, ItemFeed, WatchFeed
from app.query.request.params import Params

_SHAPES: dict[str, type[Params]] = {
    "items": ItemFeed,
    "briefings": BriefingFeed,
    "watchlist": WatchFeed,
}


@cache
def _filters(feed: str) -> frozenset[str]:
    """Return the names of the parameters that a feed has in common with its list."""
    shape = _SHAPES.get(feed, ItemFeed)
    names = set()
    for name, field in shape.model_fields.items():
        if name not in FeedWindow.model_fields:
            names.add(field.alias or name)
    return frozenset(names)


def feed_path(url: URL, feed: str) -> str:
    """Return the path of the Atom feed with the filters of a list's address.

    `feed` is its name: `items`, `entities/e_bcipivtijjyp`.
    """
    query = []
    for part in url.query.split("&"):
        if part and unquote(part.partition("=")[0]) in _filters(feed):
            query.append(part)
    path = f"/feeds/{feed}.atom"
    return f"{path}?{'&'.join(query)}" if query else path


def link_header(prefix: str, following: str | None, feed: str | None) -> dict[str, str]:
    """Return the `Link` header of a page of a list: the next page, and its feed."""
    links = []
    if following:
        links.append(f'<{prefix}{following}>; rel="next"')
    if feed:
        links.append(f'<{prefix}{feed}>; rel="alternate"; type="application/atom+xml"')
    return {"Link": ", ".join(links)} if links else {}
