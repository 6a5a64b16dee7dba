"""Names in texts become links."""

from html import escape

from app.explorer import marks
from app.query.entities.profiles import Mark
from app.render.markup import Place

PLACE = Place("/items/i_x", None)


def link(pk: int) -> str:
    return f'href="/entities/{pk}"'


def inline(text: str, *surfaces: str) -> str:
    entries = [Mark("summary", surface, number) for number, surface in enumerate(surfaces)]
    return str(marks.inline(text, entries, link, PLACE))


def test_names_are_linked_in_their_order() -> None:
    assert inline("阿里的 Qwen 與 Qwen 3", "Qwen", "Qwen 3") == (
        '阿里的 <a href="/entities/0">Qwen</a> 與 <a href="/entities/1">Qwen 3</a>'
    )


def test_a_name_that_is_not_in_the_text_is_left_out() -> None:
    assert inline("阿里的 Qwen", "GLM", "Qwen") == '阿里的 <a href="/entities/1">Qwen</a>'


def test_a_name_within_emphasis_is_linked() -> None:
    assert inline("**Qwen**發表", "Qwen") == '<strong><a href="/entities/0">Qwen</a></strong>發表'


def test_a_link_holds_no_other_link() -> None:
    html = inline("[Qwen 3](https://a.example/) 與 Qwen", "Qwen", "Qwen")
    assert html.count("<a ") == 2
    assert '<a href="/entities/1">Qwen</a>' in html


def test_a_name_in_an_address_leaves_the_text_whole() -> None:
    html = inline("[x](https://qwen.example/qwen) y", "qwen")
    assert 'href="https://qwen.example/qwen"' in html
    assert "entities" not in html


def test_a_name_in_the_words_for_an_image_is_no_link() -> None:
    html = inline("![Qwen 與 > 號](https://a.example/i.png) 與 Qwen", "Qwen", "Qwen")
    assert 'alt="Qwen 與' in html
    assert html.count("<a ") == 1
    assert html.endswith('<a href="/entities/1">Qwen</a>')


def test_text_is_escaped() -> None:
    assert inline("a < b & Qwen", "Qwen").startswith(escape("a < b & "))
    assert "<script" not in inline("<script>x</script> Qwen", "Qwen")


def test_characters_that_mark_names_are_no_way_in() -> None:
    html = inline("\ue0f07\ue0f1x\ue0f2 Qwen", "Qwen")
    assert "/entities/7" not in html
    assert "/entities/0" in html
