from datetime import date

from sqlmodel import col, select

from app.store.db import Database
from app.store.tables import Alias, Entity, Mention
from tests.conftest import take_in
from tests.rows import meaning
from tests.samples import briefing, item


def entities(database: Database) -> dict[str, list[str]]:
    """Name → spellings."""
    with database.read() as session:
        rows = session.exec(select(col(Entity.name), col(Alias.name)).join(Alias, col(Alias.entity_pk) == col(Entity.pk))).all()
    return {name: sorted(alias for of, alias in rows if of == name) for name, _ in rows}


def test_spellings_of_one_name_are_one_entity(database: Database) -> None:
    take_in(database, briefing(item("A", names="昇騰 Ascend、GPT-5.2"), item("B", names="昇腾 Ascend、GPT-5.2、GPT-52")))
    assert entities(database) == {"GPT-5.2": ["GPT-5.2"], "GPT-52": ["GPT-52"], "昇腾 Ascend": ["昇腾 Ascend", "昇騰 Ascend"]}


def test_the_most_frequent_spelling_is_the_name(database: Database) -> None:
    take_in(database, briefing(item("A", names="Open AI")))
    assert list(entities(database)) == ["Open AI"]
    take_in(database, briefing(item("A", names="OpenAI"), item("B", names="OpenAI"), date="2026-01-03"))
    assert entities(database) == {"OpenAI": ["Open AI", "OpenAI"]}
    # An edit takes the spellings away with the mentions.
    take_in(database, briefing(item("A", names="Open AI"), date="2026-01-03"))
    assert entities(database) == {"Open AI": ["Open AI"]}


def test_an_entity_nothing_names_goes(database: Database) -> None:
    take_in(database, briefing(item("A", names="OpenAI、輝達")))
    take_in(database, briefing(item("A", names="輝達")))
    assert list(entities(database)) == ["輝達"]


def test_an_entity_of_the_catalogue_stays(database: Database) -> None:
    take_in(database, briefing(item("A", names="OpenAI")))
    with database.write() as session:
        session.exec(select(Entity)).one().origin = "catalogue"
    take_in(database, briefing(item("A")))
    with database.read() as session:
        assert session.exec(select(col(Entity.name))).all() == ["OpenAI"]


def test_a_merged_entity_is_named_by_the_one_it_went_into(database: Database) -> None:
    take_in(database, briefing(item("A", names="OpenAI、Open Artificial")))
    with database.write() as session:
        into, gone = session.exec(select(Entity).order_by(col(Entity.name).desc())).all()
        gone.merged_into_pk, gone.origin = into.pk, "curator"
        wanted, spelling = into.pk, gone.name
    take_in(database, briefing(item("A", names=spelling), date="2026-01-03"))
    with database.read() as session:
        later = select(col(Mention.entity_pk)).where(col(Mention.surface) == spelling, col(Mention.date) == date(2026, 1, 3))
        assert session.exec(later).all() == [wanted]


def test_thousands_of_names_with_one_slug(database: Database) -> None:
    names = ["!" * (at % 40 + 1) + "foo" + "?" * (at // 40) for at in range(1_500)]
    take_in(database, briefing(*(item(f"I{at}", names="、".join(names[at : at + 50])) for at in range(0, 1_500, 50))))
    with database.read() as session:
        slugs = session.exec(select(col(Entity.slug))).all()
    assert len(slugs) == len(set(slugs)) == 1_500
    assert {"foo"} < set(slugs)


def test_a_guess_within_a_composite_is_the_same_whoever_comes_first(database: Database) -> None:
    one, two = briefing(item("A", names="ACMA（推）/Neo4j")), briefing(item("B", names="ACMA"), date="2026-01-03")
    take_in(database, one)
    take_in(database, two)
    held = meaning(database)
    assert sorted(name for _, name in held["entities"]) == ["ACMA", "Neo4j"]


def test_signs_alone_have_a_slug(database: Database) -> None:
    take_in(database, briefing(item("A", names="★★")))
    with database.read() as session:
        found = session.exec(select(Entity)).one()
        assert found.slug == found.id
