"""Doubts about a reading, each with the line that caused it."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from app.parse.draft import Body, ItemDraft, Passage, ReadingWarning
from app.parse.markdown import MarkdownDocument
from app.parse.readings import Chosen
from app.parse.structure.choice import Structure
from app.parse.structure.leaves import Leaf
from app.parse.vocabulary import section_kind

# A relative link is a source only where the document has a base.
_RELATIVE_LINK = re.compile(
    r"(?<!!)\[[^\[\]]{1,200}\]\((?![a-z]{2,12}:|#|\d+\))[^()\s]{1,500}\)", re.IGNORECASE
)
_MIN_SECTIONS = 2
_MIN_UNITS = 2
_STRONG_UNITS = 1.2
_MAX_LISTED = 5


def reading_warnings(
    document: MarkdownDocument,
    body: Body,
    chosen: Chosen,
) -> Iterator[ReadingWarning]:
    """Yield what a reader of the quality report should look at."""
    items: list[ItemDraft] = []
    for section in body.sections:
        items.extend(section.items)
    if not items:
        yield ReadingWarning(
            "no_items",
            "No item was found in the document.",
        )
    yield from _unknown_sections(body)
    linked = set(chosen.scorer.link_lines)
    for line in document.lines:
        if _RELATIVE_LINK.search(line.text):
            linked.add(line.number)
    yield from _items_without_sources(items, linked)
    yield from _links_above_items(document, body, linked)
    yield from _unread_blocks(items, chosen.structure)
    yield from _piled_sources(body, chosen.unplaced)


def _unknown_sections(
    body: Body,
) -> Iterator[ReadingWarning]:
    filled = [section for section in body.sections if section.items and section.title.text]
    unknown = [section for section in filled if section.kind == "other"]
    if len(filled) >= _MIN_SECTIONS and len(unknown) * 2 > len(filled):
        names = ", ".join(section.title.text for section in unknown[:_MAX_LISTED])
        text = f"{len(unknown)} of {len(filled)} sections are of no known kind: {names}."
        yield ReadingWarning(
            "unknown_sections",
            text,
            unknown[0].span.first_line,
        )


def _items_without_sources(
    items: Sequence[ItemDraft], linked: AbstractSet[int]
) -> Iterator[ReadingWarning]:
    doubtful: list[ItemDraft] = []
    for item in items:
        if _has_source(item):
            continue
        if any(
            number in linked
            for number in range(
                item.span.first_line,
                item.span.last_line + 1,
            )
        ):
            doubtful.append(item)
    if doubtful:
        text = f"{len(doubtful)} items have links in their text but no source."
        yield ReadingWarning(
            "items_without_sources",
            text,
            doubtful[0].span.first_line,
        )


def _links_above_items(
    document: MarkdownDocument, body: Body, linked: AbstractSet[int]
) -> Iterator[ReadingWarning]:
    """Warn of sections whose first item has a link directly above, as if sources came first."""
    filled = [section for section in body.sections if section.items and section.title.text]
    above: list[int] = []
    for section in filled:
        number = section.items[0].span.first_line - 1
        if number > section.title.span.last_line and number in linked:
            above.append(number)
    if above and len(above) * 2 >= len(filled):
        text = (
            f"{len(above)} sections have a link directly above their first item; if sources stand"
        )
        yield ReadingWarning(
            "links_above_items",
            f"{text} above the items, name them with `item.before` in a dialect.",
            above[0],
        )


def _piled_sources(body: Body, unplaced: Sequence[Passage]) -> Iterator[ReadingWarning]:
    """Warn of sources that are all attached to the last item of a section, or to none."""
    total = sourced = 0
    piled: list[int] = []
    for section in body.sections:
        total += len(section.items)
        with_source = [item for item in section.items if _has_source(item)]
        sourced += len(with_source)
        if len(section.items) > 1 and with_source == [section.items[-1]]:
            lines = {link.span.first_line for link in with_source[0].sources if link.target}
            if len(lines) > 1:
                piled.extend(sorted(lines))
    counted = f"{total - sourced} of {total} items have no source"
    advice = "cite them in the items' text as [n]"
    if unplaced:
        numbers = [passage.span.first_line for passage in unplaced]
        text = f"{counted}; {_ranges(numbers)} belong to no item of their section: {advice}."
        yield ReadingWarning("piled_sources", text, numbers[0])
    if piled:
        text = f"{counted}; {_ranges(piled)} stand at the last item of their section."
        yield ReadingWarning("piled_sources", text, piled[0])


def _has_source(item: ItemDraft) -> bool:
    return any(source.target for source in item.sources)


def _ranges(numbers: Sequence[int]) -> str:
    """Return line numbers as `L22–L24, L41`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    names: list[str] = []
    for run in runs:
        last = f"–L{run[-1]}" if len(run) > 1 else ""
        names.append(f"L{run[0]}{last}")
    return ", ".join(names)


def _is_doubtful(leaf: Leaf, structure: Structure) -> bool:
    """Return whether the units of a leaf should have been items.

    Below an editorial heading only those with links are: an editor's points are none.
    """
    if leaf.digest or leaf.units is None or leaf.unit_score < _STRONG_UNITS:
        return False
    if not leaf.barred:
        return True
    ignored = structure.dialect and structure.dialect.ignores_section(leaf.branch.text)
    if ignored or leaf.branch.apparatus or section_kind(leaf.branch.text) != "editorial":
        return False
    return sum(unit.linked for unit in leaf.units.units) >= _MIN_UNITS


def _unread_blocks(items: Sequence[ItemDraft], structure: Structure) -> Iterator[ReadingWarning]:
    inside: set[int] = set()
    for item in items:
        inside.update(
            range(
                item.span.first_line,
                item.span.last_line + 1,
            )
        )
    for leaf in structure.leaves:
        if not _is_doubtful(leaf, structure) or leaf.units is None:
            continue
        unread = [unit for unit in leaf.units.units if unit.first not in inside]
        if len(unread) >= _MIN_UNITS:
            text = f"{len(unread)} repeated blocks were not taken for items."
            yield ReadingWarning(
                "unread_blocks",
                text,
                unread[0].first,
            )
