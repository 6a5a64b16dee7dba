import pytest

from app.parse.links import link_atoms


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
    ],
)
def test_links_of_every_form_are_found_in_order(text: str, targets: list[str]) -> None:
    atoms = list(link_atoms(text, {"1": "https://one.example"}))
    assert [atom.target for atom in atoms] == targets
