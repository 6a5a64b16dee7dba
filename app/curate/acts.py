"""What a curator does: judged, clustered anew, followed by every mention, in one transaction, or tried and taken back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app import knowledge
from app.curate import rescan
from app.curate.rescan import Rescan
from app.errors import Conflict, NotFound
from app.normalize.entities.clusters import cluster
from app.normalize.entities.names import name_key
from app.query import entities as query
from app.query.schemas.ledger import ActOut, Changed
from app.query.snapshot import dataset as versions
from app.query.snapshot.refs import entity_refs
from app.store import dataset
from app.store.dataset import Event
from app.store.db import Database
from app.store.derived import refresh
from app.store.derived.refresh import Touched
from app.store.encoding.batches import batches
from app.store.entities import judgements as ledger
from app.store.entities import sync
from app.store.entities.judgements import Act
from app.store.rows import strip_unstorable
from app.store.tables import Alias, Entity, Item, Judgement, Mention

Expectation = Callable[[Session, int], None]
"""Raises where an entity (its `pk`) is not what somebody took it for."""


@dataclass(frozen=True, slots=True)
class Curation:
    """Who says it, why, whether it is only tried, and what it expects of the entity it is said of."""

    actor: str
    reason: str | None = None
    dry_run: bool = False
    expects: Expectation | None = None

    def of(self, session: Session, entity: Entity) -> None:
        """Refuse where the entity is not as expected."""
        if self.expects and entity.pk:
            self.expects(session, entity.pk)


@dataclass
class _Outcome:
    """What an act put down, about which entity, and what it must make good: nodes to follow, spellings to look for again."""

    entity: Entity
    judgements: list[Judgement] = field(default_factory=list)
    changed: bool = False
    events: list[Event] = field(default_factory=list)
    spellings: list[str] = field(default_factory=list)

    def add(self, judgement: Judgement, *events: Event) -> None:
        self.judgements.append(judgement)
        self.events += events
        self.changed = True


def merge(database: Database, channel: str, given: str, into: str, said: Curation) -> ActOut:
    """All of an entity becomes another, whether catalogued or not; its id leads there from now on."""

    def act(session: Session, now: datetime) -> _Outcome:
        said.of(session, _entity(session, given))
        target = _entity(session, into)
        source = _itself(session, given)
        done = _Outcome(target)
        if source.pk == target.pk:
            raise Conflict(f"{target.name} cannot be merged into itself.")
        if source.merged_into_pk:
            at = session.get_one(Entity, source.merged_into_pk)
            if at.pk != target.pk:
                raise Conflict(
                    f"{source.name} is already merged into {at.name} ({at.id}); undo that first, or merge {at.name}."
                )
            done.judgements = [
                j
                for j in ledger.standing_of(session, [source.node])
                if j.left_key == source.node and j.verdict == "positive"
            ]
            return done
        _may_join(session, source.node, target.node, source.name, target.name)
        words = {"text": f"{source.name} → {target.name}"}
        judgement = ledger.judge(
            session,
            Act("merge", "positive", source.node, target.node, words),
            said.actor,
            said.reason,
            now,
        )
        done.add(
            judgement,
            Event("merged", "entity", source.id, {"name": source.name, "into": target.id}),
        )
        return done

    return _conduct(database, channel, said, act)


def split(
    database: Database, channel: str, given: str, names: Iterable[str], said: Curation
) -> ActOut:
    """Spellings of an entity are not it: each gets an entity of its own, which no automatic link brings back."""

    def act(session: Session, now: datetime) -> _Outcome:
        entity = _entity(session, given)
        said.of(session, entity)
        done = _Outcome(entity)
        for name in dict.fromkeys(names):
            own = f"k:{name_key(strip_unstorable(name))}"
            held = ledger.standing_of(session, [own])
            before = [
                j
                for j in held
                if j.verdict == "negative" and {j.left_key, j.right_key} == {own, entity.node}
            ]
            if before:
                done.judgements += before
                continue
            _may_part(session, entity, own, name, held)
            judgement = ledger.judge(
                session,
                Act("split", "negative", own, entity.node, {"text": name}),
                said.actor,
                said.reason,
                now,
            )
            done.add(
                judgement,
                Event(
                    "split", "entity", entity.id, {"spelling": name, "into": sync.entity_id(own)}
                ),
            )
        return done

    return _conduct(database, channel, said, act)


def alias(
    database: Database,
    channel: str,
    given: str,
    name: str,
    lang: str | None,
    kind: str,
    said: Curation,
) -> ActOut:
    """A spelling names an entity; it is found in the documents that are there already."""

    def act(session: Session, now: datetime) -> _Outcome:
        entity = _entity(session, given)
        said.of(session, entity)
        done = _Outcome(entity)
        spelled = strip_unstorable(name)
        own = f"k:{name_key(spelled)}"
        held = [
            j
            for j in ledger.standing_of(session, [own])
            if j.left_key == own and j.verdict == "positive"
        ]
        done.judgements = [
            j
            for j in held
            if j.kind == "alias" and j.right_key == entity.node and j.evidence["name"] == spelled
        ]
        if done.judgements:
            return done
        if other := _catalogued_owner(session, own, entity):
            raise Conflict(f"{name} already names {other}; split it off there first.")
        _may_join(session, own, entity.node, name, entity.name)
        evidence = {"text": name, "name": spelled, "lang": lang, "kind": kind}
        done.add(
            ledger.judge(
                session,
                Act("alias", "positive", own, entity.node, evidence),
                said.actor,
                said.reason,
                now,
            )
        )
        done.spellings.append(spelled)
        return done

    return _conduct(database, channel, said, act, spells=True)


def drop_alias(database: Database, channel: str, given: str, named: str, said: Curation) -> ActOut:
    """Take back a spelling that a curator gave, named by its id or as it is written."""

    def act(session: Session, now: datetime) -> _Outcome:
        entity = _entity(session, given)
        said.of(session, entity)
        nodes = [
            entity.node,
            *session.exec(select(col(Entity.node)).where(col(Entity.merged_into_pk) == entity.pk)),
        ]
        said_once = session.exec(
            select(Judgement)
            .where(col(Judgement.kind) == "alias", col(Judgement.right_key).in_(nodes))
            .order_by(col(Judgement.pk).desc())
        )
        for judgement in said_once:
            if named in (
                judgement.evidence["name"],
                query.alias_id(judgement.right_key, judgement.evidence["name"]),
            ):
                return _undone(session, judgement, entity, said, now)
        rows = session.execute(
            select(col(Alias.name), col(Entity.node))
            .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
            .where(col(Entity.node).in_(nodes))
        )
        for name, node in rows:
            if named in (name, query.alias_id(node, name)):
                raise Conflict(
                    f"{name} was not given by a curator; split it off {entity.name} instead."
                )
        raise NotFound(f"{entity.name} has no alias {named!r}.")

    return _conduct(database, channel, said, act, spells=True)


def undo(database: Database, channel: str, judgement_id: str, said: Curation) -> ActOut:
    """Take back a curator's judgement. It stays on record, and so does that it was undone."""

    def act(session: Session, now: datetime) -> _Outcome:
        judgement = _judgement(session, judgement_id)
        if judgement.briefing_pk:
            raise Conflict(
                "A document is the evidence of this judgement, and nobody's to undo; split the spelling off, or merge."
            )
        if judgement.kind == "undo":
            raise Conflict("What was undone is done again by doing it again.")
        entity = _entity_of(session, judgement.right_key)
        said.of(session, entity)
        return _undone(session, judgement, entity, said, now)

    return _conduct(database, channel, said, act, spells=True)


