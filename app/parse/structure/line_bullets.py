"""Lines that are bullets though no Markdown marks them: `① …`, `▼ …`, `09:05 …`, `A | B | C`."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from app.parse.inline import read_label
from app.parse.lines import Line
from app.parse.links import without_closing_address
from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.titles import display_width
from app.parse.vocabulary import field_name, is_aspect, is_pointer_label

# One such line is a bullet if it is long enough; of all other marks there must be two alike.
_BULLET = re.compile(r"^[•‣▪◦►▸・●]\s*(?=\S.{12})")
_SYMBOL = re.compile(
    r"^(?P<mark>[•‣▪◦►▸・●·∙‧▼▽▲△◆◇◎○□■☆★※➤➜▶→✦✧✓✔✅🔹🔸🔺🔻👉📌])\ufe0f?\s*(?=\S)"
)
_NUMBER = re.compile(
    r"^(?:(?P<circled>[①-⑳])|(?P<padded>0\d)\s|\d{1,2}(?P<mark>[、.．)）])(?!\d)"
    r"|[（(](?P<boxed>\d{1,2})[)）])\s*(?=\S)"
)
_CATEGORISED = re.compile(r"^【[^【】\d]{1,12}】\s*\S")
_CLOCK = re.compile(r"^(?:[01]?\d|2[0-3]):[0-5]\d\s*[|｜]?\s+\S")
_PIPE = re.compile(r"\s[|｜]\s|｜")
_TARGET = re.compile(r"https?://|\]\(")
_CLOSING_NAME = re.compile(r"\w[（(][^（()）\d]{2,20}[)）]$")
# A bold title that no colon closes; labels of fields have one.
_BOLD_TITLE = re.compile(
    r"^(?P<mark>\*\*|__)(?!\s)(?:(?!(?P=mark)).){7,200}(?<![:：\s])(?P=mark)(?!\s{0,2}[:：])"
)
_BOLD_NAME = re.compile(r"^\*\*(?P<name>[^*]{2,40}[:：]\*\*|[^*]{2,40}\*\*[:：])\s{0,3}(?=\S)")
_MIN_NAMED_WIDTH = 28
_MAX_NAME_CHARS = 24
_MAX_LABEL_WIDTH = 18
_MIN_ALIKE = 2
_MIN_LINKED_WIDTH = 16
_MIN_WHOLE = 3
_MAX_PIPES = 5
_MAX_LINES_ABOVE = 1


def with_line_bullets(block: Block) -> Iterator[Block]:
    """Yield a paragraph; lines that begin alike become a list, below the line that names them."""
    starts = _starts(block) if block.kind == "paragraph" else []
    if not starts:
        yield block
        return
    if starts[0]:
        yield replace(block, lines=block.lines[: starts[0]])
    if not _are_labels(block, starts):
        yield _list(block, starts)
        return
    for start, end in pairwise([*starts, len(block.lines)]):
        yield replace(block, lines=block.lines[start : start + 1])
        below = replace(block, lines=block.lines[start + 1 : end])
        yield _list(below, list(range(len(below.lines))))


def line_list(block: Block) -> Block:
    """Return a paragraph as a list, where each line closes with its source."""
    if all(_is_closed(line) for line in block.lines):
        return _list(block, list(range(len(block.lines))))
    return block


def _are_labels(block: Block, starts: list[int]) -> bool:
    """Return whether marked lines are short and every line below one closes with its source."""
    labels = set(starts)
    for index, line in enumerate(block.lines[starts[0] :], starts[0]):
        if index in labels:
            if display_width(line.text) > _MAX_LABEL_WIDTH or index + 1 in labels:
                return False
        elif not _is_closed(line):
            return False
    return len(block.lines) - starts[0] > 2 * len(starts)


def _is_closed(line: Line) -> bool:
    if _CLOSING_NAME.search(line.text[-_MAX_NAME_CHARS:]):
        return True
    before = without_closing_address(line)
    return before is not line and display_width(before.text) >= _MIN_LINKED_WIDTH


def _starts(block: Block) -> list[int]:
    """Return the indexes of the lines that begin a bullet."""
    bullets = [index for index, line in enumerate(block.lines) if _BULLET.match(line.text)]
    if len(block.lines) < _MIN_ALIKE:
        return bullets
    keys = [_opener(line) for line in block.lines]
    counts = Counter(key for key in keys if key)
    if not counts:
        return bullets
    key, count = counts.most_common(1)[0]
    starts = [index for index, other in enumerate(keys) if other == key]
    if count < _MIN_ALIKE or starts[0] > _MAX_LINES_ABOVE:
        return bullets
    if key == "name" and count < len(keys):
        return bullets
    whole = key in ("address", "bracket") or key.startswith("|")
    if whole and (count < _MIN_WHOLE or count < len(keys) - starts[0]):
        return bullets
    if starts[0] and _names_field(block.lines[0]):
        return bullets
    labelled = sum(_is_field(block.lines[index]) for index in starts)
    if labelled * 2 >= count:
        return bullets
    return starts if len(starts) >= len(bullets) else bullets


def _opener(line: Line) -> str:
    """Return the mark or the kind of number that a line begins with, "" without one.

    Lines that close with an address, or have as many bars, are alike, too.
    """
    text = line.text
    if match := _SYMBOL.match(text):
        return match["mark"]
    if match := _NUMBER.match(text):
        return match.lastgroup or ""
    if _CATEGORISED.match(text):
        return "bracket"
    if _CLOCK.match(text):
        return "clock"
    if _BOLD_TITLE.match(text):
        return "bold"
    if _is_named_news(line):
        return "name"
    before = without_closing_address(line)
    if before is not line and display_width(before.text) >= _MIN_LINKED_WIDTH:
        return "address"
    pipes = 0 if text.startswith("|") else len(_PIPE.findall(text))
    return "|" * pipes if 0 < pipes <= _MAX_PIPES and not _TARGET.search(text) else ""


def _is_named_news(line: Line) -> bool:
    """Return whether a line tells of a bold name, with a source: `**Aris:** buys … ([x](u))`."""
    match = _BOLD_NAME.match(line.text)
    if match is None or not _TARGET.search(line.text, match.end()):
        return False
    name = match["name"].strip("*:： ")
    if field_name(name) or is_aspect(name) or is_pointer_label(name):
        return False
    return display_width(plain_text(line.text)) >= _MIN_NAMED_WIDTH


def _is_field(line: Line) -> bool:
    match = _SYMBOL.match(line.text)
    label = read_label(line.cut(match.end()) if match else line)
    return label is not None and label.colon and field_name(label.text) is not None


def _marker_end(text: str) -> int:
    """Return where the text after a mark or number begins; a time or title stays."""
    match = _SYMBOL.match(text) or _NUMBER.match(text)
    return match.end() if match else 0


def _names_field(line: Line) -> bool:
    return field_name(line.text.strip("*_:： ")) is not None


def _list(block: Block, starts: list[int]) -> Block:
    bullets: list[Block] = []
    for start, end in pairwise([*starts, len(block.lines)]):
        first, *others = block.lines[start:end]
        text = first.cut(_marker_end(first.text))
        bullets.append(
            Block(
                "item",
                (first, *others),
                children=(Block("paragraph", (text, *others)),),
                marker=first,
            )
        )
    return Block("list", block.lines[starts[0] :], children=tuple(bullets))
