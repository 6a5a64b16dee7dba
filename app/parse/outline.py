"""A readable outline of how a document was understood, with line numbers."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from app.parse.briefing import decode, parse_briefing
from app.parse.dialects.described import Dialect
from app.parse.dialects.unused import unused_entries
from app.parse.draft import Body, BriefingDraft, ItemDraft, SectionDraft
from app.parse.markdown import MarkdownDocument

_MAX_TEXT_CHARS = 70
_NO_DAY = date.min


class OutlineEntry(NamedTuple):
    """A part of a document: its first line (0 for none), depth, name and text."""

    line: int
    depth: int
    name: str
    text: str


def outline(
    data: bytes,
    name: str,
    dialects: Sequence[Dialect] = (),
) -> str:
    """Return what was read from a document: sections, items, sources, fields and leftovers.

    A document without a day has an outline, too. Raises as `parse_briefing` does else.
    """
    briefing = parse_briefing(
        data,
        name,
        dialects=dialects,
        undated=_NO_DAY,
    )
    document = MarkdownDocument(decode(data))
    dialect = next((entry for entry in dialects if entry.matches(name, document.text)), None)
    lines = list(_heading(briefing, dialect))
    if dialects and dialect is None:
        lines.append("no dialect matches; `briefbase dialects list` prints their conditions")
    lines.extend(_line_of(entry) for entry in entries(briefing))
    if dialect:
        for sentence in unused_entries(
            dialect,
            name,
            document,
            briefing.body,
        ):
            lines.append(
                _line_of(
                    _line(
                        0,
                        0,
                        "UNUSED",
                        sentence,
                        _MAX_TEXT_CHARS * 3,
                    )
                )
            )
    return "\n".join(lines) + "\n"


def _line_of(entry: OutlineEntry) -> str:
    place = f"L{entry.line}" if entry.line else ""
    return f"{place:<6}{'  ' * entry.depth}{entry.name}: {entry.text}"


def _heading(briefing: BriefingDraft, dialect: Dialect | None) -> Iterator[str]:
    scores: list[str] = []
    for reading in briefing.readings:
        scores.append(f"{reading.name} {reading.score:.2f} ({reading.items} items)")
    day = f"{briefing.date} from the {briefing.date_from}"
    if briefing.date == _NO_DAY:
        day = "no day"
    yield f"{day}; {briefing.language}; {briefing.title}"
    taken = briefing.readings[0].name if dialect else briefing.dialect
    matched = f"dialect {dialect.name} matched; items " if dialect else "read "
    yield f"{matched}as {taken}; scores: {', '.join(scores)}"


def entries(briefing: BriefingDraft) -> Iterator[OutlineEntry]:
    """Yield the parts of a document in reading order, then leftovers, warnings and problems."""
    for passage in briefing.body.preamble:
        yield _line(
            passage.span.first_line,
            0,
            "text",
            passage.text,
        )
    for section in briefing.body.sections:
        yield from _section_lines(section)
    yield from _special_parts(briefing.body)
    for passage in briefing.coverage.unassigned:
        yield _line(
            passage.span.first_line,
            0,
            "LEFT OVER",
            passage.text,
        )
    for warning in briefing.warnings:
        yield _line(
            warning.line or 0,
            0,
            "WARNING",
            warning.text,
            _MAX_TEXT_CHARS * 3,
        )
    for problem in briefing.problems:
        yield _line(
            0,
            0,
            "PROBLEM",
            problem,
            _MAX_TEXT_CHARS * 5,
        )


def _section_lines(
    section: SectionDraft,
) -> Iterator[OutlineEntry]:
    title = section.title.text or "(without a title)"
    yield _line(
        section.span.first_line,
        0,
        f"SECTION {section.kind}",
        title,
    )
    if section.blurb:
        yield _line(
            section.blurb.span.first_line,
            1,
            "blurb",
            section.blurb.text,
        )
    rows: list[tuple[int, list[OutlineEntry]]] = []
    for container in section.containers:
        number = container.title.span.first_line
        rows.append(
            (
                number,
                [
                    _line(
                        number,
                        1,
                        "group",
                        container.title.text,
                    )
                ],
            )
        )
    for note in section.notes:
        number = note.span.first_line
        rows.append(
            (
                number,
                [_line(number, 1, "note", note.text)],
            )
        )
    for item in section.items:
        rows.append(
            (
                item.span.first_line,
                list(_item_lines(item)),
            )
        )
    for _, lines in sorted(rows, key=lambda row: row[0]):
        yield from lines


def _item_lines(item: ItemDraft) -> Iterator[OutlineEntry]:
    yield _line(
        item.span.first_line,
        1,
        f"ITEM {item.position}",
        item.title.text,
    )
    for title in item.alternative_titles:
        yield _line(
            title.span.first_line,
            2,
            "also",
            title.text,
        )
    for passage in item.summary:
        yield _line(
            passage.span.first_line,
            2,
            "summary",
            passage.text,
        )
    for name in (
        "technical",
        "applications",
        "takeaways",
    ):
        for node in getattr(item.details, name):
            yield _line(
                node.span.first_line,
                2,
                name,
                node.text,
            )
    if item.importance:
        level = item.importance.level or "unknown level"
        yield _line(
            item.importance.span.first_line,
            2,
            "importance",
            f"{item.importance.label} ({level})",
        )
    for cell in item.entities:
        yield _line(
            cell.span.first_line,
            2,
            "entity",
            cell.text,
        )
    for source in item.sources:
        text = " ".join(
            part
            for part in (
                source.label,
                source.target,
            )
            if part
        )
        yield _line(
            source.span.first_line,
            2,
            "source",
            text,
            _MAX_TEXT_CHARS * 2,
        )
    for extra in item.extra:
        label = f"{extra.label}: " if extra.label else ""
        yield _line(
            extra.span.first_line,
            2,
            "field",
            label + extra.text,
        )


def _special_parts(body: Body) -> Iterator[OutlineEntry]:
    for insight in body.insight:
        passage = insight.title or insight.text
        if passage:
            yield _line(
                passage.span.first_line,
                0,
                "insight",
                passage.text,
            )
    for entry in body.watchlist:
        yield _line(
            entry.span.first_line,
            0,
            "watch",
            entry.text,
        )
    for reading in body.readings:
        yield _line(
            reading.span.first_line,
            0,
            "reading",
            reading.title,
        )
    for note in body.background:
        yield _line(
            note.span.first_line,
            0,
            "background",
            note.term or note.text,
        )
    for keyword in body.keywords:
        yield _line(
            keyword.span.first_line,
            0,
            "keyword",
            keyword.text,
        )


def _line(
    number: int,
    depth: int,
    name: str,
    text: str,
    limit: int = _MAX_TEXT_CHARS,
) -> OutlineEntry:
    """Return an entry with its text on one line, cut to `limit` characters."""
    short = " ".join(text.split())
    if len(short) > limit:
        short = short[:limit].rstrip() + "…"
    return OutlineEntry(number, depth, name, short)
