"""JSON Feed 1.1; values without a member of their own are under `_briefbase`. Pure."""

from typing import Any

import orjson

from app.render.feeds.atom import instant
from app.render.feeds.channel import GENERATOR, Entry, Feed
from app.render.printable import printable


def json_feed(feed: Feed) -> bytes:
    """Return a feed as a JSON Feed; `next_url` leads to older entries, back to the first."""
    content: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": printable(feed.title),
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "authors": [{"name": GENERATOR}],
    }
    if feed.description:
        content["description"] = printable(feed.description)
    if feed.language:
        content["language"] = feed.language
    older = feed.archive("prev-archive")
    if older:
        content["next_url"] = older
    links = {link.rel: link.href for link in feed.archives}
    content["_briefbase"] = {
        "id": feed.id,
        "archive": feed.is_archive,
        "updated": instant(feed.updated),
        "links": links,
    }
    content["items"] = [_item(entry) for entry in feed.entries]
    return orjson.dumps(content)


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.address,
        "title": printable(entry.title),
        "content_html": printable(entry.html),
        "date_published": instant(entry.published),
        "date_modified": instant(entry.updated),
        "authors": [{"name": printable(entry.author)}],
    }
    if entry.summary:
        item["summary"] = printable(entry.summary)
    if entry.image:
        item["image"] = printable(entry.image)
    if entry.language:
        item["language"] = entry.language
    tags = dict.fromkeys(printable(category.label) for category in entry.categories)
    if tags:
        item["tags"] = list(tags)
    if entry.sources:
        item["external_url"] = printable(entry.sources[0].href)
    via = []
    for source in entry.sources:
        via.append({"url": printable(source.href), "title": printable(source.title or "")})
    item["_briefbase"] = {"json": entry.json_address, "via": via}
    return item
