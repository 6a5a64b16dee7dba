"""Similar names, typos, and the guard for versions."""

import pytest

from app.normalize.entities.similarity import Neighbours, TypoIndex, compatible, is_typo
from app.normalize.entities.spelling import parse_name


def test_versions_sizes_and_variants_are_never_compatible() -> None:
    base = parse_name("Zorblax 5 Pro 7B")
    for other in ("Zorblax 5.1 Pro 7B", "Zorblax 5 Pro 70B", "Zorblax 5 Mini 7B", "Zorblax 5 7B"):
        assert not compatible(base, parse_name(other))
    assert compatible(base, parse_name("zorblaxx-5-pro-7b"))


@pytest.mark.parametrize(
    ("name", "other", "typo"),
    [
        ("Agentic Commerce Protocol", "Agentic Comerce Protocol", True),
        ("Artificial Analysis", "Artificial Anaylsis", True),
        ("ClawdBot", "ClawBot", False),
        ("Homology Clustering", "Homology Clusterings", False),
        ("Zorblaxian Frame 3", "Zorblaxian Frames 4", False),
        ("context engineering", "content engineering", False),
    ],
)
def test_a_typo_is_inside_a_long_proper_name(name: str, other: str, typo: bool) -> None:
    spellings = parse_name(name), parse_name(other)
    assert is_typo(*spellings) is typo
    assert TypoIndex([spellings[0]]).typos_of(spellings[1]) == ([name] if typo else [])


def test_neighbours_of_one_version_most_similar_first() -> None:
    names = ["Zorblaxer 3", "Zorblax 3", "Zorblax 4", "Quorblax 3"]
    neighbours = Neighbours()
    for name in names:
        neighbours.add(name, parse_name(name))
    nearest = neighbours.nearest(parse_name("Zorblaxe 3"))
    assert [name for name, _ in nearest] == ["Zorblaxer 3", "Zorblax 3"]
    assert all(0 < score <= 1 for _, score in nearest)
