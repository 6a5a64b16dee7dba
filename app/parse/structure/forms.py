"""Every way in which blocks fall into units: bullets, paragraphs, rows and callouts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from app.parse.dates import find_day
from app.parse.draft import Passage
from app.parse.headings import is_bold
from app.parse.inline import read_label
from app.parse.lines import Line
from app.parse.markdown import Block
from app.parse.markup import plain_text
from app.parse.notices import is_greeting, is_link_row, is_notice
from app.parse.references import References, block_lines
from app.parse.structure.bullet_units import bullet_units, points_at_source
from app.parse.structure.leads import (
    Opening,
    is_numbered,
    is_title_line,
    read_lead,
    without_decoration,
)
from app.parse.structure.rows import row_units
from app.parse.structure.source_lists import is_line_list, without_source_list
from app.parse.structure.title_lines import title_openings
from app.parse.structure.tree import has_day, is_bold_line
from app.parse.structure.units import (
    Unit,
    UnitList,
    make_unit,
    names_source,
)
from app.parse.titles import (
    display_width,
    read_title,
)
from app.parse.vocabulary import (
    apparatus,
    field_name,
    is_aspect,
    is_pointer_label,
    part_name,
)

_CALLOUT = re.compile(r"^\[!(?P<kind>[A-Za-z][\w-]{0,30})\][+-]?\s*(?P<title>.*)$")
_ADDRESS_ONLY = re.compile(r"(?:https?://\S+\s*)+$")
_DAY_ONLY = re.compile(r"20\d{2}[\d\s年月日./\-]{4,12}")
_NAMED_TEXT = re.compile(r"\W{0,6}\[[^\[\]]{1,32}\]\([^()\s]{1,2000}\)[*_]{0,3}\s+\S")
_NUMBERED_ADDRESS = re.compile(r"\[\d{1,3}\]:?\s{1,4}<?https?://\S{1,4000}")
_MIN_UNITS = 2
_MAX_GROUP_WIDTH = 16
_MIN_HEADLINE = 24
_MAX_DATED_CHARS = 60
_MAX_BARE_CHARS = 24


def unit_lists(blocks: Sequence[Block], references: References) -> list[UnitList]:
    """Return every way in which `blocks` fall into units."""
    blocks = list(_split_groups(blocks, references))
    titled = _paragraphs(blocks, references)
    linked = _linked_paragraphs(blocks, references)
    if _is_grouped(blocks, references):
        # Bold lines name groups of paragraphs; they are no titles.
        titled.pieces = []
        linked.certain = True
    elif linked.certain and len(linked.units) > len(titled.units):
        # Addresses close more texts than bold names open.
        titled.pieces = []
    bullets = without_source_list(bullet_units(blocks, references), references)
    if _have_lists_with_source(blocks, references):
        # The bullets tell what the bold line above names.
        bullets.pieces = []
    lists = [
        bullets,
        titled,
        linked,
        row_units(blocks, references),
        _callouts(blocks, references),
    ]
    for candidate in lists:
        candidate.pieces = _without_notices(candidate.pieces)
    return [candidate for candidate in lists if candidate.units]


def _is_group_line(line: Line) -> bool:
    """Return whether a line is a short name in bold or closed by a colon, such as **國際**."""
    text = plain_text(line.text)
    if display_width(text) > _MAX_GROUP_WIDTH:
        return False
    if is_bold(line):
        return True
    return text[-1:] in (":", "：") and not (field_name(text) or part_name(text) or apparatus(text))


def is_closed(unit: Unit) -> bool:
    """Return whether a paragraph with nothing but addresses ends a unit."""
    last = unit.blocks[-1]
    if last.kind != "paragraph" or len(unit.blocks) < _MIN_UNITS:
        return False
    return bool(_ADDRESS_ONLY.match(plain_text(" ".join(line.text for line in last.lines))))


def _split_groups(blocks: Sequence[Block], references: References) -> Iterator[Block]:
    """Yield `blocks`; a group's name with a line a source below becomes paragraphs of a line."""
    for block in blocks:
        first, rest = (
            block.lines[:1],
            block.lines[1:],
        )
        if is_line_list(block, references):
            for line in block.lines:
                yield replace(block, lines=(line,))
            continue
        if block.kind != "paragraph" or not rest or not _is_group_line(first[0]):
            yield block
        elif all(_is_linked_text(line, references) for line in rest):
            for line in block.lines:
                yield replace(block, lines=(line,))
        else:
            yield block


def _is_linked_text(line: Line, references: References) -> bool:
    """Return whether a line is text of its own with a source."""
    if is_pointer_label(plain_text(line.text)) or is_bold(line):
        return False
    label = read_label(line)
    known = label is not None and field_name(label.text) is not None
    if known or (label and label.marked) or read_lead(line, references):
        return False
    return names_source(line, references)


