"""Decisions on a draft: which source each link is, and which entity each name names.

A pure function of the draft, its text and the catalogue. The store writes the result down.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from app.normalize.claims import MarkedClaim, marked_claims
from app.normalize.editions import (
    Edition,
    briefing_id,
    edition_of,
    item_basis,
)
from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.clusters import JudgementLink
from app.normalize.entities.decisions import NEW, Decision
from app.normalize.entities.mentions import Scanner
from app.normalize.entities.names import ListedName, name_key, read_cell
from app.normalize.entities.resolve import resolve_names
from app.normalize.entities.versions import versions_of
from app.normalize.identity import ItemTrait, content_hash, stable_id, title_key
from app.normalize.scan import NamedMention, PartialScan, Scan
from app.normalize.sources.urls import SourceIdentity, identify
from app.normalize.text_ranges import NamePlaces, items_by_ordinal
from app.normalize.unlisted import UnlistedMention
from app.parse.draft import (
    BriefingDraft,
    DraftText,
    ItemDraft,
    ReadingDraft,
    SectionDraft,
    SourceLink,
    TextSpan,
)

FORM = 8
"""Raise this if a document is read in another way: stored documents are then read again."""
MAX_NAME_CHARS = 200
"""A longer cell is a sentence, not a name: it is stored as written and names nothing."""
# A shorter listed name is not searched for in running text.
_MIN_SEARCHED_CHARS = 3
# Methods any reader of the catalogue would agree with; they need no link of their own.
_CERTAIN_METHODS = frozenset(["exact", "key"])


@dataclass(frozen=True)
class Knowledge:
    """The names known before a document is read."""

    catalogue: Catalogue

    @cached_property
    def scanner(self) -> Scanner:
        """The names to search for in running text."""
        return Scanner(self.catalogue)


@dataclass(frozen=True, slots=True)
class DecidedSource:
    """A source as written, and its identity.

    Equal sources have one `id`. The id of a placeholder is unique.
    """

    id: str
    label: str | None
    target: str | None
    raw: str
    span: TextSpan
    identity: SourceIdentity


@dataclass(frozen=True, slots=True)
class DecidedItem:
    """An item with its decisions; `id` gives way to that of a stored item it matches."""

    id: str
    item: ItemDraft
    ordinal: int
    mentions: tuple[NamedMention, ...]
    sources: tuple[DecidedSource, ...]
    claims: tuple[MarkedClaim, ...]
    unlisted: tuple[UnlistedMention, ...]
    content_hash: str

    @property
    def trait(self) -> ItemTrait:
        """The features by which the item is recognised in an edited document."""
        cited: set[str] = set()
        for source in self.sources:
            if source.identity.key:
                cited.add(source.id)

        title = self.item.title.text
        text = "\n\n".join(passage.text for passage in self.item.summary)
        return ItemTrait(title, frozenset(cited), self.content_hash, text)


@dataclass(frozen=True, slots=True)
class DecidedBriefing:
    """A briefing ready to be stored.

    `sections` pairs each section with its items. `readings` are in the draft's order. `mentions`
    and `unlisted` are those outside of items. `links` are names that are one entity, `doubts` names
    that may be.
    """

    day_id: str
    """The id of the primary edition of its day; `edition` decides which one that is."""
    edition: Edition
    basis: str
    """The part of ids of its items and entries that comes from the document."""
    channel: str
    draft: BriefingDraft
    sections: tuple[tuple[SectionDraft, tuple[DecidedItem, ...]], ...]
    readings: tuple[DecidedSource | None, ...]
    mentions: tuple[NamedMention, ...]
    unlisted: tuple[UnlistedMention, ...]
    links: tuple[JudgementLink, ...]
    doubts: tuple[JudgementLink, ...]


def decide(
    draft: BriefingDraft,
    text: str,
    knowledge: Knowledge,
    channel: str,
    default_channel: str,
    curated_spellings: Mapping[str, str] | None = None,
    *,
    name: str = "",
) -> DecidedBriefing:
    """Return all decisions on one draft; `text` is the decoded document that its spans count in.

    `name` is the name of the document's file; it tells the documents of one day apart.

    `curated_spellings` maps spellings that curators added to entities to nodes; running text is
    searched for them, too.
    """
    day_id = briefing_id(channel, draft.date, default_channel)
    basis = item_basis(day_id, name)
    names = _ListedNames(draft, text, knowledge.catalogue)
    spellings = names.searched_spellings(curated_spellings or {})
    scan = Scan(draft, text, spellings, knowledge.scanner)
    mentions = scan.mentions()
    unlisted = scan.unlisted(knowledge.catalogue)
    claims = marked_claims(draft, text)

    items: list[DecidedItem] = []
    title_counts: Counter[str] = Counter()
    for ordinal, item in items_by_ordinal(draft):
        key = title_key(item.title.text)
        title_counts[key] += 1
        item_id = stable_id("i", basis, key, str(title_counts[key]))
        decided = DecidedItem(
            id=item_id,
            item=item,
            ordinal=ordinal,
            mentions=(*names.mentions(item), *mentions[ordinal]),
            sources=tuple(_cited_sources(item, item_id, draft.date)),
            claims=tuple(claims[ordinal]),
            unlisted=tuple(unlisted[ordinal]),
            content_hash=content_hash(item),
        )
        items.append(decided)

    return DecidedBriefing(
        day_id=day_id,
        edition=edition_of(draft, name),
        basis=basis,
        channel=channel,
        draft=draft,
        sections=tuple(_by_section(draft, items)),
        readings=tuple(_reading_sources(draft, basis)),
        mentions=tuple(mentions[0]),
        unlisted=tuple(unlisted[0]),
        links=tuple(sorted(names.links())),
        doubts=tuple(sorted(names.doubts())),
    )


def scan_running_text(
    draft: DraftText,
    text: str,
    knowledge: Knowledge,
    curated_spellings: Mapping[str, str],
    listed_nodes: Mapping[str, str] | None = None,
    partial: PartialScan | None = None,
) -> Iterator[tuple[int, NamedMention]]:
    """Yield the mentions that `decide` finds in running text, each with its item's ordinal.

    The ordinal is 0 outside of items. `listed_nodes` are nodes of listed names by name key, as
    `decide` gave them before; names without one are resolved. `partial` limits the
    search to some lines.
    """
    names = _ListedNames(draft, text, knowledge.catalogue, listed_nodes)
    spellings = names.searched_spellings(curated_spellings)
    scan = Scan(draft, text, spellings, knowledge.scanner, partial)
    for ordinal, scanned in scan.mentions().items():
        for mention in scanned:
            yield ordinal, mention


def _by_section(
    draft: BriefingDraft, items: Sequence[DecidedItem]
) -> Iterator[tuple[SectionDraft, tuple[DecidedItem, ...]]]:
    """Yield each section with its items; `items` are all items in document order."""
    start = 0
    for section in draft.body.sections:
        end = start + len(section.items)
        yield section, tuple(items[start:end])
        start = end


class _ListedNames:
    """The names that a document lists, resolved together."""

    def __init__(
        self,
        draft: DraftText,
        text: str,
        catalogue: Catalogue,
        nodes: Mapping[str, str] | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._nodes = nodes or {}
        self._places = NamePlaces(text)
        self._versions = versions_of(catalogue)
        self._cells: dict[str, ListedName] = {}
        for written in _written_names(draft):
            if len(written) <= MAX_NAME_CHARS:
                self._cells[written] = read_cell(written)

        names: set[str] = set()
        for listed in self._cells.values():
            names.update(_names_in(listed))

        self._names = sorted(names)

    @cached_property
    def _decisions(self) -> dict[str, Decision]:
        """The decisions on all names by name; they take 10 ms a document."""
        decisions: dict[str, Decision] = {}
        for decision in resolve_names(self._names, self._catalogue):
            decisions[decision.name] = decision
        return decisions

    def _node(self, name: str) -> str:
        """Return the node of a listed name."""
        decision = self._decisions[name]
        if decision.outcome == "link":
            return f"c:{decision.entity}"
        # A short version is the one that running text names: Sonnet 9 is Claude Sonnet 9.
        if self._versions.new_member(name):
            return f"k:{name_key(self._versions.full_name(name))}"
        return f"k:{name_key(name)}"

    def searched_spellings(self, curated: Mapping[str, str]) -> dict[str, str]:
        """Return the spellings to search for in running text: spelling → node.

        They are the names that the document lists, and those of curators that it does not list.
        """
        spellings: dict[str, str] = {}
        listed_keys: set[str] = set()
        for name in self._names:
            key = name_key(name)
            if len(key) < _MIN_SEARCHED_CHARS:
                continue

            listed_keys.add(key)
            spellings[name] = self._nodes.get(key) or self._node(name)

        for name, node in curated.items():
            key = name_key(name)
            if key not in listed_keys:
                spellings[name] = node

        return spellings

    def mentions(self, item: ItemDraft) -> Iterator[NamedMention]:
        """Yield the mentions in the cells of an item's entity line."""
        for position, cell in enumerate(item.entities, 1):
            surface, span = self._places.place(cell.text, cell.span)
            yield self._mention(cell.text, surface, span, position)

    def _mention(self, cell_text: str, surface: str, span: TextSpan, position: int) -> NamedMention:
        """Return the mention in one cell; `surface` is the text at its span."""
        cell = self._cells.get(cell_text)
        if cell is None:
            return _unnamed(surface, span, position, "none")
        if not cell.parts:
            return self._name_mention(surface, cell, span, position)

        parts: list[NamedMention] = []
        start = span.start
        for index, part in enumerate(cell.parts, 1):
            listed = read_cell(part)
            if cell.inferred:
                listed = replace(listed, inferred=True)
            part_surface, part_span = self._places.place_part(part, span, start)
            mention = self._name_mention(part_surface, listed, part_span, index)
            parts.append(mention)
            start = part_span.end

        composite = _unnamed(surface, span, position, "composite")
        return replace(
            composite,
            inferred=cell.inferred,
            parts=tuple(parts),
        )

    def _name_mention(
        self,
        surface: str,
        listed: ListedName,
        span: TextSpan,
        position: int,
    ) -> NamedMention:
        """Return the mention of one name."""
        decision = self._decisions[listed.name]
        return NamedMention(
            kind="listed",
            field="entities",
            surface=surface,
            span=span,
            position=position,
            node=self._node(listed.name),
            method=decision.method,
            score=decision.score,
            inferred=listed.inferred,
        )

    def links(self) -> set[JudgementLink]:
        """Return the links between names, except those that follow from the catalogue itself."""
        decisions_by_entity: defaultdict[str, list[Decision]] = defaultdict(list)
        for decision in self._decisions.values():
            same_entity = decisions_by_entity[decision.entity]
            same_entity.append(decision)

        links: set[JudgementLink] = set()
        for entity, decisions in decisions_by_entity.items():
            first = decisions[0]
            if first.outcome == "link":
                node = f"c:{entity}"
                links.update(_links_to_catalogue(node, decisions))
            else:
                links.update(_links_between(decisions))

        return links

    def doubts(self) -> set[JudgementLink]:
        """Return the links that may hold but are uncertain."""
        doubts: set[JudgementLink] = set()
        for decision in self._decisions.values():
            if decision.outcome != "uncertain":
                continue
            for candidate in decision.candidates:
                node = _candidate_node(candidate.entity)
                doubts.add(_link(decision, node, candidate.score))

        return doubts


