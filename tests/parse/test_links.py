import pytest

from app.parse.lines import Line
from app.parse.links import link_atoms, without_closing_address


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("[a](https://b.example/(c)) d", ["https://b.example/(c)"]),
        ('[a](https://b.example "t")', ["https://b.example"]),
        ("[a][1]", ["https://one.example"]),
        (
            "see https://b.example/c, and <https://d.example>",
            ["https://b.example/c", "https://d.example"],
        ),
        ("arXiv:2507.17860v2 and doi:10.1000/182", ["arXiv:2507.17860v2", "doi:10.1000/182"]),
        ("[a](b", []),
        ("<https://b.example|a c> and d", ["https://b.example"]),
    ],
)
def test_links_of_every_form_are_found_in_order(text: str, targets: list[str]) -> None:
    atoms = list(link_atoms(text, {"1": "https://one.example"}))
    assert [atom.target for atom in atoms] == targets


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("甲乙 https://a.example/b", "甲乙"),
        ("甲乙（https://a.example/b）", "甲乙"),
        ("甲乙 <https://a.example>", "甲乙"),
        ("https://a.example 甲乙", "https://a.example 甲乙"),
        ("甲乙", "甲乙"),
    ],
)
def test_an_address_at_the_end_is_left_out(text: str, before: str) -> None:
    assert without_closing_address(Line(1, 0, len(text), text)).text == before
