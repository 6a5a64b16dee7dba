"""Entries of feeds: items, briefings and changes of watch lists, each with all that it says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from app.query.schemas.feeds import FeedBriefing, FeedItem, FeedPage, Origin, WatchChange
from app.query.schemas.items import ItemOut
from app.render import markup
from app.render.feeds import content
from app.render.feeds.channel import Category, Entry, FeedLink, tag_uri
from app.render.labels import label
from app.render.printable import one_line

_WEB = ("http://", "https://")
_TAGS = tag_uri("tags")
_ENTITIES = tag_uri("entities")
MAX_TITLE_CHARS = 120
MAX_RENDERED_ITEMS = 1_000
"""Entries that are cached over dataset versions; some 12 KB each."""


@dataclass(frozen=True, slots=True)
class Site:
    """The addresses of the service and of assets of documents, and the language of labels."""

    home: str
    assets_url: str | None
    lang: str | None


def entries(page: FeedPage, site: Site) -> Iterator[Entry]:
    """Yield the entries of a document."""
    for item in page.items:
        yield _item(item, site)
    for briefing in page.briefings:
        yield _briefing(briefing, site)
    for change in page.changes:
        yield _change(change, site)


def _item(entry: FeedItem, site: Site) -> Entry:
    origin = entry.origin
    rendered = _rendered(
        entry.body,
        origin.language,
        tuple(origin.tags),
        site,
    )
    return replace(
        rendered,
        published=entry.published,
        updated=entry.updated,
        author=_author(origin),
        image=cover(origin.front_matter, site.assets_url),
    )


@lru_cache(maxsize=MAX_RENDERED_ITEMS)
def _rendered(body: bytes, language: str | None, tags: tuple[str, ...], site: Site) -> Entry:
    """Return the entry of an item, without what depends on the rest of its document.

    Most items of a new dataset version were items of the last one.
    """
    item = ItemOut.model_validate_json(body)
    sources = []
    for source in item.sources:
        url = source.url or ""
        if url.startswith(_WEB):
            sources.append(FeedLink(url, "via", title=one_line(source.label or url)))
    return Entry(
        id=tag_uri("item", item.id),
        title=one_line(item.title),
        html=content.item_html(item, language, site.home, site.assets_url),
        published=item.updated_at,
        updated=item.updated_at,
        author="",
        address=content.page_address(site.home, "items", item.id),
        json_address=content.address(site.home, "items", item.id),
        summary=one_line(item.summary) if item.summary else None,
        language=language,
        sources=tuple(sources),
        categories=(*_tags(tags), *_entities(item)),
    )


def _entities(item: ItemOut) -> Iterator[Category]:
    """Yield the entities of an item, each once."""
    ids = set()
    for named in item.entities:
        for ref in (named.entity, *(part.entity for part in named.parts)):
            if ref and ref.id not in ids:
                ids.add(ref.id)
                yield Category(ref.slug, ref.name, _ENTITIES)


def _tags(names: Iterable[str]) -> Iterator[Category]:
    for name in names:
        tag = one_line(name)
        yield Category(tag, tag, _TAGS)


def _author(origin: Origin) -> str:
    return one_line(origin.author)


def cover(front_matter: Mapping[str, Any], assets_url: str | None) -> str | None:
    """Return the absolute address of a document's cover image, None if it has none."""
    image: Any = front_matter.get("cover")
    if isinstance(image, dict):
        image = image.get("image")
    if not isinstance(image, str):
        return None
    return markup.resolved_asset(image, assets_url)


def _briefing(entry: FeedBriefing, site: Site) -> Entry:
    briefing, origin = entry.briefing, entry.origin
    page = content.page_address(site.home, "briefings", briefing.id)
    summary = briefing.summary or briefing.description
    return Entry(
        id=tag_uri("briefing", briefing.id),
        title=one_line(briefing.title),
        html=content.document_html(entry.markdown, page, site.assets_url),
        published=origin.moment,
        updated=entry.updated,
        author=_author(origin),
        address=page,
        json_address=content.address(site.home, "briefings", briefing.id),
        summary=one_line(summary) if summary else None,
        language=origin.language,
        image=cover(origin.front_matter, site.assets_url),
        categories=tuple(_tags(origin.tags)),
    )


def _change(change: WatchChange, site: Site) -> Entry:
    word, ids, target = "watch_added", [change.entry_id], ("briefings", change.origin.id)
    if change.answer:
        word, target = "watch_answered", ("items", change.answer.id)
        ids.append(change.answer.id)
    text = one_line(change.text)
    title = f"{label(word, site.lang)}: {text}"
    if len(title) > MAX_TITLE_CHARS:
        title = title[: MAX_TITLE_CHARS - 1] + "…"
    return Entry(
        id=tag_uri("watch", *ids),
        title=title,
        html=content.watch_html(change.text, change.answer, site.home),
        published=change.published,
        updated=change.published,
        author=_author(change.origin),
        address=content.page_address(site.home, *target),
        json_address=content.address(site.home, *target),
        summary=text,
        language=change.origin.language,
        image=cover(change.origin.front_matter, site.assets_url),
        categories=tuple(_tags(change.origin.tags)),
    )
