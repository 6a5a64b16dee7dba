"""The contents of a briefing beside its items: mentions, citations, claims, editorial, tags."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Session, col

from app.normalize.decide import DecidedBriefing, DecidedItem, DecidedSource
from app.normalize.entities.names import name_key, read_cell
from app.normalize.identity import stable_id
from app.normalize.scan import NamedMention
from app.normalize.text.folding import fold
from app.normalize.unlisted import UnlistedMention
from app.parse import draft
from app.store.document import taxonomy
from app.store.entities import judgements, namings, sync
from app.store.entities.namings import Place
from app.store.rows import insert_returning_pks, insert_rows, values_of
from app.store.tables import (
    BackgroundNote,
    Briefing,
    Citation,
    Claim,
    Insight,
    Mention,
    Reading,
    UnlistedName,
    WatchlistEntry,
)
from app.store.touched import SpellingCounts, Touched


@dataclass
class SavedContents:
    """The sources and tags of a document (`pk`s), and the nodes of its judgements."""

    sources: set[int] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)
    judged_nodes: set[str] = field(default_factory=set)


@dataclass
class DocumentMentions:
    """The mentions of a document that wait to be written, each with its item's `pk`."""

    briefing: Briefing
    entries: list[tuple[NamedMention, int | None]] = field(default_factory=list)


_MentionEntry = tuple[Briefing, int | None, NamedMention]
"""A mention with its briefing and its item's `pk`."""


@dataclass(frozen=True, slots=True)
class MentionLinks:
    """The entity and the naming (`pk`s) of each place."""

    entities: Mapping[Place, int]
    namings: Mapping[Place, int]

    @classmethod
    def of(
        cls, session: Session, entities: Mapping[Place, int], mentions: Iterable[NamedMention]
    ) -> "MentionLinks":
        """Return the links of mentions that are about to be written; new namings are stored."""
        places = [place for place in map(place_of, mentions) if place]
        return cls(entities, namings.ensure(session, places))


@dataclass(frozen=True, slots=True)
class _CitationEntry:
    """A source as an item or a reading cites it."""

    source: DecidedSource
    item_pk: int | None
    position: int


def write(
    session: Session,
    briefing: Briefing,
    decided: DecidedBriefing,
    items: Sequence[tuple[DecidedItem, int]],
    now: datetime,
) -> SavedContents:
    """Write everything of `decided` but the briefing itself, sections, items and mentions."""
    assert briefing.pk
    body = decided.draft.body
    links, doubts = decided.links, decided.doubts
    written = SavedContents()
    written.judged_nodes = judgements.record_links(
        session,
        briefing.pk,
        links,
        doubts,
        now,
    )
    _write_claims(session, briefing, items)
    _write_unlisted(session, briefing, decided, items)
    written.sources = _write_citations(
        session,
        briefing,
        decided,
        items,
    )
    _write_insights(session, briefing, body.insight)
    _write_watchlist(session, briefing, decided.basis, body.watchlist)
    _write_background(session, briefing, body.background)
    written.tags = taxonomy.tag(
        session,
        briefing,
        decided.draft.tags,
        body.keywords,
    )
    return written


def write_mentions(
    session: Session, documents: Iterable[DocumentMentions], judged_nodes: Iterable[str]
) -> Touched:
    """Write the mentions of documents, and relink mentions elsewhere; new nodes get entities.

    Everything else of the documents is written already. `judged_nodes` are nodes whose judgements
    changed.
    """
    documents = list(documents)
    relinked = sync.relink_mentions(session, judged_nodes, _first_names(documents))
    touched = relinked.touched
    simple: list[_MentionEntry] = []
    composites: list[_MentionEntry] = []
    for document in documents:
        for mention, item_pk in document.entries:
            entries = composites if mention.parts else simple
            entries.append((document.briefing, item_pk, mention))

    parts = [part for _, _, composite in composites for part in composite.parts]
    links = MentionLinks.of(session, relinked.entities, [*_mentions(simple), *parts])
    rows = [mention_row(*entry, links) for entry in simple]
    cells = [mention_row(*entry, links) for entry in composites]
    cell_pks = insert_returning_pks(session, Mention, cells)
    for cell_pk, (briefing, item_pk, composite) in zip(cell_pks, composites, strict=True):
        for part in composite.parts:
            rows.append(mention_row(briefing, item_pk, part, links, cell_pk))

    insert_rows(session, Mention, rows)
    touched.spellings.update(count_names(rows))
    return touched