def _written_names(draft: DraftText) -> Iterator[str]:
    """Yield the cells of all entity lines, and the names that the front matter lists."""
    for _, item in items_by_ordinal(draft):
        for cell in item.entities:
            yield cell.text
    for entity in draft.entities:
        yield entity.name


def _names_in(listed: ListedName) -> Iterator[str]:
    """Yield the name of a cell, or the names of its parts."""
    if not listed.parts:
        yield listed.name

    for part in listed.parts:
        # A part is read like a cell: in `X（推）/Y` the guess is X, and X is the name.
        listed_part = read_cell(part)
        yield listed_part.name


def _unnamed(surface: str, span: TextSpan, position: int, method: str) -> NamedMention:
    """Return the mention of a cell that names no single entity."""
    return NamedMention(
        kind="listed",
        field="entities",
        surface=surface,
        span=span,
        position=position,
        node=None,
        method=method,
    )


def _links_to_catalogue(node: str, decisions: Iterable[Decision]) -> Iterator[JudgementLink]:
    """Yield the links of names to a catalogued entity, unless the match is certain."""
    for decision in decisions:
        if decision.method not in _CERTAIN_METHODS:
            yield _link(decision, node, decision.score)


def _links_between(decisions: Sequence[Decision]) -> Iterator[JudgementLink]:
    """Yield links of the names of one new entity to its longest key, the first of equal length."""
    keys = {name_key(decision.name) for decision in decisions}
    main_key = min(keys, key=_main_key_order)
    main_node = f"k:{main_key}"
    for decision in decisions:
        link = _link(decision, main_node, decision.score)
        if link.left != main_node:
            yield link