def settle(
    database: Database, channel: str, judgement_id: str, verdict: str, said: Curation
) -> ActOut:
    """Say whether an uncertain link holds."""

    def act(session: Session, now: datetime) -> _Outcome:
        doubt = _judgement(session, judgement_id)
        if doubt.verdict != "unsure" or not doubt.briefing_pk:
            raise Conflict("This judgement waits for nobody: only uncertain links can be settled.")
        left, right = doubt.left_key, doubt.right_key
        done = _Outcome(_entity_of(session, right))
        said.of(session, done.entity)
        for judgement in ledger.standing_of(session, [left]):
            if {judgement.left_key, judgement.right_key} == {left, right}:
                if judgement.verdict != verdict:
                    raise Conflict(
                        f"Settled already by {judgement.id}, as {judgement.verdict}; undo that first."
                    )
                done.judgements = [judgement]
                return done
        words = {"text": doubt.evidence.get("text"), "settles": doubt.id}
        if verdict == "positive":
            _may_join(session, left, right, left[2:], done.entity.name)
            event = Event("merged", "entity", sync.entity_id(left), {"into": done.entity.id})
            done.add(
                ledger.judge(
                    session, Act("link", verdict, left, right, words), said.actor, said.reason, now
                ),
                event,
            )
        else:
            _may_reject(session, left, right)
            done.add(
                ledger.judge(
                    session,
                    Act("reject", verdict, left, right, words),
                    said.actor,
                    said.reason,
                    now,
                )
            )
        return done

    return _conduct(database, channel, said, act)


