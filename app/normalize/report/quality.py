"""How well a document was read, and how well it is made: a report that follows from the document alone.

Items are meant by their number in the document, from 1.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from app.normalize.decide import DecidedBriefing, DecidedItem
from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.names import read_cell
from app.normalize.report.dangling import NamedTargets, dangling
from app.normalize.text.folding import fold

ODD = ("placeholder", "opaque", "suspicious", "inferred")
_EXPECTED = {
    "full": ("summary", "entities", "importance", "sources"),
    "bullet": ("sources",),
    "stub": (),
}
# No item lists so many names but one written to cost time.
_MOST_LOOKED_FOR = 1_000
# A term of the trade needs no item; whoever is somebody does.
_PROPER = frozenset(["org", "model", "product", "person", "dataset", "chip", "event"])


def report(decided: DecidedBriefing, text: str, catalogue: Catalogue) -> dict[str, Any]:
    """The report of a document; `text` is its decoded text."""
    draft, coverage = decided.draft, decided.draft.coverage
    items = [item for _, section in decided.sections for item in section]
    cited = [
        *(source for item in items for source in item.sources),
        *(source for source in decided.readings if source),
    ]
    return {
        "lines": coverage.lines,
        "nonblank": coverage.nonblank,
        "covered": coverage.covered,
        "structures": coverage.structures,
        "unassigned": [{"line": p.span.first_line, "text": p.text} for p in coverage.unassigned],
        "problems": list(draft.problems),
        "date_from": draft.date_from,
        "items": len(items),
        "listed": sum(len(item.item.entities) for item in items),
        "fields": [
            found for item in items if (found := _fields(item))["missing"] or found["repeated"]
        ],
        "odd_sources": list(_odd_sources(decided, items)),
        "ungrounded": [
            {"item": item.ordinal, "surface": cell.text}
            for item in items
            if item.item.entities
            for cell in _ungrounded(item, text)
        ],
        "unreasoned": [
            {"item": item.ordinal, "label": said.label}
            for item in items
            if (said := item.item.importance) and not said.reason
        ],
        "dangling": [
            {"kind": one.kind, "name": one.name, "line": one.line, "text": one.text}
            for one in dangling(draft, text, list(_named(decided, items, text, catalogue)))
        ],
        "articles": {
            "reported": draft.body.stats.articles,
            "found": len(
                {source.id for source in cited if source.identity.status != "placeholder"}
            ),
        },
        "topics": {"reported": draft.body.stats.topics, "found": len(items)},
    }


def counts(found: Mapping[str, Any]) -> dict[str, int]:
    """A report in figures; what the document does not report is left out."""
    odd = Counter(source["status"] for source in found["odd_sources"])
    reported = {
        f"{what}_{side}": found[what][side]
        for what in ("articles", "topics")
        for side in ("reported", "found")
    }
    return {
        **{name: found[name] for name in ("nonblank", "covered", "items", "listed")},
        **{
            name: len(found[name])
            for name in ("unassigned", "problems", "ungrounded", "unreasoned", "dangling")
        },
        **{
            name: sum(len(field[name]) for field in found["fields"])
            for name in ("missing", "repeated")
        },
        **{status: odd[status] for status in ODD},
        **{name: count for name, count in reported.items() if count is not None},
    }


def _fields(decided: DecidedItem) -> dict[str, Any]:
    item = decided.item
    held = {
        "summary": any(passage.text for passage in item.summary),
        "importance": item.importance is not None,
        "entities": bool(item.entities),
        "sources": bool(item.sources),
    }
    labels = Counter(label.text for label in item.labels if label.text)
    return {
        "item": decided.ordinal,
        "missing": [name for name in _EXPECTED[item.kind] if not held[name]],
        "repeated": [label for label, count in labels.items() if count > 1],
    }


def _odd_sources(decided: DecidedBriefing, items: list[DecidedItem]) -> Iterator[dict[str, Any]]:
    cited = [(source, item.ordinal) for item in items for source in item.sources]
    cited += [(source, 0) for source in decided.readings if source]
    for source, ordinal in sorted(cited, key=lambda pair: pair[0].span.start):
        if source.identity.status in ODD:
            status, reason = source.identity.status, source.identity.reason
            yield {
                "item": ordinal or None,
                "label": source.label,
                "target": source.target,
                "status": status,
                "reason": reason,
            }


def _ungrounded(decided: DecidedItem, text: str) -> list[Any]:
    """Listed names that occur nowhere in their item but on the entity line itself; an address says nothing, its label does."""
    item = decided.item
    holes = [(link.span.start, link.span.end, link.label or "") for link in item.sources]
    for cell in {cell.span.first_line: cell for cell in item.entities}.values():
        end = text.find("\n", cell.span.end)
        holes.append((text.rfind("\n", 0, cell.span.start) + 1, end if end >= 0 else len(text), ""))
    said, at = [], item.span.start
    for start, end, label in sorted(holes):
        said += [text[at:start] if start > at else "", label]
        at = max(at, end)
    folded = fold("\n".join([*said, text[at : item.span.end]]))
    return [
        cell
        for cell in item.entities[:_MOST_LOOKED_FOR]
        if fold(read_cell(cell.text).name) not in folded
    ]


def _named(
    decided: DecidedBriefing, items: list[DecidedItem], text: str, catalogue: Catalogue
) -> Iterator[NamedTargets]:
    """Proper names that the editor's own parts speak of and no item does."""
    told = {
        mention.node for item in items for cell in item.mentions for mention in (cell, *cell.parts)
    }
    said = fold("\n".join(text[item.item.span.start : item.item.span.end] for item in items))
    for mention in decided.mentions:
        known = catalogue.entities.get((mention.node or "").removeprefix("c:"))
        if (
            mention.kind in ("insight", "watchlist")
            and known
            and known.type in _PROPER
            and mention.node not in told
        ):
            # Each once: another time would be looked for in all items again.
            told.add(mention.node)
            if fold(mention.surface) not in said:
                yield NamedTargets(mention.kind, mention.surface, mention.span.first_line)
