"""Dangling references: a document says that it covers something elsewhere, and does not.

Something is covered if one item contains at least half of its words (`text.containment`). Half
allows for another wording or for the other language beside it, but not for a chance word.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.normalize.sources.urls import identify
from app.normalize.text.containment import containment, shingles
from app.normalize.text.folding import fold
from app.parse.draft import BriefingDraft, ItemDraft, Passage, SectionDraft
from app.parse.vocabulary import is_pointer, part_name, says_only_where, section_kind
from app.parse.vocabulary_tables import POINTER

DANGLING_KINDS = (
    "told_elsewhere",
    "section",
    "stub",
    "footnote",
    "insight",
    "watchlist",
    "keyword",
    "reading",
)
"""Kinds in the order in which those of one line are reported."""
MAX_NAME_CHARS = 200
MAX_COMPARISONS = 1_000_000
"""A document that needs more was written to cost time: the rest counts as covered."""

_MIN_CONTAINMENT = 0.5
_QUOTED_NAME = re.compile(
    r"(?:[已均皆][經经]?[於于在]|[詳详請请參参]?[見见]|[請请]?[參参][考閱阅照見见]|\bsee"
    r"|\b(?:covered|described|discussed|detailed) (?:in|under))"
    r"\s*(?:the )?[「『“\"](?P<name>[^「」『』“”\"]{2,60})[」』”\"]",
    re.IGNORECASE,
)
_LIST_BREAK = re.compile(
    r"[、，,；;]|以及|\s/\s|\s+[與与和及]\s*|[與与和及]\s+|(?<=[A-Za-z0-9])[與与和及]"
    r"|[與与和及](?=[A-Za-z0-9])|\s(?:and|&)\s"
)
_LIST_END = re.compile(
    r"(?:等|\betc\b|\bet al\b|\b(?:is|are|was|were|has been|have been)\s*$).*$", re.DOTALL
)
# 其他相關新聞: says what kind of thing is covered, but names none.
_COMMON_NOUN = re.compile(
    fold(
        r"(?:.*(?:類|類型|相關|方面)的?"
        r"(?:文章|內容|新聞|消息|資訊|報導|工具|研究|應用|議題|主題|動態)"
        r"|(?:其他|其它|更多|相關|上述|前述|以上|此|本|該|技術|應用|細節|內容|背景|說明|摘要|實作"
        r"|完整|詳細|資訊|議題|主題|部分|項目|工作|動態|方法|場景|影響|與|及|和|的|之|者|皆|均)+)"
    )
)
_NAME_EDGES = ' 　*_-–—•：:（(）)「」『』"“”。.'
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,40})\](:?)")
_LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Dangling:
    """Reference that leads nowhere: the name it uses, its line (from 1) and its text."""

    kind: str
    name: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class NamedTargets:
    """Entity that the insight or the watch list mentions and no item does."""

    kind: str
    surface: str
    line: int


def dangling(
    draft: BriefingDraft,
    text: str,
    unmentioned: Iterable[NamedTargets],
) -> list[Dangling]:
    """Return the dangling references of a document, in its order.

    `text` is the decoded document. Of `unmentioned`, each surface is reported once.
    """
    lines = _LINE_END.split(text)
    coverage = _TopicCoverage(_item_texts(draft, text))
    references = [
        *_pointers(draft, coverage),
        *_footnotes(lines),
        *_editorial(draft, coverage),
        *_unmentioned(unmentioned, lines),
    ]
    return sorted(
        references,
        key=lambda reference: (
            reference.line,
            DANGLING_KINDS.index(reference.kind),
            reference.name,
        ),
    )


def _items(draft: BriefingDraft) -> Iterator[ItemDraft]:
    for section in draft.body.sections:
        yield from section.items


def _item_texts(draft: BriefingDraft, text: str) -> Iterator[str]:
    for item in _items(draft):
        yield text[item.span.start : item.span.end]


class _TopicCoverage:
    """Words of the items of a document, to look up what they cover."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._items = list(map(shingles, texts))
        self._comparisons_left = MAX_COMPARISONS

    def covers(self, name: str, *, except_item: int | None = None) -> bool:
        """Whether an item covers a name; the item at index `except_item` is ignored."""
        name_words = shingles(name)
        self._comparisons_left -= len(self._items)
        if not name_words or self._comparisons_left < 0:
            return True

        for index, item_words in enumerate(self._items):
            if index == except_item:
                continue
            if containment(name_words, item_words) >= _MIN_CONTAINMENT:
                return True

        return False


