"""The act of making an entity of a name that no catalogue has."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.curate.conduct import Curation, Outcome, conduct
from app.curate.conflicts import refuse_known_name
from app.errors import Conflict
from app.normalize.entities.names import name_key
from app.query.entities import references
from app.query.schemas.judgements import ActOut
from app.store.db import Database
from app.store.entities import creations, judgements, sync
from app.store.entities.judgements import Act
from app.store.rows import strip_unstorable
from app.store.tables import Entity, Judgement


@dataclass(frozen=True, slots=True)
class NewEntity:
    """An entity to create; `family` and `maker` are ids, slugs or spellings of others."""

    name: str
    type: str
    lang: str | None = None
    family: str | None = None
    maker: str | None = None


def create(database: Database, channel: str, new: NewEntity, curation: Curation) -> ActOut:
    """Create an entity; all places of stored documents with its name are its mentions at once.

    An entity that documents list under this name becomes the new one. Raises Conflict if the name
    is another entity's, and NotFound for an unknown family or maker.
    """

    def perform(session: Session, now: datetime) -> Outcome:
        spelling = strip_unstorable(new.name)
        node = f"k:{name_key(spelling)}"
        evidence = {
            "text": new.name,
            "name": spelling,
            "lang": new.lang,
            "kind": "spelling",
            "type": new.type,
            "family": _node_of(session, new.family),
            "maker": _node_of(session, new.maker),
        }
        earlier = _earlier(session, node)
        if earlier and earlier.evidence == evidence:
            return Outcome(_entity(session, node), [earlier])
        if earlier:
            raise Conflict(f"{earlier.id} already created {new.name}; undo that first.")
        refuse_known_name(session, node, new.name)
        act = Act("create", "positive", node, node, evidence)
        judgement = curation.judge(session, act, now)
        place = name_key(spelling), node
        sync.relink_mentions(session, [node], {place: spelling}, whole=True)
        creations.refresh(session, [node])
        outcome = Outcome(_entity(session, node), spellings=[spelling])
        outcome.add(judgement)
        return outcome

    return conduct(database, channel, curation, perform, changes_spellings=True)


def _node_of(session: Session, reference: str | None) -> str | None:
    if reference is None:
        return None
    return session.get_one(Entity, references.resolve(session, reference)).node


def _earlier(session: Session, node: str) -> Judgement | None:
    """Return the judgement that created the entity of a node."""
    for judgement in judgements.judgements_on(session, [node]):
        if judgement.kind == "create" and judgement.right_key == node:
            return judgement
    return None


def _entity(session: Session, node: str) -> Entity:
    return session.exec(select(Entity).where(col(Entity.node) == node)).one()