def _mentions(entries: Iterable[_MentionEntry]) -> Iterator[NamedMention]:
    return (mention for _, _, mention in entries)


def _first_names(documents: Iterable[DocumentMentions]) -> dict[Place, str]:
    """Return a name for a new entity at each place: of the first document, its first in order."""
    names: dict[Place, str] = {}
    for document in documents:
        own_names: dict[Place, str] = {}
        for mention in _with_parts(document):
            add_name(own_names, mention)
        names = own_names | names
    return names


def _with_parts(document: DocumentMentions) -> Iterator[NamedMention]:
    for mention, _ in document.entries:
        yield mention
        yield from mention.parts


def add_name(names: dict[Place, str], mention: NamedMention) -> None:
    """Note the name of a mention at its place, unless one is noted that comes before it."""
    place = place_of(mention)
    if place:
        name = _name_and_key(mention.surface)[0]
        names[place] = min(names.get(place, name), name)


def count_names(rows: Iterable[Mapping[str, Any]]) -> SpellingCounts:
    """Count rows of mentions by entity and name."""
    counts: SpellingCounts = Counter()
    for row in rows:
        if row["entity_pk"]:
            counts[row["entity_pk"], read_cell(row["surface"]).name] += 1
    return counts


def mention_row(
    briefing: Briefing,
    item_pk: int | None,
    mention: NamedMention,
    links: MentionLinks,
    cell_pk: int | None = None,
) -> dict[str, Any]:
    """Return the row of a mention; `links` has the entity and the naming of its place."""
    place = place_of(mention)
    return {
        "entity_pk": links.entities[place] if place else None,
        "briefing_pk": briefing.pk,
        "item_pk": item_pk,
        "cell_pk": cell_pk,
        "channel_pk": briefing.channel_pk,
        "date": briefing.date,
        "kind": mention.kind,
        "field": mention.field,
        "surface": mention.surface,
        "naming_pk": links.namings[place] if place else None,
        "position": mention.position,
        "inferred": mention.inferred,
        "method": mention.method,
        "score": mention.score,
        "line": mention.span.first_line,
        "start_char": mention.span.start,
        "end_char": mention.span.end,
    }


def place_of(mention: NamedMention) -> Place | None:
    """Return the place of a mention; None for one that is not linked to an entity."""
    if not mention.node:
        return None
    return _name_and_key(mention.surface)[1], mention.node


@lru_cache(maxsize=16_000)
def _name_and_key(surface: str) -> tuple[str, str]:
    name = read_cell(surface).name
    return name, name_key(name)


def _write_claims(
    session: Session, briefing: Briefing, items: Iterable[tuple[DecidedItem, int]]
) -> None:
    rows = []
    for item, item_pk in items:
        for claim in item.claims:
            rows.append(
                {
                    "briefing_pk": briefing.pk,
                    "item_pk": item_pk,
                    "kind": claim.kind,
                    "field": claim.field,
                    "surface": claim.surface,
                    "text": claim.text,
                    "line": claim.span.first_line,
                    "start_char": claim.span.start,
                    "end_char": claim.span.end,
                }
            )

    insert_rows(session, Claim, rows)


def _write_unlisted(
    session: Session,
    briefing: Briefing,
    decided: DecidedBriefing,
    items: Iterable[tuple[DecidedItem, int]],
) -> None:
    rows = [_unlisted_row(briefing, None, mention) for mention in decided.unlisted]
    for item, item_pk in items:
        for mention in item.unlisted:
            rows.append(_unlisted_row(briefing, item_pk, mention))

    insert_rows(session, UnlistedName, rows)


def _unlisted_row(
    briefing: Briefing, item_pk: int | None, mention: UnlistedMention
) -> dict[str, Any]:
    return {
        "briefing_pk": briefing.pk,
        "item_pk": item_pk,
        "date": briefing.date,
        "form": mention.form,
        "field": mention.field,
        "surface": mention.surface,
        "key": mention.key,
        "text": mention.text,
        "line": mention.span.first_line,
        "start_char": mention.span.start,
        "end_char": mention.span.end,
    }


