"""Saving a briefing: added, replaced with the ids of its items unchanged, or left alone."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, SQLModel, col

from app.normalize.decide import DecidedBriefing
from app.normalize.identity import ItemTrait
from app.store import dataset
from app.store.derived.features import FeatureWindow
from app.store.derived.refresh import SHOWN, refresh_derived
from app.store.document import contents, editions, quality, sections, taxonomy, tombstones
from app.store.document.changes import SavedDocument
from app.store.document.editions import DayEditions, StoredEdition
from app.store.document.save_batch import (
    FormerVersion,
    Restoration,
    SaveBatch,
    removed_ids,
)
from app.store.document.sections import FormerItem, WrittenItems
from app.store.entities import judgements, spellings, sync
from app.store.rows import count_rows, delete_where_in, pks_of, values_of
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
    Measure,
    Mention,
    Reading,
    Section,
    Source,
    UnlistedName,
    WatchlistEntry,
)
from app.store.touched import Touched
from app.telemetry import stage

_CONTENT_TABLES: tuple[type[SQLModel], ...] = (
    Reading,
    Mention,
    Claim,
    UnlistedName,
    Citation,
    BriefingTag,
    Insight,
    WatchlistEntry,
    BackgroundNote,
    Measure,
)


@dataclass(frozen=True)
class ReadDocument:
    """A document and its reading."""

    data: bytes
    name: str
    decided: DecidedBriefing
    report: dict[str, Any]


@dataclass(frozen=True)
class StoredDocument:
    """A stored document: its briefing, its quality report, and the citations of its items.

    `deleted` says when and why its briefing was deleted.
    """

    briefing: str
    date: str
    title: str
    report: dict[str, Any]
    citations: int
    deleted: str | None = None


def save(
    session: Session,
    documents: Iterable[ReadDocument],
    now: datetime,
    window: FeatureWindow | None = None,
    *,
    again: bool = False,
    restoration: Restoration | None = None,
) -> list[SavedDocument]:
    """Save documents under one version; derived data is refreshed once for all of them.

    The same bytes in the same channel change nothing; another version of a document replaces it
    whole; another document of its day is another edition. `again` writes the same bytes again,
    because they are read differently now, or for a `restoration` of a deleted briefing. `window`
    caches the features of items from one call to the next.
    """
    window = window or FeatureWindow()
    window.drop_unless(dataset.version(session))
    batch = SaveBatch(restoration=restoration)
    again = again or restoration is not None
    saved_documents = []
    for document in documents:
        with stage("store"):
            saved_documents.append(_save_document(session, document, now, batch, again=again))

    changed = [saved for saved in saved_documents if saved.status in ("added", "replaced")]
    if changed:
        version = finish(session, batch, now, window, again=again)
        for saved in changed:
            saved.version = version

    return saved_documents


def save_shown(session: Session, document: ReadDocument, now: datetime) -> SavedDocument:
    """Save a document with what its JSON is made of alone: nothing finds it, nothing counts it."""
    batch = SaveBatch(derived=SHOWN)
    saved = _save_document(session, document, now, batch, again=False)
    finish(session, batch, now, FeatureWindow())
    return saved


def _write_mentions(session: Session, batch: SaveBatch) -> None:
    """Write the mentions of the batch so far."""
    if batch.mentions or batch.judged_nodes:
        with stage("mentions"):
            documents = batch.mentions.values()
            batch.touched.add(contents.write_mentions(session, documents, batch.judged_nodes))
        batch.mentions, batch.judged_nodes = {}, set()


def finish(
    session: Session, batch: SaveBatch, now: datetime, window: FeatureWindow, *, again: bool = False
) -> int:
    """Write mentions, refresh everything derived, log the changes and return the new version.

    Documents that are read `again` are no acts, so the audit log has no entry of them.
    """
    _write_mentions(session, batch)
    removed_events = taxonomy.refresh(session, batch.touched.sources, batch.tags)
    refresh_derived(session, batch.touched, window, batch.derived)
    events = [
        *batch.changes.events(session),
        *sync.added_events(session, batch.touched.created_entities),
        *batch.touched.events,
        *removed_events,
    ]
    entries = list(batch.entries)
    if batch.restoration:
        entries.append(batch.restoration.entry)
        events = [*batch.changes.document_events("restored"), *events]
    elif not again:
        entries += batch.changes.audit_entries()
        events = [*batch.changes.document_events(), *events]
    version = dataset.record(session, events, now, entries)
    window.advance(version)
    return version


def stored_document(session: Session, channel: str, data: bytes) -> StoredDocument | None:
    """Return the document with exactly these bytes, if the channel has it."""
    digest = hashlib.sha256(data).hexdigest()
    statement = (
        select(
            col(Briefing.pk),
            col(Briefing.id),
            col(Briefing.date),
            col(Briefing.title),
            col(Briefing.report),
        )
        .join(Document, col(Document.briefing_pk) == col(Briefing.pk))
        .join(Channel, col(Channel.pk) == col(Document.channel_pk))
        .where(
            col(Channel.id) == channel,
            col(Document.sha256) == digest,
        )
    )
    row = session.execute(statement).first()
    if row is None:
        return None
    of_items = (
        col(Citation.briefing_pk) == row.pk,
        col(Citation.item_pk).is_not(None),
    )

    tombstone = tombstones.of_briefing(session, row.pk)
    return StoredDocument(
        tombstone.briefing_id if tombstone else row.id,
        row.date.isoformat(),
        row.title,
        row.report,
        count_rows(session, Citation, *of_items),
        tombstones.sentence(tombstone) if tombstone else None,
    )


def replaced_by(session: Session, document: ReadDocument) -> Briefing | None:
    """Return the briefing that saving a document would replace or leave as it is."""
    decided = document.decided
    channel_pk = editions.channel_pk(session, decided.channel)
    stored = _stored_as(session, channel_pk, hashlib.sha256(document.data).hexdigest())
    if stored:
        return stored
    day = editions.of_day(session, channel_pk, decided.draft.date, decided.day_id)
    edition = day.same_document(decided, document.name)
    return edition.briefing if edition else None


def _save_document(
    session: Session,
    document: ReadDocument,
    now: datetime,
    batch: SaveBatch,
    *,
    again: bool,
) -> SavedDocument:
    decided = document.decided
    channel_pk = editions.channel_pk(session, decided.channel)
    digest = hashlib.sha256(document.data).hexdigest()
    stored = _stored_as(session, channel_pk, digest)
    if bool(stored) != again:
        # A document that is read again may have been replaced or removed meanwhile: it stays so.
        tombstone = tombstones.of_briefing(session, stored.pk) if stored else None
        if tombstone:
            return SavedDocument(tombstone.briefing_id, "deleted")
        return SavedDocument(stored.id if stored else decided.day_id, "unchanged")
    if again and stored and tombstones.of_briefing(session, stored.pk):
        return SavedDocument(stored.id, "deleted")

    day = editions.of_day(session, channel_pk, decided.draft.date, decided.day_id)
    edition = day.same_document(decided, document.name)
    briefing = stored or (edition.briefing if edition else None)
    saved = SavedDocument(decided.day_id, "replaced" if briefing else "added")
    saved.new, saved.name, saved.channel = digest, document.name, decided.channel
    former = FormerVersion()
    if briefing:
        if briefing.pk in batch.mentions:
            _write_mentions(session, batch)
        batch.changes.remember(briefing)
        former = remove_contents(session, briefing, batch.touched)
    was_draft = briefing is not None and briefing.draft
    briefing = _write_briefing(session, briefing, document, channel_pk, day, now, batch)
    assert briefing.pk
    current = Document(
        briefing_pk=briefing.pk,
        channel_pk=channel_pk,
        sha256=digest,
        name=document.name,
        body=document.data,
        first_at=now,
    )
    saved.old = editions.write_document(session, current, now, was_draft=was_draft)
    batch.changes.save(briefing, saved)
    written = _write_contents(session, briefing, decided, former, saved, now, batch)
    remove_leftovers(session, former, saved, batch.touched)
    batch.touch(briefing.pk, former, written)
    return saved


def _stored_as(session: Session, channel_pk: int, digest: str) -> Briefing | None:
    """Return the briefing whose document has these bytes."""
    statement = (
        select(Briefing)
        .join(Document, col(Document.briefing_pk) == col(Briefing.pk))
        .where(
            col(Document.channel_pk) == channel_pk,
            col(Document.sha256) == digest,
        )
    )
    return session.execute(statement).scalars().first()


def _write_briefing(
    session: Session,
    briefing: Briefing | None,
    document: ReadDocument,
    channel_pk: int,
    day: DayEditions,
    now: datetime,
    batch: SaveBatch,
) -> Briefing:
    """Write the rows of the briefing itself and its measures, and the ids of its day."""
    decided = document.decided
    if briefing is None:
        briefing = Briefing(
            id="",
            channel_pk=channel_pk,
            date=decided.draft.date,
            dialect=decided.draft.dialect,
            title=decided.draft.title,
            created_at=now,
            updated_at=now,
        )

    if briefing.date != decided.draft.date:
        leave_day(session, briefing, now, batch)
    briefing.sqlmodel_update(_columns(decided, document.report) | {"updated_at": now})
    _join_day(session, briefing, document.name, day, now, batch)
    session.add(briefing)
    session.flush()
    assert briefing.pk
    quality.write_measures(session, briefing.pk, None if briefing.draft else document.report)
    return briefing


def leave_day(session: Session, briefing: Briefing, now: datetime, batch: SaveBatch) -> None:
    """Give the other editions of a briefing's day their ids, because it is no longer one."""
    day_id = briefing.id[: briefing.id.rindex(briefing.date.isoformat())]
    day_id += briefing.date.isoformat()
    day = editions.of_day(session, briefing.channel_pk, briefing.date, day_id)
    day.without(briefing)
    # The day's id must be free before another edition gets it.
    briefing.id = f"~{briefing.pk}"
    _assign_ids(session, day, now, batch)


