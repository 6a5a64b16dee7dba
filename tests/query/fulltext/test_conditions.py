"""What is sought, as a condition: the same on both engines, and what a plain scan finds."""

import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlmodel import Session, col

from app.normalize.text.tokens import stream
from app.query.fulltext import conditions
from app.query.fulltext.language import read
from app.query.request.params import Searched
from app.store.db import Database
from app.store.tables import Entity, Item, SearchDocument
from tests.conftest import take_in
from tests.documents import briefing, item
from tests.eval.search import PROBES, scan


def keys(session: Session, q: str, *, expand: bool = False) -> set[str]:
    wanted = conditions.parse(session, Searched(q=q, expand=expand))
    assert wanted
    return set(
        session.scalars(
            select(col(SearchDocument.key)).where(conditions.condition(session, wanted))
        )
    )


@pytest.mark.parametrize("q", PROBES)
def test_the_probes_find_what_a_scan_finds(seeded: Database, q: str) -> None:
    with seeded.read() as session:
        assert keys(session, q) == scan(session, q)
        assert keys(session, q, expand=True) >= keys(session, q) or "-" in q


def test_words_of_the_seeds(seeded: Database) -> None:
    """Whatever stands between gaps in a title finds its item, and all that a scan finds."""
    with seeded.read() as session:
        titles = session.execute(select(col(Item.id), col(Item.title)).order_by(col(Item.id))).all()
        for item_id, title in titles[::8]:
            for q in re.findall(r"\w[^\s，：、（）()「」《》—|*\"]*\w", title):
                assert f"item/{item_id}" in keys(session, q), q
                assert keys(session, q) == scan(session, q), q


TEXT = st.text(alphabet=st.sampled_from("推理引擎昇騰腾aAbé1-.+ ，「🚀"), min_size=1, max_size=12)

# Of one script: `1引` also finds `1. 引`, which holds it but for the gap.
WORD = st.sampled_from(("推理引擎昇騰腾", "aAbé1")).flatmap(
    lambda script: st.text(alphabet=st.sampled_from(script), min_size=1, max_size=4)
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(TEXT, min_size=1, max_size=6), q=WORD)
def test_a_word_finds_what_a_scan_finds(database: Database, texts: list[str], q: str) -> None:
    with database.write() as session:
        session.execute(
            insert(SearchDocument),
            [
                {"key": f"item/{at}", "kind": "item", "ref_pk": at, "date": date(2026, 1, 1), "length": 1, "title": stream([text], 1000), "summary": "", "body": "",
                 "fields": [["title", text.replace("é", "e")]]}
                for at, text in enumerate(texts)
            ],
        )  # fmt: skip
        assert keys(session, q) == scan(session, q.replace("é", "e"))
        session.rollback()


