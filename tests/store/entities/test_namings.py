"""Names as documents use them: one row each, as long as a mention has it."""

from sqlalchemy import select, text
from sqlmodel import col

from app.store.db import Database
from app.store.entities import namings
from app.store.migrations import migrate
from app.store.tables import Mention, Naming
from tests.conftest import take_in
from tests.documents import briefing, item
from tests.rows import everything

PLACES = [("openai", "c:openai"), ("zorbify", "k:zorbify")]


def stored(database: Database) -> set[tuple[str, str]]:
    with database.read() as session:
        return set(map(tuple, session.execute(select(col(Naming.key), col(Naming.node)))))


def test_a_place_is_stored_once(database: Database) -> None:
    with database.write() as session:
        first = namings.ensure(session, [*PLACES, PLACES[0]])
        again = namings.ensure(session, PLACES[::-1])
    assert again == first
    assert stored(database) == set(PLACES)


def test_mentions_of_one_name_share_a_naming(database: Database) -> None:
    take_in(database, briefing(item("OpenAI 發布", summary="OpenAI 說", entities="OpenAI")))
    with database.read() as session:
        pks = list(session.execute(select(col(Mention.naming_pk))).scalars())
    assert len(pks) > 1
    assert len(set(pks)) == 1


def test_a_naming_goes_with_its_last_mention(database: Database) -> None:
    take_in(database, briefing(item("A", entities="OpenAI、Zorbify")))
    assert stored(database) == set(PLACES)
    take_in(database, briefing(item("A", entities="OpenAI")))
    assert stored(database) == {PLACES[0]}


def test_namings_survive_the_older_schema(loaded: Database) -> None:
    before = everything(loaded)
    assert before[str(Naming.__tablename__)]
    migrate(loaded, "0018")
    places = "SELECT DISTINCT key, node FROM mention WHERE node IS NOT NULL"
    with loaded.reader.connect() as connection:
        former = connection.execute(text(places)).all()
    migrate(loaded)
    assert everything(loaded) == before
    assert stored(loaded) == set(map(tuple, former))
