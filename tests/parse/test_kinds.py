from typing import get_args

from app.parse.kinds import LEVELS_ASCENDING, Apparatus, Level
from app.parse.vocabulary_tables import APPARATUS


def test_the_levels_have_one_order() -> None:
    assert set(LEVELS_ASCENDING) == set(get_args(Level))


def test_every_kind_of_apparatus_has_its_words() -> None:
    assert set(APPARATUS) == set(get_args(Apparatus))
