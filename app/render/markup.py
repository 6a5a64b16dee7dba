"""Markdown to safe HTML, and headlines to text and Markdown. Pure."""

import html
import re
from collections.abc import Iterable
from functools import cache

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from app.query.schemas.items import ItemOut

# The dailies link papers as `[…](arXiv:2507.17860)`, a scheme no browser knows.
_ARXIV_LINK = re.compile(
    r"arxiv:\s*((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)\s*", re.IGNORECASE
)


class _Markdown(MarkdownIt):
    def normalizeLink(self, url: str) -> str:
        # Here and not in the text: what looks like such a link inside code stays as it is written.
        paper = _ARXIV_LINK.fullmatch(url)
        return super().normalizeLink(f"https://arxiv.org/abs/{paper[1]}" if paper else url)


@cache
def _parser() -> MarkdownIt:
    return _Markdown("js-default", {"linkify": False}).use(front_matter_plugin)


def to_html(markdown: str) -> str:
    """`markdown` as HTML that holds no script, style or scheme but http, https and mailto; front matter left out."""
    return nh3.clean(
        _parser().render(markdown),
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def page(title: str, markdown: str, lang: str = "zh-Hant") -> str:
    """A whole HTML document around `markdown`."""
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n</head>\n<body>\n{to_html(markdown)}</body>\n</html>\n"
    )


def headlines_text(title: str, items: Iterable[ItemOut]) -> str:
    """Numbered titles with their first sources, for a terminal or a chat."""
    lines = [title, ""]
    for number, item in enumerate(items, 1):
        level = f" [{item.importance.label}]" if item.importance else ""
        lines.append(f"{number}. {item.title}{level}")
        lines += [f"   {source.url}" for source in item.sources[:1] if source.url]
    return "\n".join(lines).rstrip() + "\n"


def headlines_markdown(title: str, items: Iterable[ItemOut]) -> str:
    """The same as Markdown: title, summary and sources of each."""
    blocks = [f"# {title}"]
    for item in items:
        blocks.append(f"## {item.title}")
        if item.summary:
            blocks.append(item.summary)
        links = [
            f"[{_label(source.label or source.url or '')}](<{source.url}>)"
            for source in item.sources
            if source.url
        ]
        if links:
            blocks.append(" · ".join(links))
    return "\n\n".join(blocks) + "\n"


def _label(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", text)
