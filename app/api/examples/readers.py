"""Examples of feeds, citations and linked data, by media type."""

from datetime import datetime
from zoneinfo import ZoneInfo

import orjson

from app.api.examples.things import DAY, WHOLE_ITEM
from app.query.schemas.citations import CitationEvidence
from app.query.schemas.feeds import Archive, FeedItem, FeedPage, Origin
from app.render import linked_data
from app.render.citations.bibtex import bibtex
from app.render.citations.citation import Citing, of_item
from app.render.citations.csl import csl
from app.render.citations.ris import ris
from app.render.feeds.atom import atom
from app.render.feeds.channel import Feed, FeedLink, tag_uri
from app.render.feeds.entries import Site, entries
from app.render.feeds.json_feed import json_feed
from app.render.feeds.opml import OpmlOutline, opml
from app.render.feeds.rss import rss

HOME = "https://kb.example"
_SHA256 = "55a9b9a5d8c3249cb57a3d9ab01753b5c2d400ae8a32e3abdad4afea5ed47db9"
_PUBLISHED = datetime(2025, 12, 23, 6, 44, 54, tzinfo=ZoneInfo("Asia/Taipei"))
_ORIGIN = Origin(
    pk=1,
    id="2025-12-23",
    author="daily",
    date=DAY,
    moment=_PUBLISHED,
    language="zh-Hant",
    front_matter={},
    is_primary=True,
    first_at=None,
    tags=["AI"],
)
_PAGE = FeedPage(
    Archive(None, "2025-W52"),
    items=[FeedItem(WHOLE_ITEM.model_dump_json().encode(), _ORIGIN, _PUBLISHED, _PUBLISHED)],
)
_FEED = Feed(
    id=tag_uri("feed", "/feeds/headlines"),
    title="Briefbase · Headlines",
    address=f"{HOME}/feeds/headlines.atom",
    home=f"{HOME}/v1/briefings/latest?format=html",
    updated=_PUBLISHED,
    entries=list(entries(_PAGE, Site(HOME, None, "en"))),
    language="zh-Hant",
    archives=[FeedLink(f"{HOME}/feeds/headlines.atom?archive=2025-W52", "prev-archive")],
)
_LINES = WHOLE_ITEM.lines
EVIDENCE = CitationEvidence(_SHA256, "每日 AI 簡報", "zh-Hant", _LINES.first, _LINES.last)
_CITATION = of_item(WHOLE_ITEM, EVIDENCE, Citing(HOME, DAY))
_OUTLINE = OpmlOutline(
    "Headlines · daily",
    f"{HOME}/feeds/headlines.atom?channel=daily",
    f"{HOME}/v1/briefings/latest?channel=daily&format=html",
)
READER_MEDIA = {
    "application/atom+xml": atom(_FEED).decode(),
    "application/rss+xml": rss(_FEED).decode(),
    "application/feed+json": orjson.loads(json_feed(_FEED)),
    "text/x-opml": opml("Briefbase", _PUBLISHED, {"daily": [_OUTLINE]}).decode(),
    "application/x-bibtex": bibtex([_CITATION]).decode(),
    "application/x-research-info-systems": ris([_CITATION]).decode(),
    "application/vnd.citationstyles.csl+json": orjson.loads(csl([_CITATION])),
    "application/ld+json": orjson.loads(
        linked_data.document(linked_data.item(WHOLE_ITEM, EVIDENCE, HOME))
    ),
}