def _is_grouped(blocks: Sequence[Block], references: References) -> bool:
    """Return whether a short bold line is followed by two paragraphs with a source each.

    Below a longer one, each of them begins with a linked name: `[Pelagic](u) raised $40M`.
    """
    run = -1
    named = False
    for block in blocks:
        if block.kind != "paragraph":
            run = -1
        elif len(block.lines) == 1 and _is_group_line(block.lines[0]):
            run, named = 0, False
        elif is_bold_line(block) and "](" not in block.lines[0].text:
            run, named = 0, True
        elif named and not _NAMED_TEXT.match(block.lines[0].text):
            run, named = -1, False
        elif run >= 0 and _is_linked_text(block.lines[0], references):
            run += 1
            if run == _MIN_UNITS:
                return True
        else:
            run = -1
    return False


def _without_notices(pieces: Sequence[Unit | Block]) -> list[Unit | Block]:
    """Return `pieces`; units that greet, advertise or ask to subscribe are blocks."""
    rest: list[Unit | Block] = []
    for piece in pieces:
        if isinstance(piece, Unit) and piece.form != "row" and _is_notice(piece):
            rest.extend(_as_block(block) for block in piece.blocks)
        else:
            rest.append(piece)
    return rest


def _is_notice(unit: Unit) -> bool:
    if unit.title:
        if unit.form == "callout" and apparatus(unit.title.text) == "digest":
            return True
        bare = not unit.linked and unit.text_chars <= _MAX_BARE_CHARS
        return is_notice(unit.title.text) or (bare and apparatus(unit.title.text) == "digest")
    lines = list(block_lines(unit.blocks[:1]))
    return bool(lines) and is_notice(lines[0].text)


def _as_block(block: Block) -> Block:
    return Block("list", block.lines, children=(block,)) if block.kind == "item" else block


def _paragraphs(blocks: Sequence[Block], references: References) -> UnitList:
    """Take every paragraph with a title or number of its own, and what follows it, as a unit."""
    result = UnitList("paragraph")
    category: Passage | None = None
    run: list[Block] = []
    lead: Opening | None = None

    def close() -> None:
        nonlocal run, lead, category
        if not run:
            return
        unit = make_unit(
            "paragraph",
            lead,
            tuple(run),
            references,
        )
        bare = lead is not None and not lead.title.links and not lead.rest.text
        if bare and len(run) == 1 and len(run[0].lines) == 1 and lead is not None:
            if not is_greeting(lead.title.text):
                category = lead.title.passage
            result.pieces.extend(run)
        else:
            result.pieces.append(replace(unit, category=category))
        run, lead = [], None

    leads = [_paragraph_lead(block, references) for block in blocks]
    if not any(leads):
        # No paragraph has another mark of a title: its first line may be one.
        lines = title_openings([block for block in blocks if block.kind == "paragraph"], references)
        leads = [lines.get(block.first) for block in blocks]
    labels_belong = _has_titles_above_labels(blocks, leads)
    sources_belong = _has_titles_above_links(leads)
    for block, opening in zip(blocks, leads, strict=True):
        if sources_belong and lead and len(run) > 1 and _is_link_alone(opening):
            run.append(block)
        elif opening and not (labels_belong and opening.label and opening.rest.text):
            close()
            lead = opening
            run = [block]
        elif block.kind in ("rule", "heading"):
            close()
            result.pieces.append(block)
        elif run:
            run.append(block)
        else:
            result.pieces.append(block)
    close()
    return result


def _has_titles_above_labels(blocks: Sequence[Block], leads: Sequence[Opening | None]) -> bool:
    """Return whether bold lines are titles, so that `**Why it matters:** …` is part of the text.

    Directly below a bold line a label would be the title of what it names.
    """
    labels = [index for index, lead in enumerate(leads) if lead and lead.label and lead.rest.text]
    if not labels or any(index and is_bold_line(blocks[index - 1]) for index in labels):
        return False
    titles = 0
    for above, block in pairwise(blocks):
        titles += block.kind == "paragraph" and is_bold_line(above) and not is_bold_line(block)
    return titles >= _MIN_UNITS


def _has_titles_above_links(leads: Sequence[Opening | None]) -> bool:
    """Return whether bold lines are titles, each with at most one paragraph that is a link."""
    links = sum(_is_link_alone(lead) for lead in leads)
    titles = [lead for lead in leads if lead and lead.kind == "bold" and not lead.title.links]
    return 0 < links <= len(titles) and len(titles) >= _MIN_UNITS


def _is_link_alone(lead: Opening | None) -> bool:
    return lead is not None and lead.kind == "linked" and not lead.rest.text


def _have_lists_with_source(blocks: Sequence[Block], references: References) -> bool:
    """Return whether most lists below bold lines have a bullet that only points at a source."""
    lists = sourced = 0
    for title, block in pairwise(blocks):
        if block.kind != "list" or not is_bold_line(title):
            continue
        lists += 1
        sourced += points_at_source(block, references)
    return sourced >= _MIN_UNITS and sourced * 2 > lists


