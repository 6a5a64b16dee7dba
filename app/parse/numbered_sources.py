"""Lists of numbered sources below a line `Sources`, given to the items that cite their numbers."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.parse.draft import Body, ItemDraft, Passage, SectionDraft, SourceLink
from app.parse.inline import MAX_LIST_LINE
from app.parse.lines import Line
from app.parse.markdown import MarkdownDocument
from app.parse.markup import plain_text
from app.parse.references import References, unique_links
from app.parse.sources import read_sources
from app.parse.vocabulary import apparatus, field_name

_MAX_LABEL_CHARS = 40
_MIN_ENTRIES = 2
_REMARK = re.compile(r"\s*[（(][^（()）]{0,30}[)）]$")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_CIRCLED = "①-⑳"
_ENTRY = re.compile(
    r" {0,3}(?:[-*+•]\s+)?(?:\[\^?(?P<square>\d{1,3})\]:?|【(?P<boxed>\d{1,3})】"
    rf"|(?P<plain>\d{{1,3}})[.)、．]|(?P<circled>[{_CIRCLED}]))(?!\()\s*(?=\S)"
)
_BARE_ENTRY = re.compile(r" {0,3}\[1\]\s+<?https?://")
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_MARKS = (
    re.compile(r"(?<!!)\[(?P<numbers>\d{1,3}(?:\s*[,、，]\s*\d{1,3}){0,9})\](?![(:])"),
    re.compile(r"\[\^(?P<numbers>\d{1,3})\](?!:)"),
    re.compile(r"【(?P<numbers>\d{1,3})】"),
    re.compile(rf"(?P<numbers>[{_CIRCLED}])"),
    re.compile(rf"(?P<numbers>[{_SUPERSCRIPTS}]{{1,3}})|<sup>\[?(?P<tagged>\d{{1,3}})\]?</sup>"),
)

Owners = dict[int, list[int]]
"""The numbers of the entries of each item, by the start of the item's title."""


@dataclass(frozen=True, slots=True)
class NumberedList:
    """A label line and the numbered sources below it."""

    label: Line
    entries: Mapping[int, tuple[SourceLink, ...]]
    lines: tuple[Line, ...]

    @property
    def last(self) -> int:
        """The number of the list's last line."""
        return self.lines[-1].number


def source_lists(
    document: MarkdownDocument, after: int, references: References
) -> list[NumberedList]:
    """Return the lists of two or more numbered sources below a line such as `Sources`.

    Lines such as `[1] https://…` need no label; then the blank line above stands for it.
    """
    lists: list[NumberedList] = []
    fenced = False
    for index in range(after, len(document.lines)):
        line = document.lines[index]
        if _FENCE.match(line.text):
            fenced = not fenced
        if lists and index < lists[-1].last:
            continue
        if not fenced and (_is_label(line.text) or _is_gap(document.lines, index)):
            listed = _list_below(document, index, references)
            if listed:
                lists.append(listed)
    return lists


def _is_label(text: str) -> bool:
    if not text.strip() or len(text) > _MAX_LABEL_CHARS or text[:1].isspace():
        return False
    label = plain_text(text.strip().lstrip("# ").strip()).strip("*_:： ")
    label = _REMARK.sub("", label)
    return field_name(label) == "sources" or apparatus(label) == "references"


def _is_gap(lines: Sequence[Line], index: int) -> bool:
    """Return whether a line is blank and the next one is a number in brackets and an address."""
    if lines[index].text.strip() or index + 1 >= len(lines):
        return False
    return _BARE_ENTRY.match(lines[index + 1].text) is not None


def _list_below(
    document: MarkdownDocument, index: int, references: References
) -> NumberedList | None:
    entries: dict[int, tuple[SourceLink, ...]] = {}
    lines: list[Line] = []
    for line in document.lines[index + 1 :]:
        if not line.text.strip():
            continue
        match = _ENTRY.match(line.text)
        if match is None or len(line.text) > MAX_LIST_LINE:
            follows = not lines or line.number == lines[-1].number + 1
            if follows and line.text[:1] != "#":
                # Text directly below an entry continues it.
                return None
            break
        links = _entry_links(line.cut(match.end()), references)
        number = _number(next(filter(None, match.groups())))
        if not links or number in entries:
            return None
        entries[number] = links
        lines.append(line)
    if len(entries) < _MIN_ENTRIES:
        return None
    return NumberedList(document.lines[index], entries, tuple(lines))


