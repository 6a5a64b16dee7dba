from typing import get_args

from app.parse.section_kinds import HINT_ORDER, SECTION_KINDS, SectionKind


def test_every_kind_has_its_words() -> None:
    assert tuple(SECTION_KINDS) == get_args(SectionKind)
    assert {kind for kind, words in SECTION_KINDS.items() if not words.headings} == {"other"}


def test_every_kind_with_hints_has_its_place_among_them() -> None:
    assert {kind for kind, words in SECTION_KINDS.items() if words.hints} == set(HINT_ORDER)
