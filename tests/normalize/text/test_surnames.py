"""Surnames, given names and offices."""

from app.normalize.text.folding import fold
from app.normalize.text.surnames import GIVEN_SHARE, OFFICES, SURNAMES, is_given_name


def test_surnames_are_folded_single_characters_with_a_share() -> None:
    for surname, share in SURNAMES.items():
        assert len(surname) == 1
        assert surname == fold(surname)
        assert 0 < share < 0.1
    assert sum(SURNAMES.values()) < 1.1
    assert "于" not in SURNAMES


def test_given_names_are_of_known_characters() -> None:
    assert is_given_name("建华")
    assert is_given_name("志明")
    assert not is_given_name("公司")
    assert 0 < GIVEN_SHARE < 0.01


def test_offices_are_folded() -> None:
    assert all(office == fold(office) for office in OFFICES)
