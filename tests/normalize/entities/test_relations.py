"""What names say about each other; whether it holds is decided elsewhere."""

import pytest

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.relations import relations


@pytest.mark.parametrize(
    ("name", "other", "method"),
    [
        ("摩卡引擎（Mokka）", "Mokka", "bracket"),
        ("ZBX", "Zonal Boundary Xylography", "abbreviation"),
        ("SZ Xylo 3", "Stable Zorblax Xylo 3", "abbreviation"),
        ("Z8x", "Zorblaxiax", "abbreviation"),
        ("Zorblatt", "Katherine Zorblatt", "person"),
        ("katherinezorblatt9", "Katherine Zorblatt", "person"),
        ("沃克斯", "約翰·沃克斯", "person"),
        ("zorblax_ai", "Zorblax", "handle"),
        ("Opus 9", "Claude Opus 9", "family"),
    ],
)
def test_a_relation_is_seen(name: str, other: str, method: str) -> None:
    catalogue = Catalogue()
    found = relations({each: catalogue.read(each) for each in (name, other)}, catalogue)
    assert any(r.name == name and r.others == (other,) and r.method == method for r in found)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Nova 2", "Deepgram Nova-2"),
        ("Aria", "Advanced Research Invention Agency"),
        ("satellites", "LEO satellites"),
        ("分詞（NLP）", "NLP"),
        ("pydanticai", "Pydantic"),
    ],
)
def test_no_relation_is_seen(name: str, other: str) -> None:
    catalogue = Catalogue()
    assert relations({each: catalogue.read(each) for each in (name, other)}, catalogue) == []
