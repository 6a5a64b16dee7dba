"""Forms are found where a name may begin, the shortest first."""

from app.normalize.entities.name_forms import forms_of


def _in_text(text: str, *names: str) -> list[tuple[int, int]]:
    forms = forms_of(None, None, {name: f"k:{name}" for name in names})
    return [(start, form.size) for start, form in forms.in_text(text)]


def test_forms_at_one_place_are_in_order_of_length() -> None:
    assert _in_text("qwen image x", "Qwen", "Qwen Image") == [(0, 4), (0, 10)]


def test_a_latin_form_begins_a_word() -> None:
    assert _in_text("aqwen qwen", "Qwen") == [(6, 4)]


def test_two_han_characters_are_a_form() -> None:
    assert _in_text("用小米，小", "小米") == [(1, 2)]


def test_a_form_is_whole_at_the_end_of_a_text() -> None:
    assert _in_text("qwen im", "Qwen Image", "Qwen") == [(0, 4)]


def test_nothing_is_found_without_names() -> None:
    assert _in_text("qwen") == []
