"""A compiled catalogue answers like the one that was compiled."""

import pytest

from app.compiled.files import encode_sections, read_sections
from app.normalize.entities.catalogue import SPELLING_KEYS, Catalogue
from app.normalize.entities.compiled_catalogue import CompiledCatalogue, compile_catalogue
from app.normalize.entities.mentions import Scanner
from app.normalize.entities.relations import catalogued_families, catalogued_persons
from app.normalize.entities.resolve import resolve_names

BUILT = Catalogue.from_records(
    [
        {"slug": "anthropic", "type": "org", "names": {"en": "Anthropic"}},
        {"slug": "claude", "type": "model", "names": {"en": "Claude"}, "maker": "anthropic"},
        {
            "slug": "claude-opus-4-5",
            "type": "model",
            "names": {"en": "Claude Opus 4.5"},
            "aliases": [{"name": "Opus 4.5", "kind": "abbreviation"}],
            "family": "claude",
            "maker": "anthropic",
        },
        {"slug": "ada", "type": "person", "names": {"en": "Andrej Karpathy"}},
        {
            "slug": "xiaomi",
            "type": "org",
            "names": {"en": "Xiaomi", "zh-Hant": "小米"},
            "homonym": {"小米": ["手機", "汽車"]},
        },
        {"slug": "ic", "type": "dataset", "names": {"en": "InternationalCorpus"}},
    ]
)
NAMES = (
    "Anthropic",
    "claude",
    "Claude Opus 4.5",
    "Opus 4.5",
    "Opus 9",
    "Karpathy",
    "小米",
    "InternationalCorpsu",
    "International Corpus",
    "Claud",
    "nobody",
)
TEXTS = (
    "Claude Opus 4.5 與 Opus 9 由 Anthropic 推出，小米手機也用。",
    "小米公布營收。Claude",
    "claude-opus-4.5 `Claude` https://claude.ai",
    "",
    "C",
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledCatalogue:
    path = tmp_path_factory.mktemp("compiled") / "catalogue.bin"
    path.write_bytes(encode_sections(compile_catalogue(BUILT)))
    sections = read_sections(path)
    assert sections is not None
    return CompiledCatalogue(sections)


def test_entities_are_equal_and_in_order(compiled: CompiledCatalogue) -> None:
    assert list(compiled.entities.items()) == list(BUILT.entities.items())
    assert len(compiled) == len(BUILT)
    assert "claude" in compiled.entities
    assert compiled.entities.get("nobody") is None


@pytest.mark.parametrize("name", NAMES)
def test_lookups_are_equal(compiled: CompiledCatalogue, name: str) -> None:
    built, spelling = BUILT.parse(name), compiled.parse(name)
    assert spelling == built
    assert compiled.slugs_by_name(name) == BUILT.slugs_by_name(name)
    assert compiled.slugs_by_key(built.key) == BUILT.slugs_by_key(built.key)
    for key_name in SPELLING_KEYS:
        key = getattr(built, key_name)
        assert compiled.slugs_by_spelling(key_name, key) == BUILT.slugs_by_spelling(key_name, key)
    assert compiled.neighbours.nearest(built) == BUILT.neighbours.nearest(built)
    assert compiled.typo_index.typos_of(built) == BUILT.typo_index.typos_of(built)


def test_relations_are_equal(compiled: CompiledCatalogue) -> None:
    for form, slugs in catalogued_persons(BUILT).items():
        assert list(catalogued_persons(compiled)[form]) == list(slugs)
    for tail, words in catalogued_families(BUILT).items():
        assert set(catalogued_families(compiled)[tail]) == set(words)


def test_decisions_are_equal(compiled: CompiledCatalogue) -> None:
    assert resolve_names(NAMES, compiled) == resolve_names(NAMES, BUILT)


@pytest.mark.parametrize("text", TEXTS)
def test_scans_are_equal(compiled: CompiledCatalogue, text: str) -> None:
    assert Scanner(compiled).scan(text) == Scanner(BUILT).scan(text)