LANGUAGE = st.text(
    alphabet=st.sampled_from("推理a1 -\"*|OR+.'\\&:()<>%_!「」🚀\u0301"), max_size=40
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(q=LANGUAGE)
def test_whatever_is_understood_can_be_asked(seeded: Database, q: str) -> None:
    try:
        read(q)
    except Exception as error:
        assert type(error).__name__ == "BadRequest"  # noqa: PT017 - any other is the finding
        return
    with seeded.read() as session:
        keys(session, q, expand=True)


def test_names_with_signs(database: Database) -> None:
    titles = [
        "用C++寫",
        "C#與C",
        "Ｃ＋＋17",
        "GPT-4o-mini",
        "gpt 4o",
        "GPT-5.2，",
        "1-bit",
        "11-bit",
        "KUAE2.0",
        "使用.NET",
        "ASP.NET",
        "AT&T",
        "at t",
        "Café",
        "ascending",
        "Ascend 910",
    ]
    take_in(database, briefing(*(item(title) for title in titles)))
    with database.read() as session:
        named = {
            f"item/{item_id}": title
            for item_id, title in session.execute(select(col(Item.id), col(Item.title)))
        }
        for q, wanted in {
            "C++": ["用C++寫", "Ｃ＋＋17"], "c": ["用C++寫", "C#與C", "Ｃ＋＋17"], "c#": ["C#與C"], "gpt-4o": ["GPT-4o-mini"], "gpt": ["GPT-4o-mini", "gpt 4o", "GPT-5.2，"],
            "GPT-5.2": ["GPT-5.2，"], "1-bit": ["1-bit"], "kuae2.0": ["KUAE2.0"], "kuae*": ["KUAE2.0"], ".net": ["使用.NET", "ASP.NET"], "AT&T": ["AT&T"],
            "cafe": ["Café"], "ascend": ["Ascend 910"], "ascend*": ["ascending", "Ascend 910"], '"ascend 910"': ["Ascend 910"], "910 ascend": ["Ascend 910"],
        }.items():  # fmt: skip
            assert sorted(named[key] for key in keys(session, q) if key in named) == sorted(
                wanted
            ), q


def spellings(session: Session, q: str) -> list[tuple[str, list[str]]]:
    wanted = conditions.parse(session, Searched(q=q))
    assert wanted
    return [
        (term.typed, [r.spelling for r in term.readings if r.spelling]) for term in wanted.terms
    ]


def test_other_spellings(seeded: Database) -> None:
    with seeded.read() as session:
        assert "NVIDIA" in dict(spellings(session, "輝達"))["輝達"]
        assert dict(spellings(session, "昇騰"))["昇騰"] == ["Ascend"]
        assert dict(spellings(session, '"昇腾"'))["昇腾"] == ["Ascend"]
        # The longest run of words that is one name.
        assert [
            typed for typed, others in spellings(session, "GPU Moore Threads 推理") if others
        ] == ["Moore Threads"]
        # What is left out and a prefix stay as typed; so do plain words.
        for q in ("-輝達", "輝達*", "推理", "AI", "model"):
            assert not [others for _, others in spellings(session, q) if others], q


def test_an_alternative_loses_nothing(seeded: Database) -> None:
    with seeded.read() as session:
        for q in ("輝達 OR AMD", "輝達|AMD", "AMD OR 輝達"):
            assert keys(session, q, expand=True) >= keys(session, "輝達", expand=True) | keys(
                session, "AMD", expand=True
            ), q


def test_names_joined_to_other_words(database: Database) -> None:
    take_in(
        database,
        briefing(
            item("NVIDIA 的 GPU", entities="NVIDIA"),
            item("輝達GPU 降價"),
            item("輝達"),
            item("昇騰與 NVIDIA", entities="昇騰"),
        ),
    )
    with database.read() as session:
        named = {
            f"item/{item_id}": title
            for item_id, title in session.execute(select(col(Item.id), col(Item.title)))
        }
        for q in ("輝達GPU", "GPU輝達", "-AMD 輝達GPU"):
            assert {named[key] for key in keys(session, q, expand=True) if key in named} == {
                "NVIDIA 的 GPU",
                "輝達GPU 降價",
            }, q
        for q in ('"輝達GPU"', "「輝達GPU」"):
            assert {named[key] for key in keys(session, q, expand=True) if key in named} == {
                "輝達GPU 降價"
            }, q


def test_a_spelling_of_several_is_not_expanded(database: Database) -> None:
    take_in(database, briefing(item("A", entities="輝達 / 昇騰")))
    with database.write() as session:
        nvidia, ascend = (
            session.scalars(select(Entity).where(col(Entity.slug) == slug)).one()
            for slug in ("nvidia", "ascend")
        )
        assert spellings(session, "輝達")[0][1]
        for alias in session.scalars(
            select(conditions.Alias).where(col(conditions.Alias.name) == "輝達")
        ):
            session.add(conditions.Alias(entity_pk=ascend.pk, name=alias.name, key=alias.key))
        session.flush()
        assert not spellings(session, "輝達")[0][1]
        # Nor does it stand for the others.
        assert "輝達" not in spellings(session, "NVIDIA")[0][1]
        assert nvidia.pk != ascend.pk
        session.rollback()
