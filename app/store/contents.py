"""The parts of a briefing that hang on its items and on itself: mentions, citations, insight, watch list, readings, tags."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col

from app.normalize.catalogue import Catalogue
from app.normalize.decide import DecidedBriefing, DecidedItem, DecidedSource, NamedMention
from app.normalize.identity import stable_id
from app.normalize.names import name_key, read_cell
from app.normalize.text import fold
from app.store import entities, ledger, spellings, taxonomy
from app.store.entities import Place
from app.store.rows import storable
from app.store.tables import BackgroundNote, Briefing, Citation, Claim, Insight, Item, Mention, Reading, WatchlistEntry


@dataclass
class Written:
    """The entities, sources and tags a document now refers to, by `pk`; the items and briefings elsewhere that name another entity for it."""

    items: set[int] = field(default_factory=set)
    briefings: set[int] = field(default_factory=set)
    entities: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)


def write(
    session: Session,
    briefing: Briefing,
    decided: DecidedBriefing,
    items: list[tuple[DecidedItem, Item]],
    catalogue: Catalogue,
    now: datetime,
) -> Written:
    """Write everything of `decided` that is neither the briefing itself, nor section, nor item."""
    written = Written()
    _mentions(session, briefing, decided, items, catalogue, now, written)
    _claims(session, briefing, items)
    _citations(session, briefing, decided, items, written)
    _editorial(session, briefing, decided)
    body = decided.draft.body
    written.tags = taxonomy.tag(session, briefing, decided.draft.tags, body.keywords)
    return written


def withdraw(session: Session, briefing_pk: int, catalogue: Catalogue, now: datetime) -> Written:
    """Take back what a document that became a draft said of names."""
    concerned = ledger.record(session, briefing_pk, (), (), now)
    followed = entities.follow(session, concerned, catalogue)
    return Written(items=followed.items, briefings=followed.briefings, entities=followed.touched)


def _mentions(
    session: Session,
    briefing: Briefing,
    decided: DecidedBriefing,
    items: list[tuple[DecidedItem, Item]],
    catalogue: Catalogue,
    now: datetime,
    written: Written,
) -> None:
    assert briefing.pk
    named: list[tuple[NamedMention, Item | None]] = [(mention, row) for item, row in items for mention in item.mentions]
    named += [(mention, None) for mention in decided.mentions]
    names: dict[Place, str] = {}
    for one in (m for mention, _ in named for m in (mention, *mention.parts)):
        if place := place_of(one):
            name = storable(read_cell(one.surface).name)
            names[place] = min(names.get(place, name), name)
    concerned = ledger.record(session, briefing.pk, decided.links, decided.doubts, now)
    followed = entities.follow(session, concerned, catalogue, names)
    written.entities.update(followed.touched)
    written.items.update(followed.items)
    written.briefings.update(followed.briefings)

    def row(mention: NamedMention, item: Item | None, cell: int | None) -> dict[str, Any]:
        place = place_of(mention)
        return mention_row(briefing, item.pk if item else None, mention, followed.entities[place] if place else None, cell)

    # Rows, not objects: of what a document writes most are mentions, and nothing is done with them but to write them.
    rows = [row(mention, item, None) for mention, item in named if not mention.parts]
    for mention, item in named:
        if mention.parts:
            cell = session.execute(insert(Mention).returning(col(Mention.pk)), row(mention, item, None)).scalar_one()
            rows += [row(part, item, cell) for part in mention.parts]
    if rows:
        session.execute(insert(Mention), rows)
    spellings.change(session, spellings.counted(session, col(Mention.briefing_pk) == briefing.pk), Counter())


def mention_row(
    briefing: Briefing, item_pk: int | None, mention: NamedMention, entity_pk: int | None, cell: int | None = None
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
        "surface": storable(mention.surface),
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
    return (storable(name_key(read_cell(mention.surface).name)), storable(mention.node)) if mention.node else None


def _claims(session: Session, briefing: Briefing, items: list[tuple[DecidedItem, Item]]) -> None:
    session.add_all(
        Claim(
            briefing_pk=briefing.pk,  # type: ignore[arg-type]
            item_pk=row.pk,  # type: ignore[arg-type]
            kind=claim.kind,
            field=claim.field,
            surface=storable(claim.surface),
            text=storable(claim.text),
            line=claim.span.first_line,
            start_char=claim.span.start,
            end_char=claim.span.end,
        )
        for item, row in items
        for claim in item.claims
    )


def _citations(
    session: Session, briefing: Briefing, decided: DecidedBriefing, items: list[tuple[DecidedItem, Item]], written: Written
) -> None:
    cited: list[tuple[DecidedSource, Item | None, int]] = [
        (source, row, position) for item, row in items for position, source in enumerate(item.sources, 1)
    ]
    cited += [(source, None, position) for position, source in enumerate(decided.readings, 1) if source]
    sources = taxonomy.link_sources(session, [source for source, _, _ in cited])
    written.sources.update(sources.values())
    rows = [
        Citation(
            source_pk=sources[source.id],
            briefing_pk=briefing.pk,  # type: ignore[arg-type]
            item_pk=row.pk if row else None,
            channel_pk=briefing.channel_pk,
            date=briefing.date,
            position=position,
            label=storable(source.label),
            target=storable(source.target),
            raw=storable(source.raw),
            arxiv_version=source.identity.arxiv_version,
            status=source.identity.status,
            reason=source.identity.reason,
            line=source.span.first_line,
            start_char=source.span.start,
            end_char=source.span.end,
        )
        for source, row, position in cited
    ]
    session.add_all(rows)
    session.flush()
    of_reading = {row.position: row.pk for row in rows if row.item_pk is None}
    session.add_all(
        Reading(
            briefing_pk=briefing.pk,  # type: ignore[arg-type]
            citation_pk=of_reading.get(position),
            position=position,
            title=storable(reading.title),
            target=storable(reading.target),
            note=storable(reading.note),
            line=reading.span.first_line,
        )
        for position, reading in enumerate(decided.draft.body.readings, 1)
    )


def _editorial(session: Session, briefing: Briefing, decided: DecidedBriefing) -> None:
    assert briefing.pk
    body = decided.draft.body
    for position, insight in enumerate(body.insight, 1):
        place = insight.text or insight.title
        assert place
        session.add(
            Insight(
                briefing_pk=briefing.pk,
                position=position,
                title=storable(insight.title.text) if insight.title else None,
                text=storable(insight.text.text) if insight.text else "",
                first_line=place.span.first_line,
                start_char=place.span.start,
            )
        )
    said: dict[str, int] = {}
    for entry in body.watchlist:
        key = fold(entry.text)
        said[key] = said.get(key, 0) + 1
        session.add(
            WatchlistEntry(
                id=stable_id("w", briefing.id, key, str(said[key])),
                briefing_pk=briefing.pk,
                date=briefing.date,
                position=entry.position,
                text=storable(entry.text),
                line=entry.span.first_line,
                start_char=entry.span.start,
            )
        )
    for position, note in enumerate(body.background, 1):
        session.add(
            BackgroundNote(
                briefing_pk=briefing.pk, position=position, term=storable(note.term), text=storable(note.text), line=note.span.first_line
            )
        )
    session.flush()
