"""Ids and names in filters: unknown ones warn and match nothing."""

from typing import Any

import pytest
from sqlmodel import col, select

from app.query import items
from app.query.filters import lookups
from app.query.request.entity_params import EntityList
from app.query.request.item_params import ItemList
from app.store.db import Database
from app.store.tables import Entity


def total(database: Database, **parameters: Any) -> int:
    with database.read() as session:
        return items.find(session, ItemList.model_validate(parameters), None).rows.total


def warnings(database: Database, **parameters: Any) -> list[str]:
    with database.read() as session:
        return items.find(session, ItemList.model_validate(parameters), None).warnings


@pytest.mark.parametrize(
    ("parameters", "warning"),
    [
        ({"entity": ["Nobody"]}, "There is no entity 'Nobody'; nothing matches it."),
        ({"entity": ["!Nobody"]}, "There is no entity 'Nobody'; nothing is left out for it."),
        (
            {"entity": ["SGLang|Nobody"]},
            "There is no entity 'Nobody'; the other values of the parameter still count.",
        ),
        ({"tag": ["nothing"]}, "There is no tag 'nothing'; nothing matches it."),
        ({"keyword": ["nothing"]}, "There is no keyword 'nothing'; nothing matches it."),
        ({"source": ["s_none"]}, "There is no source 's_none'; nothing matches it."),
        (
            {"source": ["arxiv:9999.99999"]},
            "There is no source 'arxiv:9999.99999'; nothing matches it.",
        ),
        (
            {"publisher": ["example.org"]},
            "There is no publisher 'example.org'; nothing matches it.",
        ),
        ({"channel": ["weekly"]}, "There is no channel 'weekly'; nothing matches it."),
    ],
)
def test_an_unknown_id_is_a_warning(
    seeded: Database, parameters: dict[str, Any], warning: str
) -> None:
    assert warnings(seeded, **parameters) == [warning]


def test_a_known_id_gives_no_warning(seeded: Database) -> None:
    assert warnings(seeded, entity=["SGLang|!x|Qwen"], tag=["MLOps"]) == [
        "There is no entity '!x'; the other values of the parameter still count."
    ]
    assert (
        warnings(
            seeded, entity=["SGLang"], tag=["MLOps"], publisher=["arxiv.org"], channel=["daily"]
        )
        == []
    )


def test_an_unknown_id_that_is_negated_excludes_nothing(seeded: Database) -> None:
    assert total(seeded, entity=["!Nobody"]) == 79
    assert total(seeded, entity=["SGLang|Nobody"]) == 1


@pytest.mark.parametrize(
    "value",
    [
        "%",
        "_",
        "'",
        '"',
        "\\",
        "' OR 1=1 --",
        "𝕏",
        "\u202e",
        "a" * 256,
        "-1",
        "9" * 40,
        "🙂",
        "\t",
        "NaN",
    ],
)
@pytest.mark.parametrize("name", ["entity", "tag", "keyword", "source", "publisher", "channel"])
def test_odd_values_match_nothing(seeded: Database, name: str, value: str) -> None:
    assert total(seeded, **{name: [value]}) == 0
    assert warnings(seeded, **{name: [value]})


def test_family_members_are_found_next_to_the_named_entity(seeded: Database) -> None:
    with seeded.read() as session:
        query = EntityList.model_validate({"entity": ["Qwen"], "family": True})
        resolved = lookups.resolve(session, query)
        slugs = select(col(Entity.slug)).where(
            col(Entity.pk).in_(resolved.any_of("entity", ["Qwen"]))
        )
        assert "qwen-image-layered" in session.exec(slugs).all()
        assert len(resolved.pks["entity", "Qwen"]) == 1


def test_only_the_given_parameters_are_looked_up(seeded: Database) -> None:
    query = ItemList.model_validate({"entity": ["Nobody"], "channel": ["daily"], "q": "SGLang"})
    with seeded.read() as session:
        resolved = lookups.resolve(session, query, ("channel",))
    assert list(resolved.pks) == [("channel", "daily")]
    assert (resolved.warnings, resolved.text) == ([], None)
