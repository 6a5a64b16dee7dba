"""Entries of a dialect that change nothing in a document, so that its author sees a typo."""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.parse.dialects.described import Dialect
from app.parse.draft import Body, ItemDraft, Passage
from app.parse.markdown import MarkdownDocument
from app.parse.vocabulary import undecorated

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"']+|(?<=\]\()[^\s()]+")
_RELATIVE = re.compile(r"\]\((?![a-z]{2,12}:|#)[^\s()]+\)", re.IGNORECASE)
_BAR = re.compile(r"(?<!\\)\|(?=\s)")
_NO_SEPARATORS = re.escape("*_:：,，.。、;；!！?？()（）「」")
_LIST_MARK = re.compile(r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*")


def unused_entries(
    dialect: Dialect, name: str, document: MarkdownDocument, body: Body
) -> Iterator[str]:
    """Yield `KEY: 'VALUE' matches no …` for each entry without effect.

    `name` is the file's name and `body` the document as it was read.
    """
    for key, value, place in _unused(dialect, document, body):
        yield f"{key}: '{value}' matches no {place}"
    if dialect.date_pattern:
        fault = dialect.stated_day(name, document.text).fault
        if fault:
            pattern = dialect.date_pattern.pattern
            yield fault.replace("date.pattern", f"date.pattern: '{pattern}'")


def _unused(
    dialect: Dialect, document: MarkdownDocument, body: Body
) -> Iterator[tuple[str, str, str]]:
    """Yield the key, the value and the kind of text it should have matched."""
    items: list[ItemDraft] = []
    for section in body.sections:
        items.extend(section.items)
    if not items and (dialect.item_line or dialect.marker):
        # Without items nothing else can match; the marker is the cause.
        if dialect.item_line:
            yield "item.line", dialect.item_line.pattern, "item" + _bar_hint(dialect.item_line)
        if dialect.marker:
            yield "item.marker", dialect.marker, "item"
        return
    yield from _unused_of_items(dialect, document, items)
    yield from _unused_titles(dialect, document, body)
    yield from _unused_labels(dialect, document, items)
    lines = [line.text for line in document.lines]
    for pattern in dialect.ignored_lines:
        if not _matches(pattern, [*lines, *map(_without_list_marks, lines)]):
            yield "ignore.lines", pattern.pattern, "line"
    addresses = set(_ADDRESS.findall(document.text))
    for glob in dialect.ignored_sources:
        alone = Dialect("", ignored_sources=(glob,))
        if not any(map(alone.ignores_source, addresses)):
            yield "sources.ignore", glob, "link"
    if dialect.base and not _RELATIVE.search(document.text):
        yield "sources.base", dialect.base, "relative link"


def _unused_of_items(
    dialect: Dialect, document: MarkdownDocument, items: Sequence[ItemDraft]
) -> Iterator[tuple[str, str, str]]:
    opening = [_line(document, item.title) for item in items]
    if dialect.item_line and not _matches(dialect.item_line, opening):
        yield "item.line", dialect.item_line.pattern, "item"
    if dialect.title and not _is_title_of_any(dialect.title, document, items):
        yield "item.title", dialect.title.pattern, "title of an item"
    if dialect.line_before and not _stands_before_any(dialect, document, items):
        yield "item.before", dialect.line_before.pattern, "line above an item"


def _is_title_of_any(
    pattern: re.Pattern[str], document: MarkdownDocument, items: Iterable[ItemDraft]
) -> bool:
    for item in items:
        match = pattern.search(document.line(item.title.span.first_line).text)
        if match and match["title"] and match["title"].strip() == item.title.text:
            return True
    return False


def _stands_before_any(
    dialect: Dialect, document: MarkdownDocument, items: Iterable[ItemDraft]
) -> bool:
    for item in items:
        above = range(item.span.first_line, item.title.span.first_line)
        if any(dialect.stands_before(document.line(number).text) for number in above):
            return True
    return False


def _unused_titles(
    dialect: Dialect, document: MarkdownDocument, body: Body
) -> Iterator[tuple[str, str, str]]:
    titles = [section.title for section in body.sections]
    sections = {undecorated(title.text) for title in titles}
    for section in body.sections:
        titles.extend(group.title for group in section.containers)
    headings = {undecorated(title.text) for title in titles}
    pattern = dialect.section_title
    if pattern and not _matches(pattern, [_line(document, title) for title in titles]):
        yield "sections.title", pattern.pattern, "section"
    for title in sorted(dialect.ignored_sections - headings):
        yield "sections.ignore", title, "heading"
    for title in sorted(dialect.section_kinds.keys() - sections):
        yield "sections.kinds", title, "section"


def _unused_labels(
    dialect: Dialect, document: MarkdownDocument, items: Iterable[ItemDraft]
) -> Iterator[tuple[str, str, str]]:
    labels: set[str] = set()
    levels: set[str] = set()
    marks: list[str] = []
    for item in items:
        for label in item.labels:
            labels.add(undecorated(label.text))
            written = document.text[label.span.start : label.span.end]
            marks.append(written[len(label.text) :])
        if item.importance:
            levels.add(item.importance.label)
    for word, name in dialect.fields.words.items():
        if word not in labels:
            yield f"fields.{name}", word, "field" + _separator_hint(dialect, word, document)
    for separator in dialect.fields.separators:
        if not any(mark and separator.strip() in mark for mark in marks):
            yield "fields.separators", separator, "field"
    for label_of_level, level in dialect.fields.levels.items():
        if label_of_level not in levels:
            yield f"importance.{level}", label_of_level, "importance"


def _bar_hint(pattern: re.Pattern[str]) -> str:
    return r"; write '\|' for a bar of the text" if _BAR.search(pattern.pattern) else ""


def _separator_hint(dialect: Dialect, word: str, document: MarkdownDocument) -> str:
    """Return the line that begins with a label and a mark that ends no label, if any."""
    opening = re.compile(
        rf"{re.escape(word)}\s*(?P<mark>[^\w\s{_NO_SEPARATORS}]{{1,3}})(?=\s|\w)", re.IGNORECASE
    )
    for line in document.lines:
        match = opening.match(_without_list_marks(line.text))
        if match and match["mark"] not in dialect.fields.separators:
            mark = match["mark"]
            place = f"; L{line.number} begins with it"
            return f"{place}: is '{mark}' missing in fields.separators?"
    return ""


def _line(document: MarkdownDocument, title: Passage) -> str:
    return _without_list_marks(document.line(title.span.first_line).text)


def _matches(pattern: re.Pattern[str], lines: Iterable[str]) -> bool:
    return any(map(pattern.search, lines))


def _without_list_marks(line: str) -> str:
    return _LIST_MARK.sub("", line, count=1)