def _join_day(
    session: Session,
    briefing: Briefing,
    name: str,
    day: DayEditions,
    now: datetime,
    batch: SaveBatch,
) -> None:
    """Give all editions of a day their ids, with `briefing` among them under its new name."""
    day.without(briefing)
    day.editions.append(StoredEdition(briefing, name))
    _assign_ids(session, day, now, batch)


def _assign_ids(session: Session, day: DayEditions, now: datetime, batch: SaveBatch) -> None:
    for stored in day.editions:
        if stored.briefing.pk:
            batch.changes.remember(stored.briefing)
    for briefing in day.assign_ids(session, now):
        assert briefing.pk
        batch.changes.rename(briefing)
        batch.touched.briefings.add(briefing.pk)


def _columns(decided: DecidedBriefing, report: dict[str, Any]) -> dict[str, Any]:
    draft, body = decided.draft, decided.draft.body
    stats = asdict(body.stats)
    stats["text"] = [passage.text for passage in body.stats.text]
    return {
        "date": draft.date,
        "edition": decided.edition.key,
        "language": decided.edition.language,
        "dialect": draft.dialect,
        "title": draft.title,
        "description": draft.description,
        "summary": draft.summary,
        "draft": draft.draft,
        "published_at": draft.published_at,
        "front_matter": draft.front_matter.values,
        "heading": body.heading.text if body.heading else None,
        "preamble": [passage.text for passage in body.preamble],
        "stats": stats,
        "report": report,
    }


