"""The content of entries: items, briefings and watch-list changes as safe HTML. Pure."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from urllib.parse import quote

from app.query.schemas.items import ItemOut, NodeOut
from app.query.schemas.shared import EntityRef, ItemRef
from app.render import markup
from app.render.labels import label

MAX_DOCUMENTS = 128
"""Documents whose HTML is cached; some 40 KB each. More than the 100 of one feed: its next version
renders only what is new."""
_WEB = ("http://", "https://")
_LABEL_LANGUAGES = {"zh-Hant": "zh-Hant", "zh-Hans": "zh-Hans", "en": "en"}


def page_address(home: str, collection: str, name: str) -> str:
    """Return the absolute address of a thing's page."""
    return f"{address(home, collection, name)}?format=html"


def address(home: str, collection: str, name: str) -> str:
    """Return the absolute address of a thing."""
    return f"{home}/v1/{collection}/{quote(name, safe=':')}"


def item_html(item: ItemOut, language: str | None, home: str, assets_url: str | None) -> str:
    """Return the whole content of an item; labels are in the `language` of its document."""
    lang = _LABEL_LANGUAGES.get(language or "zh-Hant", "en")
    place = markup.Place(page_address(home, "items", item.id), assets_url)
    parts = [markup.block_html(item.summary, place)] if item.summary else []
    details = item.details
    for name, nodes in (
        ("technical", details.technical),
        ("applications", details.applications),
        ("takeaways", details.takeaways),
    ):
        if nodes:
            parts.append(f"<h3>{escape(label(name, lang))}</h3>{_list(nodes, place)}")
    for extra in item.extra:
        if extra.label:
            parts.append(f"<h3>{markup.inline_html(extra.label, place)}</h3>")
        parts.append(markup.block_html(extra.text, place))
    parts.extend(_facts(item, lang, home, place))
    # An item of one bullet may be its title alone.
    return "".join(parts) or f"<p>{markup.inline_html(item.title, place)}</p>"


def _list(nodes: Sequence[NodeOut], place: markup.Place) -> str:
    entries = ""
    for node in nodes:
        below = _list(node.children, place) if node.children else ""
        entries += f"<li>{markup.inline_html(node.text, place)}{below}</li>"
    return f"<ul>{entries}</ul>"


def _facts(item: ItemOut, lang: str, home: str, place: markup.Place) -> Iterable[str]:
    """Yield the paragraphs of entities, importance and sources."""
    names = []
    for named in item.entities:
        if named.listed:
            names.append(_entity(named.surface, named.entity, home))
    if names:
        yield _fact("entities", "、".join(names), lang)
    importance = item.importance
    if importance:
        text = escape(importance.label)
        if importance.reason:
            text += f" — {markup.inline_html(importance.reason, place)}"
        yield _fact("importance", text, lang)
    sources = []
    for source in item.sources:
        url = source.url or ""
        text = escape(source.label or source.target or url or source.id)
        if url.startswith(_WEB):
            text = f'<a href="{escape(url)}">{text}</a>'
        sources.append(text)
    if sources:
        yield _fact("sources", " | ".join(sources), lang)


def _entity(surface: str, ref: EntityRef | None, home: str) -> str:
    name = escape(surface)
    if ref is None:
        return name
    return f'<a href="{escape(page_address(home, "entities", ref.id))}">{name}</a>'


def _fact(word: str, html: str, lang: str) -> str:
    return f"<p><strong>{escape(label(word, lang))}</strong>: {html}</p>"


@lru_cache(maxsize=MAX_DOCUMENTS)
def document_html(markdown: str, page: str, assets_url: str | None) -> str:
    """Return a whole document as HTML; `page` is its address, for links within it."""
    return markup.to_html(markdown, None, assets_url, page)


def watch_html(text: str, answer: ItemRef | None, home: str) -> str:
    """Return an entry of a watch list, with the item that answers it."""
    place = markup.Place(home, None)
    html = f"<p>{markup.inline_html(text, place)}</p>"
    if answer:
        href = escape(page_address(home, "items", answer.id))
        html += f'<p>→ <a href="{href}">{escape(answer.title)}</a> ({answer.date})</p>'
    return html
