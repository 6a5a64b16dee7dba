"""Ids, slugs and the matching of items."""

import pytest
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
# Characters of ids and slugs, and others that NFKC, lower case or UTF-8 treat specially.
NAMES = st.text(alphabet=st.sampled_from("aB1_＿-–.+#/'’ \t輝ßİﬁ½é\u0301🚀\0\ud800"), max_size=30)
# The number of items of either side up to which titles are compared: 200 × 200 pairs.
MAX_COMPARED_ITEMS = 200


def trait(title: str, *sources: str) -> ItemTrait:
    return ItemTrait(title, frozenset(sources))


def test_an_id_depends_on_all_its_parts() -> None:
    assert stable_id("i", "a", "b") == "i_6bgnz3mxg2tj"
    assert stable_id("i", "a", "b") != stable_id("i", "ab") != stable_id("e", "ab")


def test_slugs_are_readable() -> None:
    assert slugify("GPT-5.2 Pro") == "gpt-5.2-pro"
    assert slugify("C++") == "c++"
    assert slugify("輝達 NVIDIA") == "輝達-nvidia"
    assert slugify("Moore’s law") == "moores-law"
    assert slugify("!?") == ""
    assert len(slugify("長" * 300)) == 80


@given(NAMES, NAMES)
def test_the_last_slug_is_the_slug_of_no_name(name: str, other: str) -> None:
    own_id = stable_id("e", name)
    candidates = slugs(name, own_id)
    assert candidates[-1] == own_id
    assert slugify(other) != own_id
    assert slugify(own_id) != own_id
    assert all(0 < len(slug) <= 96 and "/" not in slug for slug in candidates)


def test_titles_compare_without_numbering_and_punctuation() -> None:
    assert title_key("1. 「輝達」發佈 H200！") == title_key("辉达发布H200")
    assert title_key("3 模型") != title_key("4 模型")


def test_equal_titles_match_in_their_order() -> None:
    old = [trait("A"), trait("B"), trait("A")]
    new = [trait("A"), trait("A"), trait("B")]
    assert match_items(old, new) == {0: 0, 1: 2, 2: 1}


def test_equal_titles_without_sources_match_by_their_texts() -> None:
    texts = ["輝達發表新晶片，記憶體加倍。", "法院駁回作者的訴訟。"]
    old = [ItemTrait("快訊", frozenset(), str(number), text) for number, text in enumerate(texts)]
    new = [
        ItemTrait("快訊", frozenset(), "2", "法院昨日駁回作者的訴訟。"),
        ItemTrait("快訊", frozenset(), "3", "輝達發表新晶片，記憶體加倍，售價未定。"),
    ]
    assert match_items(old, new) == {0: 1, 1: 0}


def test_sources_come_before_texts() -> None:
    old = [
        ItemTrait("快訊", frozenset("a"), "0", "輝達發表新晶片。"),
        ItemTrait("快訊", frozenset("b"), "1", "法院駁回訴訟。"),
    ]
    new = [ItemTrait("快訊", frozenset("b"), "2", "輝達發表新晶片。")]
    assert match_items(old, new) == {0: 1}


def test_an_item_with_a_new_title_is_recognised_by_its_sources() -> None:
    assert match_items([trait("Old", "s"), trait("Rest", "t")], [trait("New", "s")]) == {0: 0}


def test_items_without_sources_do_not_match_by_sources() -> None:
    assert match_items([trait("Old")], [trait("New")]) == {}


def test_sources_of_two_items_match_neither() -> None:
    assert match_items([trait("A", "s"), trait("B", "s")], [trait("New", "s")]) == {}


def test_an_item_with_a_corrected_title_is_recognised_by_similarity() -> None:
    old = [trait("輝達發布新一代資料中心晶片"), trait("輝達發布新一代資料中心網路")]
    assert match_items(old, [trait("輝達發布新一代資料中心晶片組")]) == {0: 0}


@given(TRAITS, TRAITS)
def test_each_item_matches_at_most_once(old: list[ItemTrait], new: list[ItemTrait]) -> None:
    matches = match_items(old, new)
    assert len(set(matches.values())) == len(matches)
    assert matches.keys() <= set(range(len(new)))
    assert set(matches.values()) <= set(range(len(old)))


@given(TRAITS)
def test_an_unchanged_document_matches_itself(items: list[ItemTrait]) -> None:
    assert match_items(items, items) == {index: index for index in range(len(items))}


@pytest.mark.parametrize(
    ("count", "matched"), [(MAX_COMPARED_ITEMS, MAX_COMPARED_ITEMS), (MAX_COMPARED_ITEMS + 1, 0)]
)
def test_titles_of_a_rewritten_document_are_not_compared(count: int, matched: int) -> None:
    old = [trait(f"舊聞 {1000 + index}", f"o{index}") for index in range(count)]
    new = [trait(f"新聞 {1000 + index}", f"n{index}") for index in range(count)]
    assert len(match_items(old, new)) == matched


def test_any_number_of_equal_titles_match() -> None:
    old = [trait(f"舊聞 {index}") for index in range(1_000)]
    assert len(match_items(old, old[::-1])) == 1_000
