from typing import get_args

from app import knowledge
from app.query.names import autocomplete, reconcile
from app.query.schemas.reconcile import Batch
from app.query.schemas.shared import EntityType
from app.store.db import Database


def test_types_are_those_of_entities() -> None:
    assert [t.id for t in reconcile.types()] == list(get_args(EntityType))
    assert [t.id for t in reconcile.suggest_types("O").result][:2] == ["org", "other"]
    assert reconcile.suggest_types("zz").result == []
    assert [p.id for p in reconcile.suggest_properties("ma").result] == ["maker"]


def test_what_differs_by_its_version_is_no_match(seeded: Database) -> None:
    with seeded.read() as session:
        known = autocomplete.names(session)
        assert autocomplete.names(session) is known
        batch = Batch.model_validate(
            {
                name: {"query": name}
                for name in ("GPT-5.2", "GPT-5.3", "Qwen 9", "Qwen-Image-Layered")
            }
        )
        found = reconcile.reconcile(
            session, known, knowledge.knowledge().catalogue, batch, None
        ).root
    matched = {
        name for name, candidates in found.items() if any(c.match for c in candidates.result)
    }
    assert matched == {"GPT-5.2", "Qwen-Image-Layered"}
