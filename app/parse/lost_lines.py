"""Lines with words that no text of a draft keeps, such as the label of a title."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from app.parse.draft import Body, ItemDraft, Passage, SectionDraft, TextSpan
from app.parse.markdown import MarkdownDocument

_WORD = re.compile(r"[^\W_]+")
_MARKER = re.compile(r"^[\s>]*(?:(?:[-*+]|\d+[.)])\s+(?:\[[ x]\]\s)?|>\s?)*")


def lost_lines(document: MarkdownDocument, body: Body, after: int) -> Iterator[Passage]:
    """Yield the lines below line `after` that have a word in no text over them."""
    texts: dict[int, list[str]] = {}
    verbatim: set[int] = set()
    for leaf, span in _leaves(body):
        strings = _strings(leaf)
        if span.first_line == span.last_line:
            texts.setdefault(span.first_line, []).extend(strings)
            continue
        # A text of several lines is cut from the document as it is.
        verbatim.update(
            range(
                span.first_line + 1,
                span.last_line + 1,
            )
        )
        for string in strings:
            first = string.partition("\n")[0]
            texts.setdefault(span.first_line, []).append(first)
    for line in document.lines[after:]:
        if line.number in verbatim:
            continue
        written = "\n".join(texts.get(line.number, ()))
        if not _has_all_words(written, _MARKER.sub("", line.text)):
            yield Passage(line.text.strip(), line.span)


def _has_all_words(written: str, text: str) -> bool:
    """Return whether each word of `text` is in `written`, as a word or as a part of one.

    Searching all of `written` for each word is quadratic: 80,000 words in a line took 12 s.
    """
    whole_words = set(_WORD.findall(written))
    position = 0
    for word in _WORD.findall(text):
        if word in whole_words:
            continue
        # Markup splits words: `a**b**` is written `ab`. Such parts come in the order of the line.
        index = written.find(word, position)
        if index < 0:
            index = written.find(word)
        if index < 0:
            return False
        position = index
    return True


def _leaves(
    value: object,
) -> Iterator[tuple[object, TextSpan]]:
    if isinstance(value, tuple):
        for member in value:
            yield from _leaves(member)
    elif is_dataclass(value) and not isinstance(value, type):
        span = getattr(value, "span", None)
        if isinstance(span, TextSpan) and not isinstance(value, (SectionDraft, ItemDraft)):
            yield value, span
        for part in fields(value):
            if part.name != "span":
                yield from _leaves(getattr(value, part.name))


def _strings(leaf: object) -> list[str]:
    strings: list[str] = []
    if is_dataclass(leaf):
        for part in fields(leaf):
            value = getattr(leaf, part.name)
            if isinstance(value, str):
                strings.append(value)
    return strings