def _entry_links(line: Line, references: References) -> tuple[SourceLink, ...]:
    links: list[SourceLink] = []
    for link in read_sources(line, references.definitions):
        target = references.resolve(link.target)
        if target:
            links.append(replace(link, target=target))
    return tuple(links)


def _number(text: str) -> int:
    return int(unicodedata.normalize("NFKC", text))


def blanked(document: MarkdownDocument, lists: Sequence[NumberedList]) -> MarkdownDocument:
    """Return the document with spaces for the lines of `lists`; all offsets stay."""
    pieces: list[str] = []
    end = 0
    for listed in lists:
        for line in (listed.label, *listed.lines):
            pieces += (document.text[end : line.start], " " * len(line.text))
            end = line.start + len(line.text)
    return MarkdownDocument("".join([*pieces, document.text[end:]]))


@dataclass(frozen=True, slots=True)
class SourcePlacement:
    """A list with its owners; `owners` is empty for one that is left on its section."""

    listed: NumberedList
    owners: Owners


def placements(
    document: MarkdownDocument,
    lists: Sequence[NumberedList],
    read: Body,
    without: Body,
) -> Iterator[SourcePlacement]:
    """Yield the lists that several items share, with the items of each entry.

    `read` is the document as it was read with its lists, `without` is read without them.
    """
    above = 0
    items = _SectionedItems(without)
    piled = _piled_targets(read)
    for listed in lists:
        scopes = items.scopes(above, listed.label.number)
        above = listed.last
        owners = _owners(document, listed, scopes)
        if owners is not None:
            yield SourcePlacement(listed, owners)
        elif scopes and len(scopes[0]) > 1 and _is_piled(listed, piled):
            yield SourcePlacement(listed, {})


def is_settled(lists: Sequence[NumberedList], body: Body) -> bool:
    """Return whether each of several items has a source, and there is a list for each."""
    count = 0
    for section in body.sections:
        count += len(section.items)
        if not all(map(_has_source, section.items)):
            return False
    return len(lists) >= count > 1


class _SectionedItems:
    """The items of a body in order, found by their lines."""

    def __init__(self, body: Body) -> None:
        self.items: list[ItemDraft] = []
        self.sections: list[int] = []
        for number, section in enumerate(body.sections):
            self.items.extend(section.items)
            self.sections.extend([number] * len(section.items))
        self.lines = [item.title.span.first_line for item in self.items]

    def scopes(self, above: int, below: int) -> list[list[ItemDraft]]:
        """Return the items between two lines: those of the last section, then all."""
        start = bisect_right(self.lines, above)
        end = bisect_left(self.lines, below)
        if start >= end:
            return []
        first = bisect_left(self.sections, self.sections[end - 1], start, end)
        return [self.items[first:end], self.items[start:end]]


def _owners(
    document: MarkdownDocument, listed: NumberedList, scopes: Sequence[list[ItemDraft]]
) -> Owners | None:
    best: Owners = {}
    for items in scopes:
        for owners in _cited(document, listed, items):
            if _count(owners) > _count(best):
                best = owners
    if _count(best) * 2 >= len(listed.entries):
        # A list that one item cites is the item's own field.
        return best if len(best) > 1 else None
    for items in scopes:
        sourced = any(map(_has_source, items))
        if len(items) == len(listed.entries) and not sourced:
            numbers = list(listed.entries)
            return {item.title.span.start: [numbers[i]] for i, item in enumerate(items)}
    return best if len(best) > 1 else None


def _count(owners: Owners) -> int:
    return len(_numbers(owners))


def _numbers(owners: Owners) -> set[int]:
    """Return the numbers of all entries that have an owner."""
    cited: set[int] = set()
    for numbers in owners.values():
        cited.update(numbers)
    return cited


