"""Quality of a briefing: how completely it was read, and what its writer left out.

The report follows from the document alone. It refers to items by their ordinal, from 1.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app.normalize.decide import DecidedBriefing, DecidedItem, DecidedSource
from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.names import read_cell
from app.normalize.report.dangling import NamedTargets, dangling
from app.normalize.text.folding import fold
from app.parse.draft import ItemDraft

ODD_STATUSES = ("placeholder", "opaque", "suspicious", "inferred")
"""Statuses of sources that are reported."""
MAX_LISTED_NAMES = 1_000
"""An item that lists more names was written to cost time: the rest is not looked for."""

_EXPECTED_FIELDS = {
    "full": ("summary", "entities", "importance", "sources"),
    "bullet": ("sources",),
    "stub": (),
}
# A term needs no item of its own; a thing, organisation or person does.
_PROPER_TYPES = frozenset(["org", "model", "product", "person", "dataset", "chip", "event"])
_EDITORIAL_KINDS = ("insight", "watchlist")


def report(decided: DecidedBriefing, text: str, catalogue: Catalogue) -> dict[str, Any]:
    """Return the report of a document; `text` is its decoded text."""
    items = list(_items(decided))
    unmentioned = _unmentioned(decided, items, text, catalogue)
    references = dangling(decided.draft, text, unmentioned)
    stats = decided.draft.body.stats
    return {
        **_reading(decided),
        "items": len(items),
        "listed": sum(len(item.item.entities) for item in items),
        "fields": list(_field_faults(items)),
        "odd_sources": list(_odd_sources(decided, items)),
        "ungrounded": list(_ungrounded(items, text)),
        "unreasoned": list(_unreasoned(items)),
        "dangling": [
            {
                "kind": reference.kind,
                "name": reference.name,
                "line": reference.line,
                "text": reference.text,
            }
            for reference in references
        ],
        "articles": {
            "reported": stats.articles,
            "found": _article_count(decided, items),
        },
        "topics": {
            "reported": stats.topics,
            "found": len(items),
        },
    }


def _items(decided: DecidedBriefing) -> Iterator[DecidedItem]:
    for _, items in decided.sections:
        yield from items


def _reading(decided: DecidedBriefing) -> dict[str, Any]:
    """Return how completely the document was read."""
    coverage = decided.draft.coverage
    return {
        "lines": coverage.lines,
        "nonblank": coverage.nonblank,
        "covered": coverage.covered,
        "structures": coverage.structures,
        "unassigned": [
            {
                "line": passage.span.first_line,
                "text": passage.text,
            }
            for passage in coverage.unassigned
        ],
        "problems": list(decided.draft.problems),
        "warnings": _warnings(decided),
        "readings": [asdict(reading) for reading in decided.draft.readings],
        "date_from": decided.draft.date_from,
    }


def _warnings(decided: DecidedBriefing) -> list[dict[str, Any]]:
    """Return the doubts about the reading; a document without items always has one."""
    warnings = [asdict(warning) for warning in decided.draft.warnings]
    codes = {warning["code"] for warning in warnings}
    if "no_items" not in codes and not any(_items(decided)):
        text = "No item was found in the document."
        warnings.insert(0, {"code": "no_items", "text": text, "line": None})
    return warnings


def counts(report: Mapping[str, Any]) -> dict[str, int]:
    """Return the report in numbers; a number that the document does not state is left out."""
    numbers: dict[str, int] = {}
    for name in ("nonblank", "covered", "items", "listed"):
        numbers[name] = report[name]
    for name in ("unassigned", "problems", "ungrounded", "unreasoned", "dangling"):
        numbers[name] = len(report[name])
    for name in ("missing", "repeated"):
        numbers[name] = sum(len(fault[name]) for fault in report["fields"])

    statuses = Counter(source["status"] for source in report["odd_sources"])
    for status in ODD_STATUSES:
        numbers[status] = statuses[status]

    for name in ("articles", "topics"):
        for side, number in report[name].items():
            if number is not None:
                numbers[f"{name}_{side}"] = number

    return numbers


def _field_faults(items: Iterable[DecidedItem]) -> Iterator[dict[str, Any]]:
    """Yield the items with missing fields or repeated labels."""
    for item in items:
        missing = _missing_fields(item.item)
        repeated = _repeated_labels(item.item)
        if missing or repeated:
            yield {
                "item": item.ordinal,
                "missing": missing,
                "repeated": repeated,
            }


def _missing_fields(item: ItemDraft) -> list[str]:
    present = {
        "summary": any(passage.text for passage in item.summary),
        "importance": item.importance is not None,
        "entities": bool(item.entities),
        "sources": bool(item.sources),
    }
    expected = _EXPECTED_FIELDS[item.kind]
    return [name for name in expected if not present[name]]


def _repeated_labels(item: ItemDraft) -> list[str]:
    labels = Counter(label.text for label in item.labels if label.text)
    repeated = []
    for label, count in labels.items():
        if count > 1:
            repeated.append(label)

    return repeated


def _citations(
    decided: DecidedBriefing,
    items: Iterable[DecidedItem],
) -> Iterator[tuple[DecidedSource, int | None]]:
    """Yield every cited source with the ordinal of its item; None for a recommended article."""
    for item in items:
        for source in item.sources:
            yield source, item.ordinal

    for reading in decided.readings:
        if reading:
            yield reading, None


def _article_count(decided: DecidedBriefing, items: Iterable[DecidedItem]) -> int:
    """Return the number of distinct sources, placeholders left out."""
    ids = set()
    for source, _ in _citations(decided, items):
        if source.identity.status != "placeholder":
            ids.add(source.id)

    return len(ids)


def _odd_sources(
    decided: DecidedBriefing,
    items: Iterable[DecidedItem],
) -> Iterator[dict[str, Any]]:
    """Yield the sources with an odd status, in the order of the document."""
    citations = sorted(
        _citations(decided, items),
        key=lambda citation: citation[0].span.start,
    )
    for source, ordinal in citations:
        identity = source.identity
        if identity.status in ODD_STATUSES:
            yield {
                "item": ordinal,
                "label": source.label,
                "target": source.target,
                "status": identity.status,
                "reason": identity.reason,
            }


def _unreasoned(items: Iterable[DecidedItem]) -> Iterator[dict[str, Any]]:
    """Yield the items that state an importance without a reason."""
    for item in items:
        importance = item.item.importance
        if importance and not importance.reason:
            yield {
                "item": item.ordinal,
                "label": importance.label,
            }


def _ungrounded(items: Iterable[DecidedItem], text: str) -> Iterator[dict[str, Any]]:
    """Yield listed names that occur nowhere else in their item."""
    for item in items:
        listed = item.item.entities
        if not listed:
            continue

        item_text = fold(_text_of_names(item.item, text))
        for cell in listed[:MAX_LISTED_NAMES]:
            name = read_cell(cell.text).name
            if fold(name) not in item_text:
                yield {
                    "item": item.ordinal,
                    "surface": cell.text,
                }


def _text_of_names(item: ItemDraft, text: str) -> str:
    """Return the text of an item without its entity lines, links replaced by their labels."""
    replacements = [
        *_entity_lines(item, text),
        *_links(item),
    ]
    pieces = []
    position = item.span.start
    for start, end, label in sorted(replacements):
        if start > position:
            pieces.append(text[position:start])
        pieces.append(label)
        position = max(position, end)

    pieces.append(text[position : item.span.end])
    return "\n".join(pieces)


def _links(item: ItemDraft) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, label) of each source in characters; an address grounds no name."""
    for link in item.sources:
        yield link.span.start, link.span.end, link.label or ""


