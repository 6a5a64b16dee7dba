"""The conduct of an act: judge, cluster again, update every mention, all in one transaction."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from app.curate import rescan
from app.curate.rescan import Rescan
from app.query.schemas.judgements import ActOut, Changed
from app.query.schemas.shared import ItemRef
from app.query.snapshot import dataset as versions
from app.query.snapshot.refs import entity_refs
from app.store import dataset
from app.store.audit import AuditEntry
from app.store.dataset import Event
from app.store.db import Database
from app.store.derived import refresh
from app.store.encoding.batches import batches
from app.store.entities import judgements, sync
from app.store.entities.judgements import Act
from app.store.rows import rows_where_in
from app.store.tables import Briefing, Entity, Item, Judgement

Expectation = Callable[[Session, int], None]
"""Raises an error if an entity (its `pk`) is not what the caller expects."""


@dataclass(frozen=True, slots=True)
class Curation:
    """The circumstances of an act: curator, reason, dry run, and an expectation of the entity."""

    actor: str
    reason: str | None = None
    dry_run: bool = False
    expects: Expectation | None = None

    def check_expected(self, session: Session, entity: Entity) -> None:
        """Raise the error of the expectation if the entity does not meet it."""
        if self.expects and entity.pk:
            self.expects(session, entity.pk)

    def judge(
        self, session: Session, act: Act, now: datetime, undoes: Judgement | None = None
    ) -> Judgement:
        """Record a judgement in the name of the curator."""
        return judgements.record_act(
            session,
            act,
            self.actor,
            self.reason,
            now,
            undoes,
        )


@dataclass
class Outcome:
    """The judgements of an act, its entity, and what must follow.

    `events` go to the change log; documents are searched again for `spellings`.
    """

    entity: Entity
    judgements: list[Judgement] = field(default_factory=list)
    changed: bool = False
    events: list[Event] = field(default_factory=list)
    spellings: list[str] = field(default_factory=list)

    def add(self, judgement: Judgement, *events: Event) -> None:
        """Add a new judgement and its events."""
        self.judgements.append(judgement)
        self.events.extend(events)
        self.changed = True


Perform = Callable[[Session, datetime], Outcome]
"""Performs an act; raises Conflict or NotFound if the act is not possible."""


def conduct(
    database: Database,
    channel: str,
    curation: Curation,
    perform: Perform,
    *,
    changes_spellings: bool = False,
    now: datetime | None = None,
) -> ActOut:
    """Perform an act with all that follows; a dry run rolls everything back."""
    now = now or datetime.now(UTC)
    ahead = Rescan({})
    if changes_spellings:
        ahead = _discover_spellings(database, perform, now)
    with database.write() as session:
        outcome = perform(session, now)
        refs = entity_refs(session, [outcome.entity.pk or 0], None)
        items: list[ItemRef] = []
        if outcome.changed:
            items = _update(session, curation, outcome, now, ahead)
        # The act may have merged the entity into another one.
        entity_pk = outcome.entity.merged_into_pk or outcome.entity.pk or 0
        refs |= entity_refs(session, [entity_pk], None)
        judgement_ids = [judgement.id for judgement in outcome.judgements]
        result = ActOut(
            changed=outcome.changed,
            dry_run=curation.dry_run,
            entity=list(refs.values())[-1],
            judgements=[] if curation.dry_run else judgement_ids,
            items=Changed(
                total=len(items),
                ids=[item.id for item in items],
                refs=items,
            ),
            dataset_version=versions.version(session).text,
        )
        if curation.dry_run:
            session.rollback()
    if curation.dry_run:
        with database.read() as session:
            result.dataset_version = versions.version(session).text
    else:
        database.wait_for_readers()
    return result


def _discover_spellings(database: Database, perform: Perform, now: datetime) -> Rescan:
    """Perform the act once and roll it back, to learn its spellings and search documents for them.

    The search takes long, so it runs between the two transactions: other writers need not wait.
    """
    with database.write() as session:
        spellings = perform(session, now).spellings
        curated = judgements.curated_spellings(session)
        session.rollback()
    if not spellings:
        return Rescan({})
    return rescan.read(database, spellings, curated)


def _update(
    session: Session, curation: Curation, outcome: Outcome, now: datetime, ahead: Rescan
) -> list[ItemRef]:
    """Update everything that follows from the judgements; in a dry run names and mentions only.

    Returns the items whose mentions changed their entity, sorted by id.
    """
    nodes: set[str] = set()
    for judgement in outcome.judgements:
        nodes.update((judgement.left_key, judgement.right_key))
    touched = sync.relink_mentions(session, nodes, whole=True).touched
    item_pks, events = set(touched.items), list(outcome.events)
    if outcome.spellings:
        rescanned = rescan.write(session, outcome.spellings, ahead, now)
        events.extend(rescanned.events)
        item_pks |= rescanned.item_pks
        touched.add(rescanned.touched)
    of_nodes = select(col(Entity.pk)).where(col(Entity.node).in_(sorted(nodes)))
    touched.entities.update(pk for pk in session.exec(of_nodes) if pk)
    touched.items |= item_pks
    items = _item_refs(session, item_pks)
    if curation.dry_run:
        # Search texts, threads and echoes of 183 items take half of the time of an act.
        refresh.refresh_names(session, touched)
        return items

    refresh.refresh_derived(session, touched)
    item_ids = [item.id for item in items]
    entity_ids = _entity_ids(session, touched.entities)
    created = sync.added_events(session, touched.created_entities)
    events += [*created, *touched.events]
    events += _update_events(session, entity_ids, item_ids, events)
    acts = []
    for judgement in outcome.judgements:
        if judgement.created_at == now:
            acts.append(judgements.event_of(session, judgement))
    dataset.record(
        session,
        [*acts, *events],
        now,
        _audit_entries(outcome, now),
    )
    return items


def _audit_entries(outcome: Outcome, now: datetime) -> list[AuditEntry]:
    """Return the acts behind the new judgements."""
    entries = []
    for judgement in outcome.judgements:
        if judgement.created_at == now:
            details = {"judgement": judgement.id, "evidence": judgement.evidence.get("text")}
            entry = AuditEntry(
                judgement.kind, "entity", outcome.entity.id, judgement.reason, details
            )
            entries.append(entry)
    return entries


def _update_events(
    session: Session, entity_ids: Iterable[str], item_ids: Iterable[str], events: Iterable[Event]
) -> list[Event]:
    """Return an update event for each entity and item without an event of its own."""
    reported = {event.object_id for event in events}
    updates = []
    for entity_id in entity_ids:
        if entity_id not in reported:
            updates.append(Event("updated", "entity", entity_id, {}))
    columns = (col(Item.id), col(Briefing.id))
    statement = sql_select(*columns).join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
    unreported = set(item_ids) - reported
    rows = rows_where_in(session, statement, col(Item.id), unreported)
    for item_id, briefing_id in sorted(map(tuple, rows)):
        updates.append(
            Event(
                "updated",
                "item",
                item_id,
                {"briefing": briefing_id},
            )
        )
    return updates


def _item_refs(session: Session, item_pks: Collection[int]) -> list[ItemRef]:
    columns = select(
        col(Item.id),
        col(Item.title),
        col(Item.date),
    )
    refs: list[ItemRef] = []
    for batch in batches(sorted(item_pks)):
        for item_id, title, day in session.exec(columns.where(col(Item.pk).in_(batch))):
            refs.append(ItemRef(id=item_id, title=title, date=day))
    return sorted(refs, key=lambda ref: ref.id)


def _entity_ids(session: Session, entity_pks: Collection[int]) -> list[str]:
    rows = select(col(Entity.id)).where(col(Entity.pk).in_(sorted(entity_pks)))
    return sorted(session.exec(rows))