def remove_contents(session: Session, briefing: Briefing, touched: Touched) -> FormerVersion:
    """Remove everything of a former version but its items, which may live on, and sections."""
    pk = briefing.pk
    assert pk
    own_mentions = col(Mention.briefing_pk) == pk
    former = FormerVersion(
        items=_former_items(session, briefing),
        sections=pks_of(session, Section, col(Section.briefing_pk) == pk),
        entities=_distinct(session, col(Mention.entity_pk), own_mentions),
        sources=_distinct(session, col(Citation.source_pk), col(Citation.briefing_pk) == pk),
        tags=_distinct(session, col(BriefingTag.tag_pk), col(BriefingTag.briefing_pk) == pk),
        judged_nodes=judgements.withdraw_links(session, pk),
    )
    touched.spellings.subtract(spellings.count_mentions(session, own_mentions))
    touched.namings |= _distinct(session, col(Mention.naming_pk), own_mentions)
    for table in _CONTENT_TABLES:
        own_rows = table.briefing_pk == pk  # type: ignore[attr-defined]  # every table here has it
        session.execute(delete(table).where(own_rows))

    return former


def _distinct(session: Session, column: Mapped[Any], condition: ColumnElement[bool]) -> set[int]:
    values = values_of(session, column, condition, distinct=True)
    return {value for value in values if value}