def _entity_lines(item: ItemDraft, text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, "") of each line of listed names, in characters."""
    last_of_line = {cell.span.first_line: cell for cell in item.entities}
    for cell in last_of_line.values():
        start = text.rfind("\n", 0, cell.span.start) + 1
        end = text.find("\n", cell.span.end)
        if end < 0:
            end = len(text)
        yield start, end, ""


def _unmentioned(
    decided: DecidedBriefing,
    items: Sequence[DecidedItem],
    text: str,
    catalogue: Catalogue,
) -> Iterator[NamedTargets]:
    """Yield the proper names of the insight and the watch list that no item has, each once."""
    mentioned = _mentioned_nodes(items)
    items_text = fold(_items_text(items, text))
    for mention in decided.mentions:
        if mention.kind not in _EDITORIAL_KINDS or mention.node in mentioned:
            continue

        slug = (mention.node or "").removeprefix("c:")
        entity = catalogue.entities.get(slug)
        if entity is None or entity.type not in _PROPER_TYPES:
            continue

        mentioned.add(mention.node)
        if fold(mention.surface) not in items_text:
            yield NamedTargets(
                mention.kind,
                mention.surface,
                mention.span.first_line,
            )


def _mentioned_nodes(items: Iterable[DecidedItem]) -> set[str | None]:
    """Return the nodes of all names in items, parts of composite names included."""
    nodes = set()
    for item in items:
        for mention in item.mentions:
            nodes.add(mention.node)
            for part in mention.parts:
                nodes.add(part.node)

    return nodes


def _items_text(items: Iterable[DecidedItem], text: str) -> str:
    pieces = []
    for item in items:
        span = item.item.span
        pieces.append(text[span.start : span.end])

    return "\n".join(pieces)
