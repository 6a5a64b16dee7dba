"""The catalogue of known entities: the shape of a record, the index over its names, and what may be wrong with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.normalize.entities.name_words import joined
from app.normalize.entities.names import name_key
from app.normalize.entities.similarity import Neighbours, TypoIndex
from app.normalize.entities.spelling import ParsedName, parse_name
from app.normalize.lexicon import gazetteer, vocabulary
from app.normalize.text.folding import fold, is_han

# Where one name is borne by entities of several types, the earlier type is meant: a bare "Mistral" is the company.
TYPES = (
    "org",
    "model",
    "product",
    "person",
    "chip",
    "method",
    "dataset",
    "event",
    "place",
    "concept",
    "other",
)
LANGUAGES = ("en", "zh-Hant", "zh-Hans")
ALIAS_KINDS = (
    "translation",
    "regional-translation",
    "abbreviation",
    "former-name",
    "handle",
    "vendor-prefixed",
    "code-name",
    "spelling",
)
_FIELDS = {"slug", "type", "names", "aliases", "family", "maker", "ids", "homonym"}


@dataclass(frozen=True, slots=True)
class CatalogueAlias:
    """A further name of an entity. `lang` is None where the name belongs to no language, as a handle does."""

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
    """Name → context words, one of which must stand in a document for the name to count in its running text."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every name and alias, each once."""
        return tuple(dict.fromkeys([*self.names.values(), *(alias.name for alias in self.aliases)]))

    @property
    def title(self) -> str:
        """The name to show where one is needed: English, else traditional, else simplified Chinese."""
        return next((self.names[lang] for lang in LANGUAGES if self.names.get(lang)), self.slug)


def read_entity(record: Mapping[str, Any]) -> CatalogueEntity:
    """One record read. Raises ValueError, naming the slug, where its shape is wrong."""
    slug = record.get("slug")
    if not isinstance(slug, str) or not slug:
        raise ValueError(f"a record has no slug: {dict(record)!r:.120}")
    if unknown := set(record) - _FIELDS:
        raise ValueError(f"{slug}: unknown fields {sorted(unknown)}")
    if record.get("type") not in TYPES:
        raise ValueError(f"{slug}: unknown type {record.get('type')!r}")
    names = {lang: name for lang, name in (record.get("names") or {}).items() if name}
    if not names or not set(names) <= set(LANGUAGES):
        raise ValueError(f"{slug}: names must be given in one or more of {', '.join(LANGUAGES)}")
    aliases = []
    for alias in record.get("aliases") or ():
        if alias.get("kind") not in ALIAS_KINDS or not alias.get("name"):
            raise ValueError(f"{slug}: bad alias {dict(alias)!r}")
        aliases.append(CatalogueAlias(alias["name"], alias["kind"], alias.get("lang")))
    homonym = {name: tuple(words) for name, words in (record.get("homonym") or {}).items()}
    return CatalogueEntity(
        slug=slug,
        type=record["type"],
        names=names,
        aliases=tuple(aliases),
        family=record.get("family"),
        maker=record.get("maker"),
        ids=dict(record.get("ids") or {}),
        homonym=homonym,
    )


