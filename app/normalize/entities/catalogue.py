"""The catalogue of known entities: the shape of a record, an index of its names, and its checks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from app.normalize.entities.name_words import joined_letters
from app.normalize.entities.names import name_key
from app.normalize.entities.similarity import Neighbours, TypoIndex
from app.normalize.entities.spelling import ParsedName, parse_name
from app.normalize.kinds import ALIAS_KINDS, LANGUAGES, TYPE_PRECEDENCE
from app.normalize.lexicon import gazetteer, vocabulary
from app.normalize.text.folding import fold, is_han

SPELLING_KEYS = ("full", "core", "order", "tail")
_FIELDS = {"slug", "type", "names", "aliases", "family", "maker", "ids", "homonym"}
_BRANDED_TYPES = ("org", "model", "product", "chip")
_MIN_MAKER_CHARS = 3
_TYPE_RANKS: dict[str, int] = {kind: rank for rank, kind in enumerate(TYPE_PRECEDENCE)}

SlugIndex = Mapping[str, Sequence[str]]
"""Name or key → slugs of the entities that have it."""


@dataclass(frozen=True, slots=True)
class CatalogueAlias:
    """Another name of an entity. `lang` is None for a name of no language, such as a handle."""

    name: str
    kind: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogueEntity:
    """A record of the catalogue. `family` and `maker` are slugs of other records."""

    slug: str
    type: str
    names: Mapping[str, str]
    aliases: tuple[CatalogueAlias, ...] = ()
    family: str | None = None
    maker: str | None = None
    ids: Mapping[str, str] | None = None
    homonym: Mapping[str, tuple[str, ...]] | None = None
    """Name → context words. The name counts in running text only beside one of them."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """All names and aliases without duplicates."""
        spellings = dict.fromkeys(self.names.values())
        for alias in self.aliases:
            spellings[alias.name] = None
        return tuple(spellings)

    @property
    def title(self) -> str:
        """The default name: English, else traditional, else simplified Chinese."""
        for lang in LANGUAGES:
            if self.names.get(lang):
                return self.names[lang]
        return self.slug


def read_entity(record: Mapping[str, Any]) -> CatalogueEntity:
    """Return a record as an entity. Raises ValueError, with the slug, for a malformed record."""
    slug = record.get("slug")
    if not isinstance(slug, str) or not slug:
        raise ValueError(f"a record has no slug: {dict(record)!r:.120}")

    unknown_fields = set(record) - _FIELDS
    if unknown_fields:
        raise ValueError(f"{slug}: unknown fields {sorted(unknown_fields)}")
    if record.get("type") not in _TYPE_RANKS:
        raise ValueError(f"{slug}: unknown type {record.get('type')!r}")

    homonym: dict[str, tuple[str, ...]] = {}
    for name, context_words in (record.get("homonym") or {}).items():
        homonym[name] = tuple(context_words)

    return CatalogueEntity(
        slug=slug,
        type=record["type"],
        names=_read_names(slug, record),
        aliases=tuple(_read_aliases(slug, record)),
        family=record.get("family"),
        maker=record.get("maker"),
        ids=dict(record.get("ids") or {}),
        homonym=homonym,
    )


def _read_names(slug: str, record: Mapping[str, Any]) -> dict[str, str]:
    """Return language → name of a record. Raises ValueError without a valid name."""
    names: dict[str, str] = {}
    for lang, name in (record.get("names") or {}).items():
        if name:
            names[lang] = name

    if not names or not set(names) <= set(LANGUAGES):
        expected = ", ".join(LANGUAGES)
        raise ValueError(f"{slug}: names must be given in one or more of {expected}")

    return names


def _read_aliases(slug: str, record: Mapping[str, Any]) -> Iterator[CatalogueAlias]:
    """Yield the aliases of a record. Raises ValueError for an unknown kind or an empty name."""
    for alias in record.get("aliases") or ():
        name = alias.get("name")
        kind = alias.get("kind")
        if not name or kind not in ALIAS_KINDS:
            raise ValueError(f"{slug}: bad alias {dict(alias)!r}")

        yield CatalogueAlias(
            name=name,
            kind=kind,
            lang=alias.get("lang"),
        )


def preferred_entity(candidates: Iterable[tuple[str, str]]) -> str | None:
    """Return the entity a shared name stands for, out of (type, entity) pairs.

    It is the one of the type with the highest precedence; None if two entities have that type.
    """
    ranked: set[tuple[int, str]] = set()
    for entity_type, entity in candidates:
        rank = _TYPE_RANKS[entity_type]
        ranked.add((rank, entity))

    if not ranked:
        return None

    first, *others = sorted(ranked)
    best_rank, best = first
    for rank, _ in others:
        if rank == best_rank:
            return None

    return best


def record_of(entity: CatalogueEntity) -> dict[str, Any]:
    """Return an entity as the record that `read_entity` reads."""
    aliases: list[dict[str, str | None]] = []
    for alias in entity.aliases:
        aliases.append({"name": alias.name, "kind": alias.kind, "lang": alias.lang})
    return {
        "slug": entity.slug,
        "type": entity.type,
        "names": entity.names,
        "aliases": aliases,
        "family": entity.family,
        "maker": entity.maker,
        "ids": entity.ids,
        "homonym": entity.homonym,
    }


class Catalogue:
    """Entities by slug, with an index of their names, name keys and spellings. Immutable."""

    def __init__(self, entities: Iterable[CatalogueEntity] = ()) -> None:
        """Keep the first of two entities with the same slug; `problems` reports the other."""
        by_slug: dict[str, CatalogueEntity] = {}
        for entity in entities:
            by_slug.setdefault(entity.slug, entity)
        self.entities: Mapping[str, CatalogueEntity] = by_slug
        self.compiled: Mapping[str, Mapping[str, Any]] = {}
        """Indexes that were compiled for this catalogue; without them, they are built."""

    @classmethod
    def from_records(cls, records: Iterable[Mapping[str, Any]]) -> "Catalogue":
        """Read records of the seed files. Raises ValueError at the first malformed one."""
        return cls(map(read_entity, records))

    def without(self, slugs: Iterable[str]) -> "Catalogue":
        """Return a catalogue without some entities."""
        remaining = dict(self.entities)
        for slug in slugs:
            remaining.pop(slug, None)
        return Catalogue(remaining.values())

    def __len__(self) -> int:
        return len(self.entities)

    def slugs_by_name(self, name: str) -> tuple[str, ...]:
        """Return the slugs of the entities with exactly this name."""
        return tuple(self.by_name.get(name, ()))

    def slugs_by_key(self, key: str) -> tuple[str, ...]:
        """Return the slugs of the entities with a name of this `name_key`."""
        return tuple(self.by_key.get(key, ()))

    def slugs_by_spelling(self, key_name: str, key: str) -> tuple[str, ...]:
        """Return the slugs of the entities that have a spelling with this key.

        `key_name` is one of `SPELLING_KEYS`: the field of `ParsedName` that is compared.
        """
        return tuple(self.by_spelling[key_name].get(key, ()))

    def parse(self, name: str) -> ParsedName:
        """Return `name` taken apart; makers and brands of this catalogue are recognised."""
        return parse_name(name, self.makers, self.brands)

    def maker_of(self, slug: str) -> str:
        """Return the identity of an entity's maker as in `ParsedName.maker`; empty if unknown."""
        maker = self.entities[slug].maker
        return self.maker_ids.get(maker or "", "")

    @cached_property
    def makers(self) -> Mapping[str, str]:
        """Joined Latin names of organisations → identity, to recognise makers in names."""
        makers: dict[str, str] = {}
        words = vocabulary.english()
        places = gazetteer.places()
        for slug, identity in self.maker_ids.items():
            for name in self.entities[slug].spellings:
                letters = joined_letters(name)
                is_everyday_word = letters in words or letters in places
                if len(letters) >= _MIN_MAKER_CHARS and not is_everyday_word:
                    makers[letters] = identity

        return makers

    @cached_property
    def brands(self) -> Mapping[str, str]:
        """Folded Chinese names → English name, if all branded entities of that name share it."""
        english_names: defaultdict[str, set[str]] = defaultdict(set)
        for entity in self.entities.values():
            english_name = entity.names.get("en", "")
            has_digit = any(map(str.isdigit, english_name))
            if entity.type not in _BRANDED_TYPES or not english_name or has_digit:
                continue
            for name in entity.spellings:
                if len(name) > 1 and all(map(is_han, name)):
                    brand = english_name.removesuffix(" models")
                    english_names[fold(name)].add(brand)

        brands: dict[str, str] = {}
        for name, candidates in english_names.items():
            if len(candidates) == 1:
                brands[name] = candidates.pop()

        return brands

    @cached_property
    def spellings(self) -> list[tuple[str, ParsedName]]:
        """(Slug, parsed name) of every name of every entity."""
        spellings: list[tuple[str, ParsedName]] = []
        for slug, name in self._names():
            spelling = self.parse(name)
            spellings.append((slug, spelling))
        return spellings

    @cached_property
    def neighbours(self) -> Neighbours:
        """Index for similar names."""
        neighbours = Neighbours()
        for slug, spelling in self.spellings:
            neighbours.add(slug, spelling)
        return neighbours

    @cached_property
    def typo_index(self) -> TypoIndex:
        """Index for long names with a typo."""
        return TypoIndex([spelling for _, spelling in self.spellings])

    def _names(self) -> Iterator[tuple[str, str]]:
        """Yield (slug, name) for every name of every entity."""
        for slug, entity in self.entities.items():
            for name in entity.spellings:
                yield slug, name

    @cached_property
    def maker_ids(self) -> Mapping[str, str]:
        """Slugs of organisations → identity as a maker."""
        well_known = gazetteer.makers()
        identities: dict[str, str] = {}
        for slug, entity in self.entities.items():
            if entity.type != "org":
                continue
            identities[slug] = slug
            for name in entity.spellings:
                letters = joined_letters(name)
                if letters in well_known:
                    identities[slug] = well_known[letters]
                    break

        return identities

    @cached_property
    def by_name(self) -> SlugIndex:
        """Name → slugs."""
        return _slug_index([(name, slug) for slug, name in self._names()])

    @cached_property
    def by_key(self) -> SlugIndex:
        """`name_key` → slugs."""
        pairs: list[tuple[str, str]] = []
        for slug, name in self._names():
            key = name_key(name)
            pairs.append((key, slug))
        return _slug_index(pairs)

    @cached_property
    def by_spelling(self) -> Mapping[str, SlugIndex]:
        """Name of a spelling key → key → slugs."""
        indexes: dict[str, SlugIndex] = {}
        for key_name in SPELLING_KEYS:
            pairs: list[tuple[str, str]] = []
            for slug, spelling in self.spellings:
                key = getattr(spelling, key_name)
                pairs.append((key, slug))

            indexes[key_name] = _slug_index(pairs)

        return indexes


