"""A document's bytes to its draft: the one public function of this room."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from app.errors import TooLarge, Unreadable
from app.parse.draft import Body, Briefing, Coverage, DateFrom, FrontMatter, Passage, leaf_spans
from app.parse.front_matter import looks_like_front_matter, read_front_matter
from app.parse.markdown import Block, Document
from app.parse.readings import choose

MAX_BYTES = 1024 * 1024
# A mebibyte of real briefings has 20 000 lines; markup in hundreds of thousands keeps the parser busy for a minute.
MAX_LINES = 30_000

# A line without a letter or digit, save a list's number.
_MARKS = re.compile(r"\s*(?:\d{1,9}[.)])?[^\w]*")
# The dailies are made in Taipei; a moment written without an offset is meant there.
_HOME = timezone(timedelta(hours=8))
_DAY = re.compile(
    r"(?<!\d)(20\d{2})\s*(?:[-/._]|年)\s*(\d{1,2})\s*(?:[-/._]|月)\s*(\d{1,2})(?!\d)|(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)"
)
_MOMENT = re.compile(
    r"^\s*(20\d{2})[-/](\d{1,2})[-/](\d{1,2})[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?\s*$",
    re.IGNORECASE,
)


def parse_briefing(data: bytes, name: str = "") -> Briefing:
    """Parse a Markdown document in UTF-8. `name` is its file name, the last resort for its date.

    Raises `TooLarge` and `Unreadable` like `decode` and `parse_text`.
    """
    return parse_text(decode(data), name)


def parse_text(text: str, name: str = "") -> Briefing:
    """Parse the decoded text of a document.

    Raises `TooLarge` over 30,000 lines or 16 KiB of front matter, `Unreadable` without a date.
    """
    document = Document(text)
    if len(document.lines) > MAX_LINES:
        raise TooLarge(
            f"The document has {len(document.lines)} lines; at most {MAX_LINES} are taken."
        )
    blocks, front_matter = _without_front_matter(document)
    chosen = choose(document, blocks)
    body = chosen.body
    held = _held(body, front_matter)
    body = replace(body, labels=body.labels + _marks(document, held))
    values = front_matter.values
    given = _text(values.get("title"))
    title = (
        given or (body.heading.text if body.heading else None) or name.rpartition(".")[0] or name
    )
    day, day_from = _day(values, given or "", body, name)
    problems = [*front_matter.problems]
    if day_from == "front_matter" and (named := _find_day(name)) and named != day:
        problems.append(
            f"The front matter says {day}, the file name {named}; the front matter counts."
        )
    return Briefing(
        dialect=chosen.name,
        date=day,
        date_from=day_from,
        title=title,
        description=_text(values.get("description")),
        summary=_text(values.get("summary")),
        draft=(_text(values.get("draft")) or "").lower() in ("true", "yes", "on", "1"),
        published_at=_published(_text(values.get("date"))),
        tags=_tags(values.get("tags")),
        front_matter=front_matter,
        body=body,
        coverage=_coverage(document, held),
        problems=tuple(problems),
        readings=chosen.readings,
    )


def decode(data: bytes) -> str:
    """Return the text of a document without its byte order mark.

    Raises `TooLarge` over 1 MiB, `Unreadable` for bytes that are not UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"The document has {len(data)} bytes; at most {MAX_BYTES} are taken.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The document is not UTF-8: byte {error.start} cannot be read. Save it as UTF-8."
        ) from None


def _without_front_matter(document: Document) -> tuple[list[Block], FrontMatter]:
    if toml := _between_pluses(document):
        first, last = toml
        lines = [line.text for line in document.lines[first : last - 1]]
        if looks_like_front_matter(lines, toml=True):
            return document.blocks(front_matter=False, after=last), read_front_matter(
                lines, document.span(first, last), toml=True
            )
    blocks = document.blocks()
    block = blocks[0] if blocks else None
    if block is None or block.kind != "front_matter":
        return blocks, FrontMatter()
    lines = [line.text for line in block.lines[1:-1]]
    if not looks_like_front_matter(lines):
        return document.blocks(front_matter=False), FrontMatter()
    return blocks[1:], read_front_matter(lines, document.span(block.first, block.last))


