from typing import get_args

from app.parse.kinds import LEVELS_ASCENDING, Apparatus, Level, SectionKind
from app.parse.vocabulary_tables import APPARATUS, SECTION_HINTS, SECTIONS


def test_the_levels_have_one_order() -> None:
    assert set(LEVELS_ASCENDING) == set(get_args(Level))


def test_every_kind_has_its_words() -> None:
    assert set(SECTIONS) | {"other"} == set(get_args(SectionKind))
    assert set(SECTION_HINTS) < set(get_args(SectionKind))
    assert set(APPARATUS) == set(get_args(Apparatus))
