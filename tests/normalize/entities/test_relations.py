"""Relations between names; `test_resolve` tests which of them are followed."""

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
def test_two_names_are_related(name: str, other: str, method: str) -> None:
    catalogue = Catalogue()
    spelled = {each: catalogue.parse(each) for each in (name, other)}
    related = [(r.name, r.others, r.method) for r in relations(spelled, catalogue)]
    assert (name, (other,), method) in related


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
def test_two_names_are_not_related(name: str, other: str) -> None:
    catalogue = Catalogue()
    spelled = {each: catalogue.parse(each) for each in (name, other)}
    assert relations(spelled, catalogue) == []
