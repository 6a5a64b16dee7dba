"""What stands on one line: labels, bold titles, entity cells, importance, keywords, bracket-aware cutting."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.parse.draft import Cell, Passage, Span
from app.parse.lines import Line
from app.parse.vocabulary import (
    field_name,
    is_weak,
    part_name,
)

_COLON = "：:"
# Every repetition before the rest of the line has a bound, for each may be tried against each.
_PREFIX = r"(?:[^\w\s*_\[\]【】「」『』（）()`\"'<>$#&@!~+\-=/\\|.,;:，。、；：]{1,16}\s{0,4})?"
_LABELLED = (
    # **label：** rest, **label**（gloss）： rest; the same in one asterisk, underscores or two of them
    re.compile(
        rf"^{_PREFIX}(?P<mark>\*\*\*|\*\*|__|\*|_)(?P<label>(?:(?!(?P=mark))[^\n]){{1,60}}?)\s{{0,4}}(?P<inner>[{_COLON}]?)\s{{0,4}}(?P=mark)"
        rf"(?P<gloss>\s{{0,4}}[（(][^（()）]{{1,40}}[）)](?=\s{{0,4}}[{_COLON}]))?\s{{0,4}}(?P<outer>[{_COLON}]?)\s*(?P<rest>.*)$"
    ),
    # 【label】 rest
    re.compile(
        rf"^{_PREFIX}(?P<mark>[【［「『〔\[])(?P<label>[^】］」』〕\]\n]{{1,60}}?)(?P<inner>[{_COLON}]?)(?:[】］」』〕]|\](?![(\[]))\s{{0,4}}(?P<outer>[{_COLON}]?)\s*(?P<rest>.*)$"
    ),
    # label： rest
    re.compile(
        rf"^{_PREFIX}(?P<mark>)(?P<label>[^{_COLON}\n*_`|]{{1,40}}?)\s{{0,4}}(?P<inner>)(?P<outer>[{_COLON}])\s*(?P<rest>.*)$"
    ),
)
_BOLD = re.compile(r"^(?P<mark>\*\*\*|\*\*|__)(?P<title>.+?)(?P=mark)(?P<rest>.*)$")
_LINKED = re.compile(
    r"^(?P<mark>\*\*|__)?\[(?P<title>(?:[^\[\]]|\[[^\[\]]*\])+)\]\((?P<target>[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)(?P=mark)?"
)
_DASH_FOR_COLON = re.compile(r"(?:——|—|–|-)\s+")
_AFTER_LEAD = re.compile(r"(?:[\s：:—–。，,]|\.\s|-{1,2}\s)*")
_WRAPS = (
    ("***", "***"),
    ("**", "**"),
    ("__", "__"),
    ("*", "*"),
    ("_", "_"),
    ("`", "`"),
)
_OPENERS, _CLOSERS = "（([【「『《〈“", "）)]】」』》〉”"
_ENTITY_SEPARATORS = "、，,；;|｜"
_CODE = re.compile(r"(?<!`)(`{1,3})(?P<text>[^`]+)\1")
# A line longer than this is no list of names or sources; it is kept as one.
MAX_LIST_LINE = 16_384
_HASHTAG = re.compile(r"(?<!\w)[#＃](?P<text>[^\s#＃、，,;；]+)")


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the start of a line. `marked`: set off by emphasis or brackets; `alone`: nothing follows it."""

    text: str
    span: Span
    rest: Line
    marked: bool
    colon: bool

    @property
    def alone(self) -> bool:
        return not self.rest.text

    @property
    def weak(self) -> bool:
        """Whether ordinary text begins so, too."""
        return not self.marked and is_weak(self.text)


