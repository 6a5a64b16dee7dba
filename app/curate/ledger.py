"""The corrections of curators as a catalogue: loaded elsewhere, it gives the same decisions.

A name that the curator did not give for running text counts only where a document lists it: its
record has it as a homonym without context.
"""

from collections.abc import Generator, Mapping
from typing import Any

import orjson
from sqlmodel import Session, col, select

from app.knowledge import knowledge
from app.normalize.entities.clusters import is_catalogued
from app.normalize.entities.names import name_key
from app.normalize.text.folding import is_han, simplified
from app.query.snapshot import dataset
from app.store.db import Database
from app.store.entities import judgements, namings, sync
from app.store.tables import Alias, Entity, Judgement, Mention

Record = dict[str, Any]
"""A line of a catalogue (`normalize/entities/user_catalogue.py`)."""


def snapshot(database: Database) -> Generator[Any, None, None]:
    """Yield the dataset version, then the lines of one state of the ledger."""
    with database.read() as session:
        yield dataset.version(session)
        yield from lines(session)


def lines(session: Session) -> list[bytes]:
    """Return the judgements in force as lines of JSON, one a record, in order of their slugs."""
    in_force = select(Judgement).where(judgements.in_force()).order_by(col(Judgement.pk))
    ledger = _Ledger(session)
    for judgement in session.exec(in_force):
        ledger.add(judgement)
    records = ledger.records()
    return [orjson.dumps(records[slug]) + b"\n" for slug in sorted(records)]


class _Ledger:
    """Records that grow judgement by judgement, the oldest first."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._changed: dict[str, Record] = {}
        """Changes of records of the catalogue, by slug."""
        self._own: dict[str, Record] = {}
        """Whole records of names that no catalogue has, by node."""
        self._moved: set[str] = set()
        """Names that a curator gave to another entity, by node."""

    def records(self) -> dict[str, Record]:
        """Return all records by slug."""
        whole = {record["slug"]: record for record in self._own.values()}
        return self._changed | whole

    def add(self, judgement: Judgement) -> None:
        """Add a judgement."""
        left, right = judgement.left_key, judgement.right_key
        if judgement.kind == "create":
            self._create(right, judgement.evidence)
        elif judgement.kind == "alias":
            self._own.pop(left, None)
            self._moved.add(left)
            self._add_alias(self._record(right), judgement.evidence)
        elif judgement.verdict == "positive":
            self._join(left, right)
        elif judgement.kind == "split":
            self._separate(left, right)
        else:
            self._keep_apart(left)

    def _create(self, node: str, evidence: Mapping[str, Any]) -> None:
        record = self._record(node)
        record["type"] = evidence["type"]
        record["names"] = _by_language(evidence["name"], evidence["lang"])
        record["homonym"].pop(evidence["name"], None)
        for field in ("family", "maker"):
            if evidence[field]:
                record[field] = self._record(evidence[field])["slug"]

    def _join(self, left: str, right: str) -> None:
        """Make the entity of `left` part of that of `right`."""
        if is_catalogued(left):
            self._record(left)["into"] = self._record(right)["slug"]
            return
        target = self._record(right)
        self._moved.add(left)
        joined = self._own.pop(left, None)
        if joined is None:
            name = _name_of(self._session, left)
            joined = _whole_record(left, name, "other")
        for lang, name in joined["names"].items():
            self._add_alias(target, {"name": name, "lang": lang, "kind": "spelling"})
        for alias in joined["aliases"]:
            self._add_alias(target, alias)
        target["homonym"] |= joined["homonym"]

    def _separate(self, left: str, right: str) -> None:
        """Give the name of `left` a record of its own, and take it from that of `right`."""
        key = left.removeprefix("k:")
        removed: list[str] = []
        if is_catalogued(right):
            known = knowledge().catalogue.entities.get(right.removeprefix("c:"))
            for name in known.spellings if known else ():
                if name_key(name) == key:
                    removed.append(name)
        else:
            self._record(right)
        if removed:
            without = self._record(right).setdefault("without", [])
            without.extend(name for name in removed if name not in without)
        self._keep_apart(left)
        if removed and left in self._own:
            self._own[left]["homonym"].clear()

    def _keep_apart(self, node: str) -> None:
        if node not in self._moved:
            self._record(node)

    def _record(self, node: str) -> Record:
        """Return the record of a node, begun if there is none."""
        slug = node.removeprefix("c:")
        if is_catalogued(node):
            return self._changed.setdefault(slug, {"slug": slug, "aliases": [], "homonym": {}})
        if node not in self._own:
            self._own[node] = self._new_record(node)
        return self._own[node]

    def _new_record(self, node: str) -> Record:
        entity = self._session.exec(select(Entity).where(col(Entity.node) == node)).first()
        if entity is None:
            return _whole_record(node, _name_of(self._session, node), "other")
        record = _whole_record(
            node,
            entity.name,
            entity.type,
            entity.slug,
        )
        # The entity may go by the name of another node that joined it.
        if name_key(entity.name) != node.removeprefix("k:"):
            name = _name_of(self._session, node)
            self._add_alias(record, {"name": name, "kind": "spelling", "lang": None})
            record["homonym"][name] = []
        for field, pk in (("family", entity.family_pk), ("maker", entity.maker_pk)):
            parent = self._session.get(Entity, pk) if pk else None
            if parent and is_catalogued(parent.node):
                record[field] = parent.node.removeprefix("c:")
        return record

    def _add_alias(self, record: Record, alias: Mapping[str, Any]) -> None:
        name = alias["name"]
        known = {other["name"] for other in record["aliases"]}
        if name not in known | set(record.get("names", {}).values()):
            entry = {"name": name, "kind": alias["kind"], "lang": alias["lang"]}
            record["aliases"].append(entry)


def _whole_record(node: str, name: str, entity_type: str, slug: str = "") -> Record:
    """Return the record of a name that counts only where documents list it."""
    slug = slug or sync.entity_id(node).replace("_", "-")
    if slug in knowledge().catalogue.entities:
        slug = f"{slug}-{sync.entity_id(node).removeprefix('e_')}"
    return {
        "slug": slug,
        "type": entity_type,
        "names": _by_language(name, None),
        "aliases": [],
        "homonym": {name: []},
    }


def _name_of(session: Session, node: str) -> str:
    """Return the first spelling of a name that no entity has any more."""
    key = node.removeprefix("k:")
    for column, same_key in (
        (col(Alias.name), col(Alias.key) == key),
        (col(Mention.surface), namings.of_key(key)),
    ):
        name = session.exec(select(column).where(same_key).order_by(column).limit(1)).first()
        if name:
            return str(name)
    return key


def _by_language(name: str, lang: str | None) -> dict[str, str]:
    """Return a name under its language, guessed from its script without one."""
    if lang is None:
        lang = "en"
        if any(map(is_han, name)):
            lang = "zh-Hans" if simplified(name) == name else "zh-Hant"
    return {lang: name}
