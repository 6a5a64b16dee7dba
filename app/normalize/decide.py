"""Draft to decision: what each source, listed name and name in running text is. Pure; the store writes down what is decided."""

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.clusters import JudgementLink
from app.normalize.entities.mentions import Scanner, masked
from app.normalize.entities.names import ListedName, name_key, read_cell
from app.normalize.entities.resolve import Decision, resolve_names
from app.normalize.hedges import find_hedges, sentence
from app.normalize.identity import ItemTrait, stable_id, title_key
from app.normalize.sources.urls import SourceIdentity, identify
from app.parse.draft import Briefing, Item, Node, Section, Span

# A longer cell is a sentence, not a name: it is kept as written and names nobody.
MAX_NAME = 200
# A listed name this short is not looked for in running text.
_SHORTEST_OWN = 3
_CERTAIN = frozenset(["exact", "key"])


@dataclass(frozen=True)
class Knowledge:
    """What is known of names before a document is read."""

    catalogue: Catalogue

    @cached_property
    def scanner(self) -> Scanner:
        """The names to look for in running text."""
        return Scanner(self.catalogue)


@dataclass(frozen=True, slots=True)
class NamedMention:
    """A place where something is named.

    `node` is what it names (`c:slug`, or `k:key` of a name that no catalogue holds); None for a composite, whose `parts` carry
    theirs, and for what is no name at all.
    """

    kind: str
    field: str
    surface: str
    span: Span
    position: int
    node: str | None
    method: str
    score: float = 1.0
    inferred: bool = False
    parts: tuple["NamedMention", ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedClaim:
    """A claim the document marks as uncertain: the words that do so, where, and the sentence they stand in."""

    kind: str
    field: str
    surface: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class DecidedSource:
    """A source as written, and what it is. `id` is equal for equal sources, and unique for a placeholder."""

    id: str
    label: str | None
    target: str | None
    raw: str
    span: Span
    identity: SourceIdentity


@dataclass(frozen=True, slots=True)
class DecidedItem:
    """An item with its decisions; `id` is the one it gets unless it turns out to be an item that is there already."""

    id: str
    item: Item
    ordinal: int
    mentions: tuple[NamedMention, ...]
    sources: tuple[DecidedSource, ...]
    claims: tuple[MarkedClaim, ...]
    content_hash: str

    @property
    def trait(self) -> ItemTrait:
        return ItemTrait(
            self.item.title.text, frozenset(s.id for s in self.sources if s.identity.key)
        )


@dataclass(frozen=True, slots=True)
class DecidedBriefing:
    """A briefing ready to be stored.

    `sections` pairs each section with its items; `readings` are in the draft's order; `mentions` are those outside of items;
    `links` say which names are one entity, `doubts` which may be.
    """

    id: str
    channel: str
    draft: Briefing
    sections: tuple[tuple[Section, tuple[DecidedItem, ...]], ...]
    readings: tuple[DecidedSource | None, ...]
    mentions: tuple[NamedMention, ...]
    links: tuple[JudgementLink, ...]
    doubts: tuple[JudgementLink, ...]


def briefing_id(channel: str, day: date, default_channel: str) -> str:
    """The id of a channel's briefing of a day: the date alone in the default channel."""
    return day.isoformat() if channel == default_channel else f"{channel}:{day.isoformat()}"


def decide(
    draft: Briefing,
    text: str,
    knowledge: Knowledge,
    channel: str,
    default_channel: str,
    given: Mapping[str, str] | None = None,
) -> DecidedBriefing:
    """All decisions on one draft; `text` is the decoded document its spans count in.

    `given` are spellings that curators gave to entities (spelling → node): they are looked for in running text, too.
    """
    bid = briefing_id(channel, draft.date, default_channel)
    names = _NameDecisions(draft, knowledge.catalogue)
    found = _running_text(draft, text, names.sought(given or {}), knowledge.scanner)
    claims = _claims(draft, text)
    seen: dict[str, int] = {}
    sections, ordinal = [], 0
    for section in draft.body.sections:
        items = []
        for item in section.items:
            ordinal += 1
            key = title_key(item.title.text)
            seen[key] = seen.get(key, 0) + 1
            item_id = stable_id("i", bid, key, str(seen[key]))
            sources = tuple(
                _source(link.label, link.target, link.raw, link.span, draft.date, f"{item_id}/{at}")
                for at, link in enumerate(item.sources)
            )
            listed = tuple(
                names.listed(cell.text, cell.span, at) for at, cell in enumerate(item.entities, 1)
            )
            mentions = (*listed, *found[ordinal])
            items.append(
                DecidedItem(
                    item_id,
                    item,
                    ordinal,
                    mentions,
                    sources,
                    tuple(claims[ordinal]),
                    _content_hash(item),
                )
            )
        sections.append((section, tuple(items)))
    readings = tuple(
        _source(
            reading.title,
            reading.target,
            reading.title,
            reading.span,
            draft.date,
            f"{bid}/readings/{at}",
        )
        if reading.target is not None
        else None
        for at, reading in enumerate(draft.body.readings)
    )
    links, doubts = names.judgements()
    return DecidedBriefing(
        bid, channel, draft, tuple(sections), readings, tuple(found[0]), links, doubts
    )


class _NameDecisions:
    """The names a document lists, resolved together."""

    def __init__(self, draft: Briefing, catalogue: Catalogue) -> None:
        cells = [
            cell.text
            for section in draft.body.sections
            for item in section.items
            for cell in item.entities
        ]
        self.cells: dict[str, ListedName] = {
            text: read_cell(text) for text in cells if len(text) <= MAX_NAME
        }
        # A part is read like a cell of its own: in `X（推）/Y` the guess is X, and X is the name.
        names = sorted(
            {
                name
                for cell in self.cells.values()
                for name in ([read_cell(part).name for part in cell.parts] or [cell.name])
            }
        )
        self.decisions = dict(zip(names, resolve_names(names, catalogue), strict=True))

    def node(self, name: str) -> str:
        """What a listed name names."""
        decision = self.decisions[name]
        return f"c:{decision.entity}" if decision.outcome == "link" else f"k:{name_key(name)}"

    def sought(self, given: Mapping[str, str]) -> dict[str, str]:
        """The names worth looking for in the rest of the document: those it lists, and those `given`: spelling → node."""
        own = {
            name: self.node(name) for name in self.decisions if len(name_key(name)) >= _SHORTEST_OWN
        }
        listed = {name_key(name) for name in own}
        return own | {name: node for name, node in given.items() if name_key(name) not in listed}

    def listed(self, surface: str, span: Span, position: int) -> NamedMention:
        """The mention a cell is."""
        cell = self.cells.get(surface)
        if cell is None:
            return NamedMention("listed", "entities", surface, span, position, None, "none")
        if not cell.parts:
            return self._mention(surface, cell.name, span, position, cell.inferred)
        read = [(part, read_cell(part)) for part in cell.parts]
        parts = tuple(
            self._mention(part, own.name, span, at, own.inferred or cell.inferred)
            for at, (part, own) in enumerate(read, 1)
        )
        return NamedMention(
            "listed",
            "entities",
            surface,
            span,
            position,
            None,
            "composite",
            1.0,
            cell.inferred,
            parts,
        )

    def _mention(
        self, surface: str, name: str, span: Span, position: int, inferred: bool
    ) -> NamedMention:
        decision = self.decisions[name]
        return NamedMention(
            "listed",
            "entities",
            surface,
            span,
            position,
            self.node(name),
            decision.method,
            decision.score,
            inferred,
        )

    def judgements(self) -> tuple[tuple[JudgementLink, ...], tuple[JudgementLink, ...]]:
        """Links between names, beyond what every reader of the catalogue would see, and what may be one but is not certain."""
        clusters: defaultdict[str, list[Decision]] = defaultdict(list)
        for decision in self.decisions.values():
            clusters[decision.entity].append(decision)
        links: set[JudgementLink] = set()
        for entity, members in clusters.items():
            catalogued = members[0].outcome == "link"
            keys = sorted(
                {name_key(member.name) for member in members}, key=lambda key: (-len(key), key)
            )
            for member in members:
                key = name_key(member.name)
                if catalogued and member.method not in _CERTAIN:
                    links.add(
                        JudgementLink(
                            f"k:{key}", f"c:{entity}", member.method, member.score, member.evidence
                        )
                    )
                elif not catalogued and key != keys[0]:
                    links.add(
                        JudgementLink(
                            f"k:{key}", f"k:{keys[0]}", member.method, member.score, member.evidence
                        )
                    )
        doubts = {
            JudgementLink(
                f"k:{name_key(decision.name)}",
                _node(candidate.entity),
                decision.method,
                candidate.score,
                decision.evidence,
            )
            for decision in self.decisions.values()
            if decision.outcome == "uncertain"
            for candidate in decision.candidates
        }
        return tuple(sorted(links)), tuple(sorted(doubts))


def _node(entity: str) -> str:
    return f"k:{entity.removeprefix('new:')}" if entity.startswith("new:") else f"c:{entity}"


@dataclass(frozen=True, slots=True)
class _Place:
    """A stretch of the document that is read for names: of which item (0: none), under which kind and field."""

    start: int
    end: int
    ordinal: int
    kind: str
    field: str


def _running_text(
    draft: Briefing, text: str, sought: Mapping[str, str], scanner: Scanner
) -> defaultdict[int, list[NamedMention]]:
    """The mentions in running text by the ordinal of their item; 0 holds those outside of items."""
    places = _SpanIndex(_places(draft, text))
    found: defaultdict[int, list[NamedMention]] = defaultdict(list)
    lines = _LineStarts(text)
    for match in scanner.scan(text, sought, places.of_kind("keyword")):
        if place := places.around(match.start, match.end):
            span, at = lines.span(match.start, match.end), len(found[place.ordinal]) + 1
            found[place.ordinal].append(
                NamedMention(
                    place.kind,
                    place.field,
                    text[match.start : match.end],
                    span,
                    at,
                    match.node,
                    "scan",
                )
            )
    return found


def _claims(draft: Briefing, text: str) -> defaultdict[int, list[MarkedClaim]]:
    """The claims marked as uncertain, by the ordinal of their item; those outside of items are left out."""
    places = _SpanIndex([*_places(draft, text), *_cells(draft)])
    found: defaultdict[int, list[MarkedClaim]] = defaultdict(list)
    lines = _LineStarts(text)
    for mark in find_hedges(masked(text)):
        place = places.around(mark.start, mark.end)
        if place and place.ordinal:
            said = sentence(text, mark.start, mark.end, place.start, place.end)
            span = lines.span(mark.start, mark.end)
            found[place.ordinal].append(
                MarkedClaim(mark.kind, place.field, text[mark.start : mark.end], said, span)
            )
    return found


def _cells(draft: Briefing) -> Iterator[_Place]:
    items = (item for section in draft.body.sections for item in section.items)
    for ordinal, item in enumerate(items, 1):
        for cell in item.entities:
            yield _place(cell.span, ordinal, "listed", "entities")


class _SpanIndex:
    """Stretches of a document, to be found by what they hold."""

    def __init__(self, places: Iterable[_Place]) -> None:
        self._places = sorted(places, key=lambda place: place.start)
        self._starts = [place.start for place in self._places]

    def around(self, start: int, end: int) -> _Place | None:
        """The one that begins last before `start`, if it reaches to `end`."""
        at = bisect_right(self._starts, start) - 1
        return self._places[at] if at >= 0 and end <= self._places[at].end else None

    def of_kind(self, kind: str) -> list[tuple[int, int]]:
        return [(place.start, place.end) for place in self._places if place.kind == kind]


class _LineStarts:
    def __init__(self, text: str) -> None:
        self._starts = [0]
        at = 0
        while at < len(text):
            char = text[at]
            if char in "\r\n":
                at += 1 if char == "\r" and text[at + 1 : at + 2] == "\n" else 0
                self._starts.append(at + 1)
            at += 1

    def of(self, char: int) -> int:
        """The number of the line a character stands on, from 1."""
        return bisect_right(self._starts, char)

    def span(self, start: int, end: int) -> Span:
        return Span(self.of(start), self.of(end), start, end)


def _places(draft: Briefing, text: str) -> Iterator[_Place]:
    body = draft.body
    ordinal = 0
    for section in body.sections:
        for item in section.items:
            ordinal += 1
            yield _place(item.title.span, ordinal, "title", "title")
            for passage in item.summary:
                yield _place(passage.span, ordinal, "body", "summary")
            for name in ("technical", "applications", "takeaways"):
                for node in getattr(item.details, name):
                    yield from _node_places(node, ordinal, f"details.{name}")
            if item.importance:
                yield _place(item.importance.span, ordinal, "body", "importance.reason")
            for extra in item.extra:
                yield _place(extra.span, ordinal, "body", "extra")
    for insight in body.insight:
        if insight.title:
            yield _place(insight.title.span, 0, "insight", "insight.title")
        if insight.text:
            yield _place(insight.text.span, 0, "insight", "insight.text")
    for entry in body.watchlist:
        yield _place(entry.span, 0, "watchlist", "watchlist")
    for keyword in body.keywords:
        yield _place(keyword.span, 0, "keyword", "keywords")
    front = draft.front_matter.span
    at = front.start if front else 0
    for tag in draft.tags if front else ():
        # Tags have no span of their own: each is found after the one before it.
        found = text.find(tag, at, front.end) if front else -1
        if found >= 0:
            yield _Place(found, found + len(tag), 0, "tag", "tags")
            at = found + len(tag)


def _place(span: Span, ordinal: int, kind: str, field: str) -> _Place:
    return _Place(span.start, span.end, ordinal, kind, field)


def _node_places(node: Node, ordinal: int, field: str) -> Iterator[_Place]:
    yield _place(node.span, ordinal, "body", field)
    for child in node.children:
        yield from _node_places(child, ordinal, field)


def _source(
    label: str | None, target: str | None, raw: str, span: Span, day: date, place: str
) -> DecidedSource:
    identity = identify(label, target, day)
    return DecidedSource(
        stable_id("s", identity.key or f"place:{place}"), label, target, raw, span, identity
    )


def _content_hash(item: Item) -> str:
    """SHA-256 of what the item says, wherever in the document it stands."""
    said = (
        item.kind, item.parent, item.title.text, [p.text for p in item.summary],
        [[_texts(node) for node in nodes] for nodes in (item.details.technical, item.details.applications, item.details.takeaways)],
        (item.importance.label, item.importance.reason) if item.importance else None,
        [c.text for c in item.entities], [(s.label, s.target) for s in item.sources], [(f.label, f.text) for f in item.extra],
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()


def _texts(node: Node) -> tuple[Any, ...]:
    return node.text, tuple(_texts(child) for child in node.children)
