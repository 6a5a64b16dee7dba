"""The content of a document, verbatim, with its lines. No ids, no decisions.

Every leaf carries a `Span`; line coverage is counted from those spans alone, so nothing counts
that the draft does not contain.
"""

from collections.abc import Iterator
from dataclasses import (
    dataclass,
    field,
    fields,
    is_dataclass,
)
from datetime import date
from functools import cache
from typing import Any, NamedTuple, Protocol

from app.parse.kinds import DateFrom, ItemKind, Language, Level, WarningCode
from app.parse.section_kinds import SectionKind


class TextSpan(NamedTuple):
    """The place of a piece: lines from 1, both inclusive; characters from 0, the end exclusive.

    Characters are those of the decoded text.
    """

    # Spans cross processes, 1,200 a dense document: a tuple is read four times as fast as a
    # frozen dataclass with slots.

    first_line: int
    last_line: int
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A stretch of the document: its visible text, and its span with markup or label."""

    text: str
    span: TextSpan


@dataclass(frozen=True, slots=True)
class Node:
    """A bullet with the bullets below it, or a paragraph, table or code block without."""

    text: str
    span: TextSpan
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """Text under a label that the vocabulary does not know, or under none (None), as written."""

    label: str | None
    text: str
    span: TextSpan


@dataclass(frozen=True, slots=True)
class Details:
    """The three lists of an item's details."""

    technical: tuple[Node, ...] = ()
    applications: tuple[Node, ...] = ()
    takeaways: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Importance:
    """`label` as written, its `level` where the words are known, and the reason given beside it."""

    level: Level | None
    label: str
    reason: str | None
    span: TextSpan


@dataclass(frozen=True, slots=True)
class Cell:
    """One name of an entity line, as written; its `target` where it is a link."""

    text: str
    span: TextSpan
    target: str | None = None


