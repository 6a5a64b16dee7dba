import pytest

from app.parse.blocktext import block_text, bullet_text
from app.parse.markdown import MarkdownDocument


def test_texts_without_their_marks() -> None:
    document = MarkdownDocument("- **甲**\n- 乙\n  - 丙\n\n> 丁\n> 戊\n\n_己_")
    bullets, quote, text = document.blocks()
    assert [bullet_text(document, item).text for item in bullets.children] == ["甲", "乙\n  - 丙"]
    assert block_text(document, quote).text == "丁\n戊"
    assert block_text(document, text).text == "己"


def texts(text: str) -> list[str]:
    document = MarkdownDocument(text)
    result: list[str] = []
    for block in document.blocks():
        if block.kind == "list":
            result.extend(bullet_text(document, bullet).text for bullet in block.children)
        else:
            result.append(block_text(document, block).text)
    return result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("> a\n> b", "a\nb"),
        ("> > a", "a"),
        ("> a\n> > b\n> > c", "a\nb\nc"),
        ("> - a\n>   b\n> - c", "- a\n  b\n- c"),
        ("- a\n  > b\n  > c", "a\n  b\n  c"),
        ("- > a", "a"),
        ("> a\nb", "a\nb"),
        ("> a\r\n>\r\n> b", "a\n\nb"),
        ("> ```\n> > a\n> ```", "```\n> a\n```"),
    ],
)
def test_no_line_of_a_quote_keeps_its_mark(text: str, expected: str) -> None:
    assert texts(text) == [expected]


def test_the_span_of_a_quote_has_its_marks() -> None:
    document = MarkdownDocument("x\n\n> a\n> b\n")
    passage = block_text(document, document.blocks()[1])
    assert document.text[passage.span.start : passage.span.end] in ("> a\n> b", "a\n> b")
    assert (passage.span.first_line, passage.span.last_line) == (3, 4)
