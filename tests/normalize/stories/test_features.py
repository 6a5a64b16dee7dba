from datetime import date

from app.normalize.stories.features import (
    IN_TEXT,
    LISTED,
    MAX_TITLE_WORDS,
    NAMED,
    TITLED,
    EntityMention,
    StoryFeatures,
    is_name,
    type_weight,
)

MENTIONS = {
    "a": EntityMention("org", TITLED, 0),
    "b": EntityMention("model", TITLED, 9),
    "c": EntityMention("concept", TITLED, 20),
    "d": EntityMention("person", LISTED),
    "e": EntityMention("org", IN_TEXT),
    "f": EntityMention("other", TITLED, 30),
}
ITEM = StoryFeatures(
    "i",
    "b",
    (date(2026, 1, 2), "daily", 1),
    "Zyphra 發布 Zamba 2.5：GPU 推理加速",
    "比 1.5 快 40%，在日本上市。",
    mentions=MENTIONS,
)


def test_subjects_are_names_in_the_title() -> None:
    assert ITEM.subjects == {"a", "b"}
    assert ITEM.prominent == {"a", "b", "d"}
    assert ITEM.lead_subject == "b"


def test_entities_of_unknown_type_count_as_title_entities_only() -> None:
    assert ITEM.title_entities == {"a", "b", "f"}


def test_words_numbers_and_unknown_names() -> None:
    assert ITEM.versions == {"2.5"}
    assert ITEM.numbers == {"2.5", "1.5", "40"}
    assert ITEM.unknown_names == {"zyphra", "zamba"}
    assert "快" in "".join(ITEM.body_words)
    assert not ITEM.is_back_reference


def test_places_of_title_and_text() -> None:
    assert not ITEM.title_places
    assert ITEM.all_places == {"japan"}


def test_two_sources_with_one_key_are_one_article() -> None:
    keys = {"s1": "https://a.com/x", "s2": "https://a.com/x"}
    item = StoryFeatures(
        "i",
        "b",
        ITEM.position,
        "標題",
        "",
        sources=frozenset(["s1", "s2", "s3"]),
        article_keys=keys,
    )
    assert item.articles == {"https://a.com/x": "s2", "s3": "s3"}


def test_a_long_title_is_cut() -> None:
    title = " ".join(map(str, range(MAX_TITLE_WORDS + 1)))
    item = StoryFeatures("i", "b", ITEM.position, title, "")
    assert len(item.title_words) == MAX_TITLE_WORDS


def test_things_weigh_more_than_actors_and_actors_more_than_terms() -> None:
    assert type_weight("model") > type_weight("org") > type_weight("concept")
    assert type_weight(NAMED) == type_weight("org")


def test_an_unknown_entity_is_a_name_if_written_like_one() -> None:
    assert is_name(EntityMention(NAMED, LISTED))
    assert not is_name(EntityMention("other", LISTED))
