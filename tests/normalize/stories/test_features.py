from datetime import date

from app.normalize.stories.features import (
    IN_TEXT,
    LISTED,
    NAMED,
    TITLED,
    EntityMention,
    StoryFeatures,
    is_name,
    kind_weight,
)

NAMES = {
    "a": EntityMention("org", TITLED, 0),
    "b": EntityMention("model", TITLED, 9),
    "c": EntityMention("concept", TITLED, 20),
    "d": EntityMention("person", LISTED),
    "e": EntityMention("org", IN_TEXT),
}
ITEM = StoryFeatures(
    "i",
    "b",
    (date(2026, 1, 2), "daily", 1),
    "Zyphra 發布 Zamba 2.5：GPU 推理加速",
    "比 1.5 快 40%。",
    names=NAMES,
)


def test_subjects_are_names_in_the_title() -> None:
    assert ITEM.subjects == {"a", "b"}
    assert ITEM.prominent == {"a", "b", "d"}
    assert ITEM.lead == "b"


def test_words_numbers_and_names_nobody_knows() -> None:
    assert ITEM.versions == {"2.5"}
    assert ITEM.figures == {"2.5", "1.5", "40"}
    assert ITEM.proper == {"zyphra", "zamba"}
    assert "快" in "".join(ITEM.body)
    assert not ITEM.refers


def test_a_title_of_a_thousand_words_is_cut() -> None:
    assert (
        len(StoryFeatures("i", "b", ITEM.place, " ".join(map(str, range(1_000))), "").titled) == 60
    )


def test_what_a_type_weighs() -> None:
    assert kind_weight("model") > kind_weight(NAMED) == kind_weight("org") > kind_weight("concept")
    assert is_name(EntityMention(NAMED, LISTED)) > is_name(EntityMention("other", LISTED))
