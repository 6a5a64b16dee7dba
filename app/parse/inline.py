"""Labels, bold titles, entity cells and keywords within a line; bracket-aware cutting."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.parse.draft import Cell, Passage, TextSpan
from app.parse.line_cache import LineCache
from app.parse.lines import Line
from app.parse.vocabulary import (
    field_name,
    is_rating_label,
    is_weak,
    part_name,
)

_COLON = "：:"
# Every repetition before the rest of the line has a bound, for each may be tried against each.
_PREFIX = r"(?:[^\w\s*_\[\]【】「」『』（）()`\"'<>$#&@!~+\-=/\\|.,:;，。、；：]{1,16}\s{0,4})?"
_LABELLED = (
    # **label：** rest, **label**（gloss）： rest; the same in one asterisk, underscores or two
    re.compile(
        rf"^{_PREFIX}(?P<mark>\*\*\*|\*\*|__|\*|_)"
        rf"(?P<label>(?:(?!(?P=mark))[^\n]){{1,60}}?)\s{{0,4}}(?P<inner>[{_COLON}]?)\s{{0,4}}"
        rf"(?P=mark)(?P<gloss>\s{{0,4}}[（(][^（()）]{{1,40}}[）)](?=\s{{0,4}}[{_COLON}]))?"
        rf"\s{{0,4}}(?P<outer>[{_COLON}]?)\s*(?P<rest>.*)$"
    ),
    # 【label】 rest
    re.compile(
        rf"^{_PREFIX}(?P<mark>[【［「『〔\[])(?P<label>[^】］」』〕\]\n]{{1,60}}?)"
        rf"(?P<inner>[{_COLON}]?)(?:[】］」』〕]|\](?![(\[]))\s{{0,4}}"
        rf"(?P<outer>[{_COLON}]?)\s*(?P<rest>.*)$"
    ),
    # label： rest
    re.compile(
        rf"^{_PREFIX}(?P<mark>)(?P<label>[^{_COLON}\n*_`|]{{1,40}}?)\s{{0,4}}"
        rf"(?P<inner>)(?P<outer>[{_COLON}](?!//))\s*(?P<rest>.*)$"
    ),
)
_BOLD = re.compile(r"^(?P<mark>\*\*\*|\*\*|__)(?P<title>.+?)(?P=mark)(?P<rest>.*)$")
_LINKED = re.compile(
    r"^(?P<mark>\*\*|__)?\[(?P<title>(?:[^\[\]]|\[[^\[\]]*\])+)\]"
    r"\((?P<target>[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)(?P=mark)?"
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
    ("<b>", "</b>"),
    ("<strong>", "</strong>"),
)
_OPENERS, _CLOSERS = (
    "（([【「『《〈“",
    "）)]】」』》〉”",
)
_ENTITY_SEPARATORS = "、，,；;|｜"
_CODE = re.compile(r"(?<!`)(`{1,3})(?P<text>[^`]+)\1")
_HASHTAG = re.compile(r"(?<!\w)[#＃](?P<text>[^\s#＃、，,;；]+)")
_SPACED_SLASH = re.compile(r"\s[/／·•]\s")
_SLASH = re.compile(r"[/／]")
_THOUSANDS = re.compile(r"\d{3}(?!\d)")
_REFERENCE = re.compile(r"&#?\w{2,8}$")
MAX_LIST_LINE = 16_384
"""Characters of the longest line that is a list of names or sources; a longer one is kept whole."""
_MAX_BARE_LABEL_CHARS = 40
_MAX_UNKNOWN_LABEL_CHARS = 24
_SENTENCE = re.compile(r"[。！!；;]|[：:]\s*\S|\.$")


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the start of a line. `marked`: set off by emphasis or brackets."""

    text: str
    span: TextSpan
    rest: Line
    marked: bool
    colon: bool

    @property
    def alone(self) -> bool:
        """Whether nothing follows the label."""
        return not self.rest.text

    @property
    def weak(self) -> bool:
        """Whether ordinary text begins so, too."""
        return not self.marked and is_weak(self.text)

    @property
    def is_plain(self) -> bool:
        """Whether the label, known or not, is plainly meant as one: short, and no sentence."""
        if not self.marked or not (self.colon or self.alone):
            return False
        return len(self.text) <= _MAX_UNKNOWN_LABEL_CHARS and not _SENTENCE.search(self.text)


_MAX_CACHED_CHARS = 500