class Catalogue:
    """Entities by slug, found again by exact name, by folded key and by spelling. Immutable once made."""

    def __init__(self, entities: Iterable[CatalogueEntity] = ()) -> None:
        """The first of two entities with one slug is kept; `problems` reports the other."""
        self.entities: dict[str, CatalogueEntity] = {}
        for entity in entities:
            self.entities.setdefault(entity.slug, entity)

    @classmethod
    def from_records(cls, records: Iterable[Mapping[str, Any]]) -> "Catalogue":
        """Read records as they stand in the seed files. Raises ValueError at the first malformed one."""
        return cls(map(read_entity, records))

    def without(self, slugs: Iterable[str]) -> "Catalogue":
        """The same catalogue less some entities."""
        dropped = set(slugs)
        return Catalogue(entity for slug, entity in self.entities.items() if slug not in dropped)

    def index(self) -> None:
        """Take every name apart now, not when the first is asked for."""
        _ = self._exact, self._folded, self._spelled, self.neighbours

    def __len__(self) -> int:
        return len(self.entities)

    def exact(self, name: str) -> tuple[str, ...]:
        """Slugs of the entities with exactly this name."""
        return self._exact.get(name, ())

    def folded(self, key: str) -> tuple[str, ...]:
        """Slugs of the entities with a name of this `name_key`."""
        return self._folded.get(key, ())

    def spelled(self, kind: str, key: str) -> tuple[str, ...]:
        """Slugs of the entities one of whose spellings has `key` as its `full`, `core`, `order` or `tail`."""
        return self._spelled[kind].get(key, ())

    def read(self, name: str) -> ParsedName:
        """`name` taken apart in the light of the makers and brands of this catalogue."""
        return parse_name(name, self.makers, self.brands)

    def maker_of(self, slug: str) -> str:
        """Identity of an entity's maker, comparable with `Spelling.maker`; empty where unknown."""
        return self._maker_ids.get(self.entities[slug].maker or "", "")

    @cached_property
    def makers(self) -> dict[str, str]:
        """Joined Latin name of a catalogued organisation → identity, for taking makers off names."""
        table = {}
        for entity in self.entities.values():
            if entity.type == "org":
                for name in entity.spellings:
                    written = joined(name)
                    if (
                        len(written) > 2
                        and written not in vocabulary.english()
                        and written not in gazetteer.places()
                    ):
                        table[written] = self._maker_ids[entity.slug]
        return table

    @cached_property
    def brands(self) -> dict[str, str]:
        """Folded Chinese name → English name, where all companies, models and products of that name agree on it."""
        english: defaultdict[str, set[str]] = defaultdict(set)
        for entity in self.entities.values():
            latin = entity.names.get("en", "")
            if (
                entity.type in ("org", "model", "product", "chip")
                and latin
                and not any(map(str.isdigit, latin))
            ):
                for name in entity.spellings:
                    if len(name) > 1 and all(map(is_han, name)):
                        english[fold(name)].add(latin.removesuffix(" models"))
        return {name: min(latin) for name, latin in english.items() if len(latin) == 1}

    @cached_property
    def spellings(self) -> list[tuple[str, ParsedName]]:
        """(slug, spelling) for every name of every entity."""
        return [(e.slug, self.read(name)) for e in self.entities.values() for name in e.spellings]

    @cached_property
    def neighbours(self) -> Neighbours:
        """The entities by what their names look like."""
        return Neighbours(self.spellings)

    @cached_property
    def slips(self) -> TypoIndex:
        """The long names, to be found through a slip of the pen."""
        return TypoIndex(spelling for _, spelling in self.spellings)

    @cached_property
    def _maker_ids(self) -> dict[str, str]:
        ids = {}
        for entity in self.entities.values():
            if entity.type == "org":
                known = (gazetteer.makers().get(joined(name)) for name in entity.spellings)
                ids[entity.slug] = next(filter(None, known), entity.slug)
        return ids

    @cached_property
    def _exact(self) -> dict[str, tuple[str, ...]]:
        return _index((name, e.slug) for e in self.entities.values() for name in e.spellings)

    @cached_property
    def _folded(self) -> dict[str, tuple[str, ...]]:
        return _index(
            (name_key(name), e.slug) for e in self.entities.values() for name in e.spellings
        )

    @cached_property
    def _spelled(self) -> dict[str, dict[str, tuple[str, ...]]]:
        kinds = ("full", "core", "order", "tail")
        return {
            kind: _index((getattr(s, kind), slug) for slug, s in self.spellings) for kind in kinds
        }


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    index: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for key, slug in pairs:
        if key:
            index[key][slug] = None
    return {key: tuple(slugs) for key, slugs in index.items()}


def problems(entities: Sequence[CatalogueEntity]) -> list[str]:
    """What is inconsistent in a catalogue, one readable line each; empty where all is well."""
    return [
        *_duplicate_slugs(entities),
        *_shared_aliases(entities),
        *_unknown_references(entities),
        *_family_cycles(entities),
        *_homonyms_without_name(entities),
    ]


def _duplicate_slugs(entities: Sequence[CatalogueEntity]) -> Iterator[str]:
    seen: set[str] = set()
    for entity in entities:
        if entity.slug in seen:
            yield f"{entity.slug}: the slug stands twice"
        seen.add(entity.slug)


def _shared_aliases(entities: Sequence[CatalogueEntity]) -> Iterator[str]:
    owners: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for entity in entities:
        for name in entity.spellings:
            owners[entity.type, name][entity.slug] = None
    for (kind, name), slugs in owners.items():
        if len(slugs) > 1:
            yield f"{name}: names several entities of type {kind}: {', '.join(slugs)}"


def _unknown_references(entities: Sequence[CatalogueEntity]) -> Iterator[str]:
    slugs = {entity.slug for entity in entities}
    for entity in entities:
        for field, other in (("family", entity.family), ("maker", entity.maker)):
            if other is not None and other not in slugs:
                yield f"{entity.slug}: unknown {field} {other}"


def _family_cycles(entities: Sequence[CatalogueEntity]) -> Iterator[str]:
    family = {entity.slug: entity.family for entity in entities}
    for slug in family:
        path = [slug]
        while (above := family.get(path[-1])) is not None and above not in path:
            path.append(above)
        # Said once a cycle, by its smallest member.
        if above == slug and slug == min(path):
            yield f"{slug}: its family leads back to itself: {' → '.join([*path, slug])}"


def _homonyms_without_name(entities: Sequence[CatalogueEntity]) -> Iterator[str]:
    for entity in entities:
        keys = {name_key(name) for name in entity.spellings} if entity.homonym else set()
        for name in entity.homonym or ():
            if name_key(name) not in keys:
                yield f"{entity.slug}: the homonym {name} is none of its names"
