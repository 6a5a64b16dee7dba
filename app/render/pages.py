"""Pages for people: a day, an item, an entity, and the small card of an entity. Pure."""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from app.parse.language import find_language
from app.query.schemas.briefings import BriefingOut
from app.query.schemas.entities import EntityOut
from app.query.schemas.items import ItemOut
from app.query.schemas.shared import EntityRef, ItemRef
from app.render import markup
from app.render.labels import label

STYLESHEET = "/static/pages.css"
_HEADING_LINE = re.compile(r"#{1,6}\s")


@dataclass(frozen=True, slots=True)
class Reader:
    """The circumstances of a page: language asked for, path prefix and address of assets."""

    lang: str | None = None
    prefix: str = ""
    assets_url: str | None = None

    @property
    def words(self) -> str:
        """The language of labels."""
        return self.lang or "zh-Hant"

    def href(self, collection: str, name: str, fragment: str = "") -> str:
        """Return the escaped address of a page, in the language asked for."""
        query = f"?format=html&lang={self.lang}" if self.lang else "?format=html"
        path = f"{self.prefix}/v1/{collection}/{quote(name, safe=':')}{query}"
        return escape(path + (f"#{fragment}" if fragment else ""))

    def label(self, word: str) -> str:
        """Return a label, escaped."""
        return escape(label(word, self.words))


def briefing_page(
    briefing: BriefingOut,
    markdown: str,
    neighbours: tuple[str | None, str | None],
    reader: Reader,
) -> str:
    """Return the page of a day: its document, with the ids of items on their headings.

    `neighbours` are the ids of the previous and the next briefing.
    """
    ids: dict[int, str] = {}
    for section in briefing.sections:
        for item in section.items:
            ids.setdefault(item.lines.first, item.id)
    language = find_language(markdown)
    header = [f"<h1>{escape(briefing.title)}</h1>", f"<p>{_day(briefing.date.isoformat())}</p>"]
    if briefing.summary:
        header.append(f'<p class="summary">{escape(briefing.summary)}</p>')
    header.append(_cover(briefing.front_matter, reader))
    body = markup.to_html(markdown, ids, reader.assets_url)
    return _page(
        briefing.title,
        briefing.description or briefing.summary,
        [_article(header, [body], language), _neighbours(neighbours, reader)],
        reader,
    )


def item_page(item: ItemOut, passage: str, reader: Reader) -> str:
    """Return the page of an item: its lines of the document, its entities and sources.

    `passage` is Markdown; a heading with the title of the item is left out.
    """
    markdown = textwrap.dedent(passage)
    first, _, rest = markdown.partition("\n")
    if _HEADING_LINE.match(first):
        markdown = rest
    section = item.section.kind
    facts = [
        _day(item.date.isoformat()),
        f'<a href="{reader.href("briefings", item.briefing.id, item.id)}">'
        f"{escape(item.briefing.title)}</a>",
        reader.label(section),
    ]
    if item.importance:
        level = item.importance.level
        text = reader.label(level) if level else escape(item.importance.label)
        facts.append(f"{reader.label('importance')}: {text}")
    header = [f'<h1 id="{escape(item.id)}">{escape(item.title)}</h1>', f"<p>{_joined(facts)}</p>"]
    parts = [markup.to_html(markdown, None, reader.assets_url)]
    refs = [named.entity for named in item.entities if named.entity]
    parts.extend(_entity_list("entities", refs, reader))
    parts.extend(_source_list(item, reader))
    article = _article(header, parts, find_language(passage))
    return _page(item.title, item.summary, [article], reader)


def entity_page(entity: EntityOut, items: Iterable[ItemRef], reader: Reader) -> str:
    """Return the page of an entity: names, numbers, related entities and its newest `items`."""
    header = [f'<h1 id="{escape(entity.id)}">{escape(entity.name)}</h1>']
    rows = [(reader.label("type"), reader.label(str(entity.type)))]
    for word, parent in (("maker", entity.maker), ("family", entity.family)):
        if parent:
            rows.append((reader.label(word), _entity_link(parent, reader)))
    names = [
        f'<span lang="{escape(lang)}">{escape(name)}</span>' for lang, name in entity.names.items()
    ]
    if names:
        rows.append((reader.label("names"), _joined(names)))
    rows.append((reader.label("items"), str(entity.counts.items)))
    rows.append((reader.label("mentions"), str(entity.counts.mentions)))
    for word, seen in (("first_seen", entity.first_seen), ("last_seen", entity.last_seen)):
        if seen:
            rows.append((reader.label(word), _day(seen.isoformat())))
    facts = "".join(f"<dt>{term}</dt><dd>{text}</dd>\n" for term, text in rows)
    parts = [f"<dl>\n{facts}</dl>\n"]
    links = []
    for item in items:
        link = f'<a href="{reader.href("items", item.id)}">{escape(item.title)}</a>'
        links.append(f"{_day(item.date.isoformat())} {link}")
    parts.extend(_list("latest_items", links, reader))
    parts.extend(_entity_list("related", entity.related, reader))
    return _page(entity.name, None, [_article(header, parts, None)], reader)