def read_label(line: Line) -> Label | None:
    """The label `line` begins with, whatever it says; None where the line has no such form."""
    if (
        line.text[:1] in "*_"
        and (inner := unwrapped(line)) != line
        and (match := _LABELLED[2].match(inner.text))
    ):
        # `**重要性：高**`: label and content in one emphasis.
        label = inner.cut(match.start("label"), match.end("label"))
        if field_name(label.text) or part_name(label.text):
            return Label(
                label.text,
                line.span,
                inner.cut(match.start("rest")),
                True,
                True,
            )
    for pattern in _LABELLED:
        match = pattern.match(line.text)
        if match and match["label"].strip():
            rest = line.cut(match.start("rest"))
            gloss = match.groupdict().get("gloss") or ""
            colon = bool(match["inner"] or match["outer"])
            if not match["mark"] and not colon:
                continue
            label = line.cut(match.start("label"), match.end("label"))
            if not colon and (dash := _DASH_FOR_COLON.match(rest.text)) and field_name(label.text):
                rest, colon = rest.cut(dash.end()), True
            return Label(
                label.text + gloss,
                line.cut(0, rest.start - line.start).span,
                rest,
                bool(match["mark"]),
                colon,
            )
    return (
        Label(
            line.text,
            line.span,
            line.cut(len(line.text)),
            False,
            False,
        )
        if 0 < len(line.text) <= 40
        else None
    )


def begins_label(text: str) -> bool:
    """Whether a line below a list or quote begins with a label: a known one with emphasis or colon, or any with both."""
    label = read_label(Line(0, 0, len(text), text)) if len(text) <= MAX_LIST_LINE else None
    if not label or not (label.marked or label.colon) or text[:1] == "[":
        return False
    return (label.marked and label.colon) or bool(field_name(label.text) or part_name(label.text))


# A label in bold in the midst of a line, after a blank or a separator: `**摘要**：… **來源**：…`.
_INNER_LABEL = re.compile(
    rf"(?:^|(?<=[\s|｜·；;。]))(?P<mark>\*\*|__)(?P<label>[^*_\n]{{1,40}}?)(?:[{_COLON}](?P=mark)|(?P=mark)\s*[{_COLON}])"
)


def split_labels(line: Line) -> list[Line]:
    """`line` cut before each known label in bold that stands in its midst."""
    if line.text.count("**") < 3 and line.text.count("__") < 3:
        return [line]
    starts = [
        m.start() for m in _INNER_LABEL.finditer(line.text) if m.start() and field_name(m["label"])
    ]
    pieces = [
        line.cut(start, end) for start, end in zip([0, *starts], [*starts, None], strict=True)
    ]
    return [
        *(piece.cut(0, len(piece.text.rstrip(" |｜·"))) for piece in pieces[:-1]),
        pieces[-1],
    ]


@dataclass(frozen=True, slots=True)
class Lead:
    """The bold or linked title a bullet begins with, and the rest of its line."""

    title: Line
    rest: Line
    linked: bool


def read_lead(line: Line) -> Lead | None:
    """The title of `**Title**：text`, `**[Title](url)** — text` or `[Title](url)：text`."""
    if match := _LINKED.match(line.text):
        return Lead(
            line.cut(*match.span("title")),
            _after_lead(line, match.end()),
            linked=True,
        )
    if match := _BOLD.match(line.text):
        title = line.cut(*match.span("title"))
        title = title.cut(0, len(title.text.rstrip("：: ")))
        return (
            Lead(
                title,
                _after_lead(line, match.start("rest")),
                linked=False,
            )
            if title.text
            else None
        )
    return None


def _after_lead(line: Line, at: int) -> Line:
    match = _AFTER_LEAD.match(line.text, at)
    return line.cut(match.end() if match else at)


def unwrapped(line: Line) -> Line:
    """`line` without the emphasis that encloses the whole of it."""
    for opening, closing in _WRAPS:
        inner = line.text[len(opening) : -len(closing)]
        if (
            line.text.startswith(opening)
            and line.text.endswith(closing)
            and inner.strip()
            and closing not in inner
        ):
            return unwrapped(
                line.cut(
                    len(opening),
                    len(line.text) - len(closing),
                )
            )
    return line


