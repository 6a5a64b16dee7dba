"""Draft to decision: what each source and listed name of a briefing is. Pure; the store writes down what is decided here."""

import hashlib
from dataclasses import dataclass
from datetime import date

from app.normalize.identity import ItemTrait, stable_id, title_key
from app.normalize.names import name_key, read_cell
from app.normalize.urls import SourceIdentity, identify
from app.parse.draft import Briefing, Item, Section, Span

# A longer cell is a sentence, not a name: it is kept as written and names nobody.
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class NamedMention:
    """A place where something is named. `key` is None for a composite, whose `parts` carry the keys, and for no name at all."""

    kind: str
    field: str
    surface: str
    span: Span
    position: int
    name: str
    key: str | None
    method: str = "key"
    score: float = 1.0
    inferred: bool = False
    parts: tuple["NamedMention", ...] = ()


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
    content_hash: str

    @property
    def trait(self) -> ItemTrait:
        return ItemTrait(self.item.title.text, frozenset(s.id for s in self.sources if s.identity.key))


@dataclass(frozen=True, slots=True)
class DecidedBriefing:
    """A briefing ready to be stored. `sections` pairs each section with its items; `readings` are in the draft's order."""

    id: str
    channel: str
    draft: Briefing
    sections: tuple[tuple[Section, tuple[DecidedItem, ...]], ...]
    readings: tuple[DecidedSource | None, ...]


def briefing_id(channel: str, day: date, default_channel: str) -> str:
    """The id of a channel's briefing of a day: the date alone in the default channel."""
    return day.isoformat() if channel == default_channel else f"{channel}:{day.isoformat()}"


def decide(draft: Briefing, channel: str, default_channel: str) -> DecidedBriefing:
    """All decisions on one draft."""
    bid = briefing_id(channel, draft.date, default_channel)
    seen: dict[str, int] = {}
    sections, ordinal = [], 0
    for section in draft.body.sections:
        items = []
        for item in section.items:
            ordinal += 1
            key = title_key(item.title.text)
            seen[key] = seen.get(key, 0) + 1
            items.append(_item(item, bid, ordinal, stable_id("i", bid, key, str(seen[key])), draft.date))
        sections.append((section, tuple(items)))
    readings = tuple(
        _source(reading.title, reading.target, reading.title, reading.span, draft.date, f"{bid}/readings/{at}")
        if reading.target is not None
        else None
        for at, reading in enumerate(draft.body.readings)
    )
    return DecidedBriefing(bid, channel, draft, tuple(sections), readings)


def _item(item: Item, bid: str, ordinal: int, item_id: str, day: date) -> DecidedItem:
    sources = tuple(_source(link.label, link.target, link.raw, link.span, day, f"{item_id}/{at}") for at, link in enumerate(item.sources))
    mentions = tuple(_listed(cell.text, cell.span, at) for at, cell in enumerate(item.entities, 1))
    return DecidedItem(item_id, item, ordinal, mentions, sources, _content_hash(item))


def _source(label: str | None, target: str | None, raw: str, span: Span, day: date, place: str) -> DecidedSource:
    identity = identify(label, target, day)
    return DecidedSource(stable_id("s", identity.key or f"place:{place}"), label, target, raw, span, identity)


def _listed(surface: str, span: Span, position: int) -> NamedMention:
    if len(surface) > MAX_NAME:
        return NamedMention("listed", "entities", surface, span, position, surface, None, method="none")
    cell = read_cell(surface)
    if not cell.parts:
        return NamedMention("listed", "entities", surface, span, position, cell.name, name_key(cell.name), inferred=cell.inferred)
    # A part is read like a cell of its own: in `X（推）/Y` the guess is X, and X is the name.
    read = [(part, read_cell(part)) for part in cell.parts]
    parts = tuple(
        NamedMention("listed", "entities", part, span, at, own.name, name_key(own.name), "part", 1.0, own.inferred or cell.inferred)
        for at, (part, own) in enumerate(read, 1)
    )
    return NamedMention("listed", "entities", surface, span, position, cell.name, None, "composite", 1.0, cell.inferred, parts)


def _content_hash(item: Item) -> str:
    """SHA-256 of what the item says, wherever in the document it stands."""
    said = (
        item.kind, item.parent, item.title.text, [p.text for p in item.summary],
        [[_texts(node) for node in nodes] for nodes in (item.details.technical, item.details.applications, item.details.takeaways)],
        (item.importance.label, item.importance.reason) if item.importance else None,
        [c.text for c in item.entities], [(s.label, s.target) for s in item.sources], [(f.label, f.text) for f in item.extra],
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()


def _texts(node) -> tuple:  # type: ignore[no-untyped-def, type-arg]
    return node.text, tuple(_texts(child) for child in node.children)
