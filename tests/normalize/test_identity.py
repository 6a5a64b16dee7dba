from hypothesis import given
from hypothesis import strategies as st

from app.normalize.identity import ItemTrait, match_items, slugify, slugs, stable_id, title_key

TRAITS = st.lists(
    st.builds(
        ItemTrait,
        st.sampled_from(["甲", "乙", "甲乙丙丁戊", "甲乙丙丁己", ""]),
        st.frozensets(st.sampled_from("xyz")),
    )
)


def trait(title: str, *sources: str) -> ItemTrait:
    return ItemTrait(title, frozenset(sources))


def test_ids_are_made_of_their_parts() -> None:
    assert stable_id("i", "a", "b") == "i_6bgnz3mxg2tj"
    assert stable_id("i", "a", "b") != stable_id("i", "ab") != stable_id("e", "ab")


def test_slugs() -> None:
    assert slugify("GPT-5.2 Pro") == "gpt-5.2-pro"
    assert slugify("C++") == "c++"
    assert slugify("輝達 NVIDIA") == "輝達-nvidia"
    assert slugify("Moore’s law") == "moores-law"
    assert slugify("!?") == ""
    assert len(slugify("長" * 300)) == 80


@given(st.text(), st.text())
def test_the_last_slug_is_no_names_slug(name: str, other: str) -> None:
    own = stable_id("e", name)
    assert slugs(name, own)[-1] == own != slugify(other)
    assert all(0 < len(slug) <= 96 and "/" not in slug for slug in slugs(name, own))


def test_titles_compare_without_numbers_and_signs() -> None:
    assert title_key("1. 「輝達」發佈 H200！") == title_key("辉达发布H200")
    assert title_key("3 模型") != title_key("4 模型")


def test_equal_titles_match_in_their_order() -> None:
    assert match_items(
        [trait("A"), trait("B"), trait("A")], [trait("A"), trait("A"), trait("B")]
    ) == {0: 0, 1: 2, 2: 1}


def test_a_retitled_item_is_known_by_its_sources() -> None:
    assert match_items([trait("Old", "s"), trait("Rest", "t")], [trait("New", "s")]) == {0: 0}


def test_no_sources_are_no_equal_sources() -> None:
    assert match_items([trait("Old")], [trait("New")]) == {}


def test_shared_sources_tell_nothing() -> None:
    assert match_items([trait("A", "s"), trait("B", "s")], [trait("New", "s")]) == {}


def test_a_mended_title_is_known_by_its_likeness() -> None:
    old = [trait("輝達發布新一代資料中心晶片"), trait("輝達發布新一代資料中心網路")]
    assert match_items(old, [trait("輝達發布新一代資料中心晶片組")]) == {0: 0}


@given(TRAITS, TRAITS)
def test_each_is_matched_once(old: list[ItemTrait], new: list[ItemTrait]) -> None:
    found = match_items(old, new)
    assert len(set(found.values())) == len(found)
    assert found.keys() <= set(range(len(new)))
    assert set(found.values()) <= set(range(len(old)))


@given(TRAITS)
def test_an_untouched_document_matches_itself(items: list[ItemTrait]) -> None:
    assert match_items(items, items) == {at: at for at in range(len(items))}


def test_ten_thousand_rewritten_items_take_no_time() -> None:
    old = [trait(f"舊聞 {at}", f"o{at}") for at in range(10_000)]
    new = [trait(f"新聞 {at}", f"n{at}") for at in range(10_000)]
    assert match_items(old, new) == {}
    assert len(match_items(old, old[::-1])) == 10_000
