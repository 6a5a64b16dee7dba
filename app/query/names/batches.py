"""Batches of reconciliation queries as clients send them: tolerant of what carries no meaning."""

from collections.abc import Mapping

from sqlmodel import Session

from app.normalize.entities.catalogue import Catalogue
from app.query.names import reconcile
from app.query.names.autocomplete import NameLookup
from app.query.names.registered_names import short_names
from app.query.schemas.reconcile import Batch, Candidates, QueryIn

EXACT_SCORE = 100.0
REGISTERED_NAME_SCORE = 95.0
"""Score of an entity found by a shorter form of a registered name."""
# The texts that pandas writes for a missing cell; reconciler sends them as values.
_EMPTY_TEXTS = frozenset(("", "NaN", "None", "<NA>", "NaT"))


def usual_form(query: object) -> object:
    """Return the JSON of a query without conditions that have no name or no value.

    OpenRefine sends "" for an empty cell and omits `pid` for a column without a property.
    """
    if not isinstance(query, dict):
        return query
    usual = dict(query)
    if isinstance(usual.get("query"), int | float):
        usual["query"] = str(usual["query"])
    for name in ("type", "types"):
        if name in usual:
            usual[name] = _types(usual[name])
    if isinstance(usual.get("properties"), list):
        usual["properties"] = _conditions(usual["properties"])
    return usual


def _types(value: object) -> object:
    """Return types as ids: a client may send `{"id": "org", "name": "Org"}`."""
    if isinstance(value, list):
        return [_type(entry) for entry in value]
    return _type(value)


def _type(value: object) -> object:
    if isinstance(value, dict):
        return value.get("id")
    return value


def _conditions(properties: list[object]) -> list[object]:
    conditions: list[object] = []
    for entry in properties:
        if not isinstance(entry, dict):
            conditions.append(entry)
            continue
        pid = entry.get("pid") or entry.get("p")
        if isinstance(pid, str) and not _is_empty(entry.get("v")):
            conditions.append({"pid": pid, "v": entry["v"]})
    return conditions


def _is_empty(value: object) -> bool:
    """Whether a property's value, or each value of its list, is empty."""
    if isinstance(value, list):
        return all(map(_is_empty_value, value))
    return _is_empty_value(value)


def _is_empty_value(value: object) -> bool:
    if isinstance(value, dict):
        return not (value.get("id") or value.get("name"))
    if isinstance(value, str):
        # A name on several rows has the values of all of them, a line each.
        return {line.strip() for line in value.split("\n")} <= _EMPTY_TEXTS
    return value is None


def answer(
    session: Session,
    known: NameLookup,
    catalogue: Catalogue,
    queries: Mapping[str, QueryIn],
    lang: str | None,
) -> dict[str, Candidates]:
    """Return the candidates of each query.

    A registered name that nothing is called exactly is looked up by its shorter forms.
    """
    batch = Batch(dict(queries))
    results = reconcile.reconcile(session, known, catalogue, batch, lang).root
    for key, query in queries.items():
        if _best_score(results[key]) >= REGISTERED_NAME_SCORE:
            continue
        for name in short_names(query.query or ""):
            shorter = Batch({key: query.model_copy(update={"query": name})})
            results_of_name = reconcile.reconcile(
                session,
                known,
                catalogue,
                shorter,
                lang,
            )
            answered = results_of_name.root[key]
            if _best_score(answered) == EXACT_SCORE:
                results[key] = _lowered(answered)
                break
    return results


def _best_score(candidates: Candidates) -> float:
    if not candidates.result:
        return 0.0
    best = candidates.result[0]
    return best.score


def _lowered(candidates: Candidates) -> Candidates:
    """Return candidates whose scores say that the name was shortened."""
    for candidate in candidates.result:
        candidate.score = min(candidate.score, REGISTERED_NAME_SCORE)
        candidate.features[0].value = candidate.score
    return candidates
