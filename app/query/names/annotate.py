"""A text of the caller's, read for the names the base knows."""

from sqlalchemy import select
from sqlmodel import Session, col

from app.normalize.entities.mentions import Scanner, longest_matches
from app.query.names.autocomplete import NameLookup, latest_items
from app.query.names.autocomplete import scanner as own_scanner
from app.query.schemas.lookup import AnnotatedEntity, Annotation, AnnotationsOut
from app.query.snapshot import dataset
from app.query.snapshot.refs import entity_refs
from app.store.tables import Entity

# Newest items shown of each entity.
_ITEMS = 3


def annotate(
    session: Session, scanner: Scanner, known: NameLookup, text: str, lang: str | None
) -> AnnotationsOut:
    """Where `text` names entities of the base: by the catalogue's names (`scanner`), and by those documents spell them with."""
    found = longest_matches([*own_scanner(session, known).scan(text), *scanner.scan(text)])
    pks = _entities(session, {match.node for match in found})
    there = [(match, pks[match.node]) for match in found if match.node in pks]
    refs = entity_refs(session, (pk for _, pk in there), lang)
    items = latest_items(session, sorted(refs), _ITEMS)
    return AnnotationsOut(
        annotations=[
            Annotation(start=m.start, end=m.end, surface=text[m.start : m.end], entity=refs[pk].id)
            for m, pk in there
        ],
        entities=[
            AnnotatedEntity(**dict(refs[pk]), items=items.get(pk, []))
            for pk in dict.fromkeys(pk for _, pk in there)
        ],
        dataset_version=dataset.version(session).text,
    )


def _entities(session: Session, nodes: set[str]) -> dict[str, int]:
    """The entities of nodes that the base holds, followed to where they were merged."""
    found: dict[str, int] = {}
    wanted = sorted(nodes)
    for start in range(0, len(wanted), 900):
        rows = session.execute(
            select(col(Entity.node), col(Entity.pk), col(Entity.merged_into_pk)).where(
                col(Entity.node).in_(wanted[start : start + 900])
            )
        )
        found |= {node: merged or pk for node, pk, merged in rows if pk}
    return found
