"""Pages for people: a day, an item, an entity, and the small card of an entity. Pure."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from urllib.parse import quote

from app.parse.language import find_language
from app.query.schemas.briefings import BriefingOut
from app.query.schemas.entities import EntityOut
from app.query.schemas.items import ItemOut
from app.query.schemas.shared import EntityRef, ItemRef
from app.render import linked_data, markup
from app.render.labels import label

STYLESHEET = "/static/pages.css"
_WEB = ("http://", "https://")
_HEADING_LINE = re.compile(r"#{1,6}\s")


@dataclass(frozen=True, slots=True)
class PageReader:
    """The circumstances of a page: language asked for, path prefix and address of assets.

    `home` is the absolute address of the service, for linked data.
    """

    lang: str | None = None
    prefix: str = ""
    assets_url: str | None = None
    home: str = ""

    @property
    def words(self) -> str:
        """The language of labels."""
        return self.lang or "zh-Hant"

    @property
    def colon(self) -> str:
        """The colon between a label and its value."""
        return ": " if self.words == "en" else "："

    def bracketed(self, text: str) -> str:
        """Return text in the brackets of the language, with the space before them."""
        return f" ({text})" if self.words == "en" else f"（{text}）"

    def href(self, collection: str, name: str, fragment: str = "") -> str:
        """Return the escaped address of a page, in the language asked for."""
        path = f"{self.prefix}/v1/{collection}/{quote(name, safe=':')}"
        path += "?format=html"
        if self.lang:
            path += f"&lang={self.lang}"
        if fragment:
            path += f"#{fragment}"
        return escape(path)

    def label(self, word: str) -> str:
        """Return a label, escaped."""
        text = label(word, self.words)
        return escape(text)


def briefing_page(
    briefing: BriefingOut,
    markdown: str,
    neighbours: tuple[str | None, str | None],
    reader: PageReader,
) -> str:
    """Return the page of a day: its document, with the ids of items on their headings.

    `neighbours` are the ids of the previous and the next briefing.
    """
    header = [
        f"<h1>{escape(briefing.title)}</h1>",
        f"<p>{_day(briefing.date)}</p>",
    ]
    if briefing.summary:
        summary = escape(briefing.summary)
        header.append(f'<p class="summary">{summary}</p>')
    header.append(_cover(briefing.front_matter, reader))
    body = markup.to_html(
        markdown,
        _item_lines(briefing),
        reader.assets_url,
        outline=True,
    )
    article = _article(
        header,
        [body],
        find_language(markdown),
    )
    return _page(
        briefing.title,
        briefing.description or briefing.summary,
        [article, _neighbours(neighbours, reader)],
        reader,
        linked_data.briefing(briefing, None, reader.home),
    )


def _item_lines(briefing: BriefingOut) -> dict[int, str]:
    """Return the ids of items by their first line in the document."""
    ids: dict[int, str] = {}
    for section in briefing.sections:
        for item in section.items:
            line = item.lines.first
            ids.setdefault(line, item.id)
    return ids


def item_page(item: ItemOut, passage: str, reader: PageReader, notes: str = "") -> str:
    """Return the page of an item: its lines of the document, its entities and sources.

    `passage` is Markdown; a heading with the title of the item is left out. `notes` are the
    footnotes that it cites (`markup.cited_notes`).
    """
    markdown = textwrap.dedent(passage)
    first, _, rest = markdown.partition("\n")
    if _HEADING_LINE.match(first):
        markdown = rest
    if notes:
        markdown = f"{markdown}\n\n{notes}"
    facts = _joined(_item_facts(item, reader))
    header = [
        f'<h1 id="{item.id}">{escape(item.title)}</h1>',
        f"<p>{facts}</p>",
    ]
    refs: list[EntityRef] = []
    for named in item.entities:
        if named.entity:
            refs.append(named.entity)
    parts = [
        markup.to_html(markdown, None, reader.assets_url, outline=True),
        _entity_list("entities", refs, reader),
        _source_list(item, reader),
    ]
    article = _article(
        header,
        parts,
        find_language(passage),
    )
    return _page(
        item.title,
        item.summary,
        [article],
        reader,
        linked_data.item(item, None, reader.home),
    )


def _item_facts(item: ItemOut, reader: PageReader) -> list[str]:
    """Return day, briefing, section and importance of an item, as HTML."""
    briefing = item.briefing
    href = reader.href("briefings", briefing.id, item.id)
    facts = [
        _day(item.date),
        f'<a href="{href}">{escape(briefing.title)}</a>',
        reader.label(item.section.kind),
    ]
    importance = item.importance
    if importance:
        text = escape(importance.label)
        if importance.level:
            text = reader.label(importance.level)
        heading = reader.label("importance")
        facts.append(f"{heading}{reader.colon}{text}")
    return facts


def entity_page(entity: EntityOut, items: Iterable[ItemRef], reader: PageReader) -> str:
    """Return the page of an entity: names, numbers, related entities and its newest `items`."""
    header = [f'<h1 id="{entity.id}">{escape(entity.name)}</h1>']
    facts = ""
    for word, text in _entity_facts(entity, reader):
        term = reader.label(word)
        facts += f"<dt>{term}</dt><dd>{text}</dd>\n"
    entries: list[str] = []
    for item in items:
        href = reader.href("items", item.id)
        title = escape(item.title)
        entries.append(f'{_day(item.date)} <a href="{href}">{title}</a>')
    parts = [
        f"<dl>\n{facts}</dl>\n",
        _list("latest_items", entries, reader),
        _entity_list("related", entity.related, reader),
    ]
    article = _article(header, parts, None)
    return _page(
        entity.name,
        None,
        [article],
        reader,
        linked_data.entity(entity, reader.home),
        {f"entities/{entity.id}": entity.name},
    )


def _entity_facts(entity: EntityOut, reader: PageReader) -> Iterator[tuple[str, str]]:
    """Yield facts about an entity: the word of each, and its value as HTML."""
    yield "type", reader.label(entity.type)
    if entity.maker:
        yield "maker", _entity_link(entity.maker, reader)
    if entity.family:
        yield "family", _entity_link(entity.family, reader)
    names: list[str] = []
    for lang, name in entity.names.items():
        names.append(f'<span lang="{lang}">{escape(name)}</span>')
    if names:
        yield "names", _joined(names)
    counts = entity.counts
    yield "items", str(counts.items)
    yield "mentions", str(counts.mentions)
    if entity.first_seen:
        yield "first_seen", _day(entity.first_seen)
    if entity.last_seen:
        yield "last_seen", _day(entity.last_seen)


def entity_card(entity: EntityOut, reader: PageReader) -> str:
    """Return a small HTML document about an entity: name, type, counts and days."""
    return (
        f'<!doctype html>\n<html lang="{reader.words}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(entity.name)}</title>\n</head>\n<body>\n<main>\n"
        f"{entity_facts(entity, reader)}"
        "</main>\n</body>\n</html>\n"
    )


def entity_facts(entity: EntityOut, reader: PageReader) -> str:
    """Return a heading and two lines about an entity, as HTML for a frame or a flyout."""
    kinds = [reader.label(entity.type)]
    for parent in (entity.maker, entity.family):
        if parent:
            kinds.append(escape(parent.name))
    counts = entity.counts
    facts: dict[str, object] = {"items": counts.items, "mentions": counts.mentions}
    facts |= {"first_seen": entity.first_seen, "last_seen": entity.last_seen}
    numbers: list[str] = []
    for word, value in facts.items():
        if value is not None:
            numbers.append(f"{reader.label(word)}{reader.colon}{value}")
    lines = f"<p>{_joined(kinds)}</p>\n<p>{_joined(numbers)}</p>\n"
    return f"<h1>{escape(entity.name)}</h1>\n{lines}"


def name_card(name: str, name_id: str) -> str:
    """Return the heading of a type or property with its id, as HTML for a flyout."""
    return f"<h1>{escape(name)}</h1>\n<p>{escape(name_id)}</p>\n"


def _page(
    title: str,
    description: str | None,
    parts: Iterable[str],
    reader: PageReader,
    thing: linked_data.Thing,
    feeds: Mapping[str, str] | None = None,
) -> str:
    """Return a page about `thing`; `feeds` are the titles of its own feeds by name."""
    head = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escape(title)} · Briefbase</title>",
        f'<link rel="stylesheet" href="{escape(reader.prefix + STYLESHEET)}">',
    ]
    if description:
        head.append(f'<meta name="description" content="{escape(description)}">')
    head.extend(_feed_links(feeds or {}, reader))
    head.append(linked_data.script(thing))
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html>\n<html lang="{reader.words}">\n<head>\n' + "\n".join(head) + "\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _feed_links(feeds: Mapping[str, str], reader: PageReader) -> Iterator[str]:
    """Yield the links by which readers find the feeds of a page and of the service."""
    titles = dict(feeds)
    for name in ("headlines", "items", "briefings"):
        titles[name] = label(f"{name}_feed", reader.words)
    for name, title in titles.items():
        href = escape(f"{reader.prefix}/feeds/{name}.atom")
        kind = 'rel="alternate" type="application/atom+xml"'
        yield f'<link {kind} title="{escape(title)}" href="{href}">'


def _article(header: Iterable[str], parts: Iterable[str], lang: str | None) -> str:
    attribute = f' lang="{lang}"' if lang else ""
    top = "\n".join(filter(None, header))
    body = "".join(parts)
    return f"<article{attribute}>\n<header>\n{top}\n</header>\n{body}</article>"


def _cover(front_matter: Mapping[str, object], reader: PageReader) -> str:
    """Return the cover of a document as HTML, "" if it has none with an absolute address."""
    cover = front_matter.get("cover")
    if not isinstance(cover, dict):
        return ""
    image = cover.get("image")
    alt = cover.get("alt")
    if not isinstance(image, str):
        return ""
    address = markup.resolved_asset(image, reader.assets_url)
    if not address:
        return ""
    text = alt if isinstance(alt, str) else ""
    return f'<img src="{escape(address)}" alt="{escape(text)}">'


def _neighbours(neighbours: tuple[str | None, str | None], reader: PageReader) -> str:
    """Return the links to the previous and the next day, "" if there are none."""
    previous, following = neighbours
    links = ""
    for relation, word, briefing_id in (
        ("prev", "previous", previous),
        ("next", "next", following),
    ):
        if briefing_id:
            href = reader.href("briefings", briefing_id)
            text = f"{reader.label(word)} {escape(briefing_id)}"
            links += f'<a rel="{relation}" href="{href}">{text}</a>\n'
    if not links:
        return ""
    name = reader.label("days")
    return f'<nav aria-label="{name}">\n{links}</nav>'


def _day(day: date) -> str:
    text = day.isoformat()
    return f'<time datetime="{text}">{text}</time>'


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(parts)


def _entity_link(ref: EntityRef, reader: PageReader) -> str:
    href = reader.href("entities", ref.id)
    name = escape(ref.name)
    return f'<a href="{href}">{name}</a>'


def _entity_list(word: str, refs: Iterable[EntityRef], reader: PageReader) -> str:
    """Return a list of entities, each once."""
    entries: dict[str, str] = {}
    for ref in refs:
        link = _entity_link(ref, reader)
        kind = reader.bracketed(reader.label(ref.type))
        entries.setdefault(ref.id, link + kind)
    return _list(word, entries.values(), reader)


def _source_list(item: ItemOut, reader: PageReader) -> str:
    """Return a list of the sources of an item; only web addresses are links."""
    entries: list[str] = []
    for source in item.sources:
        url = source.url or ""
        text = source.label or url
        text = escape(text or source.target or source.id)
        if url.startswith(_WEB):
            rel = "noopener noreferrer nofollow"
            text = f'<a rel="{rel}" href="{escape(url)}">{text}</a>'
        entries.append(text)
    return _list("sources", entries, reader)


def _list(word: str, entries: Iterable[str], reader: PageReader) -> str:
    """Return a section with a heading and a list, "" if there are no entries."""
    lines = ""
    for entry in entries:
        lines += f"<li>{entry}</li>\n"
    if not lines:
        return ""
    heading_id = word.replace("_", "-")
    heading = f'<h2 id="{heading_id}">{reader.label(word)}</h2>'
    return f'<section lang="{reader.words}">\n{heading}\n<ul>\n{lines}</ul>\n</section>\n'
