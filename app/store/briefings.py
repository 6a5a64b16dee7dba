"""Writing a briefing down: added, replaced with the ids of its items kept, or left alone."""

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, update
from sqlmodel import Session, SQLModel, col, select

from app.normalize.catalogue import Catalogue
from app.normalize.decide import DecidedBriefing, DecidedItem
from app.normalize.identity import ItemTrait, match_items, stable_id
from app.parse.draft import Node
from app.store import contents, dataset, derived, entities, quality, spellings, taxonomy
from app.store.dataset import Event
from app.store.derived import Touched
from app.store.rows import chunks, storable
from app.store.tables import (
    BackgroundNote,
    Briefing,
    BriefingTag,
    Channel,
    Citation,
    Claim,
    Document,
    Insight,
    Item,
    Mention,
    Reading,
    Section,
    Source,
)
from app.store.tables import WatchlistEntry as Watch

RANKS = {"high": 5, "medium_high": 4, "medium": 3, "medium_low": 2, "low": 1}


@dataclass
class Saved:
    """What saving a document did. The lists hold item ids; `version` is None where nothing changed, `touched` empty."""

    briefing: str
    status: Literal["added", "replaced", "unchanged"]
    version: int | None = None
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    touched: Touched = field(default_factory=Touched)


@dataclass
class _Former:
    """What the version of a document that is being replaced leaves behind."""

    items: list[tuple[Item, ItemTrait]] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)
    entities: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)


def save(
    session: Session,
    decided: DecidedBriefing,
    data: bytes,
    name: str,
    report: dict[str, Any],
    now: datetime,
    catalogue: Catalogue,
    *,
    again: bool = False,
) -> Saved:
    """Store one document. The same bytes in the same channel change nothing; another version of a day replaces it whole.

    `again` writes the same bytes anew: what is known of names has changed since.
    """
    saved, events = write(session, decided, data, name, report, now, catalogue, again=again)
    if saved.status != "unchanged":
        derived.follow(session, saved.touched)
        saved.version = dataset.record(session, events, now)
    return saved


def write(
    session: Session,
    decided: DecidedBriefing,
    data: bytes,
    name: str,
    report: dict[str, Any],
    now: datetime,
    catalogue: Catalogue,
    *,
    again: bool = False,
) -> tuple[Saved, list[Event]]:
    """What `save` does, what is derived and the version left to whoever writes more in the same transaction."""
    channel = _channel(session, decided.channel)
    digest = hashlib.sha256(data).hexdigest()
    if (same := _stored_as(session, channel, digest)) and not again:
        return Saved(same, "unchanged"), []
    briefing = session.exec(select(Briefing).where(col(Briefing.channel_pk) == channel, col(Briefing.date) == decided.draft.date)).first()
    saved = Saved(decided.id, "replaced" if briefing else "added")
    was_shown = briefing is not None and not briefing.draft
    former = _take_down(session, briefing) if briefing else _Former()
    if briefing is None:
        briefing = Briefing(
            id=decided.id, channel_pk=channel, date=decided.draft.date, created_at=now, **_columns(decided, report), updated_at=now
        )
    else:
        briefing.sqlmodel_update(_columns(decided, report) | {"updated_at": now})
    session.add(briefing)
    session.flush()
    assert briefing.pk
    quality.measure(session, briefing.pk, None if decided.draft.draft else report)
    session.merge(Document(briefing_pk=briefing.pk, channel_pk=channel, sha256=digest, name=storable(name), body=data))
    # A draft is kept, and nothing of it can be found.
    if decided.draft.draft:
        written = contents.withdraw(session, briefing.pk, catalogue, now)
    else:
        written = _write(session, briefing, decided, former, saved, now, catalogue)
    live = {*saved.added, *saved.updated, *saved.kept}
    gone = [item for item, _ in former.items if item.id not in live]
    saved.removed = [item.id for item in gone]
    saved.touched = Touched(
        briefings={briefing.pk},
        items={item.pk for item in gone if item.pk} | written.items,
        entities=former.entities | written.entities,
        sources=former.sources | written.sources,
        named=written.briefings,
    )
    for items in chunks([item.pk for item in gone]):
        session.execute(delete(Item).where(col(Item.pk).in_(items)))
    for sections in chunks(former.sections):
        session.execute(delete(Section).where(col(Section.pk).in_(sections)))
    # The log is public: it tells of a draft neither that it is there nor what it is called.
    action = {(False, True): "added", (True, True): "updated", (True, False): "removed"}.get((was_shown, not briefing.draft))
    return saved, [
        *([Event(action, "briefing", briefing.id, {} if briefing.draft else {"title": briefing.title})] if action else []),
        *(
            Event(action, "item", item, {"briefing": briefing.id})
            for action in ("added", "updated", "removed")
            for item in getattr(saved, action)
        ),
        *entities.refresh(session, saved.touched.entities, catalogue),
        *taxonomy.refresh(session, saved.touched.sources, former.tags | written.tags),
    ]


def _channel(session: Session, channel_id: str) -> int:
    channel = session.exec(select(Channel).where(col(Channel.id) == channel_id)).first() or Channel(id=channel_id)
    session.add(channel)
    session.flush()
    assert channel.pk
    return channel.pk


def _stored_as(session: Session, channel: int, digest: str) -> str | None:
    return session.exec(
        select(col(Briefing.id))
        .join(Document, col(Document.briefing_pk) == col(Briefing.pk))
        .where(col(Document.channel_pk) == channel, col(Document.sha256) == digest)
    ).first()


