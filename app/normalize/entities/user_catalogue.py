"""A user's catalogue over that of the seeds: JSONL lines are checked, then extend the records.

A line with a new slug is a whole record. A line with a known slug extends that record: names,
aliases, ids and homonyms are added, `without` removes names, and `into` makes the entity part of
another.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from app.errors import expectation
from app.normalize.entities.catalogue import (
    CatalogueEntity,
    faults_of,
    read_entity,
)
from app.normalize.kinds import AliasKind, EntityType, NameLanguage

_Slug = Annotated[str, StringConstraints(pattern=r"^[^\s/?#%A-Z]{1,96}$")]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class AliasRecord(BaseModel):
    """Another name of an entity."""

    model_config = ConfigDict(extra="forbid")
    name: _Name
    kind: AliasKind = "spelling"
    lang: NameLanguage | None = None


class CatalogueRecord(BaseModel):
    """A line of a user's catalogue; `type` and `names` may be left out for a known slug."""

    model_config = ConfigDict(extra="forbid")
    slug: _Slug
    type: EntityType | None = None
    names: dict[NameLanguage, _Name] = {}
    aliases: list[AliasRecord] = []
    family: _Slug | None = None
    maker: _Slug | None = None
    ids: dict[str, str] = {}
    homonym: dict[_Name, list[_Name]] = {}
    without: list[_Name] = []
    into: _Slug | None = None


class Fault(NamedTuple):
    """A fault of a line of a file, in words."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class RecordLine(NamedTuple):
    """A valid line of a file."""

    file: str
    line: int
    record: CatalogueRecord


@dataclass(frozen=True, slots=True)
class Extended:
    """The records of a catalogue with those of a user, by slug, and what is wrong with the lines.

    A faulty line changes no record.
    """

    records: dict[str, dict[str, Any]]
    faults: list[Fault]


def read_lines(file: str, data: bytes) -> Iterator[RecordLine | Fault]:
    """Yield the lines of a file as records, or what is wrong with them; empty ones are skipped."""
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield Fault(file, number, f"not a line of JSON ({error}); expected one object a line")
            continue
        try:
            yield RecordLine(file, number, CatalogueRecord.model_validate(value))
        except ValidationError as error:
            for entry in error.errors():
                place = ".".join(map(str, entry["loc"])) or "the line"
                value = repr(entry["input"])[:80]
                text = f"{place}: {value} is not valid; {expectation(entry)}"
                yield Fault(file, number, text)


def extend(base: Iterable[Mapping[str, Any]], lines: Iterable[RecordLine | Fault]) -> Extended:
    """Return the records of `base` with the `lines` of a user, each checked.

    An entity that became part of another is left out; its names and what refers to it go there.
    """
    records: dict[str, dict[str, Any]] = {record["slug"]: dict(record) for record in base}
    faults: list[Fault] = []
    merged: dict[str, RecordLine] = {}
    by_slug: dict[str, RecordLine] = {}
    for line in lines:
        if isinstance(line, Fault):
            faults.append(line)
            continue
        slug = line.record.slug
        fault = _apply(records, line.record)
        if fault:
            faults.append(Fault(line.file, line.line, fault))
            continue
        by_slug[slug] = line
        if line.record.into:
            merged[slug] = line

    faults.extend(_merge(records, merged))
    faults.extend(_inconsistencies(records, by_slug))
    return Extended(records, sorted(faults))


def _apply(records: dict[str, dict[str, Any]], record: CatalogueRecord) -> str | None:
    """Apply a line to the records; return what is wrong with it, if anything is."""
    known = records.get(record.slug)
    if known is None and (record.into or record.without):
        return f"{record.slug}: no record has this slug; `into` and `without` change a known one"
    extended = _extended(known or {"slug": record.slug}, record)
    missing = [name for name in record.without if known and name not in _spellings(known)]
    if missing:
        return f"{record.slug}: without: {missing[0]!r} is not one of its names"
    try:
        read_entity(extended)
    except ValueError as error:
        return str(error)
    records[record.slug] = extended
    return None


def _extended(known: Mapping[str, Any], record: CatalogueRecord) -> dict[str, Any]:
    """Return a record with the values of a line."""
    names = {**(known.get("names") or {}), **record.names}
    aliases = {alias["name"]: alias for alias in known.get("aliases") or ()}
    for alias in record.aliases:
        aliases[alias.name] = alias.model_dump()
    homonym = {**(known.get("homonym") or {}), **record.homonym}
    for name in record.without:
        aliases.pop(name, None)
        homonym.pop(name, None)
        names = {lang: other for lang, other in names.items() if other != name}
    return {
        "slug": record.slug,
        "type": record.type or known.get("type"),
        "names": names,
        "aliases": list(aliases.values()),
        "family": record.family or known.get("family"),
        "maker": record.maker or known.get("maker"),
        "ids": {**(known.get("ids") or {}), **record.ids},
        "homonym": homonym,
    }


def _spellings(record: Mapping[str, Any]) -> set[str]:
    aliases = {alias["name"] for alias in record.get("aliases") or ()}
    return aliases | set((record.get("names") or {}).values())


def _merge(records: dict[str, dict[str, Any]], merged: Mapping[str, RecordLine]) -> Iterator[Fault]:
    """Make entities part of others; yield a fault for each that cannot be."""
    targets: dict[str, str] = {}
    for slug, line in merged.items():
        target = line.record.into or ""
        path = [slug]
        while target in merged and target not in path:
            path.append(target)
            target = merged[target].record.into or ""
        if target in path or target not in records:
            text = f"{slug}: into: {line.record.into} is no other entity of the catalogue"
            yield Fault(line.file, line.line, text)
        else:
            targets[slug] = target

    for slug, target in targets.items():
        _move_names(records.pop(slug), records[target])
    for record in records.values():
        for field in ("family", "maker"):
            parent = targets.get(record.get(field) or "")
            if parent:
                record[field] = parent if parent != record["slug"] else None


def _move_names(source: Mapping[str, Any], target: dict[str, Any]) -> None:
    known = _spellings(target)
    aliases = list(target.get("aliases") or ())
    for lang, name in (source.get("names") or {}).items():
        aliases.append({"name": name, "kind": "spelling", "lang": lang})
    aliases.extend(source.get("aliases") or ())
    new_aliases = {alias["name"]: alias for alias in aliases}
    for name in set(new_aliases) & set((target.get("names") or {}).values()):
        del new_aliases[name]
    target["aliases"] = list(new_aliases.values())
    homonym = dict(target.get("homonym") or {})
    for name, words in (source.get("homonym") or {}).items():
        if name not in known:
            homonym[name] = words
    target["homonym"] = homonym


def _inconsistencies(
    records: Mapping[str, Mapping[str, Any]], lines: Mapping[str, RecordLine]
) -> Iterator[Fault]:
    """Yield the inconsistencies that lines bring in, each at the last line that is part of it."""
    if not lines:
        return
    entities: list[CatalogueEntity] = [read_entity(record) for record in records.values()]
    for fault in faults_of(entities):
        own_lines = [lines[slug] for slug in fault.slugs if slug in lines]
        if own_lines:
            line = max(own_lines, key=_place)
            yield Fault(line.file, line.line, fault.text)


def _place(line: RecordLine) -> tuple[str, int]:
    return line.file, line.line
