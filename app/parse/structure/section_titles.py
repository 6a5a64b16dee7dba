"""Titles of sections as passages, and the kinds that they name."""

import re

from app.parse.body import PART_SECTIONS
from app.parse.draft import Passage, TextSpan
from app.parse.inline import read_label
from app.parse.markup import plain_text
from app.parse.references import References, block_lines
from app.parse.section_kinds import SectionKind
from app.parse.structure.tree import Branch
from app.parse.titles import Title, read_title
from app.parse.vocabulary import hinted_kind, is_title_label, part_name, section_kind

_COUNTED = re.compile(
    r"(?:第\s?)?(?:新聞|新闻|消息|條目|条目|頭條|头条|ニュース|news|story|item|article|[條条則则篇])?\s?#?"
    r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s?[條条則则篇]?",
    re.IGNORECASE,
)


def heading_passage(branch: Branch) -> Passage:
    """Return the title of a heading, with its number, over the whole heading."""
    heading = branch.heading
    assert heading
    assert branch.title
    first, last = (
        heading.lines[0],
        heading.lines[-1],
    )
    span = TextSpan(
        first.number,
        last.number,
        first.start,
        last.end,
    )
    return Passage(_full_title(branch.title), span)


def _full_title(title: Title) -> str:
    if title.number is None:
        return title.text
    closes = title.number.span.start > title.line.start + len(title.line.text) // 2
    if title.is_numbered and not closes:
        return f"{title.number.text}. {title.text}"
    return plain_text(title.line.text)


def stated_title(branch: Branch, references: References) -> Title | None:
    """Return the title in a field below a heading that only counts: 「新聞一」, `Story 2`."""
    if not _COUNTED.fullmatch(plain_text(branch.text)):
        return None
    for line in block_lines(branch.blocks[:1]):
        label = read_label(line)
        if label and label.colon and label.rest.text and is_title_label(label.text):
            return read_title(label.rest, references)
    return None


def branch_kind(branch: Branch) -> SectionKind:
    """Return the kind of a section, "other" where nothing tells."""
    text = branch.text
    part = part_name(text)
    by_part = PART_SECTIONS[part] if part else None
    by_role: SectionKind | None = "resources" if branch.apparatus == "references" else None
    exact = section_kind(text)
    hinted = section_kind(text, loose=True) or hinted_kind(text)
    return exact or by_part or by_role or hinted or "other"
