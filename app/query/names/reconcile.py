"""The W3C Reconciliation Service API 0.2: names of a caller's table matched with entities, as OpenRefine asks for it.

A name is met as it is spelled, then as the catalogue reads it (maker off, legal suffix off, word order), then as what it may
be a slip or a part of. Only the first two can be a match, and only where one entity alone is meant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from rapidfuzz.distance import OSA
from sqlalchemy import select
from sqlmodel import Session, col

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.names import name_key
from app.normalize.entities.resolve import resolve_names
from app.query.names.autocomplete import NameLookup, hints
from app.query.schemas.reconcile import (
    Batch,
    Candidate,
    Candidates,
    Feature,
    QueryIn,
    Results,
    Suggestion,
    Suggestions,
    TypeOut,
    TypeSuggestions,
)
from app.query.schemas.shared import EntityType
from app.query.snapshot.refs import entity_refs
from app.store.tables import Entity

PROPERTIES = {"maker": "Maker", "family": "Family"}
# Candidates of one name; a table's cell is looked at by a person.
_USUAL, _MOST = 5, 25
# A name longer than this is a sentence, and names nobody.
_LONGEST = 200
_LIKENESS = 90.0


@dataclass(frozen=True, slots=True)
class _Met:
    """An entity that may be meant, by its likeness (0 to 100); `sure` where its name was read, not guessed."""

    entity: int
    score: float
    sure: bool


def types() -> list[TypeOut]:
    """The types entities have."""
    return [TypeOut(id=kind, name=kind.capitalize()) for kind in get_args(EntityType)]


def reconcile(
    session: Session, known: NameLookup, catalogue: Catalogue, batch: Batch, lang: str | None
) -> Results:
    """The candidates of each query."""
    return Results(
        {
            key: _candidates(session, known, catalogue, query, lang)
            for key, query in batch.root.items()
        }
    )


def _candidates(
    session: Session, known: NameLookup, catalogue: Catalogue, query: QueryIn, lang: str | None
) -> Candidates:
    met = {
        entry.entity: entry
        for entry in sorted(
            _met(session, known, catalogue, query.query or ""), key=lambda m: m.score
        )
    }
    refs = entity_refs(session, met, lang)
    told = hints(session, list(met), lang)
    wanted = query.types()
    among = [met[pk] for pk, ref in refs.items() if not wanted or ref.type in wanted]
    among.sort(key=lambda m: (-m.score, -known.weight(m.entity), refs[m.entity].id))
    best = [entry for entry in among if entry.sure and entry.score == among[0].score]
    shown = []
    for entry in among[: min(int(query.limit or _USUAL), _MOST)]:
        ref, hint = refs[entry.entity], told[entry.entity]
        held = {
            "maker": hint.maker.id if hint.maker else "",
            "family": hint.family.id if hint.family else "",
        }
        agreeing = [
            Feature(
                id=given.pid,
                value=bool(held[given.pid]) and held[given.pid] in _values(session, known, given.v),
            )
            for given in query.properties or ()
            if given.pid in held
        ]
        features = [Feature(id="name", value=entry.score), *agreeing]
        match = best == [entry] and all(feature.value for feature in agreeing)
        shown.append(
            Candidate(
                id=ref.id,
                name=ref.name,
                description=hint.text,
                type=[_type(ref.type)],
                score=entry.score,
                match=match,
                features=features,
            )
        )
    return Candidates(result=shown)


def _met(session: Session, known: NameLookup, catalogue: Catalogue, name: str) -> Iterable[_Met]:
    name = name.strip()[: _LONGEST + 1]
    if not name or len(name) > _LONGEST:
        return
    key = name_key(name)
    exact = False
    for match in known.find(name, _MOST):
        exact |= match.how == "exact"
        likeness = OSA.normalized_similarity(key, name_key(match.written)) * _LIKENESS
        yield _Met(
            match.entity,
            100.0 if match.how == "exact" else round(likeness, 1),
            match.how == "exact",
        )
    decision = None if exact else resolve_names([name], catalogue)[0]
    if decision is None:
        return
    scores = {candidate.entity: candidate.score for candidate in decision.candidates} | (
        {decision.entity: decision.score} if decision.outcome == "link" else {}
    )
    rows = session.execute(
        select(col(Entity.pk), col(Entity.merged_into_pk), col(Entity.slug)).where(
            col(Entity.node).in_([f"c:{slug}" for slug in scores])
        )
    )
    for pk, merged, slug in rows:
        if known.weight(merged or pk or 0):
            sure = decision.outcome == "link" and slug == decision.entity
            yield _Met(
                merged or pk or 0, round(scores[slug] * (100 if sure else _LIKENESS), 1), sure
            )


def _values(session: Session, known: NameLookup, given: object) -> set[str]:
    """The ids a property's values stand for: given as such, as `{id, name}`, or by name."""
    found: set[str] = set()
    for value in given[:20] if isinstance(given, list) else [given]:
        said = value.get("id") if isinstance(value, dict) else value
        if isinstance(said, str) and said:
            exact = [match.entity for match in known.find(said, 5) if match.how == "exact"]
            found |= {said} | {ref.id for ref in entity_refs(session, exact, None).values()}
    return found


def suggest(
    session: Session, known: NameLookup, typed: str, skip: int, lang: str | None
) -> Suggestions:
    """Entities that what is typed may become; `skip` of them were shown before."""
    found = known.find(typed, skip + 10)[skip:]
    refs = entity_refs(session, (match.entity for match in found), lang)
    told = hints(session, [match.entity for match in found], lang)
    return Suggestions(
        result=[
            Suggestion(
                id=ref.id,
                name=ref.name,
                description=told[match.entity].text,
                notable=[_type(ref.type)],
            )
            for match in found
            if (ref := refs.get(match.entity))
        ]
    )


def suggest_types(typed: str) -> TypeSuggestions:
    """The types whose name begins with or holds what is typed."""
    said = typed.strip().lower()
    return TypeSuggestions(
        result=sorted(
            (t for t in types() if said in t.id), key=lambda t: (not t.id.startswith(said), t.id)
        )
    )


def suggest_properties(typed: str) -> TypeSuggestions:
    """The properties a query may give, likewise."""
    said = typed.strip().lower()
    return TypeSuggestions(
        result=[TypeOut(id=pid, name=name) for pid, name in PROPERTIES.items() if said in pid]
    )


def _type(kind: str) -> TypeOut:
    return TypeOut(id=kind, name=kind.capitalize())
