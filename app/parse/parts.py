"""The special parts of a briefing: watch list, readings, background notes, keywords, and the footer's figures."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise

from app.parse.draft import (
    Background,
    Passage,
    Reading,
    Span,
    Stats,
    WatchEntry,
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
from app.parse.markdown import Block, Document
from app.parse.sources import read_sources
from app.parse.vocabulary import part_name

_ARTICLES = re.compile(
    r"(?:資料來源|资料来源|數據來源|数据来源|來源|来源|sources?|articles?(?: analy[sz]ed| scanned| collected)?)\s*[：:]\s*(?:共\s*)?"
    r"(?P<n>[\d,]+)\s*(?:篇|則|则|條|条|份|個來源|个来源|articles?|sources?|stories|items|$)"
    r"|(?:文章數|文章数|articles?(?: analy[sz]ed| scanned| collected| reviewed)?)\s*[：:]\s*(?P<n3>\d[\d,]*)\b"
    r"|(?:(?:共|收錄|收录|彙整|汇整)\s*|\bbased on )(?P<n2>\d[\d,]*)\s*(?:(?:篇|則|则|條|条)(?:文章|新聞|新闻|報導|报道)?|articles|sources|stories)",
    re.IGNORECASE,
)
_TOPICS = re.compile(
    r"(?:分析主題|分析主题|主題數|主题数|主題|主题|topics?(?: analy[sz]ed| covered)?|themes?)\s*[：:]\s*(?:共\s*)?(?P<n>[\d,]+)"
    r"|(?:分析)?(?:主題|主题)\s*(?P<n2>\d[\d,]*)\s*(?:個|个|項|项)|(?P<n3>\d[\d,]*) topics\b",
    re.IGNORECASE,
)
_WINDOW = re.compile(
    r"(?:(?:資料|资料|數據|数据)?(?:收集|蒐集|搜集|採集|采集|涵蓋|涵盖|覆蓋|覆盖|統計|统计)(?:時間|时间|區間|区间|範圍|范围)?"
    r"|時間(?:範圍|窗口|區間)|时间(?:范围|窗口|区间)|window|collection (?:period|window|time)|collected|data collected|period|time range)"
    r"\s*[：:]?\s*(?:過去|过去|最近|近|前|the |past |last |previous |in )*\s*"
    r"(?P<n>\d+(?:\.\d+)?)\s*(?P<unit>小時|小时|個小時|个小时|hours?|hrs?|h\b|天|日|days?|週|周|weeks?)"
    r"|\b(?:past|last) (?P<n2>\d+) (?P<unit2>hours?|days?)\b",
    re.IGNORECASE,
)
_GENERATED = re.compile(
    r"(?:(?:報告|报告|簡報|简报|文件)?(?:生成|產生|产生|產出|产出|发布|發布|更新|製作|制作)(?:時間|时间|於|于)"
    r"|(?:report )?generated(?: at| on)?|created(?: at)?|updated(?: at)?)\s*[：:]?\s*"
    r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?:\s*日)?"
    r"(?:[T\s]+(?:at\s+)?(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?(?:\.\d+)?\s*"
    r"(?P<zone>Z\b|(?:UTC|GMT)?\s*[+-]\d{1,2}(?::?\d{2})?\b|[A-Z]{2,4}\b)?)?",
    re.IGNORECASE,
)
# CST on these dailies is China Standard Time, which is Taipei's, too.
_ZONES: dict[str, float] = {
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
    "CST": 8,
    "HKT": 8,
    "TST": 8,
    "JST": 9,
    "KST": 9,
    "EST": -5,
    "EDT": -4,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "BST": 1,
}
_UNITS = {
    "天": 24,
    "日": 24,
    "d": 24,
    "週": 168,
    "周": 168,
    "w": 168,
}
_READING_NOTE = re.compile(r"\s?——|\s(?:—|–|--?)\s")
_REFERENCE = re.compile(r"^\[[^\[\]]*\]")
_DASH = re.compile(r"^\s*(?:——|—|–|－|-{1,2}|：|:|\|)\s*")
# `term`, and its text on a line of its own after a colon.
_DEFINED = re.compile(
    r"(?P<term>[^\n]{1,80})\n[：:]\s+(?P<text>.*)$",
    re.DOTALL,
)
_INLINE_NUMBER = re.compile(
    r"(?:(?<=\s)|^)(?P<mark>[①-⑳]|[（(]\d{1,2}[)）]|\d{1,2}[.、)）](?!\d))\s*"
)
_SHORT_ENTRY = 20
# What may stand before an entry: its number, the box of a task list.
_NUMBERED = re.compile(r"^(?:\[[ xX]\]\s|\d{1,3}[.、)）．]|[一二三四五六七八九十]{1,3}[、.．])\s*")


def is_footer(block: Block) -> bool:
    """Whether every line (or bullet) of `block` states a figure of the footer."""
    lines = list(_block_lines(block)) if block.kind in ("paragraph", "list", "quote") else []
    return bool(lines) and all(_states_figures(line) for line in lines)


def _states_figures(line: Line) -> bool:
    """Whether a line is of a footer: what an ordinary sentence may say, too (共 30 篇), counts in emphasis or in company."""
    plain = unwrapped(line)
    found = _figures(plain.text)
    labelled = any(
        match["n" if name != "generated" else "y"] or match.groupdict().get("n3")
        for name, match in found.items()
    )
    return bool(found) and (labelled or plain.text != line.text or len(found) > 1)


def _figures(text: str) -> dict[str, re.Match[str]]:
    if len(text) > 400:
        return {}
    patterns = {
        "articles": _ARTICLES,
        "topics": _TOPICS,
        "window": _WINDOW,
        "generated": _GENERATED,
    }
    return {name: match for name, pattern in patterns.items() if (match := pattern.search(text))}


def _block_lines(block: Block) -> Iterator[Line]:
    if block.children:
        for child in block.children:
            yield from _block_lines(child)
    else:
        yield from (line.cut(0) for line in block.lines if line.text.strip())


def part_label(block: Block) -> Label | None:
    """The label of a special part that a paragraph begins with."""
    label = read_label(block.lines[0]) if block.kind == "paragraph" and block.lines else None
    return label if label and (label.marked or label.colon) and part_name(label.text) else None


def continues_part(part: Part, taken: Sequence[Block], block: Block) -> bool:
    """Whether a paragraph below a lone label is of its part: one line or so of names, any number of notes and readings."""
    label = read_label(block.lines[0]) if block.kind == "paragraph" and block.lines else None
    if block.kind != "paragraph" or (
        label and label.marked and (label.alone or part_name(label.text))
    ):
        return False
    return not taken or (part in ("background", "readings") and taken[-1].kind == "paragraph")


def parted_at_labels(
    blocks: Iterable[Block],
) -> Iterator[Block]:
    """`blocks` with each label of a special part at the head of a paragraph of its own, from wherever in a text or list it stands."""
    for block in blocks:
        if block.kind == "paragraph":
            starts = [
                at
                for at, line in enumerate(block.lines)
                if at and part_label(Block("paragraph", (line,)))
            ]
            for start, end in zip([0, *starts], [*starts, None], strict=True):
                yield replace(block, lines=block.lines[start:end])
        elif block.kind == "list" and any(
            item.children and part_label(item.children[0]) for item in block.children
        ):
            for item in block.children:
                labelled = item.children and part_label(item.children[0])
                # The empty block keeps the bullets below from being taken for the label's own list.
                yield from (
                    [*item.children, Block("blank", ())]
                    if labelled
                    else [
                        replace(
                            block,
                            lines=item.lines,
                            children=(item,),
                        )
                    ]
                )
        else:
            yield block


class PartsReader:
    """Collects the special parts as the document is walked."""

    def __init__(
        self,
        document: Document,
        definitions: dict[str, str],
    ) -> None:
        self.document = document
        self.definitions = definitions
        self.watchlist: list[WatchEntry] = []
        self.readings: list[Reading] = []
        self.background: list[Background] = []
        self.keywords: list[Passage] = []
        self.footer: list[Line] = []
        self.labels: list[Passage] = []

    def read(self, part: Part, blocks: Iterable[Block]) -> list[Block]:
        """Take in the blocks of one part; what is no entry of it is handed back."""
        rest: list[Block] = []
        for block in blocks:
            if block.kind not in (
                "list",
                "paragraph",
                "quote",
            ):
                rest.append(block)
            elif part == "keywords":
                self.keywords += [
                    keyword for line in _block_lines(block) for keyword in read_keywords(line)
                ]
            else:
                for entry in self._entries(part, block):
                    self._add(part, entry)
        return rest

    def _entries(self, part: Part, block: Block) -> Iterator[list[Line]]:
        """One run of lines an entry: a bullet with all below it, or a line of a paragraph."""
        if block.kind == "list":
            for item in block.children:
                own = (
                    item.children[0].lines
                    if item.children and item.children[0].lines
                    else item.lines
                )
                last = item.lines[-1].cut(0)
                yield [
                    own[0],
                    *([last] if last.number != own[0].number else []),
                ]
        elif block.kind == "quote":
            for child in block.children:
                yield from self._entries(part, child)
        elif block.kind == "blank":
            self.labels.extend(Passage("", line.span) for line in block.lines)
        elif part == "background":
            starts = [
                at
                for at, line in enumerate(block.lines)
                if at == 0
                or (_parted(line.text)[1] and line.text[:1] not in ":：")
                or unwrapped(line) != line
            ]
            for start, end in zip(starts, [*starts[1:], None], strict=True):
                yield list(block.lines[start:end])
        else:
            for line in block.lines:
                if part == "watchlist":
                    yield from ([piece] for piece in _inline_entries(line) if piece.text)
                elif line.text:
                    yield [line]

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
            self.watchlist.append(WatchEntry(len(self.watchlist) + 1, text, span))
        elif part == "readings":
            self.readings.append(self._reading(first, text, span))
        else:
            self.background.append(_background(text, span))

    def _reading(self, line: Line, text: str, span: Span) -> Reading:
        lead = read_lead(line)
        link = next(
            (link for link in read_sources(line, self.definitions) if link.target),
            None,
        )
        if lead and lead.linked and link:
            note = (
                text[lead.rest.start - line.start :] if lead.rest.text else text[len(line.text) :]
            )
            return Reading(
                unwrapped(lead.title).text,
                link.target,
                note.strip() or None,
                span,
            )
        if link and link.target and (at := text.find(link.target)) >= 0:
            # What stands before the link, and its label, is the title: `訪談：[甲](url) — note`, `甲 <url>`.
            before, after = (
                text[:at].rstrip(" <(（"),
                text[at + len(link.target) :].lstrip(" >)）"),
            )
            if link.label and before.endswith(f"[{link.label}]"):
                before = before[: -len(link.label) - 2] + link.label
            title = before.strip("*_` \t：:—–-|｜")
            return Reading(
                title or link.target,
                link.target,
                _DASH.sub("", after).strip("*_` ") or None,
                span,
            )
        if link and link.label and (at := text.find(f"[{link.label}]")) >= 0:
            after = _REFERENCE.sub("", text[at + len(link.label) + 2 :])
            return Reading(
                (text[:at] + link.label).strip("*_` "),
                link.target,
                _DASH.sub("", after).strip() or None,
                span,
            )
        match = _READING_NOTE.search(text) or re.search("：", text)
        if (
            match
            and match.start()
            and not (match.group() == "：" and "\n" in text[: match.start()])
        ):
            return Reading(
                text[: match.start()].strip("*_` "),
                None,
                text[match.end() :].strip() or None,
                span,
            )
        title, _, note = text.partition("\n")
        return Reading(
            title.strip("*_` "),
            None,
            note.strip() or None,
            span,
        )

    def read_footer(self, block: Block) -> None:
        """Keep the lines of a footer for `stats`."""
        self.footer.extend(_block_lines(block))

    def stats(self) -> Stats:
        """The figures of all footer lines; the first of each counts."""
        found: dict[str, re.Match[str]] = {}
        for line in self.footer:
            found = _figures(unwrapped(line).text) | found
        articles = found.get("articles")
        return Stats(
            articles=_number(articles["n"] or articles["n2"] or articles["n3"])
            if articles
            else None,
            topics=_number(found["topics"]["n"] or found["topics"]["n2"] or found["topics"]["n3"])
            if "topics" in found
            else None,
            window_hours=_hours(found["window"]) if "window" in found else None,
            generated_at=_moment(found["generated"]) if "generated" in found else None,
            text=tuple(Passage(unwrapped(line).text, line.span) for line in self.footer),
        )


def _inline_entries(line: Line) -> Iterator[Line]:
    """The entries of a watch list on one line: at their numbers, else at semicolons, else, where all are short, at commas."""
    marks = [match.start("mark") for match in _INLINE_NUMBER.finditer(line.text)]
    if len(marks) > 1:
        for start, end in pairwise([*marks, len(line.text)]):
            piece = line.cut(start, end)
            number = _INLINE_NUMBER.match(piece.text)
            entry = piece.cut(number.end() if number else 0)
            yield entry.cut(0, len(entry.text.rstrip("；;，,、 ")))
        return
    pieces = list(cut_at(line, "；;"))
    names = [piece for piece in cut_at(line, "、,，") if piece.text]
    listed = (
        len(pieces) == 1
        and len(names) > 2
        and all(len(name.text) <= _SHORT_ENTRY for name in names)
    )
    yield from names if listed else pieces


def _background(text: str, span: Span) -> Background:
    if match := _DEFINED.match(text):
        return Background(match["term"].strip("*_` "), match["text"], span)
    first, _, below = text.partition("\n")
    if below and unwrapped(Line(0, 0, len(first), first)).text != first:
        return Background(first.strip("*_` "), below.strip(), span)
    term, mark, note = _parted(text)
    return Background(
        term.strip("*_` ") if mark else None,
        note if mark else text,
        span,
    )


def _parted(text: str) -> tuple[str, str, str]:
    """`term：text` or `term — text` parted at the first mark outside brackets; the mark is empty where there is none."""
    depth = 0
    for at, char in enumerate(text[:200]):
        depth += (char in "（([【「") - (char in "）)]】」")
        dash = re.match(r"\s(?:——|—|–|-{1,2})\s", text[at:]) if depth <= 0 else None
        if depth <= 0 and (
            char in "："
            or (char == ":" and not text.startswith("//", at + 1))
            or text.startswith("——", at)
        ):
            end = at + (2 if char == "—" else 1)
            return (
                text[:at].strip(),
                char,
                text[end:].lstrip("* _").strip()
                if text[at - 1 : at] != "*"
                else text[end:].strip(),
            )
        if dash:
            return (
                text[:at].strip(),
                "—",
                text[at + dash.end() :].strip(),
            )
    return text, "", ""


def _number(digits: str) -> int:
    return int(digits.replace(",", "")[:9])


def _hours(match: re.Match[str]) -> int:
    number, unit = (match["n"], match["unit"]) if match["n"] else (match["n2"], match["unit2"])
    return round(float(number[:9]) * _UNITS.get(unit[0].lower(), 1))


def _moment(match: re.Match[str]) -> str | None:
    """RFC 3339; a moment without a zone is taken for Taipei's, where the dailies are made. A day alone is no moment."""
    if not match["H"]:
        return None
    zone = (match["zone"] or "CST").upper().replace(" ", "")
    hours = _ZONES.get(zone)
    if hours is None and (offset := re.search(r"([+-])(\d{1,2}):?(\d{2})?$", zone)):
        hours = (int(offset[2]) + int(offset[3] or 0) / 60) * (-1 if offset[1] == "-" else 1)
    if hours is None:
        return None
    year, month, day, hour, minute, second = (
        int(match[name] or 0) for name in ("y", "m", "d", "H", "M", "S")
    )
    try:
        return datetime(
            year,
            month,
            day,
            hour,
            minute,
            second,
            tzinfo=timezone(timedelta(hours=hours)),
        ).isoformat()
    except ValueError:
        return None
