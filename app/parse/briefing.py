"""A document's bytes to its draft: the one public function of this room."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, tzinfo
from pathlib import PurePosixPath

from app.errors import TooLarge, Unreadable
from app.parse.dates import (
    TAIPEI,
    find_day,
    find_day_of_year,
    find_moment,
    moment_day,
    names_minguo,
)
from app.parse.dialects.described import Dialect, StatedDay
from app.parse.draft import (
    Body,
    BriefingDraft,
    Coverage,
    FrontMatter,
    Passage,
    RereadDraft,
    leaf_spans,
)
from app.parse.front_matter import (
    find_front_matter,
    listed_blocks,
    read_front_matter,
)
from app.parse.inline import read_cells
from app.parse.kinds import DateFrom, Language
from app.parse.language import (
    find_language,
    stated_language,
)
from app.parse.line_cache import shrink_line_caches
from app.parse.lines import Line
from app.parse.markdown import Block, MarkdownDocument
from app.parse.metadata import Metadata
from app.parse.readings import choose, reread
from app.parse.vocabulary import undecorated
from app.parse.warnings import reading_warnings

MAX_BYTES = 1024 * 1024
# A mebibyte of real briefings has 20,000 lines; hundreds of thousands of lines of markup keep
# the parser busy for a minute.
MAX_LINES = 30_000

# A line without a letter or digit, save a list's number.
_SYMBOLS = re.compile(r"\s*(?:\d{1,9}[.)])?[^\w]*")
_WORD = re.compile(r"[^\W_]")
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")
_SEARCHED_LINES = 12
_SEARCHED_LINE_CHARS = 200


def parse_briefing(
    data: bytes,
    name: str = "",
    *,
    zone: tzinfo = TAIPEI,
    base: str | None = None,
    dialects: Sequence[Dialect] = (),
    undated: date | None = None,
) -> BriefingDraft:
    """Parse a Markdown document in UTF-8; see `parse_text`.

    Raises `TooLarge` and `Unreadable` like `decode` and `parse_text`.
    """
    return parse_text(
        decode(data),
        name,
        zone=zone,
        base=base,
        dialects=dialects,
        undated=undated,
    )


def parse_text(
    text: str,
    name: str = "",
    *,
    zone: tzinfo = TAIPEI,
    base: str | None = None,
    dialects: Sequence[Dialect] = (),
    undated: date | None = None,
) -> BriefingDraft:
    """Parse the decoded text of a document.

    `name` is the file's name, with its folder where that may be a day; `zone` decides which day a
    moment belongs to; relative links start from `base`; `dialects` are tried before all else;
    `undated` is the day of a document that says none, with the reason among the problems.

    Raises `TooLarge` over 30,000 lines or 16 KiB of front matter, `Unreadable` for a text that is
    empty, or has no date where `undated` is not given.
    """
    document = MarkdownDocument(text)
    if not _WORD.search(document.text):
        raise Unreadable("The document is empty: it has no text to read.")
    if len(document.lines) > MAX_LINES:
        count = len(document.lines)
        raise TooLarge(f"The document has {count} lines; at most {MAX_LINES} are taken.")
    blocks, front_matter = _without_front_matter(document)
    metadata = Metadata(front_matter)
    chosen = choose(
        document,
        blocks,
        metadata.base or base,
        dialects,
        name,
    )
    structures = _structures(chosen.body, front_matter, document)
    body = replace(
        chosen.body,
        labels=chosen.body.labels + _symbol_lines(document, structures),
    )
    evidence = _evidence(
        metadata,
        body,
        document,
        name,
        zone,
        chosen.day.day,
    )
    dated = _day(evidence)
    problems: tuple[str, ...] = front_matter.problems
    if dated:
        day, day_from = dated
        problems = (*problems, *_conflicts(evidence, day, day_from))
    else:
        reason = _no_day(metadata, chosen.dialect, chosen.day)
        if undated is None:
            raise Unreadable(reason)
        day, day_from = undated, "text"
        problems = (*problems, reason)
    title = metadata.title or (body.heading.text if body.heading else None)
    file_name = PurePosixPath(name).name
    moment = find_moment(metadata.date or "", zone)
    coverage = _coverage(document, structures)
    warnings = tuple(reading_warnings(document, body, chosen))
    shrink_line_caches()
    return BriefingDraft(
        dialect=chosen.name,
        date=day,
        date_from=day_from,
        title=title or file_name.rpartition(".")[0] or file_name,
        description=metadata.description,
        summary=metadata.summary,
        draft=metadata.is_draft,
        published_at=moment.isoformat() if moment else None,
        tags=_with_item_tags(metadata.tags, body, chosen.dialect),
        front_matter=front_matter,
        body=body,
        coverage=coverage,
        problems=problems,
        language=stated_language(metadata.language, file_name)
        or _detected_language(document, front_matter),
        readings=chosen.readings[:2],
        warnings=warnings,
        categories=metadata.categories,
        entities=metadata.entities,
    )


def reread_text(
    text: str,
    name: str = "",
    *,
    layout: str,
    base: str | None = None,
    dialects: Sequence[Dialect] = (),
) -> RereadDraft | None:
    """Parse a text in the `layout` that `parse_text` chose for it, in a third of the time.

    Return None if readings must be compared again, as for a described dialect.
    """
    document = MarkdownDocument(text)
    if any(dialect.matches(name, document.text) for dialect in dialects):
        return None
    blocks, front_matter = _without_front_matter(document)
    metadata = Metadata(front_matter)
    body = reread(document, blocks, layout, metadata.base or base)
    shrink_line_caches()
    if body is None:
        return None
    return RereadDraft(
        body=body,
        front_matter=front_matter,
        tags=metadata.tags,
        entities=metadata.entities,
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


def _without_front_matter(
    document: MarkdownDocument,
) -> tuple[list[Block], FrontMatter]:
    fence = find_front_matter(document.lines)
    if fence is None:
        return document.blocks(), FrontMatter()
    span = document.span(fence.first, fence.last)
    blocks = document.blocks(after=fence.last) or listed_blocks(document, fence)
    return blocks, read_front_matter(fence.rows, span, fence.format)


def _detected_language(document: MarkdownDocument, front_matter: FrontMatter) -> Language:
    start = front_matter.span.end if front_matter.span else 0
    return find_language(document.text[start:] if document.text[start:].strip() else document.text)


Evidence = tuple[DateFrom, str, date | None]


def _evidence(
    metadata: Metadata,
    body: Body,
    document: MarkdownDocument,
    name: str,
    zone: tzinfo,
    stated: date | None,
) -> list[Evidence]:
    """Return the places that may say the day, the strongest first, with what each says."""
    path = PurePosixPath(name)
    title = metadata.title or ""
    headings = [body.heading.text] if body.heading else [""]
    headings.extend(section.title.text for section in body.sections[:_SEARCHED_LINES])
    texts = [passage.text[:_SEARCHED_LINE_CHARS] for passage in body.preamble[:5]]
    texts.extend(passage.text[:_SEARCHED_LINE_CHARS] for passage in body.stats.text)
    texts.extend(_first_lines(document))
    written = metadata.date or ""
    minguo = names_minguo(document.text)
    places: list[tuple[DateFrom, str, str]] = [
        ("title", title, title),
        ("heading", headings[0], headings[0]),
        ("name", path.name, path.name),
        ("name", path.parent.name, path.parent.name),
        ("name", "", "/".join(path.parts[-3:])),
        ("heading", "", "\n".join(headings[1:])),
        ("text", "", "\n".join(texts)),
    ]
    evidence: list[Evidence] = [
        ("front_matter", written, moment_day(written, zone, minguo=minguo)),
        ("text", "", stated),
    ]
    for place, quoted, text in places:
        evidence.append((place, quoted, find_day(text, minguo=minguo)))
    # A day without its year is the weakest evidence.
    years = "\n".join([metadata.text("year") or "", name, title, *headings, *texts])
    for place, _, text in [("front_matter", "", written), *places]:
        evidence.append((place, "", find_day_of_year(text, years)))
    if not any(day for _, _, day in evidence) and _HAN.search(document.text):
        # 115.05.20 is a day where nothing else is, and Chinese the language.
        evidence.extend((place, "", find_day(text, minguo=True)) for place, _, text in places)
    return evidence


def _first_lines(document: MarkdownDocument) -> list[str]:
    fence = find_front_matter(document.lines)
    start = fence.last if fence else 0
    texts: list[str] = []
    for line in document.lines[start:]:
        if line.text.strip():
            texts.append(line.text[:_SEARCHED_LINE_CHARS])
        if len(texts) == _SEARCHED_LINES:
            break
    return texts


def _day(evidence: list[Evidence]) -> tuple[date, DateFrom] | None:
    for place, _, day in evidence:
        if day:
            return day, place
    return None


def _no_day(metadata: Metadata, dialect: Dialect | None, stated: StatedDay) -> str:
    """Return why a document has no day, and what to do."""
    if metadata.date:
        return f"The date {metadata.date!r} in the front matter is no day; write YYYY-MM-DD."
    fault = f" ({dialect.name}: {stated.fault})" if dialect and stated.fault else ""
    return (
        f"The document says no date{fault}: give `date: YYYY-MM-DD` in the front matter, "
        "a file name such as 2025-12-23.md, or `date.pattern` in a dialect."
    )


def _with_item_tags(tags: tuple[str, ...], body: Body, dialect: Dialect | None) -> tuple[str, ...]:
    """Return the tags of a document and those of its items, which only a dialect tells apart."""
    words = dialect.fields.words if dialect else {}
    if "tags" not in words.values():
        return tags
    names = list(tags)
    for section in body.sections:
        for item in section.items:
            for field in item.extra:
                if words.get(undecorated(field.label or "")) != "tags":
                    continue
                span = field.span
                line = Line(span.first_line, span.start, span.end, field.text)
                names.extend(cell.text.lstrip("#＃") for cell in read_cells(line))
    return tuple(dict.fromkeys(names))


_PLACE_NAMES: dict[DateFrom, str] = {
    "front_matter": "front matter",
    "title": "title",
    "heading": "heading",
    "name": "file name",
    "text": "text",
}


def _conflicts(
    evidence: list[Evidence],
    day: date,
    day_from: DateFrom,
) -> list[str]:
    """Return one problem for every place that names another day than the one taken."""
    problems: list[str] = []
    for place, text, other in evidence:
        if other is None or other == day or place == "text" or not text:
            continue
        here, there = (
            _PLACE_NAMES[day_from],
            _PLACE_NAMES[place],
        )
        problems.append(f"The {here} says {day}, the {there} {other}; the {here} counts.")
    return problems


def _symbol_lines(document: MarkdownDocument, structures: dict[int, str]) -> tuple[Passage, ...]:
    """Return the lines that no structure holds and that say nothing, such as a lone marker.

    They are added to `structures`.
    """
    passages: list[Passage] = []
    for line in document.lines:
        if line.number in structures or not line.text.strip():
            continue
        if _SYMBOLS.fullmatch(line.text):
            structures[line.number] = "labels"
            passages.append(Passage(line.text.strip(), line.span))
    return tuple(passages)


def _structures(
    body: Body,
    front_matter: FrontMatter,
    document: MarkdownDocument,
) -> dict[int, str]:
    """Return the first structure that holds each line, by number; labels come last."""
    structures: dict[int, str] = {}
    if front_matter.span:
        span = front_matter.span
        structures.update(
            dict.fromkeys(
                range(
                    span.first_line,
                    span.last_line + 1,
                ),
                "front_matter",
            )
        )
    structures.update(dict.fromkeys(document.comment_lines, "comments"))
    for structure, span in sorted(
        leaf_spans(body),
        key=lambda leaf: leaf[0] == "labels",
    ):
        for number in range(span.first_line, span.last_line + 1):
            structures.setdefault(number, structure)
    return structures


def _coverage(document: MarkdownDocument, structures: dict[int, str]) -> Coverage:
    """Count each line that is not blank for the structure that holds it."""
    counts: Counter[str] = Counter()
    unassigned: list[Passage] = []
    nonblank = 0
    for line in document.lines:
        if not line.text.strip() and line.number not in document.comment_lines:
            continue
        nonblank += 1
        if line.number in structures:
            counts[structures[line.number]] += 1
        else:
            unassigned.append(Passage(line.text, line.span))
    return Coverage(
        lines=len(document.lines),
        nonblank=nonblank,
        covered=nonblank - len(unassigned),
        structures=dict(counts),
        unassigned=tuple(unassigned),
    )
