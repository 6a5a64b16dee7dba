"""Entities that a list asks for, against the statement that selects the same ones."""

from typing import Any

import pytest

from app.errors import BadRequest
from app.query.columns.entity_pages import EntitySelection, select_entities, sort_columns
from app.query.columns.mentions import mention_columns
from app.query.request.entity_params import EntityList
from app.store.db import Database


def selection_of(session: Any, **parameters: Any) -> EntitySelection:
    query = EntityList.model_validate(parameters)
    return select_entities(session, query, mention_columns(session).newest_briefing)


@pytest.mark.parametrize(
    ("parameters", "is_complete"),
    [
        ({}, True),
        ({"section": ["headlines"]}, False),
        ({"mentions": ["2.."]}, False),
        ({"entity_type": ["org"], "mention": ["title"]}, False),
        ({"entity": ["Nobody"]}, False),
    ],
)
def test_the_statement_selects_the_counted_entities(
    seeded: Database, parameters: dict[str, Any], is_complete: bool
) -> None:
    with seeded.read() as session:
        selection = selection_of(session, **parameters)
        pks = session.execute(selection.statement()).scalars().all()
    assert sorted(pks) == selection.pks.tolist()
    assert selection.is_complete is is_complete
    assert len(selection.counts.mentions) == len(selection.pks)
    assert (selection.counts.mentions > 0).all()


def test_an_unknown_sort_key_is_refused(seeded: Database) -> None:
    with seeded.read() as session:
        selection = selection_of(session)
        with pytest.raises(BadRequest, match="sort: 'size' is not valid"):
            sort_columns(session, EntityList(sort="size"), selection)


def test_a_repeated_sort_key_counts_once(seeded: Database) -> None:
    with seeded.read() as session:
        columns = sort_columns(session, EntityList(sort="name,-name"), selection_of(session))
    assert len(columns) == 1
