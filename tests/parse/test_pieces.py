import pytest

from app.parse.lines import Line
from app.parse.markdown import MarkdownDocument
from app.parse.pieces import ends_names, names_a_group, piece_lines


def line(text: str) -> Line:
    return Line(1, 0, len(text), text)


@pytest.mark.parametrize(
    ("above", "text", "ends"),
    [
        ("OpenAI", "The model listens.", True),
        ("OpenAI", "模型會聽。", True),
        ("OpenAI", "Anthropic", False),
        ("OpenAI,", "Apple Inc.", False),
        ("OpenAI", "a long line of words that goes on and on without an end or any mark", True),
    ],
)
def test_a_sentence_ends_names(above: str, text: str, ends: bool) -> None:
    assert ends_names(line(text), [line(above)]) is ends


def test_lines_of_nested_bullets_are_pieces_of_text() -> None:
    (bullets,) = MarkdownDocument("- a\n  - b\n- c\n").blocks()
    assert [piece.text for piece in piece_lines([bullets])] == ["a", "b", "c"]
    assert [names_a_group(bullet) for bullet in bullets.children] == [True, False]
