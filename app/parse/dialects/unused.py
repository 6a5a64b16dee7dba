"""Entries of a dialect that change nothing in a document, so that its author sees a typo."""

import re
from collections.abc import Iterable, Iterator

from app.parse.dialects.described import Dialect
from app.parse.draft import Body
from app.parse.markdown import MarkdownDocument
from app.parse.vocabulary import undecorated

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"']+|(?<=\]\()[^\s()]+")
_LIST_MARK = re.compile(r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*")


def unused_entries(dialect: Dialect, document: MarkdownDocument, body: Body) -> Iterator[str]:
    """Yield a sentence for each entry of `dialect` without effect on a document read as `body`."""
    lines = [line.text for line in document.lines]
    if dialect.title and not _matches(dialect.title, lines):
        yield "item.title: no line matches"
    if dialect.item_line and not _matches(dialect.item_line, _without_list_marks(lines)):
        yield "item.line: no line matches"
    if dialect.section_title and not _matches(dialect.section_title, _without_list_marks(lines)):
        yield "sections.title: no line matches"
    for pattern in dialect.ignored_lines:
        if not _matches(pattern, [*lines, *_without_list_marks(lines)]):
            yield f"ignore.lines: no line matches {pattern.pattern!r}"
    yield from _unused_titles(dialect, body)
    addresses = set(_ADDRESS.findall(document.text))
    for pattern_of_source in dialect.ignored_sources:
        alone = Dialect("", ignored_sources=(pattern_of_source,))
        if not any(map(alone.ignores_source, addresses)):
            yield f"sources.ignore: no link matches {pattern_of_source!r}"
    words = undecorated(document.text)
    for word, name in dialect.field_words.items():
        if word not in words:
            yield f"fields.{name}: {word!r} is not in the document"
    if dialect.date_pattern and dialect.day(document.text) is None:
        yield "date.pattern: no day matches in the first 4,000 characters"


def _unused_titles(dialect: Dialect, body: Body) -> Iterator[str]:
    sections: set[str] = set()
    groups: set[str] = set()
    for section in body.sections:
        sections.add(undecorated(section.title.text))
        groups.update(undecorated(group.title.text) for group in section.containers)
    for title in sorted(dialect.ignored_sections - sections - groups):
        yield f"sections.ignore: {title!r} is no heading of the document"
    for title in sorted(dialect.section_kinds.keys() - sections):
        yield f"sections.kinds: {title!r} is no section of the document"


def _matches(pattern: re.Pattern[str], lines: Iterable[str]) -> bool:
    return any(map(pattern.search, lines))


def _without_list_marks(lines: Iterable[str]) -> list[str]:
    return [_LIST_MARK.sub("", line, count=1) for line in lines]
