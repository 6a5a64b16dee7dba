"""Annotations: the known entities that a caller's text names, with offsets."""

from collections.abc import Collection

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from app.normalize.entities.mentions import Scanner, longest_matches
from app.query.names import autocomplete
from app.query.names.autocomplete import NameLookup, latest_items
from app.query.schemas.lookup import AnnotatedEntity, Annotation, AnnotationsOut
from app.query.snapshot import dataset
from app.query.snapshot.refs import entity_refs
from app.store.encoding.batches import batches
from app.store.tables import Entity

_ITEMS_PER_ENTITY = 3
_OF_NODES = select(col(Entity.node), col(Entity.pk), col(Entity.merged_into_pk)).where(
    col(Entity.node).in_(bindparam("nodes", expanding=True))
)


def annotate(
    session: Session, scanner: Scanner, known: NameLookup, text: str, lang: str | None
) -> AnnotationsOut:
    """Return the places where `text` names entities of the database, in code points.

    `scanner` finds the catalogue's names; the spellings of documents and curators are added.
    """
    own_scanner = autocomplete.scanner(session, known)
    matches = longest_matches([*own_scanner.scan(text), *scanner.scan(text)])
    pks = _entity_pks(session, {match.node for match in matches})
    known_matches = [(match, pks[match.node]) for match in matches if match.node in pks]
    named_pks = list(dict.fromkeys(pk for _, pk in known_matches))
    refs = entity_refs(session, named_pks, lang)
    items = latest_items(session, sorted(refs), _ITEMS_PER_ENTITY)
    annotations = []
    for match, pk in known_matches:
        surface = text[match.start : match.end]
        annotations.append(
            Annotation(
                start=match.start,
                end=match.end,
                surface=surface,
                entity=refs[pk].id,
            )
        )

    entities = []
    for pk in named_pks:
        entities.append(AnnotatedEntity(**vars(refs[pk]), items=list(items.get(pk, ()))))

    return AnnotationsOut(
        annotations=annotations,
        entities=entities,
        dataset_version=dataset.version(session).text,
    )


def _entity_pks(session: Session, nodes: Collection[str]) -> dict[str, int]:
    """Return the entity of each node in the database, merged ones followed."""
    pks: dict[str, int] = {}
    for batch in batches(sorted(nodes)):
        for node, pk, merged_into in session.connection().execute(_OF_NODES, {"nodes": batch}):
            pks[node] = merged_into or pk or 0

    return pks
