"""Plain text of HTML: of titles and contents in feeds, and of whole pages."""

import re
from html import unescape

import trafilatura
from lxml import etree, html

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")
_BLANK_LINES = re.compile(r"\s*\n\s*")
_DROPPED = ("script", "style", "noscript", "template", "iframe", "svg", "head")
_BLOCKS = (
    *("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table"),
    *("blockquote", "section", "article", "figure", "figcaption", "pre", "dd", "dt"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff\u00ad]")
_PUBLISHED = re.compile(
    r"(?:article:published_time[\"'][^<>]{0,80}?content=[\"']|\"datePublished\"\s*:\s*\")"
    r"(?P<moment>[^\"'<>]{8,40})"
)


def one_line(text: str) -> str:
    """Return a title as one line of plain text: markup, character references and breaks gone."""
    for _ in range(2):
        # Some feeds escape twice: `&amp;lt;b&amp;gt;`.
        if _TAG.search(text):
            text = plain_text(text)
        text = unescape(text)
    return " ".join(cleaned(text).split())


def plain_text(markup: str) -> str:
    """Return the text of some HTML, one line a block."""
    if not _TAG.search(markup):
        return cleaned(unescape(markup))
    try:
        tree = html.fromstring(f"<div>{_CONTROL.sub('', markup)}</div>")
    except (etree.ParserError, ValueError):
        return cleaned(unescape(_TAG.sub(" ", markup)))
    for element in list(tree.iter(*_DROPPED)):
        element.drop_tree()
    for element in tree.iter(*_BLOCKS):
        element.tail = "\n" + (element.tail or "")
        element.text = "\n" + (element.text or "")
    return cleaned(str(tree.text_content()))


def cleaned(text: str) -> str:
    """Return text without control characters, with single spaces and no blank lines."""
    visible = _CONTROL.sub("", text)
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", visible)).strip()


def page_text(page: str, url: str) -> str:
    """Return the article of a whole page, empty if there is none."""
    text = trafilatura.extract(
        page,
        url=url,
        favor_precision=True,
        include_comments=False,
        include_tables=False,
    )
    return cleaned(text or "")


def page_title(page: str) -> str:
    """Return the title of a page, empty without one."""
    match = re.search(r"<title[^>]{0,200}>(.{1,500}?)</title>", page, re.IGNORECASE | re.DOTALL)
    return one_line(match[1]) if match else ""


def page_moment(page: str) -> str:
    """Return the moment of publication as JSON-LD or a meta element states it, empty without."""
    match = _PUBLISHED.search(page)
    return match["moment"] if match else ""
