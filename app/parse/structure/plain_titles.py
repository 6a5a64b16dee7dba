"""Titles of plain text: lines that name the document, a section or a card, without a heading."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from app.parse.bylines import has_byline
from app.parse.dates import find_day
from app.parse.draft import Passage
from app.parse.headings import is_bold
from app.parse.lines import Line
from app.parse.markdown import Block
from app.parse.markup import is_wordless, plain_text
from app.parse.notices import is_tag_line
from app.parse.references import References
from app.parse.structure.bullet_units import points_at_source
from app.parse.structure.leads import (
    is_title_line,
    label_words,
    read_lead,
    without_decoration,
)
from app.parse.structure.names_above import with_names_above
from app.parse.structure.tree import LABEL_LEVEL, PSEUDO_LEVEL, is_sentence
from app.parse.titles import display_width, title_key
from app.parse.vocabulary import apparatus, field_name, part_name

_TARGET = re.compile(r"https?://|\]\(|<a\s", re.IGNORECASE)
_STAMP = re.compile(
    r"^(?:(?:\w[\w .'-]{0,30}|\*\*[^*]{1,40}\*\*(?:\s+APP)?)\s+\d{1,2}:\d{2}\s?[AP]M$"
    r")|^(?:\*\*[^*]{1,40}\*\*\s*[—–-]\s*)?\[?"
    r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|today|yesterday)(?:\s+at|,)?\s*\d{1,2}:\d{2}(?::\d{2})?"
    r"(?:\s?[AP]M)?\]?\s*(?:[-–]?\s*[^:：\s][^:：]{0,40}[:：]?)?$",
    re.IGNORECASE,
)
_DATE_WORDS = re.compile(
    r"\d|[年月日號号週周星期曜民國国令和祝()（）,.，、/／|｜·\s-]|[一二三四五六]"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)\b"
    r"|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*"
    r"|st\b|nd\b|th\b",
    re.IGNORECASE,
)
_CITED = re.compile(r"\[\d{1,3}\]$")
_MIN_TITLE_WIDTH = 4
_MAX_TITLE_WIDTH = 80
_MAX_LABEL_WIDTH = 24
_MIN_STAMPS = 2
_MIN_LABELS = 2
_MIN_CARDS = 3
_MIN_CAPITALS = 3
_MIN_GATHERED = 2


def with_plain_titles(blocks: list[Block], labels: list[Passage]) -> list[Block]:
    """Return `blocks` with the titles of a text that has no headings below its first block.

    Lines of a chat export that only tell who wrote when go to `labels`.
    """
    blocks = _with_tag_lines(_without_stamps(blocks, labels))
    blocks = with_names_above(_with_document_title(blocks))
    levels = dict.fromkeys(_bold_labels(blocks), LABEL_LEVEL)
    if not any(_heads_news(block) for block in blocks[1:]):
        titles = (*_cards(blocks), *_quoted(blocks))
        levels |= dict.fromkeys(titles, PSEUDO_LEVEL)
        levels |= dict.fromkeys((*_label_lines(blocks), *_capitals(blocks)), LABEL_LEVEL)
    changed: list[Block] = []
    for index, block in enumerate(blocks):
        if index in levels:
            line = label_words(block.lines[0])
            changed.append(replace(block, kind="heading", level=levels[index], lines=(line,)))
        else:
            changed.append(block)
    return changed


def _heads_news(block: Block) -> bool:
    return block.kind == "heading" and apparatus(block.lines[0].text) != "references"


def _with_tag_lines(blocks: list[Block]) -> list[Block]:
    """Return `blocks`; tags alone above a text, `#models`, name what is below, if two do."""
    tagged = [
        block.kind == "paragraph" and len(block.lines) > 1 and is_tag_line(block.lines[0].text)
        for block in blocks
    ]
    if sum(tagged) < _MIN_LABELS:
        return blocks
    changed: list[Block] = []
    for block, has_tags in zip(blocks, tagged, strict=True):
        if has_tags:
            tag = block.lines[0]
            name = tag.cut(len(tag.text) - len(tag.text.lstrip("#")))
            changed.append(Block("heading", (name,), level=LABEL_LEVEL))
            changed.append(replace(block, lines=block.lines[1:]))
        else:
            changed.append(block)
    return changed


def _without_stamps(blocks: list[Block], labels: list[Passage]) -> list[Block]:
    stamped = [index for index, block in enumerate(blocks) if _is_stamped(block)]
    if len(stamped) < _MIN_STAMPS:
        return blocks
    stamps = set(stamped)
    rest: list[Block] = []
    for index, block in enumerate(blocks):
        if index not in stamps:
            rest.append(block)
            continue
        stamp, *others = block.lines
        labels.append(Passage(stamp.text, stamp.span))
        if others:
            rest.append(replace(block, lines=tuple(others)))
    return rest


def _is_stamped(block: Block) -> bool:
    return block.kind == "paragraph" and bool(_STAMP.match(block.lines[0].text[:120]))


def _with_document_title(blocks: list[Block]) -> list[Block]:
    """Return `blocks` with the first line as a heading, where it or the next one names the day."""
    if not blocks or blocks[0].kind != "paragraph" or _has_title(blocks[1:]):
        return blocks
    first, *others = [line for line in blocks[0].lines if not is_wordless(line.text)] or [
        blocks[0].lines[0]
    ]
    title = label_words(first) if first.text[:1] in "*_:" else first
    width = display_width(plain_text(title.text))
    if not _MIN_TITLE_WIDTH <= width <= _MAX_TITLE_WIDTH or _TARGET.search(first.text):
        return blocks
    if has_byline(title.text):
        return blocks
    if title.text[-1:] in "。." or (is_sentence(title.text) and not _names_day(title)):
        return blocks
    below = others[0] if others else None
    alone = not others or title is not first
    dated = alone and _names_day(title) and not _is_day_alone(title)
    if not dated and (below is None or len(others) > 1 or not _is_day_alone(below)):
        return blocks
    rest = [replace(blocks[0], lines=tuple(others))] if others else []
    return [Block("heading", (title,), level=1), *rest, *blocks[1:]]


def _has_title(blocks: Sequence[Block]) -> bool:
    """Return whether a heading is the only one of the first level, as a document's title is."""
    return sum(block.kind == "heading" and block.level == 1 for block in blocks) == 1


