"""Names of entities follow their mentions, the catalogue and curators; unused entities go."""

from sqlalchemy import select, text
from sqlmodel import Session, col

from app.curate import acts
from app.curate.conduct import Curation
from app.store.db import Database
from app.store.entities import aliases
from app.store.tables import Alias, Entity
from app.store.touched import Touched
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item
from tests.rows import counts


def names(database: Database) -> dict[str, list[str]]:
    """The aliases of each entity by its name."""
    statement = select(col(Entity.name), col(Alias.name)).join(
        Alias, col(Alias.entity_pk) == col(Entity.pk)
    )
    by_entity: dict[str, list[str]] = {}
    with database.read() as session:
        for name, alias in session.execute(statement.order_by(col(Alias.name))):
            by_entity.setdefault(name, []).append(alias)
    return by_entity


def test_spellings_with_one_key_are_one_entity(database: Database) -> None:
    take_in(
        database,
        briefing(
            item("A", entities="昇騰 Zorbex、Zorbex-7.2"),
            item("B", entities="昇腾 Zorbex、Zorbex-7.2、Zorbex-72"),
        ),
    )
    assert names(database) == {
        "Zorbex-7.2": ["Zorbex-7.2"],
        "Zorbex-72": ["Zorbex-72"],
        "昇腾 Zorbex": ["昇腾 Zorbex", "昇騰 Zorbex"],
    }


def test_the_most_frequent_spelling_is_the_name(database: Database) -> None:
    take_in(database, briefing(item("A", entities="Zor Bex")))
    assert list(names(database)) == ["Zor Bex"]
    twice = (item("A", entities="ZorBex"), item("B", entities="ZorBex"))
    take_in(database, briefing(*twice, date="2026-01-03"))
    assert names(database) == {"ZorBex": ["Zor Bex", "ZorBex"]}
    # An edit removes spellings together with their mentions.
    take_in(database, briefing(item("A", entities="Zor Bex"), date="2026-01-03"))
    assert names(database) == {"Zor Bex": ["Zor Bex"]}


def test_an_entity_without_mentions_is_removed(database: Database) -> None:
    take_in(database, briefing(item("A", entities="Zorbex、卓貝斯")))
    take_in(database, briefing(item("A", entities="卓貝斯")))
    assert list(names(database)) == ["卓貝斯"]


def test_family_and_maker_stay_while_a_member_is_mentioned(database: Database) -> None:
    take_in(database, briefing(item("A", entities="OpenAI、GPT-5")))
    take_in(database, briefing(item("A", entities="GPT-5")))
    assert sorted(names(database)) == ["GPT", "GPT-5", "OpenAI"]
    take_in(database, briefing(item("A")))
    assert names(database) == {}


def test_an_entity_pinned_by_a_doubt_goes_with_the_doubt(database: Database) -> None:
    take_in(database, briefing(item("A", entities="Nvidai")))
    assert sorted(names(database)) == ["NVIDIA", "Nvidai"]
    take_in(database, briefing(item("A", entities="Nvidai"), draft="true"))
    assert names(database) == {}
    assert counts(database)["judgement"] == 0
    take_in(database, briefing(item("A", entities="Nvidai")))
    take_in(database, briefing(item("A")))
    assert names(database) == {}


def mismatches(session: Session) -> list[str]:
    return list(aliases.mismatches(session))


def test_wrong_missing_and_superfluous_aliases_are_found_and_mended(database: Database) -> None:
    take_in(database, briefing(item("A", entities="NVIDIA、Zor Bex、Foobar"), item("B", "Foobar")))
    acts.alias(database, CHANNEL, "Foobar", "富吧", "zh-Hant", "translation", Curation("desk"))
    before = names(database)
    damages = (
        "UPDATE alias SET key = 'x' WHERE name = 'Zor Bex'",
        "DELETE FROM alias WHERE name = 'Foobar'",
        "UPDATE alias SET name = 'Other', origin = 'document' WHERE name = '富吧'",
    )
    with database.write() as session:
        assert mismatches(session) == []
        for damage in damages:
            session.execute(text(damage))
        assert len(mismatches(session)) == 4
        aliases.rebuild(session)
        assert mismatches(session) == []
    assert names(database) == before


def test_unused_entities_are_found_and_removed(database: Database) -> None:
    take_in(database, briefing(item("A", entities="GPT-5、Zorbex")))
    with database.write() as session:
        assert aliases.unused_entities(session) == {}
        session.execute(text("DELETE FROM mention"))
        unused = aliases.unused_entities(session)
        # GPT and OpenAI are needed until GPT-5 is removed.
        assert sorted(unused.values()) == ["GPT-5", "Zorbex"]
        events = aliases.remove_unused(session, unused)
        assert sorted(event.payload["name"] for event in events) == [
            "GPT", "GPT-5", "OpenAI", "Zorbex",
        ]  # fmt: skip
        assert aliases.unused_entities(session) == {}


def test_a_refresh_reports_removed_entities(database: Database) -> None:
    take_in(database, briefing(item("A", entities="Zorbex")))
    with database.write() as session:
        pk = session.execute(select(col(Entity.pk))).scalar_one()
        assert pk
        session.execute(text("DELETE FROM mention"))
        session.execute(text("DELETE FROM spelling"))
        touched = Touched(entities={pk})
        aliases.refresh(session, touched)
    assert [event.action for event in touched.events] == ["removed"]
