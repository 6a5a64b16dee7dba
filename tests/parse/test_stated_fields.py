import pytest

from app.parse.dialects.description import read_dialect
from app.parse.lines import Line

FIELDS = read_dialect(
    "fields.separators = ['>>', ' - ', ' ']\nfields.takeaways = ['so what?', 'heat']", "x.toml"
).fields


@pytest.mark.parametrize(
    ("text", "label", "rest"),
    [
        ("so what? >> It helps.", "so what?", "It helps."),
        ("so what?>>It helps.", "so what?", "It helps."),
        ("**heat** - It helps.", "**heat**", "It helps."),
        ("heat !!!", "heat", "!!!"),
        ("Summary >> It helps.", "Summary", "It helps."),
    ],
)
def test_labels_end_at_separators(text: str, label: str, rest: str) -> None:
    read = FIELDS.label(Line(1, 0, len(text), text))
    assert read
    assert (read.text, read.rest.text) == (label, rest)


@pytest.mark.parametrize("text", ["Summary of it", "words >> more", "heat-it", ">> heat"])
def test_other_words_are_no_labels(text: str) -> None:
    assert FIELDS.label(Line(1, 0, len(text), text)) is None