def _former_items(session: Session, briefing: Briefing) -> list[FormerItem]:
    """Return the items of a briefing in order, each with the traits it is recognised by."""
    cited: dict[int | None, set[str]] = {}
    citations = (
        select(
            col(Citation.item_pk),
            col(Source.id),
        )
        .join(Source, col(Source.pk) == col(Citation.source_pk))
        .where(
            col(Citation.briefing_pk) == briefing.pk,
            col(Citation.status) != "placeholder",
        )
    )
    for item_pk, source_id in session.execute(citations):
        cited.setdefault(item_pk, set()).add(source_id)
    statement = (
        select(Item)
        .where(
            col(Item.briefing_pk) == briefing.pk,
        )
        .order_by(col(Item.ordinal))
    )
    former_items = []
    for item in session.execute(statement).scalars():
        trait = ItemTrait(
            item.title,
            frozenset(cited.get(item.pk, ())),
            item.content_hash,
            item.summary or "",
        )
        former_items.append(FormerItem(item, trait))

    return former_items


def _write_contents(
    session: Session,
    briefing: Briefing,
    decided: DecidedBriefing,
    former: FormerVersion,
    saved: SavedDocument,
    now: datetime,
    batch: SaveBatch,
) -> contents.SavedContents:
    """Write everything below the briefing but its mentions, which are left to the batch."""
    assert briefing.pk
    if briefing.draft:
        # A draft is stored, but nothing of it is public.
        return contents.SavedContents()

    remembered = batch.restoration.items if batch.restoration else ()
    removed = removed_ids(session, briefing, decided, batch) if saved.old else {}
    written = sections.write(session, briefing, decided, former.items, now, remembered, removed)
    saved.added, saved.updated = written.added, written.updated
    saved.unchanged, saved.hashes = written.unchanged, written.hashes
    batch.mentions[briefing.pk] = _mentions_of(briefing, decided, written)
    return contents.write(session, briefing, decided, written.rows, now)


def _mentions_of(
    briefing: Briefing, decided: DecidedBriefing, written: WrittenItems
) -> contents.DocumentMentions:
    mentions = contents.DocumentMentions(briefing)
    for item, item_pk in written.rows:
        mentions.entries.extend((mention, item_pk) for mention in item.mentions)
    mentions.entries.extend((mention, None) for mention in decided.mentions)
    return mentions


def remove_leftovers(
    session: Session, former: FormerVersion, saved: SavedDocument, touched: Touched
) -> None:
    """Remove the items and sections of the former version that the new one does not have."""
    live_ids = {
        *saved.added,
        *saved.updated,
        *saved.unchanged,
    }
    removed_pks = set()
    for former_item in former.items:
        item = former_item.row
        if item.id not in live_ids and item.pk:
            saved.removed.append(item.id)
            saved.hashes[item.id] = item.content_hash, None
            removed_pks.add(item.pk)

    delete_where_in(session, col(Item.pk), removed_pks)
    delete_where_in(session, col(Section.pk), former.sections)
    touched.items |= removed_pks
