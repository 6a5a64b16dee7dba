"""The special parts of a briefing: watch list, readings, background notes, keywords."""

import re
from collections.abc import (
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import replace
from itertools import pairwise

from app.parse.draft import Background, Passage, ReadingDraft, Stats, TextSpan, WatchEntryDraft
from app.parse.footer import (
    block_lines,
    footer_stats,
)
from app.parse.inline import (
    Label,
    cut_at,
    read_keywords,
    read_label,
    read_lead,
    unwrapped,
)
from app.parse.kinds import Part
from app.parse.lines import Line
from app.parse.markdown import Block, MarkdownDocument
from app.parse.sources import read_sources
from app.parse.vocabulary import part_name

_READING_NOTE = re.compile(r"\s?——|\s(?:—|–|--?)\s")
_REFERENCE = re.compile(r"^\[[^\[\]]*\]")
_DASH = re.compile(r"^\s*(?:——|—|–|－|-{1,2}|：|:|\|)\s*")
_SPACED_DASH = re.compile(r"\s(?:——|—|–|-{1,2})\s")
# `term`, and its text on a line of its own after a colon.
_DEFINED = re.compile(
    r"(?P<term>[^\n]{1,80})\n[：:]\s+(?P<text>.*)$",
    re.DOTALL,
)
_INLINE_NUMBER = re.compile(
    r"(?:(?<=\s)|^)(?P<mark>[①-⑳]|[（(]\d{1,2}[)）]|\d{1,2}[.、)）](?!\d))\s*"
)
_MAX_SHORT_ENTRY_CHARS = 20
_MAX_TERM_CHARS = 200
# What may come before an entry: its number, the box of a task list.
_NUMBERED = re.compile(r"^(?:\[[ xX]\]\s|\d{1,3}[.、)）．]|[一二三四五六七八九十]{1,3}[、.．])\s*")


def part_label(block: Block) -> Label | None:
    """Return the label of a special part that a paragraph begins with."""
    if block.kind != "paragraph" or not block.lines:
        return None
    label = read_label(block.lines[0])
    if not label or not (label.marked or label.colon):
        return None
    return label if part_name(label.text) else None


def continues_part(part: Part, taken: Sequence[Block], block: Block) -> bool:
    """Return whether a paragraph below a lone label is of its part.

    That is one line or so of names, or any number of notes and readings.
    """
    if block.kind != "paragraph":
        return False
    label = read_label(block.lines[0]) if block.lines else None
    if label and label.marked and (label.alone or part_name(label.text)):
        return False
    if not taken:
        return True
    return part in ("background", "readings") and taken[-1].kind == "paragraph"


def parted_at_labels(
    blocks: Iterable[Block],
) -> Iterator[Block]:
    """Yield `blocks` with each label of a special part at the head of a paragraph of its own."""
    for block in blocks:
        if block.kind == "paragraph":
            yield from _parted_paragraph(block)
        elif block.kind == "list" and any(map(_is_labelled_bullet, block.children)):
            for bullet in block.children:
                if _is_labelled_bullet(bullet):
                    yield from bullet.children
                    # Keeps the bullets below from being taken for the label's own list.
                    yield Block("blank", ())
                else:
                    yield replace(
                        block,
                        lines=bullet.lines,
                        children=(bullet,),
                    )
        else:
            yield block


def _parted_paragraph(
    block: Block,
) -> Iterator[Block]:
    starts = [0]
    for index, line in enumerate(block.lines):
        if index and part_label(Block("paragraph", (line,))):
            starts.append(index)
    for start, end in pairwise([*starts, len(block.lines)]):
        yield replace(block, lines=block.lines[start:end])


def _is_labelled_bullet(bullet: Block) -> bool:
    return bool(bullet.children) and part_label(bullet.children[0]) is not None


class PartsReader:
    """Collects the special parts as the document is walked."""

    def __init__(
        self,
        document: MarkdownDocument,
        definitions: dict[str, str],
    ) -> None:
        self.document = document
        self.definitions = definitions
        self.watchlist: list[WatchEntryDraft] = []
        self.readings: list[ReadingDraft] = []
        self.background: list[Background] = []
        self.keywords: list[Passage] = []
        self.footer: list[Line] = []
        self.labels: list[Passage] = []

    def read(self, part: Part, blocks: Iterable[Block]) -> list[Block]:
        """Take the blocks of one part; return those that are no entry of it."""
        rest: list[Block] = []
        for block in blocks:
            if block.kind not in (
                "list",
                "paragraph",
                "quote",
            ):
                rest.append(block)
            elif part == "keywords":
                for line in block_lines(block):
                    self.keywords.extend(read_keywords(line))
            else:
                for entry in self._entries(part, block):
                    self._add(part, entry)
        return rest

    def _entries(self, part: Part, block: Block) -> Iterator[list[Line]]:
        """Yield one run of lines an entry: a bullet with all below it, or a line of a paragraph."""
        if block.kind == "list":
            for bullet in block.children:
                yield _bullet_ends(bullet)
        elif block.kind == "quote":
            for child in block.children:
                yield from self._entries(part, child)
        elif block.kind == "blank":
            for line in block.lines:
                self.labels.append(Passage("", line.span))
        elif part == "background":
            yield from _background_entries(block)
        else:
            for line in block.lines:
                pieces = _inline_entries(line) if part == "watchlist" else [line]
                for piece in pieces:
                    if piece.text:
                        yield [piece]

    def _add(self, part: Part, lines: list[Line]) -> None:
        first, last = lines[0], lines[-1]
        if match := _NUMBERED.match(first.text):
            first = first.cut(match.end())
        if first.number == last.number:
            last = first
        text, span = self.document.slice(first, last)
        if not text:
            self.labels.append(Passage("", lines[0].span))
        elif part == "watchlist":
            self.watchlist.append(
                WatchEntryDraft(
                    len(self.watchlist) + 1,
                    text,
                    span,
                )
            )
        elif part == "readings":
            self.readings.append(self._reading(first, text, span))
        else:
            self.background.append(_background(text, span))

    def _reading(self, line: Line, text: str, span: TextSpan) -> ReadingDraft:
        lead = read_lead(line)
        links = read_sources(line, self.definitions)
        link = next(
            (link for link in links if link.target),
            None,
        )
        if lead and lead.linked and link:
            start = lead.rest.start - line.start if lead.rest.text else len(line.text)
            note = text[start:].strip() or None
            return ReadingDraft(
                unwrapped(lead.title).text,
                link.target,
                note,
                span,
            )
        start = text.find(link.target) if link and link.target else -1
        if link and link.target and start >= 0:
            return _reading_around(
                text,
                start,
                link.target,
                link.label,
                span,
            )
        start = text.find(f"[{link.label}]") if link and link.label else -1
        if link and link.label and start >= 0:
            after = _REFERENCE.sub(
                "",
                text[start + len(link.label) + 2 :],
            )
            title = (text[:start] + link.label).strip("*_` ")
            return ReadingDraft(
                title,
                link.target,
                _DASH.sub("", after).strip() or None,
                span,
            )
        return _unlinked_reading(text, span)

    def read_footer(self, block: Block) -> None:
        """Keep the lines of a footer for `stats`."""
        self.footer.extend(block_lines(block))

    def stats(self) -> Stats:
        """Return the numbers of all footer lines; the first of each counts."""
        return footer_stats(self.footer)


def _reading_around(
    text: str,
    start: int,
    target: str,
    label: str | None,
    span: TextSpan,
) -> ReadingDraft:
    """Return a reading of `訪談：[甲](url) — note` or `甲 <url>`.

    The words before the link, and its label, are the title.
    """
    before = text[:start].rstrip(" <(（")
    after = text[start + len(target) :].lstrip(" >)）")
    if label and before.endswith(f"[{label}]"):
        before = before[: -len(label) - 2] + label
    title = before.strip("*_` \t：:—–-|｜")
    note = _DASH.sub("", after).strip("*_` ")
    return ReadingDraft(title or target, target, note or None, span)


def _unlinked_reading(text: str, span: TextSpan) -> ReadingDraft:
    match = _READING_NOTE.search(text) or re.search("：", text)
    if match and match.start():
        below = match.group() == "：" and "\n" in text[: match.start()]
        if not below:
            title = text[: match.start()].strip("*_` ")
            return ReadingDraft(
                title,
                None,
                text[match.end() :].strip() or None,
                span,
            )
    title, _, note = text.partition("\n")
    return ReadingDraft(
        title.strip("*_` "),
        None,
        note.strip() or None,
        span,
    )


def _bullet_ends(bullet: Block) -> list[Line]:
    """Return the first and the last line of a bullet, or its only one."""
    lines = bullet.lines
    if bullet.children and bullet.children[0].lines:
        lines = bullet.children[0].lines
    last = bullet.lines[-1].cut(0)
    return [lines[0]] if last.number == lines[0].number else [lines[0], last]


def _background_entries(
    block: Block,
) -> Iterator[list[Line]]:
    starts: list[int] = []
    for index, line in enumerate(block.lines):
        defines = bool(_parted(line.text)[1]) and line.text[:1] not in ":："
        if index == 0 or defines or unwrapped(line) != line:
            starts.append(index)
    for start, end in pairwise([*starts, len(block.lines)]):
        yield list(block.lines[start:end])


def _inline_entries(line: Line) -> Iterator[Line]:
    """Yield the entries of a watch list on one line.

    They are cut at their numbers, else at semicolons, else, where all are short, at commas.
    """
    marks = [match.start("mark") for match in _INLINE_NUMBER.finditer(line.text)]
    if len(marks) > 1:
        for start, end in pairwise([*marks, len(line.text)]):
            piece = line.cut(start, end)
            number = _INLINE_NUMBER.match(piece.text)
            entry = piece.cut(number.end() if number else 0)
            yield entry.cut(
                0,
                len(entry.text.rstrip("；;，,、 ")),
            )
        return
    pieces = list(cut_at(line, "；;"))
    names = [piece for piece in cut_at(line, "、,，") if piece.text]
    short = all(len(name.text) <= _MAX_SHORT_ENTRY_CHARS for name in names)
    listed = len(pieces) == 1 and len(names) > 2 and short
    yield from names if listed else pieces


def _background(text: str, span: TextSpan) -> Background:
    if match := _DEFINED.match(text):
        return Background(
            match["term"].strip("*_` "),
            match["text"],
            span,
        )
    first, _, below = text.partition("\n")
    if below and unwrapped(Line(0, 0, len(first), first)).text != first:
        return Background(first.strip("*_` "), below.strip(), span)
    term, mark, note = _parted(text)
    if not mark:
        return Background(None, text, span)
    return Background(term.strip("*_` "), note, span)


def _parted(text: str) -> tuple[str, str, str]:
    """Return `term：text` or `term — text` split at the first mark outside brackets.

    The mark is empty where there is none.
    """
    depth = 0
    for index, char in enumerate(text[:_MAX_TERM_CHARS]):
        depth += (char in "（([【「") - (char in "）)]】」")
        if depth > 0:
            continue
        if _is_colon(text, index) or text.startswith("——", index):
            end = index + (2 if char == "—" else 1)
            rest = text[end:]
            # An emphasis that began before the mark ends after it.
            note = rest if text[index - 1 : index] == "*" else rest.lstrip("* _")
            return (
                text[:index].strip(),
                char,
                note.strip(),
            )
        if dash := _SPACED_DASH.match(text, index):
            return (
                text[:index].strip(),
                "—",
                text[dash.end() :].strip(),
            )
    return text, "", ""


def _is_colon(text: str, index: int) -> bool:
    """Return whether a colon is at `index`, but not that of an address."""
    if text[index] == "：":
        return True
    return text[index] == ":" and not text.startswith("//", index + 1)
