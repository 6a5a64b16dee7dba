"""Makers, places and given names."""

from app.normalize.lexicon import gazetteer
from app.normalize.text.folding import fold


def test_a_maker_has_handles_and_chinese_names() -> None:
    assert gazetteer.makers()["deepseekai"] == "deepseek"
    assert gazetteer.makers_in_chinese()[fold("輝達")] == gazetteer.makers()["nvidia"]
    assert gazetteer.parent("aws") == gazetteer.parent("amazon") == "amazon"


def test_a_place_has_latin_and_chinese_names() -> None:
    assert (
        gazetteer.places_in_chinese()[fold("義大利")]
        == gazetteer.places_in_chinese()[fold("意大利")]
        == "italy"
    )
    assert gazetteer.places()["usa"] == gazetteer.places()["us"]


def test_no_maker_is_a_place() -> None:
    assert not gazetteer.makers().keys() & gazetteer.places().keys()


def test_given_names_have_short_forms() -> None:
    assert gazetteer.given_names()["thom"] == gazetteer.given_names()["thomas"]
    assert gazetteer.is_pinyin_surname("yao")
    assert not gazetteer.is_pinyin_surname("karpathy")


def test_google_has_arms_and_cursor_has_none() -> None:
    assert gazetteer.has_arms("google")
    assert not gazetteer.has_arms("cursor")
