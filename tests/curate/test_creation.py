"""Making an entity of a name that no catalogue has, in one act."""

import pytest
from sqlmodel import col, select

from app import startup
from app.curate import acts, creation
from app.curate.conduct import Curation
from app.curate.creation import NewEntity
from app.errors import Conflict, NotFound
from app.query.schemas.judgements import ActOut
from app.store.db import Database
from app.store.tables import Entity, Mention
from tests.conftest import CHANNEL, take_in
from tests.curate.conftest import identities, version
from tests.documents import document, item

DOCUMENT = document(
    "2026-01-05",
    item("Zorbify 登場", summary="Zorbify 由 Quuxworks 製作，與 Qwen 比較。"),
    item("其他", summary="有人用 Zorbify。", entities="Quuxworks, Qwen"),
)


@pytest.fixture
def loaded(database: Database) -> Database:
    take_in(database, DOCUMENT)
    return database


def create(database: Database, name: str, entity_type: str, dry: bool = False, **of: str) -> ActOut:
    curation = Curation("cli", None, dry)
    return creation.create(database, CHANNEL, NewEntity(name, entity_type, **of), curation)


def entity(database: Database, name: str) -> Entity:
    with database.read() as session:
        return session.exec(select(Entity).where(col(Entity.name) == name)).one()


def mention_count(database: Database, name: str) -> int:
    pk = entity(database, name).pk
    with database.read() as session:
        return len(session.exec(select(Mention).where(col(Mention.entity_pk) == pk)).all())


def test_all_past_mentions_are_there_at_once(loaded: Database) -> None:
    act = create(loaded, "Zorbify", "product", maker="Quuxworks", family="Qwen")
    assert (act.changed, act.items.total, act.entity.type) == (True, 2, "product")
    row = entity(loaded, "Zorbify")
    assert (row.node, row.type, row.origin) == ("k:zorbify", "product", "curator")
    assert row.maker_pk == entity(loaded, "Quuxworks").pk
    assert row.family_pk == entity(loaded, "Qwen").pk
    assert mention_count(loaded, "Zorbify") == 3


def test_new_documents_and_later_readings_find_it_too(loaded: Database) -> None:
    create(loaded, "Zorbify", "product")
    take_in(loaded, document("2026-01-06", item("又見 Zorbify")))
    assert mention_count(loaded, "Zorbify") == 4
    startup.reread_documents(loaded, CHANNEL, always=True)
    assert (mention_count(loaded, "Zorbify"), entity(loaded, "Zorbify").type) == (4, "product")


def test_a_dry_run_writes_nothing(loaded: Database) -> None:
    before, first_version = identities(loaded), version(loaded)
    act = create(loaded, "Zorbify", "product", dry=True)
    assert (act.items.total, act.judgements) == (2, [])
    assert (identities(loaded), version(loaded)) == (before, first_version)


def test_undo_restores_everything(loaded: Database) -> None:
    before = identities(loaded)
    act = create(loaded, "Zorbify", "product")
    acts.undo(loaded, CHANNEL, act.judgements[0], Curation("cli"))
    assert identities(loaded) == before


def test_an_entity_of_documents_becomes_it_and_comes_back(loaded: Database) -> None:
    act = create(loaded, "Quuxworks", "org")
    assert (entity(loaded, "Quuxworks").type, mention_count(loaded, "Quuxworks")) == ("org", 2)
    acts.undo(loaded, CHANNEL, act.judgements[0], Curation("cli"))
    row = entity(loaded, "Quuxworks")
    assert (row.type, row.origin) == ("other", "document")


def test_a_repeated_act_changes_nothing_and_another_type_is_a_conflict(loaded: Database) -> None:
    first = create(loaded, "Zorbify", "product")
    again = create(loaded, "Zorbify", "product")
    assert (again.changed, again.judgements) == (False, first.judgements)
    with pytest.raises(Conflict, match="already created Zorbify"):
        create(loaded, "Zorbify", "org")


def test_known_names_and_unknown_makers_are_refused(loaded: Database) -> None:
    with pytest.raises(Conflict, match="千問 already names Qwen"):
        create(loaded, "千問", "model")
    with pytest.raises(NotFound):
        create(loaded, "Zorbify", "product", maker="Nobody At All")
    acts.alias(loaded, CHANNEL, "Qwen", "Zorbify", None, "spelling", Curation("cli"))
    with pytest.raises(Conflict, match="already names Qwen"):
        create(loaded, "Zorbify", "product")