def entity_card(entity: EntityOut) -> str:
    """Return a small HTML document about an entity: name, type, counts and days."""
    kinds = [str(entity.type)]
    for parent in (entity.maker, entity.family):
        if parent:
            kinds.append(parent.name)
    counts = entity.counts
    numbers = f"{counts.items} items, {counts.mentions} mentions"
    days = f"{entity.first_seen} to {entity.last_seen}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(entity.name)}</title>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(entity.name)}</h1>\n"
        f"<p>{escape(' · '.join(kinds))}</p>\n"
        f"<p>{escape(f'{numbers}, {days}')}</p>\n"
        "</main>\n</body>\n</html>\n"
    )


def _page(title: str, description: str | None, parts: Iterable[str], reader: Reader) -> str:
    head = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escape(title)} · Briefbase</title>",
        f'<link rel="stylesheet" href="{escape(reader.prefix + STYLESHEET)}">',
    ]
    if description:
        head.append(f'<meta name="description" content="{escape(description)}">')
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html>\n<html lang="{reader.words}">\n<head>\n' + "\n".join(head) + "\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _article(header: Iterable[str], parts: Iterable[str], lang: str | None) -> str:
    attribute = f' lang="{lang}"' if lang else ""
    top = "\n".join(part for part in header if part)
    return f"<article{attribute}>\n<header>\n{top}\n</header>\n" + "".join(parts) + "</article>"


def _cover(front_matter: Mapping[str, object], reader: Reader) -> str:
    cover = front_matter.get("cover")
    image = cover.get("image") if isinstance(cover, dict) else None
    if not isinstance(cover, dict) or not isinstance(image, str):
        return ""
    address = markup.resolved_asset(image, reader.assets_url)
    if not address:
        return ""
    alt = cover.get("alt")
    text = alt if isinstance(alt, str) else ""
    return f'<img src="{escape(address)}" alt="{escape(text)}">'


def _neighbours(neighbours: tuple[str | None, str | None], reader: Reader) -> str:
    links = []
    for word, relation, briefing_id in zip(
        ("previous", "next"), ("prev", "next"), neighbours, strict=True
    ):
        if briefing_id:
            href = reader.href("briefings", briefing_id)
            text = f"{reader.label(word)} {escape(briefing_id)}"
            links.append(f'<a rel="{relation}" href="{href}">{text}</a>')
    if not links:
        return ""
    return f'<nav aria-label="{reader.label("days")}">\n' + "\n".join(links) + "\n</nav>"


def _day(day: str) -> str:
    return f'<time datetime="{day}">{day}</time>'


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(parts)


def _entity_link(ref: EntityRef, reader: Reader) -> str:
    return f'<a href="{reader.href("entities", ref.id)}">{escape(ref.name)}</a>'


def _entity_list(word: str, refs: Iterable[EntityRef], reader: Reader) -> list[str]:
    entries = []
    for ref in {ref.id: ref for ref in refs}.values():
        entries.append(f"{_entity_link(ref, reader)} ({reader.label(str(ref.type))})")
    return _list(word, entries, reader)


def _source_list(item: ItemOut, reader: Reader) -> list[str]:
    entries = []
    for source in item.sources:
        text = escape(source.label or source.url or source.target or source.id)
        if source.url and source.url.startswith(("http://", "https://")):
            text = f'<a rel="noopener noreferrer nofollow" href="{escape(source.url)}">{text}</a>'
        entries.append(text)
    return _list("sources", entries, reader)


def _list(word: str, entries: Sequence[str], reader: Reader) -> list[str]:
    """Return a section with a heading and a list; nothing if there are no entries."""
    if not entries:
        return []
    lines = "".join(f"<li>{entry}</li>\n" for entry in entries)
    heading = f'<h2 id="{word.replace("_", "-")}">{reader.label(word)}</h2>'
    return [f'<section lang="{reader.words}">\n{heading}\n<ul>\n{lines}</ul>\n</section>\n']
