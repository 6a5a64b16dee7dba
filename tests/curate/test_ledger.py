"""Corrections as a catalogue: loaded in a fresh database, they give the same decisions."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlmodel import col, select

from app import knowledge
from app.curate import acts, creation, ledger
from app.curate.conduct import Curation
from app.curate.creation import NewEntity
from app.normalize.decide import Knowledge
from app.normalize.entities.catalogue import Catalogue
from app.query.curation import judgements
from app.query.request.entity_params import ReviewList
from app.store.db import Database
from app.store.tables import Briefing, Entity, Mention
from tests.conftest import CHANNEL, new_url, take_in
from tests.curate.conftest import FIRST, SECOND, alias, merge, split, undo
from tests.documents import document, item

THIRD = document(
    "2026-01-03",
    item("Zorbify 登場", summary="Zorbify 由 Foobar Lab 製作，與千問、Alibaba 比較。"),
    item("其他", summary="皮衣教主用 Zorbify。", entities="Alibba, Foobar, Quuxworks"),
)
DOCUMENTS = (FIRST, SECOND, THIRD)
CURATION = Curation("cli")


def create(database: Database, name: str, entity_type: str, **of: str) -> Any:
    return creation.create(database, CHANNEL, NewEntity(name, entity_type, **of), CURATION)


SMALL = [
    {"slug": "nvidia", "type": "org", "names": {"en": "NVIDIA"}},
    {"slug": "alibaba", "type": "org", "names": {"en": "Alibaba", "zh-Hant": "阿里巴巴"}},
    {
        "slug": "qwen",
        "type": "model",
        "names": {"en": "Qwen", "zh-Hant": "千問"},
        "maker": "alibaba",
    },
]


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small catalogue in place of the seeds'."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "all.jsonl").write_bytes(b"\n".join(map(orjson.dumps, SMALL)))
    monkeypatch.setattr(knowledge, "CATALOGUE", folder)
    catalogue = knowledge.read_catalogue([])
    known = Knowledge(catalogue)
    monkeypatch.setattr(knowledge, "_read", lambda: known)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[[], Database]]:
    opened: list[Database] = []

    def make() -> Database:
        folder = tmp_path / str(len(opened))
        folder.mkdir()
        database = Database(new_url("sqlite", folder, migrated=True))
        opened.append(database)
        return database

    yield make
    for database in opened:
        database.close()


def decisions(database: Database) -> dict[tuple[Any, ...], tuple[str, str]]:
    """Return slug and type of the entity of each mention, by its place."""
    columns: tuple[Any, ...] = (
        col(Briefing.id),
        col(Mention.start_char),
        col(Mention.end_char),
        col(Mention.kind),
        col(Entity.slug),
        col(Entity.type),
    )
    statement = (
        select(*columns)
        .join(Mention, col(Mention.briefing_pk) == col(Briefing.pk))
        .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
    )
    places: dict[tuple[Any, ...], tuple[str, str]] = {}
    with database.read() as session:
        for *place, slug, entity_type in session.execute(statement):
            places[tuple(place)] = slug, entity_type
    return places


def groups(places: dict[tuple[Any, ...], tuple[str, str]]) -> set[frozenset[tuple[Any, ...]]]:
    """Return which mentions are one entity."""
    by_entity: defaultdict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for place, (slug, _) in places.items():
        by_entity[slug].add(place)
    return {frozenset(same) for same in by_entity.values()}


def load(database: Database) -> None:
    for text in DOCUMENTS:
        day = re.search(r"2026-01-0\d", text)
        assert day
        take_in(database, text, f"{day[0]}.md")


def doubt(database: Database) -> str:
    with database.read() as session:
        return judgements.review(session, ReviewList(), None).entries[0].id


ACTS: dict[str, Callable[[Database], Any]] = {
    "alias": lambda base: alias(base, "NVIDIA", "皮衣教主"),
    "alias of a listed name": lambda base: alias(base, "Bazquux", "皮衣教主"),
    "merge": lambda base: merge(base, "Foobar Lab", "NVIDIA"),
    "merge of listed names": lambda base: merge(base, "Bazquux", "Quuxworks"),
    "merge of two of the catalogue": lambda base: merge(base, "Alibaba", "NVIDIA"),
    "split": lambda base: split(base, "Qwen", "千問"),
    "create": lambda base: create(base, "Zorbify", "product", maker="NVIDIA", family="Qwen"),
    "create of a listed name": lambda base: create(base, "Quuxworks", "org"),
    "reject": lambda base: acts.settle(base, CHANNEL, doubt(base), "negative", CURATION),
    "confirm": lambda base: acts.settle(base, CHANNEL, doubt(base), "positive", CURATION),
    "split, then alias": lambda base: (
        split(base, "Qwen", "千問"),
        alias(base, "NVIDIA", "千問"),
    ),
    "create, then merge": lambda base: (
        create(base, "Zorbify", "product"),
        merge(base, "Zorbify", "NVIDIA"),
    ),
    "undone": lambda base: undo(base, alias(base, "NVIDIA", "皮衣教主").judgements[0]),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_fresh_database_decides_the_same(
    name: str,
    fresh: Callable[[], Database],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corrected = fresh()
    load(corrected)
    ACTS[name](corrected)
    with corrected.read() as session:
        lines = ledger.lines(session)
    file = tmp_path / "own.jsonl"
    file.write_bytes(b"".join(lines))
    assert bool(lines) == (name != "undone")

    loaded = Knowledge(knowledge.read_catalogue([file]))
    expected = decisions(corrected)
    with monkeypatch.context() as patch:
        patch.setattr(knowledge, "_read", lambda: loaded)
        other = fresh()
        load(other)
        got = decisions(other)
    assert groups(got) == groups(expected)
    assert got == expected


def test_each_line_is_a_record(database: Database) -> None:
    load(database)
    alias(database, "NVIDIA", "皮衣教主")
    with database.read() as session:
        (line,) = ledger.lines(session)
    assert orjson.loads(line) == {
        "slug": "nvidia",
        "aliases": [{"name": "皮衣教主", "kind": "spelling", "lang": None}],
        "homonym": {},
    }
    assert isinstance(knowledge.knowledge().catalogue, Catalogue)
