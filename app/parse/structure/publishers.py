"""Publishers without an address, which close a title or text: `… — Harbor News`, `…（中央社）`."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.parse.draft import Body, ItemDraft, Passage, SourceLink
from app.parse.lines import Line
from app.parse.links import without_closing_address
from app.parse.markdown import MarkdownDocument
from app.parse.markup import plain_text
from app.parse.titles import display_width

Place = Literal["title", "text"]

_BRACKET = re.compile(
    r"[*_]?[（(〔【\[](?P<label>(?:資料|资料)?(?:來源|来源)|出處|出处|出典|source|via|by)?\s?[：:]?\s*"
    r"(?P<name>[^（()）〔〕【】\[\]]{2,40}|\[[^\[\]]{2,80}\]\([^()\s]{1,300}\))[)）〕】\]][*_]?[。.]?$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?P<label>(?:資料|资料)?(?:來源|来源)|出處|出处|出典|\bsource|\bvia)\s*[：:|｜]\s*"
    r"(?P<name>[^：:|｜（()）]{2,40})$",
    re.IGNORECASE,
)
_DASH = re.compile(r"(?:—{1,2}|–|\s--?)\s*(?P<mark>[*_]?)(?P<name>[^—–|｜*_]{2,40})(?P=mark)$")
_PIPES = re.compile(r"[|｜]\s*(?P<name>[^|｜]{2,40}?)(?:\s*[|｜]\s*[\d:：/.\-年月日 ]{3,20})?$")
_BYLINE = re.compile(
    r"(?P<name>[^|｜·•\d][^|｜·•]{1,40}?)\s{0,4}[|｜·•]\s{0,4}[\d:：/.,\-年月日 ]{3,20}"
    r"(?:\s?(?:[AP]M|ago|前))?$",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\d+(?:\.\d+)?\s*(?:年|月|日|億|亿|萬|万|元|次|個|个|家|人|倍|%|percent|million|billion|[BMK]\b)"
)
_NO_NAME = re.compile(r"[。，,；;！!？?：:]|\.\s|https?:|^\d+$|^\W+$")
_LATIN_NAME = re.compile(r"(?:the\s)?[A-Z0-9]|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/\S*)?$")
_SHARE = 0.6
_MIN_ALIKE = 2
_MAX_WORDS = 4
_MAX_NAME_WIDTH = 26
_MIN_TITLE_WIDTH = 10
_TAIL_CHARS = 400


@dataclass(frozen=True, slots=True)
class _Tail:
    """A name that closes a line: `form` tells how, `start` where it begins within the line."""

    form: str
    name: Line
    line: Line
    start: int
    certain: bool


def with_publishers(body: Body, document: MarkdownDocument) -> Body:
    """Return `body`; items get the publisher that closes their title or text.

    One with an address alone gets the name of its source.

    A label or emphasis proves a name. Else most items of the document must close in that form,
    for a word in brackets may be a gloss.
    """
    items = [item for section in body.sections for item in section.items]
    if all(item.sources and item.sources[0].label for item in items):
        return body
    tails = {id(item): _tails(item, document) for item in items}
    forms = _usual_forms(items, tails)
    sections = []
    for section in body.sections:
        inside = []
        for item in section.items:
            if item.sources and not item.sources[0].label:
                inside.append(_with_name(item, tails[id(item)], forms))
            elif item.sources:
                inside.append(item)
            else:
                inside.append(_with_publisher(item, tails[id(item)], forms))
        sections.append(replace(section, items=tuple(inside)))
    return replace(body, sections=tuple(sections))


def _usual_forms(items: Sequence[ItemDraft], tails: dict[int, list[_Tail]]) -> set[str]:
    """Return the forms in which most items close, those with a linked name included."""
    counts: Counter[str] = Counter()
    for item in items:
        counts.update({tail.form for tail in tails[id(item)]})
    least = max(_MIN_ALIKE, _SHARE * len(items))
    return {form for form, count in counts.items() if count >= least}


def _tails(item: ItemDraft, document: MarkdownDocument) -> list[_Tail]:
    """Return the names that close the title's line and the last line of an item."""
    first = without_closing_address(document.line(item.title.span.first_line).cut(0))
    last = first
    for number in range(item.span.last_line, item.span.first_line, -1):
        line = document.line(number).cut(0)
        if any(char.isalnum() for char in line.text):
            last = line
            break
    tails = _closing_names(first, "title")
    if first.number < item.span.last_line:
        tails.extend(_bylines(document.line(first.number + 1).cut(0)))
    if last.number != first.number:
        tails.extend(_closing_names(last, "text"))
    return tails