def read_label(line: Line) -> Label | None:
    """Return the label `line` begins with, known or not; None where the line has no such form."""
    return _short_label(line) if len(line.text) <= _MAX_CACHED_CHARS else _label(line)


@LineCache
def _short_label(line: Line) -> Label | None:
    return _label(line)


def _label(line: Line) -> Label | None:
    if label := _enclosed_label(line):
        return label
    for pattern in _LABELLED:
        match = pattern.match(line.text)
        if match and match["label"].strip():
            label = _matched_label(line, match)
            if label:
                return label
    if 0 < len(line.text) <= _MAX_BARE_LABEL_CHARS:
        return Label(
            line.text,
            line.span,
            line.cut(len(line.text)),
            False,
            False,
        )
    return None


def _enclosed_label(line: Line) -> Label | None:
    """Return the known label of `**重要性：高**`: label and content in one emphasis."""
    if line.text[:1] not in ("*", "_"):
        return None
    inner = unwrapped(line)
    match = _LABELLED[2].match(inner.text) if inner != line else None
    if not match:
        return None
    label = inner.cut(match.start("label"), match.end("label"))
    if not field_name(label.text) and not part_name(label.text):
        return None
    return Label(
        label.text,
        line.span,
        inner.cut(match.start("rest")),
        True,
        True,
    )


def _matched_label(line: Line, match: re.Match[str]) -> Label | None:
    rest = line.cut(match.start("rest"))
    colon = bool(match["inner"] or match["outer"])
    if not match["mark"] and not colon:
        return None
    label = line.cut(match.start("label"), match.end("label"))
    if not colon and field_name(label.text):
        dash = _DASH_FOR_COLON.match(rest.text)
        if dash:
            rest = rest.cut(dash.end())
            colon = True
    gloss = match.groupdict().get("gloss") or ""
    span = line.cut(0, rest.start - line.start).span
    return Label(
        label.text + gloss,
        span,
        rest,
        bool(match["mark"]),
        colon,
    )


def begins_label(text: str) -> bool:
    """Return whether a line below a list or quote begins with a label.

    That is a known one with emphasis or colon, or any with both.
    """
    if len(text) > MAX_LIST_LINE or text[:1] == "[":
        return False
    label = read_label(Line(0, 0, len(text), text))
    if not label or not (label.marked or label.colon):
        return False
    if label.marked and label.colon:
        return True
    return bool(field_name(label.text) or part_name(label.text))


# A label in bold in the midst of a line, after a space or separator: `**摘要**：… **來源**：…`.
_INNER_LABEL = re.compile(
    r"(?:^|(?<=[\s|｜·；;。]))(?P<mark>\*\*|__)(?P<label>[^*_\n]{1,40}?)"
    rf"(?:[{_COLON}](?P=mark)|(?P=mark)\s*[{_COLON}])"
)


def split_labels(line: Line) -> list[Line]:
    """Return `line` cut before each known label in bold in its midst."""
    if line.text.count("**") < 3 and line.text.count("__") < 3:
        return [line]
    starts: list[int] = [0]
    for match in _INNER_LABEL.finditer(line.text):
        known = field_name(match["label"]) or is_rating_label(match["label"])
        if match.start() and known:
            starts.append(match.start())
    pieces: list[Line] = []
    for start, end in pairwise(starts):
        piece = line.cut(start, end)
        pieces.append(piece.cut(0, len(piece.text.rstrip(" |｜·"))))
    pieces.append(line.cut(starts[-1]))
    return pieces


@dataclass(frozen=True, slots=True)
class Lead:
    """The bold or linked title a bullet begins with, and the rest of its line."""

    title: Line
    rest: Line
    linked: bool


def read_lead(line: Line) -> Lead | None:
    """Return the title of `**Title**：text`, `**[Title](url)** — text` or `[Title](url)：text`."""
    if match := _LINKED.match(line.text):
        title = line.cut(*match.span("title"))
        return Lead(
            title,
            _after_lead(line, match.end()),
            linked=True,
        )
    match = _BOLD.match(line.text)
    if not match:
        return None
    title = line.cut(*match.span("title"))
    title = title.cut(0, len(title.text.rstrip("：: ")))
    if not title.text:
        return None
    return Lead(
        title,
        _after_lead(line, match.start("rest")),
        linked=False,
    )


def _after_lead(line: Line, start: int) -> Line:
    match = _AFTER_LEAD.match(line.text, start)
    return line.cut(match.end() if match else start)


