"""Writing a briefing down: added, replaced with the ids of its items kept, or left alone."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, func, update
from sqlmodel import Session, SQLModel, col, select

from app.normalize.decide import DecidedBriefing, DecidedItem, NamedMention
from app.normalize.entities.catalogue import Catalogue
from app.normalize.identity import ItemTrait, match_items, stable_id
from app.parse.draft import Node
from app.store import dataset
from app.store.dataset import Event
from app.store.derived import refresh
from app.store.derived.features import FeatureWindow
from app.store.derived.refresh import Touched
from app.store.document import contents, quality, taxonomy
from app.store.encoding.batches import batches
from app.store.entities import spellings, sync
from app.store.rows import insert_returning_pks, strip_unstorable
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
from app.telemetry import stage

RANKS = {"high": 5, "medium_high": 4, "medium": 3, "medium_low": 2, "low": 1}


@dataclass(frozen=True)
class ReadDocument:
    """A document, and what was read out of it."""

    data: bytes
    name: str
    decided: DecidedBriefing
    report: dict[str, Any]


@dataclass
class SavedDocument:
    """What saving a document did. The lists hold item ids; `version` is None where nothing changed."""

    briefing: str
    status: Literal["added", "replaced", "unchanged"]
    version: int | None = None
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class StoredDocument:
    """A document that is there: its briefing, the report of how it was read, and the citations of its items."""

    briefing: str
    title: str
    report: dict[str, Any]
    citations: int


@dataclass
class _SaveBatch:
    """What writing some documents leaves to be done once for all of them."""

    touched: Touched = field(default_factory=Touched)
    tags: set[int] = field(default_factory=set)
    namings: dict[str, contents.MentionWriter] = field(default_factory=dict)
    concerned: set[str] = field(default_factory=set)
    named: spellings.Counts = field(default_factory=Counter)
    unnamed: spellings.Counts = field(default_factory=Counter)
    events: list[Event] = field(default_factory=list)


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
    documents: Iterable[ReadDocument],
    now: datetime,
    catalogue: Catalogue,
    recent: FeatureWindow | None = None,
    *,
    again: bool = False,
) -> list[SavedDocument]:
    """Store documents, what is derived brought in step once for all of them, under one version.

    The same bytes in the same channel change nothing; another version of a day replaces it whole. `again` writes the same bytes
    anew: what is known of names has changed since. `recent` is what is kept of what was saved before.
    """
    recent = recent or FeatureWindow()
    recent.at(dataset.version(session))
    batch = _SaveBatch()
    found = []
    for document in documents:
        if document.decided.id in batch.namings:
            _name(session, batch, catalogue)
        with stage("store"):
            found.append(_save(session, document, now, batch, again=again))
    _name(session, batch, catalogue)
    if changed := [saved for saved in found if saved.status != "unchanged"]:
        with stage("names"):
            spellings.refresh(session, batch.named, batch.unnamed)
            events = [
                *batch.events,
                *sync.refresh(session, batch.touched.entities, catalogue),
                *taxonomy.refresh(session, batch.touched.sources, batch.tags),
            ]
        refresh.refresh_derived(session, batch.touched, recent)
        version = dataset.record(session, events, now)
        recent.move(version)
        for saved in changed:
            saved.version = version
    return found


def _name(session: Session, batch: _SaveBatch, catalogue: Catalogue) -> None:
    """Write the mentions that wait for it."""
    if batch.namings or batch.concerned:
        with stage("mentions"):
            named = contents.name(session, batch.namings.values(), batch.concerned, catalogue)
        batch.touched.add(
            Touched(items=named.items, entities=named.entities, named=named.briefings)
        )
        batch.named.update(named.counts)
        batch.namings, batch.concerned = {}, set()


def held(session: Session, channel: str, data: bytes) -> StoredDocument | None:
    """What is there of a document, if just these bytes are."""
    found = session.execute(
        select(col(Briefing.pk), col(Briefing.id), col(Briefing.title), col(Briefing.report))
        .join(Document, col(Document.briefing_pk) == col(Briefing.pk))
        .join(Channel, col(Channel.pk) == col(Document.channel_pk))
        .where(col(Channel.id) == channel, col(Document.sha256) == hashlib.sha256(data).hexdigest())
    ).first()
    if found is None:
        return None
    pk, briefing, title, report = found
    cited = (
        select(func.count())
        .select_from(Citation)
        .where(col(Citation.briefing_pk) == pk, col(Citation.item_pk).is_not(None))
    )
    return StoredDocument(briefing, title, report, session.execute(cited).scalar_one())


def _save(
    session: Session, read: ReadDocument, now: datetime, batch: _SaveBatch, *, again: bool
) -> SavedDocument:
    decided, report = read.decided, read.report
    channel = _channel(session, decided.channel)
    digest = hashlib.sha256(read.data).hexdigest()
    same = _stored_as(session, channel, digest)
    if bool(same) != again:
        # Read again, a document that was replaced or is gone meanwhile is not brought back.
        return SavedDocument(same or decided.id, "unchanged")
    briefing = session.exec(
        select(Briefing).where(
            col(Briefing.channel_pk) == channel, col(Briefing.date) == decided.draft.date
        )
    ).first()
    saved = SavedDocument(decided.id, "replaced" if briefing else "added")
    was_shown = briefing is not None and not briefing.draft
    former = _take_down(session, briefing, batch) if briefing else _Former()
    if briefing is None:
        briefing = Briefing(
            id=decided.id,
            channel_pk=channel,
            date=decided.draft.date,
            created_at=now,
            **_columns(decided, report),
            updated_at=now,
        )
    else:
        briefing.sqlmodel_update(_columns(decided, report) | {"updated_at": now})
    session.add(briefing)
    session.flush()
    assert briefing.pk
    quality.measure(session, briefing.pk, None if decided.draft.draft else report)
    session.merge(
        Document(
            briefing_pk=briefing.pk,
            channel_pk=channel,
            sha256=digest,
            name=strip_unstorable(read.name),
            body=read.data,
        )
    )
    # A draft is kept, and nothing of it can be found.
    if decided.draft.draft:
        written = contents.withdraw(session, briefing.pk, now)
    else:
        written = _write(session, briefing, decided, former, saved, now, batch)
    live = {*saved.added, *saved.updated, *saved.kept}
    gone = [item for item, _ in former.items if item.id not in live]
    saved.removed = [item.id for item in gone]
    batch.touched.add(
        Touched(
            briefings={briefing.pk},
            items={item.pk for item in gone if item.pk},
            entities=former.entities,
            sources=former.sources | written.sources,
        )
    )
    batch.tags |= former.tags | written.tags
    batch.concerned |= written.concerned
    for items in batches([item.pk for item in gone]):
        session.execute(delete(Item).where(col(Item.pk).in_(items)))
    for sections in batches(former.sections):
        session.execute(delete(Section).where(col(Section.pk).in_(sections)))
    # The log is public: it tells of a draft neither that it is there nor what it is called.
    action = {(False, True): "added", (True, True): "updated", (True, False): "removed"}.get(
        (was_shown, not briefing.draft)
    )
    batch.events += [
        *(
            [
                Event(
                    action,
                    "briefing",
                    briefing.id,
                    {} if briefing.draft else {"title": briefing.title},
                )
            ]
            if action
            else []
        ),
        *(
            Event(action, "item", item, {"briefing": briefing.id})
            for action in ("added", "updated", "removed")
            for item in getattr(saved, action)
        ),
    ]
    return saved


def _channel(session: Session, channel_id: str) -> int:
    channel = session.exec(select(Channel).where(col(Channel.id) == channel_id)).first() or Channel(
        id=channel_id
    )
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
    return strip_unstorable(  # type: ignore[no-any-return]
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


def _take_down(session: Session, briefing: Briefing, batch: _SaveBatch) -> _Former:
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
    items = session.exec(
        select(Item).where(col(Item.briefing_pk) == pk).order_by(col(Item.ordinal))
    ).all()
    former = _Former(
        items=[(item, ItemTrait(item.title, frozenset(cited.get(item.pk, ())))) for item in items],
        sections=[
            p
            for p in session.exec(select(col(Section.pk)).where(col(Section.briefing_pk) == pk))
            if p
        ],
        entities={
            p
            for p in session.exec(
                select(col(Mention.entity_pk)).where(col(Mention.briefing_pk) == pk).distinct()
            )
            if p
        },
        sources=set(
            session.exec(
                select(col(Citation.source_pk)).where(col(Citation.briefing_pk) == pk).distinct()
            )
        ),
        tags=set(
            session.exec(
                select(col(BriefingTag.tag_pk)).where(col(BriefingTag.briefing_pk) == pk).distinct()
            )
        ),
    )
    batch.unnamed.update(spellings.counted(session, col(Mention.briefing_pk) == pk))
    tables: tuple[type[SQLModel], ...] = (
        Reading,
        Mention,
        Claim,
        Citation,
        BriefingTag,
        Insight,
        Watch,
        BackgroundNote,
    )
    for table in tables:
        session.execute(delete(table).where(table.briefing_pk == pk))  # type: ignore[attr-defined]
    return former


def _write(
    session: Session,
    briefing: Briefing,
    decided: DecidedBriefing,
    former: _Former,
    saved: SavedDocument,
    now: datetime,
    batch: _SaveBatch,
) -> contents.SavedContents:
    """Everything of a document below its own row but its mentions, which are left to the batch."""
    assert briefing.pk
    items = [item for _, section in decided.sections for item in section]
    matched = {
        at: former.items[was][0]
        for at, was in match_items(
            [trait for _, trait in former.items], [item.trait for item in items]
        ).items()
    }
    # Ordinals of former items are out of the way until every item has its new one.
    session.execute(update(Item).where(col(Item.briefing_pk) == briefing.pk).values(ordinal=-1))
    ids = {item.id for item, _ in former.items}
    sections = [
        {
            "briefing_pk": briefing.pk,
            "position": section.position,
            "kind": section.kind,
            "title": strip_unstorable(section.title.text),
            "blurb": strip_unstorable(section.blurb.text) if section.blurb else None,
            "notes": strip_unstorable([note.text for note in section.notes]),
            "containers": strip_unstorable(
                [{"title": c.title.text, "position": c.position} for c in section.containers]
            ),
            "first_line": section.span.first_line,
            "last_line": section.span.last_line,
        }
        for section, _ in decided.sections
    ]
    whole = {
        "briefing_pk": briefing.pk,
        "channel_pk": briefing.channel_pk,
        "date": briefing.date,
        "updated_at": now,
    }
    fresh: dict[int, dict[str, Any]] = {}
    pks: dict[int, int] = {}
    numbers = itertools.count()
    for (section, held), section_pk in zip(
        decided.sections, insert_returning_pks(session, Section, sections), strict=True
    ):
        for item, at in zip(held, numbers, strict=False):
            columns = _item_columns(item) | {"section_pk": section_pk, "section_kind": section.kind}
            row = matched.get(at)
            if row is None:
                fresh[at] = {"id": _free_id(item, ids), **whole, **columns}
                ids.add(fresh[at]["id"])
                saved.added.append(fresh[at]["id"])
                continue
            if row.content_hash == item.content_hash and row.section_kind == section.kind:
                row.sqlmodel_update(columns)
                saved.kept.append(row.id)
            else:
                row.sqlmodel_update(columns | {"updated_at": now})
                saved.updated.append(row.id)
            assert row.pk
            pks[at] = row.pk
            session.add(row)
    session.flush()
    pks |= zip(fresh, insert_returning_pks(session, Item, list(fresh.values())), strict=True)
    rows = [(item, pks[at]) for at, item in enumerate(items)]
    named: list[tuple[NamedMention, int | None]] = [
        (mention, pk) for item, pk in rows for mention in item.mentions
    ]
    batch.namings[briefing.id] = contents.MentionWriter(
        briefing, [*named, *((mention, None) for mention in decided.mentions)]
    )
    return contents.write(session, briefing, decided, rows, now)


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
    return strip_unstorable(  # type: ignore[no-any-return]
        {
            "ordinal": decided.ordinal,
            "position": item.position,
            "kind": item.kind,
            "parent": item.parent,
            "title": item.title.text,
            "summary": "\n\n".join(passage.text for passage in item.summary) or None,
            "details": {
                name: [_node(n) for n in getattr(item.details, name)]
                for name in ("technical", "applications", "takeaways")
            },
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