def _slug_index(pairs: Iterable[tuple[str, str]]) -> SlugIndex:
    """Return key → slugs, in the order of the (key, slug) pairs; empty keys are left out."""
    slugs_by_key: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for key, slug in pairs:
        if not key:
            continue

        slugs = slugs_by_key[key]
        slugs[slug] = None

    return {key: tuple(slugs) for key, slugs in slugs_by_key.items()}


class CatalogueFault(NamedTuple):
    """An inconsistency of a catalogue: the slugs of the entities that are part of it, and why."""

    slugs: tuple[str, ...]
    text: str


def problems(entities: Sequence[CatalogueEntity]) -> list[str]:
    """Return one readable line for each inconsistency of a catalogue."""
    return [fault.text for fault in faults_of(entities)]


def faults_of(entities: Sequence[CatalogueEntity]) -> list[CatalogueFault]:
    """Return the inconsistencies of a catalogue."""
    return [
        *_duplicate_slugs(entities),
        *_shared_aliases(entities),
        *_unknown_references(entities),
        *_family_cycles(entities),
        *_homonyms_without_name(entities),
    ]


def _duplicate_slugs(entities: Sequence[CatalogueEntity]) -> Iterator[CatalogueFault]:
    seen: set[str] = set()
    for entity in entities:
        if entity.slug in seen:
            yield CatalogueFault((entity.slug,), f"{entity.slug}: the slug occurs twice")
        seen.add(entity.slug)


