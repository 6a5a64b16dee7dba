"""Text that every format can carry."""

import pytest

from app.render.printable import one_line, printable


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\x00\x07\x0b\x1f\x7f\x9fb", "ab"),
        ("a\ud800b\ufffe\uffff", "ab"),
        ("a\tb\nc\r", "a\tb\nc\r"),
        ("昇騰 \U0001f600 \u202e", "昇騰 \U0001f600 \u202e"),
    ],
)
def test_only_what_xml_forbids_is_removed(text: str, printed: str) -> None:
    assert printable(text) == printed


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("  a \n\t b　c ", "a b c"),
        ("a\u202eb\u2066c\u2069\u200f", "abc"),
        ("a\x1fb\x07c", "a bc"),
        ("A & B <T> ]]>", "A & B <T> ]]>"),
    ],
)
def test_a_title_is_one_line_without_bidi_controls(text: str, title: str) -> None:
    assert one_line(text) == title