@dataclass(frozen=True, slots=True)
class SourceLink:
    """One source: label and target as written (either may be missing), and the whole stretch."""

    label: str | None
    target: str | None
    raw: str
    span: TextSpan


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One news item. `position` counts from 1 within its section."""

    kind: ItemKind
    position: int
    parent: str | None
    title: Passage
    span: TextSpan
    summary: tuple[Passage, ...] = ()
    details: Details = Details()
    importance: Importance | None = None
    entities: tuple[Cell, ...] = ()
    sources: tuple[SourceLink, ...] = ()
    extra: tuple[Field, ...] = ()
    labels: tuple[Passage, ...] = ()
    """The label of every field as written, in order; it shows what is missing or repeated."""
    number: Passage | None = None
    """The number before the title, as written."""
    anchor: Passage | None = None
    """The id of the heading, from `{#id}` or an HTML anchor."""
    alternative_titles: tuple[Passage, ...] = ()
    """The title in other languages, where the document gives it twice."""


@dataclass(frozen=True, slots=True)
class Container:
    """A heading that only gathers bullets, such as 其他技術更新（精選）."""

    title: Passage
    position: int
    """How many items of the section stand before it."""


@dataclass(frozen=True, slots=True)
class SectionDraft:
    """A section in the document's order; `notes` is its text that is neither blurb nor item."""

    position: int
    kind: SectionKind
    title: Passage
    span: TextSpan
    blurb: Passage | None = None
    notes: tuple[Passage, ...] = ()
    containers: tuple[Container, ...] = ()
    items: tuple[ItemDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class InsightDraft:
    """A passage of the editor's, under its heading if it has one."""

    title: Passage | None
    text: Passage | None


@dataclass(frozen=True, slots=True)
class WatchEntryDraft:
    """One thing to watch, in the editor's words."""

    position: int
    text: str
    span: TextSpan


@dataclass(frozen=True, slots=True)
class ReadingDraft:
    """A recommended article: title, target and note as written."""

    title: str
    target: str | None
    note: str | None
    span: TextSpan


@dataclass(frozen=True, slots=True)
class Background:
    """A background note: the term it explains, where it names one, and its text."""

    term: str | None
    text: str
    span: TextSpan


@dataclass(frozen=True, slots=True)
class Stats:
    """Numbers of the footer: `window_hours` in hours, `generated_at` in RFC 3339, its lines."""

    articles: int | None = None
    topics: int | None = None
    window_hours: int | None = None
    generated_at: str | None = None
    text: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """A document below its front matter, as one reading has it."""

    heading: Passage | None = None
    preamble: tuple[Passage, ...] = ()
    """Text of no section: before the first one, or below the footer."""
    sections: tuple[SectionDraft, ...] = ()
    insight: tuple[InsightDraft, ...] = ()
    watchlist: tuple[WatchEntryDraft, ...] = ()
    readings: tuple[ReadingDraft, ...] = ()
    background: tuple[Background, ...] = ()
    keywords: tuple[Passage, ...] = ()
    stats: Stats = Stats()
    labels: tuple[Passage, ...] = ()
    """Headings and labels of the special parts, and rules, so that their lines are covered."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Keys as written, every scalar a string; `problems` names what was wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    span: TextSpan | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Line coverage: the number of lines of each structure, and the lines of none."""

    lines: int
    nonblank: int
    covered: int
    structures: dict[str, int]
    unassigned: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class ListedEntity:
    """A name from a list of the front matter, with the key it is listed under."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class ReadingScore:
    """A way of reading the document, with its score from 0 to 1."""

    name: str
    score: float
    items: int


@dataclass(frozen=True, slots=True)
class ReadingWarning:
    """A doubt about the reading, with the line that caused it."""

    code: WarningCode
    text: str
    line: int | None = None


class DraftText(Protocol):
    """The parts of a draft that hold its text."""

    @property
    def body(self) -> Body:
        """The structure of the document."""

    @property
    def front_matter(self) -> FrontMatter:
        """The metadata with their places."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of the document."""

    @property
    def entities(self) -> tuple[ListedEntity, ...]:
        """Names that the front matter lists."""


@dataclass(frozen=True, slots=True)
class RereadDraft:
    """A document read again in the layout that an earlier reading chose."""

    body: Body
    front_matter: FrontMatter
    tags: tuple[str, ...]
    entities: tuple[ListedEntity, ...]


@dataclass(frozen=True, slots=True)
class BriefingDraft:
    """One document, whole."""

    dialect: str
    date: date
    date_from: DateFrom
    title: str
    description: str | None
    summary: str | None
    draft: bool
    published_at: str | None
    tags: tuple[str, ...]
    front_matter: FrontMatter
    body: Body
    coverage: Coverage
    problems: tuple[str, ...] = ()
    language: Language = "en"
    readings: tuple[ReadingScore, ...] = ()
    """The reading taken and the runner-up, best first."""
    warnings: tuple[ReadingWarning, ...] = ()
    categories: tuple[str, ...] = ()
    entities: tuple[ListedEntity, ...] = ()
    """Names that the front matter lists as companies, models, people and the like."""


def leaf_spans(
    body: Body,
) -> Iterator[tuple[str, TextSpan]]:
    """Yield `(structure, span)` of all text of `body`; spans of sections and items are left out."""
    yield from _walk("body", body)


_ENCLOSING = (SectionDraft, ItemDraft)


@cache
def _parts(kind: type) -> tuple[str, ...]:
    """The fields of a shape that may hold shapes again; text, numbers and spans do not."""
    return tuple(
        part.name
        for part in fields(kind)
        if part.name != "span" and part.type not in (str, int, str | None, int | None)
    )


def _walk(name: str, value: object) -> Iterator[tuple[str, TextSpan]]:
    if isinstance(value, tuple):
        for member in value:
            yield from _walk(name, member)
    elif isinstance(value, Passage):
        # The most frequent shape by far has nothing inside.
        yield name, value.span
    elif is_dataclass(value) and not isinstance(value, type):
        enclosing = isinstance(value, _ENCLOSING)
        span = getattr(value, "span", None)
        if isinstance(span, TextSpan) and not enclosing:
            yield name, span
        for part in _parts(type(value)):
            yield from _walk(
                part if enclosing or isinstance(value, (Body, Details)) else name,
                getattr(value, part),
            )
