"""Reconciliation of names with entities."""

from typing import get_args

from app import knowledge
from app.query.names import autocomplete, reconcile
from app.query.schemas.reconcile import Batch, Candidates
from app.query.schemas.shared import EntityType
from app.store.db import Database


def test_types_are_those_of_the_schema() -> None:
    assert [entry.id for entry in reconcile.types()] == list(get_args(EntityType))
    assert suggested_types("O")[:2] == ["org", "other"]
    assert suggested_types("zz") == []


def suggested_types(typed: str) -> list[str]:
    return [entry.id for entry in reconcile.suggest_types(typed).result]


def test_another_version_is_no_match(seeded: Database) -> None:
    with seeded.read() as session:
        known = autocomplete.name_lookup(session)
        assert autocomplete.name_lookup(session) is known
        names = ("GPT-5.2", "GPT-5.3", "Qwen 9", "Qwen-Image-Layered")
        batch = Batch.model_validate({name: {"query": name} for name in names})
        catalogue = knowledge.knowledge().catalogue
        results = reconcile.reconcile(session, known, catalogue, batch, None)
    matched = set()
    for name, candidates in results.root.items():
        if any(candidate.match for candidate in candidates.result):
            matched.add(name)
    assert matched == {"GPT-5.2", "Qwen-Image-Layered"}


def test_a_batch_answers_as_each_query_alone(seeded: Database) -> None:
    queries: dict[str, dict[str, object]] = {
        "typo": {"query": "Nvdia", "limit": 1},
        "model": {"query": "GPT-5.2", "type": "model"},
        "other type": {"query": "GPT-5.2", "type": "place"},
        "none": {"query": "無此名稱"},
        "empty": {"query": " "},
    }
    catalogue = knowledge.knowledge().catalogue
    with seeded.read() as session:
        known = autocomplete.name_lookup(session)

        def reconciled(batch: dict[str, dict[str, object]]) -> dict[str, Candidates]:
            asked = Batch.model_validate(batch)
            return reconcile.reconcile(session, known, catalogue, asked, None).root

        together = reconciled(queries)
        alone = {name: reconciled({name: query})[name] for name, query in queries.items()}

    assert together == alone
    assert len(together["typo"].result) == 1