def _bylines(line: Line) -> list[_Tail]:
    """Return the name in a line of a name and a time below a title: `Harbor News | 06-22 21:15`."""
    match = _BYLINE.match(line.text[:_TAIL_CHARS])
    if match is None:
        return []
    name = line.cut(*match.span("name"))
    return [_Tail("line", name, line, 0, False)] if _is_name(name.text) else []


def _closing_names(line: Line, place: Place) -> list[_Tail]:
    tails: list[_Tail] = []
    for form, marks, read in _FORMS:
        if place == "text" and form not in ("bracket", "label"):
            continue
        if not any(mark in line.text for mark in marks):
            continue
        tail = read(line, f"{form} of {place}")
        if tail:
            tails.append(tail)
    return tails


def _read(pattern: re.Pattern[str], line: Line, form: str) -> _Tail | None:
    window = max(0, len(line.text) - _TAIL_CHARS)
    match = pattern.search(line.text, window)
    if match is None:
        return None
    name = line.cut(*match.span("name"))
    linked = "](" in name.text
    if not linked and not _is_name(name.text):
        return None
    groups = match.groupdict()
    certain = bool(groups.get("label") or groups.get("mark"))
    return _Tail(form, name, line, match.start(), certain)


def _bracket(line: Line, form: str) -> _Tail | None:
    return _read(_BRACKET, line, form)


def _label(line: Line, form: str) -> _Tail | None:
    return _read(_LABEL, line, form)


def _dash(line: Line, form: str) -> _Tail | None:
    tail = _read(_DASH, line, form)
    return tail if tail and _is_longer(tail) else None


def _pipes(line: Line, form: str) -> _Tail | None:
    tail = _read(_PIPES, line, form)
    return tail if tail and _is_longer(tail) and not line.text.startswith("|") else None


_Reader = Callable[[Line, str], _Tail | None]
# Each form with the characters of which one must be there.
_FORMS: tuple[tuple[str, str, _Reader], ...] = (
    ("bracket", "）)〕】]", _bracket),
    ("label", ":：|｜", _label),
    ("dash", "—–-", _dash),
    ("pipes", "|｜", _pipes),
)


def _is_longer(tail: _Tail) -> bool:
    """Return whether the words before a name are more than the name, as a title is."""
    before = display_width(plain_text(tail.line.text[: tail.start]))
    return before >= _MIN_TITLE_WIDTH and before > display_width(tail.name.text)


def _is_name(text: str) -> bool:
    if _NO_NAME.search(text) or _QUANTITY.search(text):
        return False
    if display_width(text) > _MAX_NAME_WIDTH or len(text.split()) > _MAX_WORDS:
        return False
    return not text.isascii() or bool(_LATIN_NAME.match(text))


def _with_publisher(item: ItemDraft, tails: Sequence[_Tail], usual: set[str]) -> ItemDraft:
    for tail in tails:
        if tail.form not in usual and not tail.certain:
            continue
        raw = tail.line.cut(tail.start)
        source = SourceLink(tail.name.text, None, raw.text, raw.span)
        return _shortened(replace(item, sources=(source,)), tail)
    return item


def _with_name(item: ItemDraft, tails: Sequence[_Tail], usual: set[str]) -> ItemDraft:
    """Return an item whose first source, an address, is called as its title's end says."""
    for tail in tails:
        if tail.form not in usual or not tail.form.endswith("of title") or "](" in tail.name.text:
            continue
        shorter = _shortened(item, tail)
        if shorter is not item:
            first = replace(item.sources[0], label=tail.name.text)
            return replace(shorter, sources=(first, *item.sources[1:]))
    return item


def _shortened(item: ItemDraft, tail: _Tail) -> ItemDraft:
    """Return an item whose title ends before a name in its line."""
    ending = plain_text(tail.line.text[tail.start :])
    if tail.line.number != item.title.span.first_line or not item.title.text.endswith(ending):
        return item
    shorter = item.title.text[: -len(ending)].rstrip()
    return replace(item, title=Passage(shorter, item.title.span))
