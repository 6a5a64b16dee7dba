"""Markup that carries no words: images, HTML tags, anchors, emphasis."""

import html
import re

from app.parse.line_cache import LineCache

_TARGET = r"\((?:[^()\s]|\([^()\s]{0,500}\)){0,2000}(?:\s+\"[^\"]{0,200}\")?\)"
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]" + _TARGET)
_LINK = re.compile(
    r"\[(?P<label>(?:[^\[\]]|\[[^\[\]]{0,300}\]){0,500})\](?:" + _TARGET + r"|\[\^?[^\[\]]{0,80}\])"
)
_EMPTY_LINK = re.compile(r"\[\s*\]" + _TARGET)
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]{1,200}\|)?(?P<label>[^\[\]|]{1,200})\]\]")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,40}\]")
TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,1000}>")
ANCHOR = re.compile(
    r"<a\s[^<>]{0,200}?\b(?:id|name)\s*=\s*[\"']?(?P<name>[^\"'\s<>]{1,120})[\"']?[^<>]{0,200}>"
    r"(?:\s*</a>)?",
    re.IGNORECASE,
)
HEADING_ID = re.compile(r"\s*\{\s*#(?P<name>[^{}\s]{1,120})[^{}]{0,120}\}\s*$")
_AUTOLINK = re.compile(r"<(?P<target>https?://[^<>|\s]+)(?:\|(?P<label>[^<>|\n]{1,400}))?>")
# An asterisk between two blanks is a sign of multiplication: 2 * 3.
_EMPHASIS = re.compile(
    r"(?<!\s)\*{1,3}|\*{1,3}(?!\s)|~~|`+|==(?=\S)|(?<=\S)=="
    r"|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)"
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKUP = re.compile(r"[\[\]<>*_`~=&\\]")
_WORD = re.compile(r"[^\W_]")
MAX_PLAIN_CHARS = 20_000
_MAX_CACHED_CHARS = 500


def plain_text(text: str) -> str:
    """Return the words of `text`: links leave their label, images and tags nothing."""
    if len(text) <= _MAX_CACHED_CHARS:
        return _short_plain_text(text)
    return _plain_text(text[:MAX_PLAIN_CHARS])


# Every reading of a document asks for its lines again: 19 of 20 calls are repetitions.
@LineCache
def _short_plain_text(text: str) -> str:
    return _plain_text(text)


def _plain_text(text: str) -> str:
    if not _MARKUP.search(text):
        return " ".join(text.split())
    text = _IMAGE.sub("", text)
    text = _WIKI_LINK.sub(lambda match: match["label"], text)
    text = _EMPTY_LINK.sub("", text)
    text = _LINK.sub(lambda match: match["label"], text)
    text = _FOOTNOTE.sub("", text)
    text = _AUTOLINK.sub(lambda match: match["label"] or match["target"], text)
    text = TAG.sub("", text)
    text = _EMPHASIS.sub("", text)
    text = _ESCAPE.sub(lambda match: match[1], text)
    return " ".join(html.unescape(text).split())


def is_wordless(text: str) -> bool:
    """Return whether a line is only images, anchors, badges or tags."""
    if len(text) > MAX_PLAIN_CHARS:
        return False
    text = _IMAGE.sub("", text)
    text = _EMPTY_LINK.sub("", text)
    return not _WORD.search(TAG.sub("", text))