def _columns(decided: DecidedBriefing, report: dict[str, Any]) -> dict[str, Any]:
    draft, body = decided.draft, decided.draft.body
    stats = asdict(body.stats)
    return storable(  # type: ignore[no-any-return]
        {
            "dialect": draft.dialect,
            "title": draft.title,
            "description": draft.description,
            "summary": draft.summary,
            "draft": draft.draft,
            "published_at": draft.published_at,
            "front_matter": draft.front_matter.values,
            "heading": body.heading.text if body.heading else None,
            "preamble": [passage.text for passage in body.preamble],
            "stats": stats | {"text": [passage.text for passage in body.stats.text]},
            "report": report,
        }
    )


def _take_down(session: Session, briefing: Briefing) -> _Former:
    """Remove all of a former version but its items, which may live on, and the sections they hang on."""
    pk = briefing.pk
    cited: dict[int | None, set[str]] = {}
    rows = session.exec(
        select(col(Citation.item_pk), col(Source.id))
        .join(Source, col(Source.pk) == col(Citation.source_pk))
        .where(col(Citation.briefing_pk) == pk, col(Citation.status) != "placeholder")
    )
    for item_pk, source in rows:
        cited.setdefault(item_pk, set()).add(source)
    items = session.exec(select(Item).where(col(Item.briefing_pk) == pk).order_by(col(Item.ordinal))).all()
    former = _Former(
        items=[(item, ItemTrait(item.title, frozenset(cited.get(item.pk, ())))) for item in items],
        sections=[p for p in session.exec(select(col(Section.pk)).where(col(Section.briefing_pk) == pk)) if p],
        entities={p for p in session.exec(select(col(Mention.entity_pk)).where(col(Mention.briefing_pk) == pk).distinct()) if p},
        sources=set(session.exec(select(col(Citation.source_pk)).where(col(Citation.briefing_pk) == pk).distinct())),
        tags=set(session.exec(select(col(BriefingTag.tag_pk)).where(col(BriefingTag.briefing_pk) == pk).distinct())),
    )
    spellings.change(session, Counter(), spellings.counted(session, col(Mention.briefing_pk) == pk))
    tables: tuple[type[SQLModel], ...] = (Reading, Mention, Claim, Citation, BriefingTag, Insight, Watch, BackgroundNote)
    for table in tables:
        session.execute(delete(table).where(table.briefing_pk == pk))  # type: ignore[attr-defined]
    return former


def _write(
    session: Session, briefing: Briefing, decided: DecidedBriefing, former: _Former, saved: Saved, now: datetime, catalogue: Catalogue
) -> contents.Written:
    """Everything of a document below its own row."""
    assert briefing.pk
    items = [item for _, section in decided.sections for item in section]
    matched = {
        at: former.items[was][0] for at, was in match_items([trait for _, trait in former.items], [item.trait for item in items]).items()
    }
    # Ordinals of former items are out of the way until every item has its new one.
    session.execute(update(Item).where(col(Item.briefing_pk) == briefing.pk).values(ordinal=-1))
    ids = {item.id for item, _ in former.items}
    rows: list[Item] = []
    for section, held in decided.sections:
        section_row = Section(
            briefing_pk=briefing.pk,
            position=section.position,
            kind=section.kind,
            title=storable(section.title.text),
            blurb=storable(section.blurb.text) if section.blurb else None,
            notes=storable([note.text for note in section.notes]),
            containers=storable([{"title": c.title.text, "position": c.position} for c in section.containers]),
            first_line=section.span.first_line,
            last_line=section.span.last_line,
        )
        session.add(section_row)
        session.flush()
        for item in held:
            columns = _item_columns(item) | {"section_pk": section_row.pk, "section_kind": section.kind}
            row = matched.get(len(rows))
            if row is None:
                row = Item(
                    id=_free_id(item, ids),
                    briefing_pk=briefing.pk,
                    channel_pk=briefing.channel_pk,
                    date=briefing.date,
                    updated_at=now,
                    **columns,
                )
                ids.add(row.id)
                saved.added.append(row.id)
            elif row.content_hash == item.content_hash and row.section_kind == section.kind:
                row.sqlmodel_update(columns)
                saved.kept.append(row.id)
            else:
                row.sqlmodel_update(columns | {"updated_at": now})
                saved.updated.append(row.id)
            session.add(row)
            rows.append(row)
    session.flush()
    return contents.write(session, briefing, decided, list(zip(items, rows, strict=True)), catalogue, now)


def _free_id(item: DecidedItem, taken: set[str]) -> str:
    """The item's own id, unless an item that was renamed still goes by it."""
    wanted, n = item.id, 1
    while wanted in taken:
        n += 1
        wanted = stable_id("i", item.id, str(n))
    return wanted


def _item_columns(decided: DecidedItem) -> dict[str, Any]:
    item = decided.item
    importance = item.importance
    return storable(  # type: ignore[no-any-return]
        {
            "ordinal": decided.ordinal,
            "position": item.position,
            "kind": item.kind,
            "parent": item.parent,
            "title": item.title.text,
            "summary": "\n\n".join(passage.text for passage in item.summary) or None,
            "details": {name: [_node(n) for n in getattr(item.details, name)] for name in ("technical", "applications", "takeaways")},
            "extra": [{"label": f.label, "text": f.text} for f in item.extra],
            "importance_level": importance.level if importance else None,
            "importance_rank": RANKS.get(importance.level or "", 0) if importance else 0,
            "importance_label": importance.label if importance else None,
            "importance_reason": importance.reason if importance else None,
            "first_line": item.span.first_line,
            "last_line": item.span.last_line,
            "start_char": item.span.start,
            "end_char": item.span.end,
            "content_hash": decided.content_hash,
        }
    )


def _node(node: Node) -> dict[str, Any]:
    return {"text": node.text, "children": [_node(child) for child in node.children]}
