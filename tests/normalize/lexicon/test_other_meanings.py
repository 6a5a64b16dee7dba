"""Latin names that mean something else as well."""

from app.normalize.lexicon.other_meanings import COMPANIES, OWN_WORDS, other_meanings
from app.normalize.text.folding import fold


def test_all_names_are_folded() -> None:
    assert {name for name in other_meanings() if name != fold(name)} == set()


def test_a_company_has_another_meaning() -> None:
    assert set(other_meanings()) >= COMPANIES


def test_a_word_ends_where_its_letters_end() -> None:
    (fruit,) = other_meanings()["apple"]
    assert fruit.after.match(" pie recipes")
    assert fruit.after.match(" orchards")
    assert not fruit.after.match(" pieced together")


def test_chinese_words_need_no_end() -> None:
    (sky,) = other_meanings()["orion"]
    assert sky.after.match(" 星云图像")
    assert sky.nearby.search("探测器绕月飞行")


def test_a_prefix_needs_its_hyphen_or_a_word_of_a_field() -> None:
    (prefix,) = other_meanings()["meta"]
    assert prefix.after.match("-analysis")
    assert prefix.after.match(" learning")
    assert not prefix.after.match(" model")
    assert not prefix.after.match("'s analysis")


def test_own_words_are_of_companies_and_models() -> None:
    assert OWN_WORDS.search("the ceo said")
    assert OWN_WORDS.search("发布新版")
    assert not OWN_WORDS.search("remodelling the house")


def test_a_price_of_one_share_is_no_market() -> None:
    (share,) = other_meanings()["a share"]
    assert share.before.search("adobe will pay $12 ")
    assert share.after.match(" of the market")
    assert not share.before.search("mainland ")
    assert not share.after.match(" market")


def test_a_licence_for_technology_is_none_for_content() -> None:
    (licence,) = other_meanings()["licensing deal"]
    assert licence.before.search("a technology ")
    assert not licence.before.search("perplexity strikes ")