def passage(line: Line) -> Passage:
    """`line` without enclosing emphasis, its span over the whole."""
    return Passage(unwrapped(line).text, line.span)


def cut_at(line: Line, separators: str) -> Iterator[Line]:
    """The stretches of `line` between `separators` that no bracket encloses; empty stretches are left out.

    A comma between digits and a semicolon that ends a character reference (`&amp;`) separate nothing; brackets that do
    not pair enclose nothing.
    """
    text = line.text
    balanced = all(text.count(a) == text.count(b) for a, b in zip(_OPENERS, _CLOSERS, strict=True))
    depth = start = 0
    for at, char in enumerate(text):
        if balanced and char in _OPENERS:
            depth += 1
        elif balanced and char in _CLOSERS:
            depth -= 1
        elif char in separators and depth == 0:
            numeral = (
                char == ","
                and text[at - 1 : at].isdigit()
                and re.match(r"\d{3}(?!\d)", text[at + 1 : at + 6])
            )
            reference = char == ";" and re.search(r"&#?\w{2,8}$", text[max(0, at - 12) : at])
            if not numeral and not reference:
                yield line.cut(start, at)
                start = at + 1
    yield line.cut(start)


def read_cells(line: Line) -> tuple[Cell, ...]:
    """The names of an entity line in order, as written, without emphasis and the closing full stop."""
    if len(line.text) > MAX_LIST_LINE:
        return (Cell(line.text, line.span),)
    tags = list(_HASHTAG.finditer(line.text))
    if codes := _only(line, _CODE):
        cells = codes
    elif len(tags) > 1 and not _HASHTAG.sub("", line.text).strip(" 、，,;；"):
        cells = [line.cut(*match.span("text")) for match in tags]
    else:
        cells = [cell for cell in cut_at(line, _ENTITY_SEPARATORS) if cell.text]
        if len(cells) == 1:
            cells = _at_slashes(cells[0])
    return tuple(_cell(cell) for cell in cells if _trimmed(cell).text)


def _cell(line: Line) -> Cell:
    trimmed = _trimmed(line)
    if (match := _LINKED.match(trimmed.text)) and match.end() == len(trimmed.text):
        title = unwrapped(trimmed.cut(*match.span("title")))
        return (
            Cell(title.text, trimmed.span, match["target"])
            if title.text
            else Cell(trimmed.text, trimmed.span)
        )
    return Cell(trimmed.text, trimmed.span)


def _at_slashes(line: Line) -> list[Line]:
    """A slash or dot is the separator only where nothing else is: spaced on both sides; or slashes that part four names and more."""
    spaced = [(m.start(), m.end()) for m in re.finditer(r"\s[/／·•]\s", line.text)]
    if not spaced and len(re.findall(r"[/／]", line.text)) >= 3 and "://" not in line.text:
        spaced = [(m.start(), m.end()) for m in re.finditer(r"[/／]", line.text)]
    edges = [
        0,
        *(edge for pair in spaced for edge in pair),
        len(line.text),
    ]
    return [line.cut(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _trimmed(cell: Line) -> Line:
    return unwrapped(cell.cut(0, len(cell.text.rstrip("。 "))))


def _only(line: Line, pattern: re.Pattern[str]) -> list[Line]:
    """All matches of `pattern` where nothing but separators stands between them, else none."""
    if pattern.sub("", line.text).strip(" 、，,;；|｜·/　"):
        return []
    return [line.cut(*match.span("text")) for match in pattern.finditer(line.text)]


def read_keywords(line: Line) -> tuple[Passage, ...]:
    """The keywords of a line: code spans, hash tags or separated words; one that is a link stays as it stands."""
    cells = [
        (
            cell,
            line.text[cell.span.start - line.start : cell.span.end - line.start],
        )
        for cell in read_cells(line)
    ]
    return tuple(
        Passage(written if cell.target else cell.text, cell.span) for cell, written in cells
    )
