"""Closed vocabularies."""

from typing import get_args

from app.normalize.kinds import TYPE_PRECEDENCE, EntityType


def test_every_entity_type_has_one_precedence() -> None:
    assert sorted(TYPE_PRECEDENCE) == sorted(get_args(EntityType))
