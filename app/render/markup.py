"""Markdown to safe HTML, headlines to text and Markdown. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from functools import cache
from html import escape
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from app.query.schemas.items import ItemOut
from app.render.cjk_emphasis import InlineParser

# The dailies link papers as `[…](arXiv:2507.17860)`; browsers do not know the scheme.
_ARXIV_LINK = re.compile(
    r"arxiv:\s*((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)\s*", re.IGNORECASE
)
_NOT_IN_IDS = re.compile(r"[^\w\s-]")
_SPACES = re.compile(r"[\s_]+")
_CITED_NOTE = re.compile(r"\[\^([^\]\s]+)\]")
_NOTE = re.compile(r" {0,3}\[\^([^\]\s]+)\]:")
MAX_ID_CHARS = 80
# The parser escapes HTML of the document, so that every id is one given here.
_ATTRIBUTES = {name: {"id", "lang"} for name in ("h1", "h2", "h3", "h4", "h5", "h6", "li", "sup")}
_ATTRIBUTES |= {
    "a": {"href", "id", "title", "hreflang"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align", "scope"},
}


_SCHEMES = {"http", "https", "mailto"}
_ABSOLUTE = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
# A text without these has no markup: the parser would only escape it.
_MARKED = re.compile(r"[\\*_~`!^&<>\[\]\r\n]")
_BLOCK_STARTS = "-+#=|0123456789 \t"
"""First characters of a line that may begin a list, a heading, a table or code."""


_AttributeFilter = Callable[[str, str, str], str | None]
_PAGE: ContextVar[str] = ContextVar("page")
"""The address of the page that links within a text lead to."""


class Place(NamedTuple):
    """The address of the page that a text is part of, and of the assets of its document."""

    page: str
    assets_url: str | None


class _Markdown(MarkdownIt):
    def normalizeLink(self, url: str) -> str:
        # Rewritten per link, not in the text: code that shows such a link stays verbatim.
        paper = _ARXIV_LINK.fullmatch(url)
        if paper:
            url = f"https://arxiv.org/abs/{paper[1]}"
        return super().normalizeLink(url)


@cache
def _parser() -> MarkdownIt:
    parser = _Markdown("js-default", {"linkify": False})
    parser.inline = InlineParser()
    return parser.use(front_matter_plugin).use(footnote_plugin)


def to_html(
    markdown: str,
    ids: Mapping[int, str] | None = None,
    assets_url: str | None = None,
    page: str | None = None,
    *,
    outline: bool = False,
) -> str:
    """Return `markdown` as HTML without its front matter.

    Headings have ids: that of `ids` for their line (from 1), else one made of their text. A
    heading of the first level becomes one of the second, since a page has a title. Relative
    images are resolved against `assets_url`. Scripts and styles are removed; links keep the
    schemes http, https and mailto only. With `page`, the HTML is for another place than that
    page: links within it lead there, and other relative links are removed. With `outline`, no
    level of headings below the title is skipped.
    """
    parser = _parser()
    environment: dict[str, object] = {}
    tokens = parser.parse(markdown, environment)
    _identify_headings(tokens, ids or {})
    if outline:
        _close_ranks(tokens)
    if assets_url:
        _resolve_images(tokens, assets_url)
    return _clean(parser.renderer.render(tokens, parser.options, environment), page)


def cited_notes(passage: str, document: str) -> str:
    """Return the footnotes of a document that a passage of it cites, as Markdown."""
    cited = set(_CITED_NOTE.findall(passage))
    notes: list[str] = []
    is_cited = is_after_blank = False
    for line in document.split("\n"):
        note = _NOTE.match(line)
        if note:
            is_cited = note[1] in cited
        elif is_after_blank and not line.startswith(("    ", "\t")):
            # Only indented paragraphs go on with a note.
            is_cited = is_cited and not line.strip()
        if is_cited:
            notes.append(line)
        is_after_blank = not line.strip()
    return "\n".join(notes)


def _clean(html: str, page: str | None) -> str:
    if page is None:
        return _cleaner(None).clean(html)
    token = _PAGE.set(page)
    try:
        return _cleaner(_absolute_link).clean(html)
    finally:
        _PAGE.reset(token)


@cache
def _cleaner(attribute_filter: _AttributeFilter | None) -> nh3.Cleaner:
    # Made once: that takes twice as long as to clean a paragraph.
    return nh3.Cleaner(
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        attribute_filter=attribute_filter,
    )


def _absolute_link(tag: str, attribute: str, value: str) -> str | None:
    """Return the value of an attribute: only absolute links, and those within the page, stay."""
    if attribute not in ("href", "src") or _ABSOLUTE.match(value):
        return value
    return _PAGE.get() + value if value.startswith("#") else None


def inline_html(text: str, place: Place) -> str:
    """Return the text of a bullet or a label as safe HTML without blocks, for another place."""
    if not _MARKED.search(text):
        return escape(text, quote=False)
    return _clean(_parser().renderInline(text), place.page)


def block_html(text: str, place: Place) -> str:
    """Return a text of one or more paragraphs as safe HTML, for another place."""
    if not _MARKED.search(text) and text[:1] not in _BLOCK_STARTS:
        return f"<p>{escape(text, quote=False)}</p>"
    return to_html(text, None, place.assets_url, place.page)


def _identify_headings(tokens: list[Token], ids: Mapping[int, str]) -> None:
    taken: set[str] = set()
    for index, token in enumerate(tokens):
        if token.tag == "h1":
            token.tag = "h2"
        if token.type != "heading_open":
            continue
        first = token.map or [0]
        text = tokens[index + 1].content
        heading_id = ids.get(first[0] + 1) or heading_slug(text)
        heading_id = _unused(heading_id, taken)
        taken.add(heading_id)
        token.attrSet("id", heading_id)


def _close_ranks(tokens: Iterable[Token]) -> None:
    """Raise headings until each is one level below the heading it belongs to, at most."""
    above: list[tuple[int, int]] = []
    level = 0
    for token in tokens:
        if token.type == "heading_open":
            rank = int(token.tag[1])
            while above and above[-1][0] >= rank:
                above.pop()
            level = min(rank, above[-1][1] + 1 if above else 2)
            above.append((rank, level))
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{level}"


def _unused(heading_id: str, taken: set[str]) -> str:
    if heading_id not in taken:
        return heading_id
    number = 2
    while f"{heading_id}-{number}" in taken:
        number += 1
    return f"{heading_id}-{number}"


def heading_slug(text: str) -> str:
    """Return the id of a heading: its words joined by hyphens, `今日焦點-top-headlines`."""
    words = _NOT_IN_IDS.sub(" ", text.lower())
    slug = _SPACES.sub("-", words.strip())
    slug = slug[:MAX_ID_CHARS].strip("-")
    return slug or "section"


def _resolve_images(tokens: Iterable[Token], assets_url: str) -> None:
    for token in tokens:
        if token.type == "image":
            address = str(token.attrGet("src") or "")
            source = resolved_asset(address, assets_url)
            token.attrSet("src", source or "")
        _resolve_images(token.children or (), assets_url)


def resolved_asset(address: str, assets_url: str | None) -> str | None:
    """Return the absolute address of an image, None if there is no base for a relative one."""
    parts = urlsplit(address)
    if parts.scheme in ("http", "https") and parts.netloc:
        return address
    if not assets_url or parts.scheme or parts.netloc:
        return None
    base = assets_url.rstrip("/") + "/"
    path = parts.path.lstrip("/")
    return urljoin(base, path)


def headlines_text(title: str, items: Iterable[ItemOut]) -> str:
    """Return numbered titles, each with its first source, for a terminal or a chat."""
    lines = [title, ""]
    for number, item in enumerate(items, 1):
        line = f"{number}. {item.title}"
        if item.importance:
            line += f" [{item.importance.label}]"
        lines.append(line)
        sources = item.sources
        if sources and sources[0].url:
            lines.append(f"   {sources[0].url}")
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