def _cited(
    document: MarkdownDocument, listed: NumberedList, items: Sequence[ItemDraft]
) -> Iterator[Owners]:
    """Yield what items cite in their text, by one kind of mark at a time."""
    for pattern in _MARKS:
        owners: Owners = {}
        for item in items:
            numbers = _marked(pattern, _text_of(document, item), listed)
            if numbers:
                owners[item.title.span.start] = numbers
        yield owners


def _text_of(document: MarkdownDocument, item: ItemDraft) -> str:
    return document.text[item.title.span.start : item.span.end]


def _marked(pattern: re.Pattern[str], text: str, listed: NumberedList) -> list[int]:
    numbers: dict[int, None] = {}
    for match in pattern.finditer(text):
        mark = unicodedata.normalize("NFKC", match.group())
        for number in re.findall(r"\d+", mark):
            if int(number) in listed.entries:
                numbers[int(number)] = None
    return list(numbers)


Targets = frozenset[str | None]


def _piled_targets(body: Body) -> dict[str | None, Targets]:
    """Return the sources of items that hold all those of a section with several items.

    The key is each of the sources.
    """
    piled: dict[str | None, Targets] = {}
    for section in body.sections:
        sourced = list(filter(_has_source, section.items))
        if len(sourced) == 1 and len(section.items) > 1:
            targets = frozenset(link.target for link in sourced[0].sources)
            piled.update(dict.fromkeys(targets, targets))
    return piled


def _is_piled(listed: NumberedList, piled: Mapping[str | None, Targets]) -> bool:
    """Return whether one item of several holds the whole list, and no other of them a source."""
    targets: set[str | None] = set()
    for links in listed.entries.values():
        targets.update(link.target for link in links)
    return targets <= piled.get(next(iter(targets)), frozenset())


def _has_source(item: ItemDraft) -> bool:
    return any(source.target for source in item.sources)


def with_placed_sources(body: Body, placed: Sequence[SourcePlacement]) -> Body:
    """Return a body that was read without its lists with their sources at the items."""
    notes = list(uncited_entries(placed))
    noted = {note.span.start for note in notes}
    labels = [*body.labels]
    sources: dict[int, list[SourceLink]] = {}
    for placement in placed:
        listed = placement.listed
        for start, numbers in placement.owners.items():
            for number in numbers:
                sources.setdefault(start, []).extend(listed.entries[number])
        lines = map(_passage, (listed.label, *listed.lines))
        labels.extend(line for line in lines if line.span.start not in noted)
    sections = [_section_with(section, sources) for section in body.sections]
    _add_notes(sections, notes)
    return replace(body, sections=tuple(sections), labels=tuple(labels))


def uncited_entries(placed: Sequence[SourcePlacement]) -> Iterator[Passage]:
    """Yield the entries of lists that no item has; they are notes of their section."""
    for placement in placed:
        cited = _numbers(placement.owners)
        listed = placement.listed
        for line, number in zip(listed.lines, listed.entries, strict=True):
            if number not in cited:
                yield _passage(line)


def _passage(line: Line) -> Passage:
    return Passage(line.text.strip(), line.span)


def _section_with(
    section: SectionDraft, sources: Mapping[int, Sequence[SourceLink]]
) -> SectionDraft:
    items: list[ItemDraft] = []
    for item in section.items:
        links = (*item.sources, *sources.get(item.title.span.start, ()))
        items.append(replace(item, sources=unique_links(links)))
    return replace(section, items=tuple(items))


def _add_notes(sections: list[SectionDraft], notes: Sequence[Passage]) -> None:
    """Add each note to the last section that begins above it."""
    starts = [section.span.first_line for section in sections]
    noted: dict[int, list[Passage]] = {}
    for note in notes:
        index = max(0, bisect_right(starts, note.span.first_line) - 1)
        noted.setdefault(index, []).append(note)
    for index, passages in noted.items():
        section = sections[index]
        sections[index] = replace(section, notes=(*section.notes, *passages))
