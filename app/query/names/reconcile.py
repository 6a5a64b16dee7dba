"""The W3C Reconciliation Service API 0.2: names of a caller's table matched with entities.

OpenRefine is the usual client. A name is looked up as spelled, then as the catalogue parses it
(without maker, without legal suffix, in another word order), then as a typo or a part of a name.
Only the first two can be a match, and only if they mean a single entity.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from rapidfuzz.distance import OSA
from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.names import name_key
from app.normalize.entities.resolve import resolve_names
from app.query.names.autocomplete import NameLookup, hints
from app.query.schemas.lookup import Hint
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
from app.query.schemas.shared import EntityRef, EntityType
from app.query.snapshot.refs import entity_refs
from app.store.tables import Entity

# A person looks at the candidates of a cell.
_DEFAULT_CANDIDATES = 5
_MAX_CANDIDATES = 25
# A longer cell is a sentence and names no entity.
_MAX_NAME_CHARS = 200
_MAX_PROPERTY_VALUES = 20
_SUGGESTIONS_PER_PAGE = 10
_MATCHES_PER_VALUE = 5
_EXACT_SCORE = 100.0
_MAX_GUESS_SCORE = 90.0
_OF_NODES = select(col(Entity.pk), col(Entity.merged_into_pk), col(Entity.slug)).where(
    col(Entity.node).in_(bindparam("nodes", expanding=True))
)


@dataclass(frozen=True, slots=True)
class _NameReading:
    """An entity that a name may mean. `score` is 0 to 100; `is_sure` unless it was guessed."""

    entity: int
    score: float
    is_sure: bool


def types() -> list[TypeOut]:
    """Return the types of entities."""
    return list(map(_type, get_args(EntityType)))


def reconcile(
    session: Session, known: NameLookup, catalogue: Catalogue, batch: Batch, lang: str | None
) -> Results:
    """Return the candidates of each query of a batch; what they need is read for all at once."""
    readings_by_key = {}
    for key, query in batch.root.items():
        readings_by_key[key] = _best_readings(
            _readings(session, known, catalogue, query.query or "")
        )

    refs = entity_refs(session, set().union(*readings_by_key.values()), lang)
    ranked_by_key = {}
    listed_pks: set[int] = set()
    for key, query in batch.root.items():
        ranked = _ranked(readings_by_key[key], known, refs, query)
        ranked_by_key[key] = ranked
        listed_pks.update(reading.entity for reading in ranked[: _limit(query)])

    hints_by_pk = hints(session, sorted(listed_pks), lang)
    results = {}
    for key, query in batch.root.items():
        results[key] = _candidates(
            session,
            known,
            query,
            ranked_by_key[key],
            refs,
            hints_by_pk,
        )

    return Results(results)


def _ranked(
    readings: Mapping[int, _NameReading],
    known: NameLookup,
    refs: Mapping[int, EntityRef],
    query: QueryIn,
) -> list[_NameReading]:
    """Return the readings of the types that a query allows, best first."""
    types = query.types()
    allowed = []
    for pk, reading in readings.items():
        if pk in refs and (not types or refs[pk].type in types):
            allowed.append(reading)

    return sorted(
        allowed,
        key=lambda reading: (
            -reading.score,
            -known.weight(reading.entity),
            refs[reading.entity].id,
        ),
    )


def _limit(query: QueryIn) -> int:
    return min(int(query.limit or _DEFAULT_CANDIDATES), _MAX_CANDIDATES)


def _candidates(
    session: Session,
    known: NameLookup,
    query: QueryIn,
    ranked: Sequence[_NameReading],
    refs: Mapping[int, EntityRef],
    hints_by_pk: Mapping[int, Hint],
) -> Candidates:
    sure = _sure_reading(ranked)
    candidates = []
    for reading in ranked[: _limit(query)]:
        hint = hints_by_pk[reading.entity]
        agreement = _property_features(session, known, query, hint)
        is_match = reading is sure and all(feature.value for feature in agreement)
        candidates.append(
            _candidate(
                reading,
                refs[reading.entity],
                hint,
                agreement,
                is_match,
            )
        )

    return Candidates(result=candidates)


def _best_readings(readings: Iterable[_NameReading]) -> dict[int, _NameReading]:
    """Return the reading with the highest score of each entity."""
    by_score = sorted(readings, key=lambda reading: reading.score)
    return {reading.entity: reading for reading in by_score}


def _sure_reading(ranked: Sequence[_NameReading]) -> _NameReading | None:
    """Return the only sure reading with the highest score, if there is exactly one."""
    best = []
    for reading in ranked:
        if reading.is_sure and reading.score == ranked[0].score:
            best.append(reading)

    return best[0] if len(best) == 1 else None


def _property_features(
    session: Session, known: NameLookup, query: QueryIn, hint: Hint
) -> list[Feature]:
    """Return for each property of the query whether the entity has one of its values."""
    ids = {
        "maker": hint.maker.id if hint.maker else "",
        "family": hint.family.id if hint.family else "",
    }
    features = []
    for constraint in query.properties or ():
        entity_id = ids.get(constraint.pid)
        if entity_id is None:
            continue

        agrees = bool(entity_id) and entity_id in _value_ids(
            session,
            known,
            constraint.v,
        )
        features.append(Feature(id=constraint.pid, value=agrees))

    return features


def _candidate(
    reading: _NameReading, ref: EntityRef, hint: Hint, agreement: Sequence[Feature], is_match: bool
) -> Candidate:
    return Candidate(
        id=ref.id,
        name=ref.name,
        description=hint.text,
        type=[_type(ref.type)],
        score=reading.score,
        match=is_match,
        features=[Feature(id="name", value=reading.score), *agreement],
    )


def _readings(
    session: Session, known: NameLookup, catalogue: Catalogue, name: str
) -> Iterator[_NameReading]:
    """Yield the entities that a name may mean: by spelling, and else as the catalogue parses it."""
    name = name.strip()[: _MAX_NAME_CHARS + 1]
    if not name or len(name) > _MAX_NAME_CHARS:
        return

    has_exact = False
    for reading in _spelled_readings(known, name):
        has_exact |= reading.is_sure
        yield reading

    if not has_exact:
        yield from _catalogue_readings(session, known, catalogue, name)


def _spelled_readings(known: NameLookup, name: str) -> Iterator[_NameReading]:
    key = name_key(name)
    for match in known.find(name, _MAX_CANDIDATES):
        if match.how == "exact":
            yield _NameReading(match.entity, _EXACT_SCORE, True)
        else:
            similarity = OSA.normalized_similarity(key, name_key(match.spelling))
            yield _NameReading(
                match.entity,
                round(similarity * _MAX_GUESS_SCORE, 1),
                False,
            )


def _catalogue_readings(
    session: Session, known: NameLookup, catalogue: Catalogue, name: str
) -> Iterator[_NameReading]:
    decision = resolve_names([name], catalogue)[0]
    linked = decision.entity if decision.outcome == "link" else None
    scores = {candidate.entity: candidate.score for candidate in decision.candidates}
    if linked is not None:
        scores[linked] = decision.score

    for pk, slug in _mentioned_entities(session, known, scores):
        is_sure = slug == linked
        max_score = _EXACT_SCORE if is_sure else _MAX_GUESS_SCORE
        yield _NameReading(
            pk,
            round(scores[slug] * max_score, 1),
            is_sure,
        )


def _mentioned_entities(
    session: Session, known: NameLookup, slugs: Mapping[str, float]
) -> Iterator[tuple[int, str]]:
    """Yield pk (merged ones followed) and slug of the catalogued entities with mentions."""
    nodes = [f"c:{slug}" for slug in slugs]
    rows = session.connection().execute(_OF_NODES, {"nodes": nodes}) if nodes else ()
    for pk, merged_into, slug in rows:
        entity = merged_into or pk or 0
        if known.weight(entity):
            yield entity, slug


def _value_ids(session: Session, known: NameLookup, value: object) -> set[str]:
    """Return the ids that a property value names: an id, `{id, name}`, a name, or a list."""
    ids: set[str] = set()
    values = value[:_MAX_PROPERTY_VALUES] if isinstance(value, list) else [value]
    for entry in values:
        text = entry.get("id") if isinstance(entry, dict) else entry
        if not isinstance(text, str) or not text:
            continue

        matches = known.find(text, _MATCHES_PER_VALUE)
        exact = [match.entity for match in matches if match.how == "exact"]
        ids.add(text)
        ids.update(ref.id for ref in entity_refs(session, exact, None).values())

    return ids


def suggest(
    session: Session, known: NameLookup, typed: str, skip: int, lang: str | None
) -> Suggestions:
    """Return a page of the entities that `typed` may complete to, after the first `skip`."""
    matches = known.find(typed, skip + _SUGGESTIONS_PER_PAGE)[skip:]
    pks = [match.entity for match in matches]
    refs = entity_refs(session, pks, lang)
    hints_by_pk = hints(session, pks, lang)
    suggestions = []
    for pk in pks:
        ref = refs.get(pk)
        if ref:
            suggestions.append(_suggestion(ref, hints_by_pk[pk]))

    return Suggestions(result=suggestions)


def _suggestion(ref: EntityRef, hint: Hint) -> Suggestion:
    return Suggestion(
        id=ref.id,
        name=ref.name,
        description=hint.text,
        notable=[_type(ref.type)],
    )


def suggest_types(typed: str) -> TypeSuggestions:
    """Return the types whose id contains `typed`, those that begin with it first."""
    text = typed.strip().lower()
    matches = [entry for entry in types() if text in entry.id]
    ranked = sorted(matches, key=lambda entry: (not entry.id.startswith(text), entry.id))

    return TypeSuggestions(result=ranked)


def _type(kind: str) -> TypeOut:
    return TypeOut(id=kind, name=kind.capitalize())