def _pointers(draft: BriefingDraft, coverage: _TopicCoverage) -> Iterator[Dangling]:
    """Yield references by notes and items to other parts of the document."""
    titles = set(map(fold, _titles(draft)))
    kinds: set[str] = {section.kind for section in draft.body.sections}
    index = 0
    for section in draft.body.sections:
        for note in _notes(section):
            if _points_elsewhere(note):
                yield from _listed_names(note, coverage)
            yield from _missing_sections(note, titles, kinds)

        for item in section.items:
            if item.kind == "stub":
                yield from _uncovered_stub(item, index, coverage)
            for passage in _passages(item):
                yield from _missing_sections(passage, titles, kinds)
            index += 1


def _uncovered_stub(item: ItemDraft, index: int, coverage: _TopicCoverage) -> Iterator[Dangling]:
    title = item.title.text
    if not coverage.covers(title, except_item=index):
        yield Dangling("stub", title, item.title.span.first_line, title)


def _notes(section: SectionDraft) -> Iterator[Passage]:
    if section.blurb:
        yield section.blurb
    yield from section.notes


def _passages(item: ItemDraft) -> Iterator[Passage]:
    yield from item.summary
    for extra in item.extra:
        yield Passage(extra.text, extra.span)


def _points_elsewhere(passage: Passage) -> bool:
    return is_pointer(passage.text) or says_only_where(passage.text)


def _titles(draft: BriefingDraft) -> Iterator[str]:
    """Yield everything that a passage can refer to by its title."""
    for section in draft.body.sections:
        yield section.title.text
        for container in section.containers:
            yield container.title.text
        for item in section.items:
            yield item.title.text

    for insight in draft.body.insight:
        if insight.title:
            yield insight.title.text

    for label in draft.body.labels:
        yield label.text


def _listed_names(note: Passage, coverage: _TopicCoverage) -> Iterator[Dangling]:
    """Yield the names before 「…已於他處介紹」 that no item covers."""
    pointer = POINTER.search(note.text)
    if pointer is None:
        return

    listed = _LIST_END.sub("", note.text[: pointer.start()])
    for piece in _LIST_BREAK.split(listed[:MAX_NAME_CHARS]):
        name = piece.strip(_NAME_EDGES)
        if len(name) < 2 or _COMMON_NOUN.fullmatch(fold(name)):
            continue
        if not coverage.covers(name):
            yield Dangling("told_elsewhere", name, note.span.first_line, note.text)


def _missing_sections(
    passage: Passage,
    titles: set[str],
    kinds: set[str],
) -> Iterator[Dangling]:
    """Yield the sections and items that a passage refers to by name and that do not exist."""
    if not _points_elsewhere(passage):
        return

    for match in _QUOTED_NAME.finditer(passage.text):
        name = match["name"]
        if section_kind(name, loose=True) in kinds or part_name(name):
            continue
        if not _is_in_title(name, titles):
            yield Dangling("section", name, passage.span.first_line, passage.text)


def _is_in_title(name: str, titles: set[str]) -> bool:
    folded = fold(name)
    return any(folded in title for title in titles)


def _footnotes(lines: list[str]) -> Iterator[Dangling]:
    """Yield footnotes without a text, at the first line that refers to them."""
    first_lines: dict[str, int] = {}
    defined: set[str] = set()
    for number, line in enumerate(lines, 1):
        for match in _FOOTNOTE.finditer(line):
            name, colon = match.groups()
            starts_line = not line[: match.start()].strip()
            if colon and starts_line:
                defined.add(name)
            else:
                first_lines.setdefault(name, number)

    for name, number in first_lines.items():
        if name not in defined:
            yield Dangling("footnote", f"[^{name}]", number, _line_text(lines, number))


def _line_text(lines: list[str], number: int) -> str:
    return lines[number - 1].strip()[:MAX_NAME_CHARS]


def _editorial(draft: BriefingDraft, coverage: _TopicCoverage) -> Iterator[Dangling]:
    """Yield keywords and recommended articles that no item covers or cites."""
    for keyword in draft.body.keywords:
        if not coverage.covers(keyword.text):
            yield Dangling("keyword", keyword.text, keyword.span.first_line, keyword.text)

    cited = _cited_keys(draft)
    for reading in draft.body.readings:
        if identify(None, reading.target).key in cited:
            continue
        if not coverage.covers(reading.title):
            yield Dangling("reading", reading.title, reading.span.first_line, reading.title)


def _cited_keys(draft: BriefingDraft) -> set[str | None]:
    """Return the identity keys of all cited sources; a placeholder has none."""
    keys = set()
    for item in _items(draft):
        for source in item.sources:
            keys.add(identify(None, source.target).key)

    keys.discard(None)
    return keys


def _unmentioned(targets: Iterable[NamedTargets], lines: list[str]) -> Iterator[Dangling]:
    reported = set()
    for target in targets:
        key = (target.kind, fold(target.surface))
        if key in reported:
            continue
        reported.add(key)
        yield Dangling(
            kind=target.kind,
            name=target.surface,
            line=target.line,
            text=_line_text(lines, target.line),
        )
