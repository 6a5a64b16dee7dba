"""The catalogue: reading of records, lookups, checks."""

import orjson
import pytest

from app.normalize.entities.catalogue import (
    Catalogue,
    CatalogueEntity,
    preferred_entity,
    problems,
    read_entity,
)
from app.settings import ROOT

NVIDIA = {
    "slug": "nvidia",
    "type": "org",
    "names": {"en": "NVIDIA", "zh-Hant": "輝達", "zh-Hans": "英伟达"},
    "aliases": [{"name": "英偉達", "lang": "zh-Hant", "kind": "regional-translation"}],
    "family": None,
    "maker": None,
    "ids": {"wikidata": "Q182477"},
}
HUASHAN = {
    "slug": "huashan",
    "type": "chip",
    "names": {"zh-Hant": "華山"},
    "aliases": [],
    "maker": "moore-threads",
    "homonym": {"華山": ["摩爾線程", "MUSA"]},
}


def entity(slug: str, name: str, kind: str = "model", **fields: str) -> CatalogueEntity:
    return read_entity({"slug": slug, "type": kind, "names": {"en": name}, **fields})


def test_a_record_keeps_all_its_fields() -> None:
    nvidia, huashan = read_entity(NVIDIA), read_entity(HUASHAN)
    assert nvidia.spellings == ("NVIDIA", "輝達", "英伟达", "英偉達")
    assert nvidia.title == "NVIDIA"
    assert nvidia.ids == {"wikidata": "Q182477"}
    assert huashan.title == "華山"
    assert huashan.homonym == {"華山": ("摩爾線程", "MUSA")}


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        ({"type": "org", "names": {"en": "X"}}, "no slug"),
        ({"slug": "x", "type": "firm", "names": {"en": "X"}}, "unknown type"),
        ({"slug": "x", "type": "org", "names": {}}, "names must be given"),
        ({"slug": "x", "type": "org", "names": {"fr": "X"}}, "names must be given"),
        ({"slug": "x", "type": "org", "names": {"en": "X"}, "alias": []}, "unknown fields"),
        (
            {
                "slug": "x",
                "type": "org",
                "names": {"en": "X"},
                "aliases": [{"name": "Y", "kind": "pun"}],
            },
            "bad alias",
        ),
    ],
)
def test_a_malformed_record_is_refused_with_its_slug(
    record: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_entity(record)


def test_lookup_by_name_by_key_and_by_spelling() -> None:
    catalogue = Catalogue.from_records([NVIDIA, HUASHAN])
    assert len(catalogue) == 2
    assert catalogue.slugs_by_name("輝達") == ("nvidia",)
    assert catalogue.slugs_by_name("nvidia") == ()
    assert catalogue.slugs_by_key("nvidia") == ("nvidia",)
    assert catalogue.slugs_by_spelling("core", "nvidia") == ("nvidia",)
    assert catalogue.without(["nvidia"]).slugs_by_name("輝達") == ()


def test_catalogued_and_well_known_makers_share_identities() -> None:
    catalogue = Catalogue(
        [
            entity("mistral-co", "Mistral AI", "org"),
            entity("acme", "Acme Robotics", "org"),
            entity("mistral-7b", "Mistral 7B", maker="mistral-co"),
            entity("rocket", "Rocket", maker="acme"),
        ]
    )
    assert catalogue.maker_of("mistral-7b") == "mistral"
    assert catalogue.maker_of("rocket") == "acme"
    assert catalogue.makers["acmerobotics"] == "acme"


def test_a_shared_name_stands_for_the_type_with_precedence() -> None:
    assert preferred_entity([("model", "mistral-models"), ("org", "mistral")]) == "mistral"
    assert preferred_entity([("org", "b"), ("org", "a"), ("model", "c")]) is None
    assert preferred_entity([]) is None


def test_a_sound_catalogue_has_no_problems() -> None:
    assert problems([entity("a", "A"), entity("b", "B", family="a")]) == []


def test_entities_of_different_types_may_share_a_name() -> None:
    assert (
        problems([entity("mistral", "Mistral", "org"), entity("mistral-models", "Mistral")]) == []
    )
    assert problems([entity("star-a", "STAR"), entity("star-b", "STAR")]) == [
        "STAR: names several entities of type model: star-a, star-b"
    ]


def test_two_names_may_differ_only_by_case() -> None:
    papers = [entity("upper", "AutoMEM", "method"), entity("lower", "AutoMem", "method")]
    assert problems(papers) == []
    assert Catalogue(papers).slugs_by_key("automem") == ("upper", "lower")


def test_duplicate_slugs_and_unknown_references_are_reported() -> None:
    reported = problems(
        [entity("a", "A"), entity("a", "Other"), entity("b", "B", family="c", maker="d")]
    )
    assert reported == ["a: the slug occurs twice", "b: unknown family c", "b: unknown maker d"]


def test_a_family_cycle_is_reported_once() -> None:
    ring = [
        entity("a", "A", family="b"),
        entity("b", "B", family="c"),
        entity("c", "C", family="a"),
    ]
    beside = entity("d", "D", family="a")
    assert problems([*ring, beside]) == ["a: its family leads back to itself: a → b → c → a"]


def test_a_homonym_must_be_a_name_of_its_entity() -> None:
    assert problems([read_entity({**NVIDIA, "homonym": {"黃山": []}})]) == [
        "nvidia: the homonym 黃山 is not one of its names"
    ]


def test_the_shipped_catalogue_has_no_problems() -> None:
    lines = [
        line
        for path in sorted((ROOT / "seeds" / "catalogue").glob("*.jsonl"))
        for line in path.read_bytes().splitlines()
    ]
    records = [read_entity(orjson.loads(line)) for line in lines]
    assert len(records) >= 10_000
    assert problems(records) == []
