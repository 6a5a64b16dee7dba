from datetime import date
from hashlib import sha256

from sqlmodel import col, select

from app.curate import acts
from app.curate.acts import Curation
from app.store.db import Database
from app.store.tables import Alias, Entity, Mention
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item
from tests.rows import counts, meaning


def entities(database: Database) -> dict[str, list[str]]:
    """Name → spellings."""
    with database.read() as session:
        rows = session.exec(
            select(col(Entity.name), col(Alias.name)).join(
                Alias, col(Alias.entity_pk) == col(Entity.pk)
            )
        ).all()
    return {name: sorted(alias for of, alias in rows if of == name) for name, _ in rows}


def test_spellings_of_one_name_are_one_entity(database: Database) -> None:
    take_in(
        database,
        briefing(
            item("A", entities="昇騰 Zorbex、Zorbex-7.2"),
            item("B", entities="昇腾 Zorbex、Zorbex-7.2、Zorbex-72"),
        ),
    )
    assert entities(database) == {
        "Zorbex-7.2": ["Zorbex-7.2"],
        "Zorbex-72": ["Zorbex-72"],
        "昇腾 Zorbex": ["昇腾 Zorbex", "昇騰 Zorbex"],
    }


def test_the_most_frequent_spelling_is_the_name(database: Database) -> None:
    take_in(database, briefing(item("A", entities="Zor Bex")))
    assert list(entities(database)) == ["Zor Bex"]
    take_in(
        database,
        briefing(item("A", entities="ZorBex"), item("B", entities="ZorBex"), date="2026-01-03"),
    )
    assert entities(database) == {"ZorBex": ["Zor Bex", "ZorBex"]}
    # An edit takes the spellings away with the mentions.
    take_in(database, briefing(item("A", entities="Zor Bex"), date="2026-01-03"))
    assert entities(database) == {"Zor Bex": ["Zor Bex"]}


def test_an_entity_nothing_names_goes(database: Database) -> None:
    take_in(database, briefing(item("A", entities="Zorbex、卓貝斯")))
    take_in(database, briefing(item("A", entities="卓貝斯")))
    assert list(entities(database)) == ["卓貝斯"]


def test_an_entity_of_the_catalogue_stays_as_long_as_one_below_it_is_named(
    database: Database,
) -> None:
    """As its family or its maker; then all of them go."""
    take_in(database, briefing(item("A", entities="OpenAI、GPT-5")))
    take_in(database, briefing(item("A", entities="GPT-5")))
    assert sorted(entities(database)) == ["GPT", "GPT-5", "OpenAI"]
    take_in(database, briefing(item("A")))
    assert entities(database) == {}


def test_what_a_doubt_kept_there_goes_with_it(database: Database) -> None:
    take_in(database, briefing(item("A", entities="Nvidai")))
    assert sorted(entities(database)) == ["NVIDIA", "Nvidai"]
    take_in(database, briefing(item("A", entities="Nvidai"), draft="true"))
    assert entities(database) == {}
    assert counts(database)["judgement"] == 0
    take_in(database, briefing(item("A", entities="Nvidai")))
    take_in(database, briefing(item("A")))
    assert entities(database) == {}


def test_a_merged_entity_is_named_by_the_one_it_went_into(database: Database) -> None:
    take_in(database, briefing(item("A", entities="Zorbex、Open Quuxial")))
    acts.merge(database, CHANNEL, "Open Quuxial", "Zorbex", Curation("cli"))
    take_in(database, briefing(item("A", entities="Open Quuxial"), date="2026-01-03"))
    with database.read() as session:
        wanted = session.exec(select(col(Entity.pk)).where(col(Entity.node) == "k:zorbex")).one()
        gone = session.exec(select(Entity).where(col(Entity.node) == "k:openquuxial")).one()
        assert gone.merged_into_pk == wanted != gone.pk
        later = select(col(Mention.entity_pk)).where(
            col(Mention.surface) == "Open Quuxial", col(Mention.date) == date(2026, 1, 3)
        )
        assert session.exec(later).all() == [wanted]


def test_thousands_of_names_with_one_slug(database: Database) -> None:
    # Only what a slug has no room for tells them apart.
    same = "foo" * 27
    names = [f"{same} {sha256(str(at).encode()).hexdigest()}" for at in range(1_500)]
    take_in(
        database,
        briefing(
            *(item(f"I{at}", entities="、".join(names[at : at + 50])) for at in range(0, 1_500, 50))
        ),
    )
    with database.read() as session:
        slugs = session.exec(select(col(Entity.slug))).all()
    assert len(slugs) == len(set(slugs)) == 1_500
    assert {same[:80]} < set(slugs)


def test_a_guess_within_a_composite_is_the_same_whoever_comes_first(database: Database) -> None:
    one, two = (
        briefing(item("A", entities="ACMA（推）/Neo4j")),
        briefing(item("B", entities="ACMA"), date="2026-01-03"),
    )
    take_in(database, one)
    take_in(database, two)
    held = meaning(database)
    assert sorted(name for _, name in held["entities"]) == ["ACMA", "Neo4j"]


def test_signs_alone_have_a_slug(database: Database) -> None:
    take_in(database, briefing(item("A", entities="★★")))
    with database.read() as session:
        found = session.exec(select(Entity)).one()
        assert found.slug == found.id
