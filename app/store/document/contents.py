"""The parts of a briefing that hang on its items and on itself: mentions, citations, insight, watch list, readings, tags."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from app.normalize.decide import DecidedBriefing, DecidedItem, DecidedSource, NamedMention
from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.names import name_key, read_cell
from app.normalize.identity import stable_id
from app.normalize.text.folding import fold
from app.store.document import taxonomy
from app.store.entities import judgements, spellings, sync
from app.store.entities.sync import Place
from app.store.rows import insert_returning_pks, insert_rows, strip_unstorable
from app.store.tables import (
    BackgroundNote,
    Briefing,
    Citation,
    Claim,
    Insight,
    Mention,
    Reading,
    WatchlistEntry,
)


@dataclass
class SavedContents:
    """The sources and tags a document now refers to, by `pk`; the nodes something is judged of for it, or was."""

    sources: set[int] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)
    concerned: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class MentionWriter:
    """The mentions of a document, each with the row of its item, that wait to be written."""

    briefing: Briefing
    mentions: list[tuple[NamedMention, int | None]]


@dataclass(frozen=True)
class SavedMention:
    """The entities whose mentions changed, the items and briefings elsewhere that name another entity, and how often what is now called what."""

    entities: set[int]
    items: set[int]
    briefings: set[int]
    counts: spellings.Counts


def write(
    session: Session,
    briefing: Briefing,
    decided: DecidedBriefing,
    items: list[tuple[DecidedItem, int]],
    now: datetime,
) -> SavedContents:
    """Write everything of `decided` that is neither the briefing itself, nor section, nor item, nor mention."""
    assert briefing.pk
    written = SavedContents(
        concerned=judgements.record(session, briefing.pk, decided.links, decided.doubts, now)
    )
    _claims(session, briefing, items)
    _citations(session, briefing, decided, items, written)
    _editorial(session, briefing, decided)
    body = decided.draft.body
    written.tags = taxonomy.tag(session, briefing, decided.draft.tags, body.keywords)
    return written


def withdraw(session: Session, briefing_pk: int, now: datetime) -> SavedContents:
    """Take back what a document that became a draft said of names."""
    return SavedContents(concerned=judgements.record(session, briefing_pk, (), (), now))


def name(
    session: Session,
    namings: Iterable[MentionWriter],
    concerned: Iterable[str],
    catalogue: Catalogue,
) -> SavedMention:
    """Write the mentions of documents of which all else is written, entities made for them; have those elsewhere follow what is judged now."""
    names: dict[Place, str] = {}
    for naming in namings:
        own: dict[Place, str] = {}
        for one in (m for mention, _ in naming.mentions for m in (mention, *mention.parts)):
            if place := place_of(one):
                called = _called(one.surface)[0]
                own[place] = min(own.get(place, called), called)
        # Whoever names it first gives it its first name.
        names = own | names
    followed = sync.follow(session, concerned, catalogue, names)
    cells: list[dict[str, Any]] = []
    parts: list[tuple[Briefing, int | None, tuple[NamedMention, ...]]] = []
    rows: list[dict[str, Any]] = []
    for naming in namings:
        for mention, item in naming.mentions:
            place = place_of(mention)
            row = mention_row(
                naming.briefing, item, mention, followed.entities[place] if place else None
            )
            (cells if mention.parts else rows).append(row)
            parts += [(naming.briefing, item, mention.parts)] if mention.parts else []
    pks = insert_returning_pks(session, Mention, cells)
    for pk, (briefing, item, held) in zip(pks, parts, strict=True):
        rows += [
            mention_row(
                briefing, item, part, followed.entities[p] if (p := place_of(part)) else None, pk
            )
            for part in held
        ]
    insert_rows(session, Mention, rows)
    counts = Counter(
        (row["entity_pk"], read_cell(row["surface"]).name) for row in rows if row["entity_pk"]
    )
    return SavedMention(followed.touched, followed.items, followed.briefings, counts)


def mention_row(
    briefing: Briefing,
    item_pk: int | None,
    mention: NamedMention,
    entity_pk: int | None,
    cell: int | None = None,
) -> dict[str, Any]:
    """A mention of a briefing as it is kept."""
    place = place_of(mention)
    return {
        "entity_pk": entity_pk,
        "briefing_pk": briefing.pk,
        "item_pk": item_pk,
        "cell_pk": cell,
        "channel_pk": briefing.channel_pk,
        "date": briefing.date,
        "kind": mention.kind,
        "field": mention.field,
        "surface": strip_unstorable(mention.surface),
        "key": place[0] if place else None,
        "node": place[1] if place else None,
        "position": mention.position,
        "inferred": mention.inferred,
        "method": mention.method,
        "score": mention.score,
        "line": mention.span.first_line,
        "start_char": mention.span.start,
        "end_char": mention.span.end,
    }


def place_of(mention: NamedMention) -> Place | None:
    """What a mention hangs on: the key of its spelling, and what the document alone makes of it."""
    return (_called(mention.surface)[1], strip_unstorable(mention.node)) if mention.node else None


@lru_cache(maxsize=16_000)
def _called(surface: str) -> tuple[str, str]:
    """The name in a place, and its key."""
    name = read_cell(surface).name
    return strip_unstorable(name), strip_unstorable(name_key(name))


def _claims(session: Session, briefing: Briefing, items: list[tuple[DecidedItem, int]]) -> None:
    rows = [
        {
            "briefing_pk": briefing.pk,
            "item_pk": pk,
            "kind": claim.kind,
            "field": claim.field,
            "surface": strip_unstorable(claim.surface),
            "text": strip_unstorable(claim.text),
            "line": claim.span.first_line,
            "start_char": claim.span.start,
            "end_char": claim.span.end,
        }
        for item, pk in items
        for claim in item.claims
    ]
    insert_rows(session, Claim, rows)


def _citations(
    session: Session,
    briefing: Briefing,
    decided: DecidedBriefing,
    items: list[tuple[DecidedItem, int]],
    written: SavedContents,
) -> None:
    cited: list[tuple[DecidedSource, int | None, int]] = [
        (source, pk, position)
        for item, pk in items
        for position, source in enumerate(item.sources, 1)
    ]
    readings: list[tuple[DecidedSource, int | None, int]] = [
        (source, None, position) for position, source in enumerate(decided.readings, 1) if source
    ]
    sources = taxonomy.link_sources(session, [source for source, _, _ in [*cited, *readings]])
    written.sources.update(sources.values())

    def rows(of: list[tuple[DecidedSource, int | None, int]]) -> list[dict[str, Any]]:
        return [
            {
                "source_pk": sources[source.id],
                "briefing_pk": briefing.pk,
                "item_pk": pk,
                "channel_pk": briefing.channel_pk,
                "date": briefing.date,
                "position": position,
                "label": strip_unstorable(source.label),
                "target": strip_unstorable(source.target),
                "raw": strip_unstorable(source.raw),
                "arxiv_version": source.identity.arxiv_version,
                "status": source.identity.status,
                "reason": source.identity.reason,
                "line": source.span.first_line,
                "start_char": source.span.start,
                "end_char": source.span.end,
            }
            for source, pk, position in of
        ]

    insert_rows(session, Citation, rows(cited))
    of_reading = {
        position: pk
        for (_, _, position), pk in zip(
            readings, insert_returning_pks(session, Citation, rows(readings)), strict=True
        )
    }
    told = [
        {
            "briefing_pk": briefing.pk,
            "citation_pk": of_reading.get(position),
            "position": position,
            "title": strip_unstorable(reading.title),
            "target": strip_unstorable(reading.target),
            "note": strip_unstorable(reading.note),
            "line": reading.span.first_line,
        }
        for position, reading in enumerate(decided.draft.body.readings, 1)
    ]
    insert_rows(session, Reading, told)


def _editorial(session: Session, briefing: Briefing, decided: DecidedBriefing) -> None:
    body = decided.draft.body
    insights = [
        {
            "briefing_pk": briefing.pk,
            "position": position,
            "title": strip_unstorable(insight.title.text) if insight.title else None,
            "text": strip_unstorable(insight.text.text) if insight.text else "",
            "first_line": place.span.first_line,
            "start_char": place.span.start,
        }
        for position, insight in enumerate(body.insight, 1)
        if (place := insight.text or insight.title)
    ]
    insert_rows(session, Insight, insights)
    said: Counter[str] = Counter()
    watched = []
    for entry in body.watchlist:
        key = fold(entry.text)
        said[key] += 1
        watched.append(
            {
                "id": stable_id("w", briefing.id, key, str(said[key])),
                "briefing_pk": briefing.pk,
                "date": briefing.date,
                "position": entry.position,
                "text": strip_unstorable(entry.text),
                "line": entry.span.first_line,
                "start_char": entry.span.start,
            }
        )
    insert_rows(session, WatchlistEntry, watched)
    notes = [
        {
            "briefing_pk": briefing.pk,
            "position": position,
            "term": strip_unstorable(note.term),
            "text": strip_unstorable(note.text),
            "line": note.span.first_line,
        }
        for position, note in enumerate(body.background, 1)
    ]
    insert_rows(session, BackgroundNote, notes)
