from typing import get_args

import pytest

from app.query.columns import mentions, salience
from app.query.filters import entity_values
from app.query.schemas.shared import Level, MentionKind, SectionKind
from app.store.db import Database
from app.store.encoding import columns as codes
from tests.conftest import take_in
from tests.documents import document, item


def test_every_kind_section_and_level_has_a_weight() -> None:
    assert set(salience.KINDS) == set(get_args(MentionKind))
    assert set(salience.SECTIONS) == set(get_args(SectionKind))
    assert set(salience.LEVELS) == {*get_args(Level), "none"}


def test_every_kind_section_and_level_has_a_code() -> None:
    assert set(codes.KINDS) == set(get_args(MentionKind))
    assert set(codes.SECTIONS) == set(get_args(SectionKind))
    assert set(codes.IMPORTANCE) == {*get_args(Level), "none", "unknown"}


def weighed(database: Database, name: str) -> list[float]:
    """Return the salience that each row naming an entity adds."""
    with database.read() as session:
        columns = mentions.mention_columns(session)
        pk = entity_values.entity_pks(session, name)
        return [
            weight / salience.UNIT
            for weight in salience.weights(columns, columns.mentions(pk).row_sets()).tolist()
        ]


def test_the_weights_in_the_answer_are_those_counted_with(database: Database) -> None:
    public = salience.WEIGHTS
    items = [
        item("a"),
        item("Zorbex 甲", entities="Zorbex", importance="高"),
        item("b", entities="Zorbex", summary="Zorbex。"),
    ]
    take_in(database, document("2026-01-02", *items, tags="OpenAI"))
    by_hand = (
        public.kind["title"]
        * public.section["headlines"]
        * public.importance["high"]
        * (1 + public.headline_position / 2)
    )
    third = (
        public.kind["listed"]
        * public.section["headlines"]
        * public.importance["none"]
        * (1 + public.headline_position / 3)
    )
    assert weighed(database, "Zorbex") == pytest.approx([by_hand, third])
    assert weighed(database, "OpenAI") == [public.kind["tag"]]
    take_in(
        database,
        document(
            "2026-01-02", item("x"), item("y", entities="Zorbex", importance="低"), section="市場"
        ),
    )
    assert weighed(database, "Zorbex") == pytest.approx(
        [public.kind["listed"] * public.importance["low"] * public.section["market"]]
    )