def _main_key_order(key: str) -> tuple[int, str]:
    """Sort key of a name key; the smallest is the main one."""
    return -len(key), key


def _link(decision: Decision, node: str, score: float) -> JudgementLink:
    return JudgementLink(
        left=f"k:{name_key(decision.name)}",
        right=node,
        method=decision.method,
        score=score,
        evidence=decision.evidence,
    )


def _candidate_node(entity: str) -> str:
    """Return the node of an entity of a decision."""
    if entity.startswith(NEW):
        return f"k:{entity.removeprefix(NEW)}"
    return f"c:{entity}"


def _cited_sources(item: ItemDraft, item_id: str, day: date) -> Iterator[DecidedSource]:
    """Yield the sources of an item."""
    for index, source in enumerate(item.sources):
        place = f"{item_id}/{index}"
        yield _decided_source(source, day, place)


def _reading_sources(draft: BriefingDraft, identifier: str) -> Iterator[DecidedSource | None]:
    """Yield the source of each recommended reading; None for one without a link."""
    for index, reading in enumerate(draft.body.readings):
        if reading.target is None:
            yield None
            continue
        place = f"{identifier}/readings/{index}"
        yield _decided_source(_source_of(reading), draft.date, place)


def _source_of(reading: ReadingDraft) -> SourceLink:
    """Return a recommended reading as a source."""
    return SourceLink(
        label=reading.title,
        target=reading.target,
        raw=reading.title,
        span=reading.span,
    )


def _decided_source(source: SourceLink, day: date, place: str) -> DecidedSource:
    """Return a source with its identity; `place` makes the id of a placeholder unique."""
    identity = identify(source.label, source.target, day)
    return DecidedSource(
        id=stable_id("s", identity.key or f"place:{place}"),
        label=source.label,
        target=source.target,
        raw=source.raw,
        span=source.span,
        identity=identity,
    )