def _shared_aliases(entities: Sequence[CatalogueEntity]) -> Iterator[CatalogueFault]:
    owners: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for entity in entities:
        for name in entity.spellings:
            slugs = owners[entity.type, name]
            slugs[entity.slug] = None

    for key, slugs in owners.items():
        if len(slugs) < 2:
            continue

        entity_type, name = key
        listed = ", ".join(slugs)
        text = f"{name}: names several entities of type {entity_type}: {listed}"
        yield CatalogueFault(tuple(slugs), text)


def _unknown_references(entities: Sequence[CatalogueEntity]) -> Iterator[CatalogueFault]:
    slugs: set[str | None] = {entity.slug for entity in entities}
    slugs.add(None)
    for entity in entities:
        if entity.family not in slugs:
            text = f"{entity.slug}: unknown family {entity.family}"
            yield CatalogueFault((entity.slug,), text)
        if entity.maker not in slugs:
            text = f"{entity.slug}: unknown maker {entity.maker}"
            yield CatalogueFault((entity.slug,), text)


def _family_cycles(entities: Sequence[CatalogueEntity]) -> Iterator[CatalogueFault]:
    parents = {entity.slug: entity.family for entity in entities}
    for slug, family in parents.items():
        path = [slug]
        parent = family
        while parent is not None and parent not in path:
            path.append(parent)
            parent = parents.get(parent)
        # A cycle is reported once, by its smallest member.
        if parent == slug == min(path):
            cycle = " → ".join([*path, slug])
            text = f"{slug}: its family leads back to itself: {cycle}"
            yield CatalogueFault(tuple(path), text)


def _homonyms_without_name(entities: Sequence[CatalogueEntity]) -> Iterator[CatalogueFault]:
    for entity in entities:
        if not entity.homonym:
            continue
        keys = set(map(name_key, entity.spellings))
        for name in entity.homonym:
            if name_key(name) not in keys:
                text = f"{entity.slug}: the homonym {name} is not one of its names"
                yield CatalogueFault((entity.slug,), text)