def unwrapped(line: Line) -> Line:
    """Return `line` without the emphasis that encloses the whole of it."""
    for opening, closing in _WRAPS:
        if not line.text.startswith(opening) or not line.text.endswith(closing):
            continue
        inner = line.text[len(opening) : -len(closing)]
        if inner.strip() and closing not in inner:
            return unwrapped(
                line.cut(
                    len(opening),
                    len(line.text) - len(closing),
                )
            )
    return line


def passage(line: Line) -> Passage:
    """Return `line` without enclosing emphasis, its span over the whole."""
    return Passage(unwrapped(line).text, line.span)


def cut_at(line: Line, separators: str) -> Iterator[Line]:
    """Yield the stretches of `line` between `separators` that no bracket encloses.

    Empty stretches are left out. A comma between digits and a semicolon that ends a character
    reference (`&amp;`) separate nothing; brackets that do not pair enclose nothing.
    """
    text = line.text
    balanced = _is_balanced(text)
    depth = start = 0
    for index, char in enumerate(text):
        if balanced and char in _OPENERS:
            depth += 1
        elif balanced and char in _CLOSERS:
            depth -= 1
        elif char in separators and depth == 0 and _separates(text, index):
            yield line.cut(start, index)
            start = index + 1
    yield line.cut(start)


def _is_balanced(text: str) -> bool:
    for opening, closing in zip(_OPENERS, _CLOSERS, strict=True):
        if text.count(opening) != text.count(closing):
            return False
    return True


def _separates(text: str, index: int) -> bool:
    char = text[index]
    if char == "," and text[index - 1 : index].isdigit():
        return _THOUSANDS.match(text[index + 1 : index + 6]) is None
    if char == ";":
        return _REFERENCE.search(text[max(0, index - 12) : index]) is None
    return True


def read_cells(line: Line) -> tuple[Cell, ...]:
    """Return the names of an entity line in order, without emphasis and the closing full stop."""
    if len(line.text) > MAX_LIST_LINE:
        return (Cell(line.text, line.span),)
    cells: list[Cell] = []
    for piece in _cell_lines(line):
        if _trimmed(piece).text:
            cells.append(_cell(piece))
    return tuple(cells)


def _cell_lines(line: Line) -> list[Line]:
    if codes := _only(line, _CODE):
        return codes
    tags = list(_HASHTAG.finditer(line.text))
    if len(tags) > 1 and not _HASHTAG.sub("", line.text).strip(" 、，,;；"):
        return [line.cut(*match.span("text")) for match in tags]
    pieces = [piece for piece in cut_at(line, _ENTITY_SEPARATORS) if piece.text]
    return _at_slashes(pieces[0]) if len(pieces) == 1 else pieces


def _cell(line: Line) -> Cell:
    trimmed = _trimmed(line)
    match = _LINKED.match(trimmed.text)
    if match and match.end() == len(trimmed.text):
        title = unwrapped(trimmed.cut(*match.span("title")))
        if title.text:
            return Cell(
                title.text,
                trimmed.span,
                match["target"],
            )
    return Cell(trimmed.text, trimmed.span)


def _at_slashes(line: Line) -> list[Line]:
    """Return `line` cut at slashes or dots, which separate only where nothing else does.

    They are spaced on both sides; or slashes are between four names and more.
    """
    places = [match.span() for match in _SPACED_SLASH.finditer(line.text)]
    if not places and "://" not in line.text:
        slashes = [match.span() for match in _SLASH.finditer(line.text)]
        if len(slashes) >= 3:
            places = slashes
    pieces: list[Line] = []
    start = 0
    for end, following in places:
        pieces.append(line.cut(start, end))
        start = following
    pieces.append(line.cut(start, len(line.text)))
    return pieces


def _trimmed(cell: Line) -> Line:
    return unwrapped(cell.cut(0, len(cell.text.rstrip("。 "))))


def _only(line: Line, pattern: re.Pattern[str]) -> list[Line]:
    """Return all matches of `pattern` where only separators are between them, else none."""
    if pattern.sub("", line.text).strip(" 、，,;；|｜·/　"):
        return []
    return [line.cut(*match.span("text")) for match in pattern.finditer(line.text)]


def read_keywords(
    line: Line,
) -> tuple[Passage, ...]:
    """Return the keywords of a line: code spans, hash tags or separated words.

    One that is a link stays as written.
    """
    keywords: list[Passage] = []
    for cell in read_cells(line):
        start = cell.span.start - line.start
        written = line.text[start : cell.span.end - line.start]
        keywords.append(
            Passage(
                written if cell.target else cell.text,
                cell.span,
            )
        )
    return tuple(keywords)
