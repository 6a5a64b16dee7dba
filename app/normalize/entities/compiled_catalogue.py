"""A catalogue whose indexes were compiled: records and names are read when they are asked for."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import orjson

from app.compiled.files import Sections
from app.compiled.maps import CompiledMap, encode_map
from app.normalize.entities.catalogue import (
    SPELLING_KEYS,
    Catalogue,
    CatalogueEntity,
    SlugIndex,
    read_entity,
    record_of,
)
from app.normalize.entities.name_forms import compile_forms
from app.normalize.entities.relations import catalogued_families, catalogued_persons
from app.normalize.entities.similarity import CompiledTypoIndex, Neighbours, TypoIndex, typo_rows
from app.normalize.entities.versions import compile_heads, versions_of

_SLUGS = "slugs"
_BRANDS = "brands"
_MAKERS = "makers"
_LISTS = (_SLUGS, _BRANDS, _MAKERS)
"""Sections of plain JSON; the others are maps."""


def compile_catalogue(catalogue: Catalogue) -> dict[str, bytes]:
    """Return a catalogue and its indexes as the sections of a file."""
    families: dict[str, list[str]] = {}
    for tail, words in catalogued_families(catalogue).items():
        families[tail] = sorted(words)
    persons: dict[str, list[str]] = {}
    for form, slugs in catalogued_persons(catalogue).items():
        persons[form] = list(slugs)

    maps: dict[str, Mapping[str, Any]] = {
        "entities": {slug: record_of(entity) for slug, entity in catalogue.entities.items()},
        "name": catalogue.by_name,
        "key": catalogue.by_key,
        "maker_ids": catalogue.maker_ids,
        "neighbours": catalogue.neighbours.bucket_rows(),
        "typos": typo_rows([spelling for _, spelling in catalogue.spellings]),
        "persons": persons,
        "families": families,
        "heads": compile_heads(catalogue),
        **compile_forms(catalogue, versions_of(catalogue)),
        **catalogue.by_spelling,
    }
    sections = {name: encode_map(values) for name, values in maps.items()}
    sections[_SLUGS] = orjson.dumps(list(catalogue.entities))
    sections[_BRANDS] = orjson.dumps(catalogue.brands)
    sections[_MAKERS] = orjson.dumps(catalogue.makers)
    return sections


class CompiledCatalogue(Catalogue):
    """A catalogue over the sections that `compile_catalogue` made of it."""

    def __init__(self, sections: Sections) -> None:
        """Open the maps; nothing of them is read yet."""
        maps: dict[str, CompiledMap] = {}
        for name, data in sections.items():
            if name not in _LISTS:
                maps[name] = CompiledMap(data)
        super().__init__()
        self.compiled = maps
        self.entities = _Entities(maps["entities"], sections[_SLUGS])
        self._sections = sections

    @cached_property
    def makers(self) -> dict[str, str]:
        """Joined Latin names of organisations → identity."""
        makers: dict[str, str] = orjson.loads(self._sections[_MAKERS])
        return makers

    @cached_property
    def brands(self) -> dict[str, str]:
        """Folded Chinese names → English name."""
        brands: dict[str, str] = orjson.loads(self._sections[_BRANDS])
        return brands

    @cached_property
    def neighbours(self) -> Neighbours:
        """Index for similar names."""
        return Neighbours(self.compiled["neighbours"])

    @cached_property
    def typo_index(self) -> TypoIndex:
        """Index for long names with a typo."""
        return CompiledTypoIndex(self.compiled["typos"])

    @cached_property
    def maker_ids(self) -> Mapping[str, str]:
        """Slugs of organisations → identity as a maker."""
        return self.compiled["maker_ids"]

    @cached_property
    def by_name(self) -> SlugIndex:
        """Name → slugs."""
        return self.compiled["name"]

    @cached_property
    def by_key(self) -> SlugIndex:
        """`name_key` → slugs."""
        return self.compiled["key"]

    @cached_property
    def by_spelling(self) -> Mapping[str, SlugIndex]:
        """Name of a spelling key → key → slugs."""
        return {name: self.compiled[name] for name in SPELLING_KEYS}


class _Entities(Mapping[str, CatalogueEntity]):
    """Entities by slug, in the order of the catalogue; read when they are looked up."""

    def __init__(self, records: CompiledMap, slugs: memoryview) -> None:
        self._records = records
        self._slugs = slugs
        self._entities: dict[str, CatalogueEntity] = {}

    def __getitem__(self, slug: str) -> CatalogueEntity:
        entity = self._entities.get(slug)
        if entity is None:
            entity = read_entity(self._records[slug])
            self._entities[slug] = entity
        return entity

    def __contains__(self, slug: object) -> bool:
        return slug in self._records

    def __iter__(self) -> Iterator[str]:
        yield from orjson.loads(self._slugs)

    def __len__(self) -> int:
        return len(self._records)
