"""References to entities: an id, a slug or a spelling."""

import pytest

from app.errors import NotFound
from app.query.entities import references
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import briefing, item


def test_an_unknown_entity_suggests_a_similar_name(seeded: Database) -> None:
    with seeded.read() as session:
        assert references.resolve(session, "SGLang") == references.resolve(session, "sglang")
        with pytest.raises(NotFound, match="There is no entity 'SGLagn'; there is SGLang"):
            references.resolve(session, "SGLagn")
        with pytest.raises(NotFound, match=r"There is no entity '%_%'\.$"):
            references.resolve(session, "%_%")


def test_an_id_a_slug_and_a_spelling_are_one_entity(database: Database) -> None:
    take_in(database, briefing(item("one", entities="Zorbex、Wumpo")))
    with database.read() as session:
        pk = references.resolve(session, "zorbex")
        entity_id = references.id_of(session, pk)
        assert references.of_id(session, entity_id) == pk
        assert references.resolve(session, entity_id) == pk
        assert references.of_id(session, "e_unknown") is None
        assert references.merged_into(session, entity_id) is None


def test_the_id_of_a_spelling_depends_on_its_entity() -> None:
    ids = {references.alias_id(node, name) for node in ("k:a", "k:b") for name in ("A", "B")}
    assert len(ids) == 4