def _conduct(
    database: Database,
    channel: str,
    said: Curation,
    act: Callable[[Session, datetime], _Outcome],
    *,
    spells: bool = False,
) -> ActOut:
    now = datetime.now(UTC)
    ahead = _read_ahead(database, channel, act, now) if spells else Rescan({})
    with database.write() as session:
        done = act(session, now)
        named = entity_refs(session, [done.entity.pk or 0], None)
        items = _make_good(session, channel, done, now, ahead) if done.changed else []
        named |= entity_refs(session, [done.entity.merged_into_pk or done.entity.pk or 0], None)
        shown = ActOut(
            changed=done.changed,
            dry_run=said.dry_run,
            entity=list(named.values())[-1],
            judgements=[] if said.dry_run else [judgement.id for judgement in done.judgements],
            items=Changed(total=len(items), ids=items),
            dataset_version=versions.version(session).text,
        )
        if said.dry_run:
            session.rollback()
    if said.dry_run:
        with database.read() as session:
            shown.dataset_version = versions.version(session).text
    else:
        database.settle()
    return shown


def _read_ahead(
    database: Database, channel: str, act: Callable[[Session, datetime], _Outcome], now: datetime
) -> Rescan:
    """What documents name once it is done: it is tried for the spellings that will be given, and taken back."""
    with database.write() as session:
        names, given = act(session, now).spellings, ledger.spellings(session)
        session.rollback()
    return rescan.read(database, names, given, channel) if names else Rescan({})


def _make_good(
    session: Session, channel: str, done: _Outcome, now: datetime, ahead: Rescan
) -> list[str]:
    """Have everything follow from what is judged now; the ids of the items whose names lead elsewhere."""
    catalogue = knowledge.knowledge().catalogue
    nodes = {
        node for judgement in done.judgements for node in (judgement.left_key, judgement.right_key)
    }
    followed = sync.follow(session, nodes, catalogue, whole=True)
    items, events = followed.items, done.events
    reached = Touched()
    if done.spellings:
        told, found, written = rescan.write(session, done.spellings, ahead, channel, now)
        items, events = items | found, events + told
        reached.add(written)
    touched = followed.touched | {
        pk
        for pk in session.exec(select(col(Entity.pk)).where(col(Entity.node).in_(sorted(nodes))))
        if pk
    }
    told = sync.refresh(session, touched, catalogue)
    reached.add(Touched(items=items, entities=touched, named=followed.briefings))
    refresh.refresh_derived(session, reached)
    ids = sorted(_ids(session, items))
    there = session.exec(select(col(Entity.id)).where(col(Entity.pk).in_(sorted(touched)))).all()
    spoken_of = {event.object_id for event in (*events, *told)}
    events = [
        *events,
        *(
            Event("updated", "entity", entity, {})
            for entity in sorted(there)
            if entity not in spoken_of
        ),
        *(Event("updated", "item", item, {}) for item in ids if item not in spoken_of),
        *told,
    ]
    dataset.record(session, events, now)
    return ids


def _ids(session: Session, items: Iterable[int]) -> list[str]:
    return [
        i
        for part in batches(sorted(items))
        for i in session.exec(select(col(Item.id)).where(col(Item.pk).in_(part)))
    ]


def _undone(
    session: Session, judgement: Judgement, entity: Entity, said: Curation, now: datetime
) -> _Outcome:
    done = _Outcome(entity)
    if earlier := ledger.undoing(session, judgement):
        done.judgements = [earlier]
        return done
    left, right = judgement.left_key, judgement.right_key
    act = Act("undo", "unsure", left, right, {"text": judgement.evidence.get("text")})
    undoing = ledger.judge(session, act, said.actor, said.reason, now, undoes=judgement)
    other = session.exec(select(Entity).where(col(Entity.node) == left)).first()
    if other and judgement.kind == "merge":
        done.events.append(
            Event("split", "entity", other.id, {"name": other.name, "from": entity.id})
        )
    if judgement.kind == "split":
        done.events.append(Event("merged", "entity", sync.entity_id(left), {"into": entity.id}))
    if judgement.kind == "alias":
        done.spellings.append(judgement.evidence["name"])
    done.add(undoing)
    return done