def _between_pluses(document: Document) -> tuple[int, int] | None:
    """The first and last line of what stands between two `+++` at the head of a document: front matter in TOML."""
    marks = (line.number for line in document.lines if line.text.rstrip() == "+++")
    first, last = next(marks, 0), next(marks, 0)
    return (
        (first, last)
        if last and not any(line.text.strip() for line in document.lines[: first - 1])
        else None
    )


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _tags(value: Any) -> tuple[str, ...]:
    """Tags in order, each once: a YAML list, or one string with separators."""
    given = (
        value
        if isinstance(value, list)
        else re.split(r"[,，、;；]", value)
        if isinstance(value, str)
        else []
    )
    return tuple(
        dict.fromkeys(tag.strip() for tag in given if isinstance(tag, str) and tag.strip())
    )


def _day(values: dict[str, Any], title: str, body: Body, name: str) -> tuple[date, DateFrom]:
    """The day of a briefing, and where it is said."""
    heading = body.heading.text if body.heading else ""
    places: tuple[tuple[DateFrom, str], ...] = (
        ("front_matter", _text(values.get("date")) or ""),
        ("title", title),
        ("heading", heading),
        ("name", name),
        (
            "text",
            "\n".join(passage.text[:200] for passage in [*body.preamble[:5], *body.stats.text]),
        ),
    )
    for place, text in places:
        if day := _find_day(text):
            return day, place
    given = _text(values.get("date"))
    raise Unreadable(
        f"The date {given!r} in the front matter is no day."
        if given
        else "The document says no date: give `date: YYYY-MM-DD` in the front matter, or a file name such as 2025-12-23.md."
    )


def _find_day(text: str) -> date | None:
    for match in _DAY.finditer(text[:2_000]):
        try:
            return date(*(int(part) for part in match.groups() if part))
        except ValueError:
            continue
    return None


def _published(given: str | None) -> str | None:
    """RFC 3339 with the offset as written; None where only a day, or no moment at all, is given."""
    match = _MOMENT.match(given or "")
    if not match:
        return None
    zone = (match[7] or "+08:00").upper()
    if zone in ("Z", "UTC"):
        zone = "+00:00"
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) * (
            1 if zone[0] == "+" else -1
        )
        return datetime(
            year, month, day, hour, minute, second, tzinfo=timezone(offset) if match[7] else _HOME
        ).isoformat()
    except ValueError:
        return None


def _marks(document: Document, held: dict[int, str]) -> tuple[Passage, ...]:
    """The lines nothing holds and that say nothing, such as a bullet's lone marker; with this they are held."""
    marks = [
        line
        for line in document.lines
        if line.number not in held and line.text.strip() and _MARKS.fullmatch(line.text)
    ]
    held.update((line.number, "labels") for line in marks)
    return tuple(Passage(line.text.strip(), line.span) for line in marks)


def _held(body: Body, front_matter: FrontMatter) -> dict[int, str]:
    """The first structure that holds each line; labels and rules come last."""
    held: dict[int, str] = {}
    if front_matter.span:
        held.update(
            dict.fromkeys(
                range(front_matter.span.first_line, front_matter.span.last_line + 1), "front_matter"
            )
        )
    for structure, span in sorted(leaf_spans(body), key=lambda leaf: leaf[0] == "labels"):
        for number in range(span.first_line, span.last_line + 1):
            held.setdefault(number, structure)
    return held


def _coverage(document: Document, held: dict[int, str]) -> Coverage:
    """Each non-blank line counts for the structure that holds it."""
    nonblank = [line for line in document.lines if line.text.strip()]
    missing = [line for line in nonblank if line.number not in held]
    return Coverage(
        lines=len(document.lines),
        nonblank=len(nonblank),
        covered=len(nonblank) - len(missing),
        structures=dict(Counter(held[line.number] for line in nonblank if line.number in held)),
        unassigned=tuple(Passage(line.text, line.span) for line in missing),
    )