def _paragraph_lead(block: Block, references: References) -> Opening | None:
    if block.kind != "paragraph":
        return None
    line = block.lines[0]
    lead = read_lead(line, references)
    if lead and lead.label and not lead.rest.text and len(block.lines) > 1:
        # Who reports, above the headline: **Name / [Paper](u):**
        below = read_lead(block.lines[1], references)
        if below and below.kind == "linked" and display_width(below.title.text) > _MIN_HEADLINE:
            return below
    if lead and len(block.lines) == _MIN_UNITS and _is_dated_line(block.lines[1]):
        return None  # who writes, and when
    if lead:
        known = (lead.label and field_name(lead.label)) or is_aspect(lead.title.text)
        return None if known or _DAY_ONLY.fullmatch(lead.title.text) else lead
    plain = without_decoration(line)
    defined = len(block.lines) > 1 and block.lines[1].text.lstrip().startswith(": ")
    marked = plain != line and len(block.lines) > 1
    if (defined or marked) and is_title_line(plain):
        # `■ Title` above its text, as Japanese and Chinese newsletters write it, and a term above
        # its definition.
        return Opening("bold", read_title(plain, references), line.cut(len(line.text)))
    if not is_numbered(line):
        return None
    title = read_title(plain, references)
    if title.number is None:
        return None
    rest = line.cut(len(line.text))
    return Opening("numbered", title, rest)


def _is_dated_line(line: Line) -> bool:
    """Return whether a line in italics names the day: `*Jan 09, 2027* ∙ *Paid*`."""
    emphatic = line.text[:1] in "*_" and not is_bold(line)
    return emphatic and len(line.text) <= _MAX_DATED_CHARS and find_day(line.text) is not None


def _linked_paragraphs(blocks: Sequence[Block], references: References) -> UnitList:
    """Take every paragraph that names a source as a unit."""
    result = UnitList("linked paragraph")
    category: Passage | None = None
    closed = 0
    openings = title_openings(blocks, references)
    for block in blocks:
        if block.kind != "paragraph" or is_bold_line(block):
            if block.kind == "paragraph":
                category = read_title(block.lines[0], references).passage
            result.pieces.append(block)
            continue
        text = _block_text(block)
        run = (*_text_above(result), block) if _ADDRESS_ONLY.match(text) else (block,)
        lead = read_lead(run[0].lines[0], references) or openings.get(run[0].first)
        if lead is None and len(run) > 1 and len(run[0].lines) == 1:
            line = run[0].lines[0]
            if is_title_line(line):
                lead = Opening("bold", read_title(line, references), line.cut(len(line.text)))
        unit = make_unit("linked paragraph", lead, run, references)
        grouped = replace(unit, category=category)
        navigates = _only_refers(block)
        if unit.linked and not is_pointer_label(text) and not navigates:
            del result.pieces[len(result.pieces) - len(run) + 1 :]
            result.pieces.append(grouped)
            closed += len(run) > 1
        else:
            result.pieces.append(block)
    # Texts that an address closes, one after the other, are nothing but units.
    result.certain = closed >= _MIN_UNITS
    return result


def _only_refers(block: Block) -> bool:
    """Return whether a paragraph is a row of links, or a list of addresses by number."""
    if len(block.lines) == 1 and is_link_row(block.lines[0].text):
        return True
    return all(_NUMBERED_ADDRESS.fullmatch(line.text) for line in block.lines)


def _block_text(block: Block) -> str:
    return plain_text(" ".join(line.text for line in block.lines))


def _text_above(result: UnitList) -> tuple[Block, ...]:
    """Return the paragraphs that end the pieces so far: the text above an address alone.

    An address that is no source, such as a badge, ends them: each text is gone over once.
    """
    above: list[Block] = []
    for piece in reversed(result.pieces):
        if isinstance(piece, Unit) or piece.kind != "paragraph" or is_bold_line(piece):
            break
        if piece.first <= 2 and has_day(piece.lines[0].text):
            break  # the first line names the document and its day
        if _ADDRESS_ONLY.match(_block_text(piece)):
            break
        above.append(piece)
    return tuple(reversed(above))


def _callouts(blocks: Sequence[Block], references: References) -> UnitList:
    """Take every quote as a unit: `> [!NOTE] Title`, or one that begins with a title."""
    result = UnitList("callout")
    for block in blocks:
        unit = _callout(block, references) if block.kind == "quote" else None
        result.pieces.append(unit or block)
    return result


def _callout(block: Block, references: References) -> Unit | None:
    first = block.children[0] if block.children else None
    if first is None or first.kind not in ("paragraph", "heading") or not first.lines:
        return None
    line = first.lines[0]
    match = _CALLOUT.match(line.text)
    if match and not match["title"].strip():
        # `> [!NOTE]` alone: the title is on the next line.
        if len(first.lines) < _MIN_UNITS:
            return None
        rest = replace(first, lines=first.lines[1:])
        shorter = replace(
            block,
            children=(rest, *block.children[1:]),
        )
        return _callout(shorter, references)
    if match:
        line = line.cut(match.start("title"))
        lead: Opening | None = Opening(
            "bold",
            read_title(line, references),
            line.cut(len(line.text)),
        )
    elif first.kind == "heading":
        lead = Opening(
            "bold",
            read_title(line, references),
            line.cut(len(line.text)),
        )
    else:
        lead = read_lead(line, references)
    if lead is None:
        return None
    return make_unit("callout", lead, (block,), references)