def _names_day(line: Line) -> bool:
    return find_day(line.text, minguo=True) is not None or bool(_MONTH_DAY.search(line.text))


_MONTH_DAY = re.compile(r"\d{1,2}\s*(?:[-/.]|月)\s*\d{1,2}")


def _is_day_alone(line: Line) -> bool:
    return _names_day(line) and not _DATE_WORDS.sub("", plain_text(line.text))


def _is_label(block: Block) -> bool:
    """Return whether a paragraph is a line that may name a section: short, no field, no source."""
    if block.kind != "paragraph" or len(block.lines) != 1:
        return False
    text = label_words(block.lines[0]).text
    if not 0 < display_width(text) <= _MAX_LABEL_WIDTH or _TARGET.search(text):
        return False
    if is_sentence(text) or text[-1:] in ":：。.!！?？" or find_day(text):
        return False
    if field_name(text) or part_name(text):
        return False
    return apparatus(text) in (None, "digest")


def _label_lines(blocks: Sequence[Block]) -> list[int]:
    """Return the indexes of short lines above lists: two, or one in brackets or emphasis."""
    indexes: list[int] = []
    references = References()
    for index, block in enumerate(blocks[:-1]):
        below = blocks[index + 1]
        if below.kind == "list" and _is_label(block) and not points_at_source(below, references):
            indexes.append(index)
    keys = {title_key(blocks[index].lines[0].text) for index in indexes}
    if len(keys) < len(indexes):
        return []
    marked = [index for index in indexes if blocks[index].lines[0].text[:1] in "【*_:■◆●▌"]
    return indexes if len(indexes) >= _MIN_LABELS else marked


def _bold_labels(blocks: Sequence[Block]) -> list[int]:
    """Return the indexes of bold lines, where one stands above a paragraph with a bold title.

    So `**IN BRIEF**` names what is below, be it a list or a text without a title.
    """
    labels: list[int] = []
    lone: list[int] = []
    proven = False
    references = References()
    for index, block in enumerate(blocks[:-1]):
        if block.kind == "heading":
            labels.extend(lone if proven and len(lone) >= _MIN_LABELS else [])
            lone, proven = [], False
        alone = block.kind == "paragraph" and len(block.lines) == 1 and is_bold(block.lines[0])
        if not alone or display_width(plain_text(block.lines[0].text)) > 2 * _MAX_LABEL_WIDTH:
            continue
        lone.append(index)
        below = blocks[index + 1]
        if below.kind == "paragraph" and not is_bold(below.lines[0]):
            lead = read_lead(below.lines[0], references)
            titled = lead is not None and lead.kind == "bold" and bool(lead.rest.text)
            proven = proven or (titled and lead is not None and lead.label is None)
    labels.extend(lone if proven and len(lone) >= _MIN_LABELS else [])
    return labels


def _capitals(blocks: Sequence[Block]) -> list[int]:
    """Return the indexes of lines in capitals, such as `MODELS`, where there are two or more.

    A long one among them is a title, and so are the others; so are those with one text each.
    """
    indexes: list[int] = []
    for index, block in enumerate(blocks[:-1]):
        if block.kind != "paragraph" or len(block.lines) != 1:
            continue
        text = plain_text(without_decoration(block.lines[0]).text)
        letters = sum(char.isalpha() for char in text)
        if not (text.isascii() and text.isupper() and letters >= _MIN_CAPITALS):
            continue
        if _CITED.search(text):
            continue  # a title with the number of its source
        if not _is_label(block):
            return []
        indexes.append(index)
    if len(indexes) < _MIN_LABELS:
        return []
    ends = [*indexes[1:], len(blocks)]
    gathering = any(
        blocks[start + 1].kind == "list" or end - start > _MIN_GATHERED
        for start, end in zip(indexes, ends, strict=True)
    )
    return indexes if gathering else []


def _quoted(blocks: Sequence[Block]) -> list[int]:
    """Return the indexes of lines directly above a quote, where every quote has one."""
    quotes = sum(block.kind == "quote" for block in blocks)
    titled: list[int] = []
    references = References()
    for index, (block, below) in enumerate(pairwise(blocks)):
        if block.kind != "paragraph" or below.kind != "quote" or len(block.lines) > 1:
            continue
        line = block.lines[0]
        adjacent = below.first == block.last + 1 and is_title_line(line)
        if adjacent and not read_lead(line, references):
            titled.append(index)
    return titled if len(titled) >= _MIN_LABELS and len(titled) == quotes else []


def _cards(blocks: Sequence[Block]) -> list[int]:
    """Return the indexes of title lines that open the cards between rules."""
    opened: list[int] = []
    references = References()
    for index in range(1, len(blocks) - 1):
        block, below = blocks[index], blocks[index + 1]
        if blocks[index - 1].kind != "rule" or block.kind != "paragraph" or below.kind == "rule":
            continue
        line = block.lines[0]
        plain = len(block.lines) == 1 and is_title_line(line) and not _TARGET.search(line.text)
        if plain and not read_lead(line, references):
            opened.append(index)
    rules = sum(block.kind == "rule" for block in blocks)
    return opened if len(opened) >= _MIN_CARDS and len(opened) * 3 >= rules * 2 else []
