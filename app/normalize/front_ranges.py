"""Ranges that describe a document as a whole and are read for names: front matter and heading.

Values of front matter have no spans. A key's range is its lines, up to the next key of its level,
so that folded and escaped values are read as they stand there.
"""

import re
from collections.abc import Iterator

from app.normalize.text_ranges import TextRange
from app.parse.draft import DraftText
from app.parse.metadata import DESCRIBING_KEYS, key_form

_KEY = re.compile(
    r"(?P<indent>[ \t]*)(?P<quote>[\"']?)(?P<key>[^\s:=\"'#\[\]{},-][^:=\"'\n\r]{0,60}?)(?P=quote)"
    r"[ \t]*[:=](?=[ \t]|$|[\"'\[])"
)
_TABLE = re.compile(r"[ \t]*\[[^\[\]\n]{1,80}\][ \t]*$")
_LINE = re.compile(r"[^\r\n]+")


def describing_ranges(draft: DraftText, text: str) -> Iterator[TextRange]:
    """Yield the ranges of title, description, summary, listed names and the first heading."""
    yield from _front_matter_ranges(draft, text)
    heading = draft.body.heading
    if heading:
        yield TextRange(heading.span.start, heading.span.end, 0, "context", "heading")


def _front_matter_ranges(draft: DraftText, text: str) -> Iterator[TextRange]:
    front = draft.front_matter.span
    if not front:
        return
    field, start, end, indent = "", 0, 0, 0
    for line in _LINE.finditer(text, front.start, front.end):
        match = _KEY.match(line.group())
        is_key = match is not None and len(match["indent"]) <= (indent if field else len(line[0]))
        if field and (is_key or _TABLE.match(line.group())):
            yield TextRange(
                start,
                end,
                0,
                "context",
                f"front_matter.{field}",
            )
            field = ""
        if match and not field:
            field = DESCRIBING_KEYS.get(key_form(match["key"]), "")
            start, indent = line.start() + match.end(), len(match["indent"])
        end = line.end()
    if field:
        yield TextRange(start, end, 0, "context", f"front_matter.{field}")
