"""Markdown to safe HTML, headlines to text and Markdown, and the preview card. Pure."""

import html
import re
from collections.abc import Iterable
from functools import cache

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from app.query.schemas.entities import EntityOut
from app.query.schemas.items import ItemOut

# The dailies link papers as `[…](arXiv:2507.17860)`; browsers do not know the scheme.
_ARXIV_LINK = re.compile(
    r"arxiv:\s*((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)\s*", re.IGNORECASE
)
_CARD = (
    "<!DOCTYPE html>\n<html>\n<head><meta charset='utf-8'><title>Briefbase</title></head>\n"
    "<body>\n{}\n</body>\n</html>\n"
)


class _Markdown(MarkdownIt):
    def normalizeLink(self, url: str) -> str:
        # Rewritten per link, not in the text: code that shows such a link stays verbatim.
        paper = _ARXIV_LINK.fullmatch(url)
        return super().normalizeLink(f"https://arxiv.org/abs/{paper[1]}" if paper else url)


@cache
def _parser() -> MarkdownIt:
    return _Markdown("js-default", {"linkify": False}).use(front_matter_plugin)


def to_html(markdown: str) -> str:
    """Return `markdown` as HTML without its front matter.

    Scripts and styles are removed; links keep the schemes http, https and mailto only.
    """
    return nh3.clean(
        _parser().render(markdown),
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def page(title: str, markdown: str, lang: str = "zh-Hant") -> str:
    """Return a whole HTML document with `markdown` as its body."""
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n</head>\n"
        f"<body>\n{to_html(markdown)}</body>\n</html>\n"
    )


def entity_card(entity: EntityOut) -> str:
    """Return a small HTML document about an entity: name, type, counts and days."""
    kinds = [str(entity.type)]
    for parent in (entity.maker, entity.family):
        if parent:
            kinds.append(parent.name)
    counts = entity.counts
    numbers = f"{counts.items} items, {counts.mentions} mentions"
    days = f"{entity.first_seen} to {entity.last_seen}"
    lines = [
        f"<h1>{html.escape(entity.name)}</h1>",
        f"<p>{html.escape(' · '.join(kinds))}</p>",
        f"<p>{html.escape(f'{numbers}, {days}')}</p>",
    ]
    return _CARD.format("\n".join(lines))


def headlines_text(title: str, items: Iterable[ItemOut]) -> str:
    """Return numbered titles, each with its first source, for a terminal or a chat."""
    lines = [title, ""]
    for number, item in enumerate(items, 1):
        level = f" [{item.importance.label}]" if item.importance else ""
        lines.append(f"{number}. {item.title}{level}")
        if item.sources and item.sources[0].url:
            lines.append(f"   {item.sources[0].url}")
    return "\n".join(lines).rstrip() + "\n"


def headlines_markdown(title: str, items: Iterable[ItemOut]) -> str:
    """Return titles, summaries and sources as Markdown."""
    blocks = [f"# {title}"]
    for item in items:
        blocks.append(f"## {item.title}")
        if item.summary:
            blocks.append(item.summary)
        links = []
        for source in item.sources:
            if source.url:
                links.append(f"[{_escape_label(source.label or source.url)}](<{source.url}>)")
        if links:
            blocks.append(" · ".join(links))
    return "\n\n".join(blocks) + "\n"


def _escape_label(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", text)
