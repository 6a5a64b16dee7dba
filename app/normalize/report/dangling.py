"""References that lead nowhere: what a document says it tells elsewhere, and does not.

A thing is told where one item says at least half of its words (`overlap.cover`): enough for another wording or the other
language beside it, too little for a chance word.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.normalize.sources.urls import identify
from app.normalize.text.containment import containment, shingles
from app.normalize.text.folding import fold
from app.parse.draft import Briefing, Passage, Section
from app.parse.vocabulary import is_pointer, part_name, says_only_where, section_kind
from app.parse.words import POINTER

KINDS = (
    "told_elsewhere",
    "section",
    "stub",
    "footnote",
    "insight",
    "watchlist",
    "keyword",
    "reading",
)
_TOLD = 0.5
_LONGEST = 200
# What comes after so many was written to cost time: it counts as told.
_MOST_COMPARISONS = 1_000_000
_QUOTED = re.compile(
    r"(?:[已均皆][經经]?[於于在]|[詳详請请參参]?[見见]|[請请]?[參参][考閱阅照見见]|\bsee|\b(?:covered|described|discussed|detailed) (?:in|under))"
    r"\s*(?:the )?[「『“\"](?P<name>[^「」『』“”\"]{2,60})[」』”\"]",
    re.IGNORECASE,
)
_JOINTS = re.compile(
    r"[、，,；;]|以及|\s/\s|\s+[與与和及]\s*|[與与和及]\s+|(?<=[A-Za-z0-9])[與与和及]|[與与和及](?=[A-Za-z0-9])|\s(?:and|&)\s"
)
_REST = re.compile(
    r"(?:等|\betc\b|\bet al\b|\b(?:is|are|was|were|has been|have been)\s*$).*$", re.DOTALL
)
_KIND_OF_THING = re.compile(
    fold(
        r"(?:.*(?:類|類型|相關|方面)的?(?:文章|內容|新聞|消息|資訊|報導|工具|研究|應用|議題|主題|動態)"
        r"|(?:其他|其它|更多|相關|上述|前述|以上|此|本|該|技術|應用|細節|內容|背景|說明|摘要|實作|完整|詳細|資訊|議題|主題|部分|項目|工作|動態|方法|場景|影響|與|及|和|的|之|者|皆|均)+)"
    )
)
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,40})\](:?)")


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference that leads nowhere: what it names, and the line and text that do so."""

    kind: str
    name: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class NamedTargets:
    """A name that the insight or the watch list speaks of and no item does."""

    kind: str
    surface: str
    line: int


def dangling(draft: Briefing, text: str, named: Iterable[NamedTargets]) -> list[Dangling]:
    """The references of a document that lead nowhere, in its order, those of `named` each once; `text` is the decoded document."""
    told = _Told(
        text[item.span.start : item.span.end]
        for section in draft.body.sections
        for item in section.items
    )
    lines = re.split("\r\n|\r|\n", text)
    first = {(one.kind, fold(one.surface)): one for one in reversed(list(named))}
    found = [*_pointers(draft, told), *_footnotes(lines), *_editorial(draft, told)]
    found += [
        Dangling(one.kind, one.surface, one.line, lines[one.line - 1].strip()[:_LONGEST])
        for one in first.values()
    ]
    return sorted(found, key=lambda one: (one.line, KINDS.index(one.kind), one.name))


class _Told:
    """What the items of a document say, to be asked whether one of them tells of a thing."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._said = [shingles(text) for text in texts]
        self._left = _MOST_COMPARISONS

    def of(self, name: str, *, besides: int | None = None) -> bool:
        """Whether an item, not the one at index `besides`, tells of `name`."""
        wanted = shingles(name)
        self._left -= len(self._said)
        return (
            not wanted
            or self._left < 0
            or any(
                at != besides and containment(wanted, said) >= _TOLD
                for at, said in enumerate(self._said)
            )
        )


def _pointers(draft: Briefing, told: _Told) -> Iterator[Dangling]:
    titles = {fold(title) for title in _titles(draft)}
    kinds: set[str] = {section.kind for section in draft.body.sections}
    at = 0
    for section in draft.body.sections:
        for note in _notes(section):
            if is_pointer(note.text) or says_only_where(note.text):
                yield from _names(note, told)
            yield from _sections(note, titles, kinds)
        for item in section.items:
            own, at = at, at + 1
            said = [*item.summary, *(Passage(extra.text, extra.span) for extra in item.extra)]
            if item.kind == "stub" and not told.of(item.title.text, besides=own):
                yield Dangling("stub", item.title.text, item.title.span.first_line, item.title.text)
            for passage in said:
                yield from _sections(passage, titles, kinds)


def _notes(section: Section) -> Iterator[Passage]:
    yield from ([section.blurb] if section.blurb else [])
    yield from section.notes


def _titles(draft: Briefing) -> Iterator[str]:
    for section in draft.body.sections:
        yield section.title.text
        yield from (container.title.text for container in section.containers)
        yield from (item.title.text for item in section.items)
    yield from (insight.title.text for insight in draft.body.insight if insight.title)
    yield from (label.text for label in draft.body.labels)


def _names(note: Passage, told: _Told) -> Iterator[Dangling]:
    """The things a note says are told elsewhere: those named before it says so."""
    pointing = POINTER.search(note.text)
    listed = _REST.sub("", note.text[: pointing.start()] if pointing else "")[:_LONGEST]
    for piece in _JOINTS.split(listed):
        name = piece.strip(' 　*_-–—•：:（(）)「」『』"“”。.')
        if len(name) > 1 and not _KIND_OF_THING.fullmatch(fold(name)) and not told.of(name):
            yield Dangling("told_elsewhere", name, note.span.first_line, note.text)


def _sections(passage: Passage, titles: set[str], kinds: set[str]) -> Iterator[Dangling]:
    """The sections or items a passage sends its reader to by name, and that are not there."""
    if not (is_pointer(passage.text) or says_only_where(passage.text)):
        return
    for match in _QUOTED.finditer(passage.text):
        name = match["name"]
        kind = section_kind(name, loose=True)
        if not (kind in kinds or part_name(name) or any(fold(name) in title for title in titles)):
            yield Dangling("section", name, passage.span.first_line, passage.text)


def _footnotes(lines: list[str]) -> Iterator[Dangling]:
    given: dict[str, int] = {}
    targets: set[str] = set()
    for number, line in enumerate(lines, 1):
        for match in _FOOTNOTE.finditer(line):
            if match[2] and not line[: match.start()].strip():
                targets.add(match[1])
            else:
                given.setdefault(match[1], number)
    for name, number in given.items():
        if name not in targets:
            yield Dangling("footnote", f"[^{name}]", number, lines[number - 1].strip()[:_LONGEST])


def _editorial(draft: Briefing, told: _Told) -> Iterator[Dangling]:
    """Keywords of the day and recommended articles that no item tells of."""
    cited = {
        identify(None, source.target).key
        for section in draft.body.sections
        for item in section.items
        for source in item.sources
    }
    cited.discard(None)
    for keyword in draft.body.keywords:
        if not told.of(keyword.text):
            yield Dangling("keyword", keyword.text, keyword.span.first_line, keyword.text)
    for reading in draft.body.readings:
        if identify(None, reading.target).key not in cited and not told.of(reading.title):
            yield Dangling("reading", reading.title, reading.span.first_line, reading.title)
