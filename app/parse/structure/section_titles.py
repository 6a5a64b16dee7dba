"""Titles of sections as passages, and the kinds that they name."""

from app.parse.body import PART_SECTIONS
from app.parse.draft import Passage, TextSpan
from app.parse.markup import plain_text
from app.parse.section_kinds import SectionKind
from app.parse.structure.tree import Branch
from app.parse.titles import Title
from app.parse.vocabulary import hinted_kind, part_name, section_kind


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
    if title.is_numbered:
        return f"{title.number.text}. {title.text}"
    return plain_text(title.line.text)


def branch_kind(branch: Branch) -> SectionKind:
    """Return the kind of a section, "other" where nothing tells."""
    text = branch.text
    part = part_name(text)
    by_part = PART_SECTIONS[part] if part else None
    by_role: SectionKind | None = "resources" if branch.apparatus == "references" else None
    exact = section_kind(text)
    hinted = section_kind(text, loose=True) or hinted_kind(text)
    return exact or by_part or by_role or hinted or "other"
