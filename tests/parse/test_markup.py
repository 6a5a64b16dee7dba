import pytest

from app.parse.markup import is_wordless, plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**a** _b_ `c` ~~d~~", "a b c d"),
        ("[a](https://b.example) ![c](d.png)", "a"),
        ("[[a]] [[b|c]] [d][1] e[^2]", "a c d e"),
        ("<b>a</b> &amp; <https://c.example>", "a & https://c.example"),
        ("<https://b.example|a c> d", "a c d"),
        (r"C\# and snake_case", "C# and snake_case"),
        ("2 * 3 **is** 6", "2 * 3 is 6"),
    ],
)
def test_only_the_words_are_left(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_lines_without_words() -> None:
    for text in ("![a](b.png)", '<a id="x"></a>', "<br/>", "[![a](b.svg)](https://c.example)", "—"):
        assert is_wordless(text)
    assert not is_wordless("[a](https://b.example)")
