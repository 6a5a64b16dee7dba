"""Short forms of personal names."""

import pytest

from app.normalize.entities.persons import possible_forms, short_forms
from app.normalize.entities.spelling import parse_name


def forms_of(name: str) -> list[str]:
    return list(short_forms(parse_name(name)))


def possible_forms_of(name: str) -> list[str]:
    return list(possible_forms(parse_name(name)))


def test_a_full_name_has_handles_and_a_surname() -> None:
    assert forms_of("Kate Zorblatt") == [
        "full:kate zorblatt",
        "handle:katezorblatt",
        "handle:kzorblatt",
        "surname:zorblatt",
    ]


def test_a_short_given_name_is_the_long_one() -> None:
    assert forms_of("Thom Zorblatt")[0] == forms_of("Thomas Zorblatt")[0]


def test_a_foreign_name_in_chinese_has_a_surname() -> None:
    assert forms_of("約翰·沃克斯") == possible_forms_of("沃克斯") == ["surname:沃克斯"]


@pytest.mark.parametrize("name", ["LEO satellites", "Leo Zorb (X)", "Thomas Nvidia", "Zorb Quasar"])
def test_other_names_are_no_persons(name: str) -> None:
    assert forms_of(name) == []


def test_a_handle_may_have_an_ending() -> None:
    assert possible_forms_of("kzorblatt_ai") == [
        "handle:kzorblattai",
        "handle:kzorblatta",
        "handle:kzorblatt",
        "handle:kzorblat",
    ]


def test_an_abbreviation_is_no_surname() -> None:
    assert "surname:zorb" not in possible_forms_of("ZORB")
    assert "surname:zorb" in possible_forms_of("Zorb")