def _write_citations(
    session: Session,
    briefing: Briefing,
    decided: DecidedBriefing,
    items: Iterable[tuple[DecidedItem, int]],
) -> set[int]:
    """Write citations and readings; return the sources (`pk`)."""
    by_items = []
    for item, item_pk in items:
        for position, source in enumerate(item.sources, 1):
            by_items.append(_CitationEntry(source, item_pk, position))

    by_readings = []
    for position, reading_source in enumerate(decided.readings, 1):
        if reading_source:
            by_readings.append(_CitationEntry(reading_source, None, position))

    every_source = [cited.source for cited in (*by_items, *by_readings)]
    source_pks = taxonomy.link_sources(session, every_source)
    rows = [_citation_row(briefing, cited, source_pks) for cited in by_items]
    insert_rows(session, Citation, rows)
    rows = [_citation_row(briefing, cited, source_pks) for cited in by_readings]
    pks = insert_returning_pks(session, Citation, rows)
    citation_pks = {}
    for cited, pk in zip(by_readings, pks, strict=True):
        citation_pks[cited.position] = pk
    _write_readings(session, briefing, decided.draft.body.readings, citation_pks)
    return set(source_pks.values())


def _citation_row(
    briefing: Briefing, cited: _CitationEntry, source_pks: Mapping[str, int]
) -> dict[str, Any]:
    source, identity = cited.source, cited.source.identity
    return {
        "source_pk": source_pks[source.id],
        "briefing_pk": briefing.pk,
        "item_pk": cited.item_pk,
        "channel_pk": briefing.channel_pk,
        "date": briefing.date,
        "position": cited.position,
        "label": source.label,
        "target": source.target,
        "raw": source.raw,
        "arxiv_version": identity.arxiv_version,
        "status": identity.status,
        "reason": identity.reason,
        "line": source.span.first_line,
        "start_char": source.span.start,
        "end_char": source.span.end,
    }


def _write_readings(
    session: Session,
    briefing: Briefing,
    readings: Iterable[draft.ReadingDraft],
    citation_pks: Mapping[int, int],
) -> None:
    """Write the readings; `citation_pks` has the citation of each by its position."""
    rows = []
    for position, reading in enumerate(readings, 1):
        rows.append(
            {
                "briefing_pk": briefing.pk,
                "citation_pk": citation_pks.get(position),
                "position": position,
                "title": reading.title,
                "target": reading.target,
                "note": reading.note,
                "line": reading.span.first_line,
            }
        )

    insert_rows(session, Reading, rows)


def _write_insights(
    session: Session, briefing: Briefing, insights: Iterable[draft.InsightDraft]
) -> None:
    rows = []
    for position, insight in enumerate(insights, 1):
        passage = insight.text or insight.title
        if passage is None:
            continue
        title = insight.title.text if insight.title else None
        text = insight.text.text if insight.text else ""
        rows.append(
            {
                "briefing_pk": briefing.pk,
                "position": position,
                "title": title,
                "text": text,
                "first_line": passage.span.first_line,
                "start_char": passage.span.start,
            }
        )

    insert_rows(session, Insight, rows)


def _write_watchlist(
    session: Session, briefing: Briefing, basis: str, entries: Sequence[draft.WatchEntryDraft]
) -> None:
    keys = [fold(entry.text) for entry in entries]
    taken = _ids_of_day(session, briefing)
    repetitions: Counter[str] = Counter()
    rows = []
    for entry, key in zip(entries, keys, strict=True):
        entry_id = None
        while entry_id is None or entry_id in taken:
            repetitions[key] += 1
            entry_id = stable_id("w", basis, key, str(repetitions[key]))
        rows.append(
            {
                "id": entry_id,
                "briefing_pk": briefing.pk,
                "date": briefing.date,
                "position": entry.position,
                "text": entry.text,
                "line": entry.span.first_line,
                "start_char": entry.span.start,
            }
        )

    insert_rows(session, WatchlistEntry, rows)


def _ids_of_day(session: Session, briefing: Briefing) -> set[str]:
    """Return the ids of the watch-list entries of a day: two editions may have the same entry."""
    return set(
        values_of(session, col(WatchlistEntry.id), col(WatchlistEntry.date) == briefing.date)
    )


def _write_background(
    session: Session, briefing: Briefing, notes: Iterable[draft.Background]
) -> None:
    rows = []
    for position, note in enumerate(notes, 1):
        rows.append(
            {
                "briefing_pk": briefing.pk,
                "position": position,
                "term": note.term,
                "text": note.text,
                "line": note.span.first_line,
            }
        )

    insert_rows(session, BackgroundNote, rows)
