"""First lines that are titles: what is below starts anew, though the line above had room."""

import re
from collections.abc import Iterable, Sequence

from app.parse.inline import read_label
from app.parse.lines import Line
from app.parse.markdown import Block
from app.parse.references import References
from app.parse.structure.leads import (
    Opening,
    is_title_line,
    read_lead,
    text_after,
    without_decoration,
)
from app.parse.titles import display_width, read_title
from app.parse.vocabulary import field_name

_ADDRESS = re.compile(r"\W{0,8}(?:https?://|www\.|\[[^\[\]]{1,200}\]\()")
_BRACKETED = re.compile(r"[（(〔\[][^（()）〔〕\[\]]{1,300}[)）〕\]][。.]?$")
_POINTS = re.compile(r"\d{1,6} (?:points?|upvotes|votes|stars)\b", re.IGNORECASE)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")
_ARROW = re.compile(r"(?P<title>[^→。！？]{4,80}?)\s{0,4}→\s{0,4}(?=[^→]{6,}$)")
_SOURCE = re.compile(r"(?:來源|来源|出處|出处|出典|source|via)\s*[：:|｜]", re.IGNORECASE)
_LETTER = re.compile(r"[A-Z][.)、．]\s*(?=[\u3400-\u9fff])")
_TAIL_CHARS = 200
_SHARE = 0.6


def title_openings(blocks: Iterable[Block], references: References) -> dict[int, Opening]:
    """Return the titles of paragraphs and bullets whose first line is one, by that line's number.

    The lines of wrapped text are full: the first word of the next had no room. A title's line
    ends where the title does. Most of the texts side by side must agree.
    """
    blocks = list(blocks)
    if arrows := _arrow_openings(blocks, references):
        return arrows
    texts: list[Sequence[Line]] = []
    indented: set[int] = set()
    for block in blocks:
        inner = block.children[0] if block.kind == "item" and block.children else block
        if inner.kind == "paragraph" and len(inner.lines) > 1:
            texts.append(inner.lines)
            indented.update(line.number for line in block.lines if line.text[:1] == "\u3000")
    alone = len(texts) == 1
    if not texts or (alone and not _is_sourced(texts[0])):
        return {}
    room = max(_wrapped_width(lines) for lines in texts)
    titled = 0
    for lines in texts:
        anew = lines[1].number in indented or _starts_anew(lines[1]) or _has_room(lines, room)
        titled += anew and _is_title(lines[0])
    if titled < _SHARE * len(texts):
        return {}
    openings: dict[int, Opening] = {}
    for lines in texts:
        line = lines[0]
        if _is_title(line) and read_lead(line, references) is None:
            openings[line.number] = title_opening(line, references)
    return openings


def title_opening(line: Line, references: References) -> Opening:
    """Return a whole line as the title of what is below."""
    plain = without_decoration(line)
    if match := _LETTER.match(plain.text):
        plain = plain.cut(match.end())
    title = read_title(plain, references)
    return Opening("bold", title, line.cut(len(line.text)))


def _arrow_openings(blocks: Sequence[Block], references: References) -> dict[int, Opening]:
    """Return the titles before an arrow, where most of the bullets have one: `Title → text`."""
    bullets = [block.children[0].lines[0] for block in blocks if _is_bullet(block)]
    openings: dict[int, Opening] = {}
    for line in bullets:
        match = _ARROW.match(line.text)
        if match and read_lead(line, references) is None:
            title = read_title(without_decoration(line.cut(*match.span("title"))), references)
            openings[line.number] = Opening("bold", title, text_after(line, match.end("title")))
    enough = len(openings) > 1 and len(openings) >= _SHARE * len(bullets)
    return openings if enough else {}


def _is_bullet(block: Block) -> bool:
    if block.kind != "item" or not block.children:
        return False
    return block.children[0].kind == "paragraph" and bool(block.children[0].lines)


def _is_sourced(lines: Sequence[Line]) -> bool:
    """Return whether a text alone has an address below its first line, or closes with a source."""
    return bool(_ADDRESS.match(lines[1].text) or _SOURCE.search(lines[-1].text[-_TAIL_CHARS:]))


def _is_title(line: Line) -> bool:
    return is_title_line(line) and not _ADDRESS.match(line.text)


def _wrapped_width(lines: Sequence[Line]) -> int:
    widths = [display_width(line.text) for line in lines if not _ADDRESS.search(line.text)]
    return max(widths, default=0)


def _has_room(lines: Sequence[Line], room: int) -> bool:
    """Return whether the first word of the second line fits on the first, `room` columns wide."""
    word = _WORD.match(lines[1].text)
    width = display_width(word.group()) if word else 0
    return display_width(lines[0].text) + 1 + width <= room


def _starts_anew(line: Line) -> bool:
    """Return whether a line is an address, a field, a note in brackets or a count of points."""
    if _ADDRESS.match(line.text) or _POINTS.match(line.text):
        return True
    if _BRACKETED.match(line.text):
        return True
    label = read_label(line)
    if label is None or not label.colon:
        return False
    return field_name(label.text) is not None or bool(_ADDRESS.match(label.rest.text))