def _entity(session: Session, given: str) -> Entity:
    return session.get_one(Entity, query.resolve(session, given))


def _itself(session: Session, given: str) -> Entity:
    """The entity an id or slug names even if it was merged, else the one a spelling does."""
    named = or_(col(Entity.id) == given, col(Entity.slug) == given.lower())
    return session.exec(select(Entity).where(named)).first() or _entity(session, given)


def _entity_of(session: Session, node: str) -> Entity:
    """The entity a node goes by."""
    entity = session.exec(
        select(Entity).where(col(Entity.node) == ledger.region(session, [node]).clusters.root(node))
    ).first()
    if entity is None:
        raise Conflict("No document names this entity any more.")
    return entity


def _judgement(session: Session, judgement_id: str) -> Judgement:
    found = session.exec(select(Judgement).where(col(Judgement.id) == judgement_id)).first()
    if found is None:
        raise NotFound(f"There is no judgement {judgement_id!r}.")
    return found


def _may_join(session: Session, left: str, right: str, name: str, into: str) -> None:
    """Refuse to make `left` part of `right` where a curator said otherwise, or where they are one already (which keeps circles out)."""
    region = ledger.region(session, [left, right])
    said = ledger.standing_of(session, region.nodes)
    ours = cluster([], [(j.left_key, j.right_key) for j in said if j.verdict == "positive"])
    for judgement in said:
        apart = {ours.root(judgement.left_key), ours.root(judgement.right_key)}
        if judgement.verdict == "negative" and apart == {ours.root(left), ours.root(right)}:
            raise Conflict(f"{name} was said not to be {into} by {judgement.id}; undo that first.")
        if (
            judgement.verdict == "positive"
            and judgement.left_key == left != right
            and judgement.right_key != right
        ):
            at = _entity_of(session, judgement.right_key)
            raise Conflict(f"{name} was said to be {at.name} by {judgement.id}; undo that first.")
    if ours.root(left) == ours.root(right) and left != right and ours.root(left) == left:
        raise Conflict(f"{into} is already merged into {name}; undo that first.")


def _may_part(
    session: Session, entity: Entity, own: str, name: str, held: Iterable[Judgement]
) -> None:
    """Refuse to split off what an entity does not go by, what it goes by itself, and what a curator made it."""
    pks = select(col(Entity.pk)).where(
        or_(col(Entity.pk) == entity.pk, col(Entity.merged_into_pk) == entity.pk)
    )
    places = ((col(Mention.key), col(Mention.entity_pk)), (col(Alias.key), col(Alias.entity_pk)))
    if not any(
        session.exec(select(key).where(key == own[2:], owner.in_(pks)).limit(1)).first()
        for key, owner in places
    ):
        raise Conflict(
            f"{name} is no spelling of {entity.name}; its spellings are listed as its aliases."
        )
    if own == entity.node:
        raise Conflict(
            f"{name} is the name {entity.name} goes by; split the other spellings off instead."
        )
    _may_reject(session, own, entity.node)


def _may_reject(session: Session, left: str, right: str) -> None:
    """Refuse to part what curators joined."""
    said = ledger.standing_of(session, ledger.region(session, [left, right]).nodes)
    positive = [j for j in said if j.verdict == "positive"]
    ours = cluster([], [(j.left_key, j.right_key) for j in positive])
    if ours.root(left) == ours.root(right):
        by = next((j.id for j in positive if left in (j.left_key, j.right_key)), None)
        raise Conflict(
            f"A curator said that these are one{f' ({by})' if by else ''}; undo that first."
        )


def _catalogued_owner(session: Session, own: str, entity: Entity) -> str | None:
    """Another entity that the catalogue knows by a spelling, unless that was split off it."""
    holders = [
        e
        for e in knowledge.knowledge().catalogue.entities.values()
        if any(name_key(name) == own[2:] for name in e.spellings)
    ]
    clusters = ledger.region(
        session, [own, entity.node, *(f"c:{holder.slug}" for holder in holders)]
    ).clusters
    root, names = (
        clusters.root(entity.node),
        {holder.title: f"c:{holder.slug}" for holder in holders},
    )
    return next(
        (
            title
            for title, node in names.items()
            if clusters.mention_root(own[2:], node) == clusters.root(node) != root
        ),
        None,
    )
