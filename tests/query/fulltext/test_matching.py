"""Search conditions find what a plain scan finds, on both engines."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlmodel import Session, col

from app.normalize.text.tokens import stream
from app.query.fulltext import matching
from app.query.fulltext.language import parse_query
from app.query.request.params import Searched
from app.store.db import Database
from app.store.tables import Alias, Entity, Item, SearchDocument
from tests.conftest import take_in
from tests.documents import briefing, item
from tests.eval.search import PROBES, scan


def keys(session: Session, q: str, *, expand: bool = False) -> set[str]:
    query = matching.parse(session, Searched(q=q, expand=expand))
    assert query
    statement = select(col(SearchDocument.key)).where(matching.condition(session, query))
    return set(session.scalars(statement))


@pytest.mark.parametrize("q", PROBES)
def test_the_probes_find_what_a_scan_finds(seeded: Database, q: str) -> None:
    with seeded.read() as session:
        assert keys(session, q) == scan(session, q)
        assert keys(session, q, expand=True) >= keys(session, q) or "-" in q


def test_words_of_the_seeds_find_their_item(seeded: Database) -> None:
    """Each piece of a title between gaps finds its item, and all that a scan finds."""
    with seeded.read() as session:
        titles = session.execute(select(col(Item.id), col(Item.title)).order_by(col(Item.id))).all()
        for item_id, title in titles[::8]:
            for q in re.findall(r"\w[^\s，：、（）()「」《》—|*\"]*\w", title):
                assert f"item/{item_id}" in keys(session, q), q
                assert keys(session, q) == scan(session, q), q


TEXT = st.text(alphabet=st.sampled_from("推理引擎昇騰腾aAbé1-.+ ，「🚀"), min_size=1, max_size=12)

# Words of one script only: `1引` also finds `1. 引`, which differs by a gap.
WORD = st.sampled_from(("推理引擎昇騰腾", "aAbé1")).flatmap(
    lambda script: st.text(alphabet=st.sampled_from(script), min_size=1, max_size=4)
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(TEXT, min_size=1, max_size=6), q=WORD)
def test_a_word_finds_what_a_scan_finds(database: Database, texts: list[str], q: str) -> None:
    with database.write() as session:
        documents = [_document(number, text) for number, text in enumerate(texts)]
        session.execute(insert(SearchDocument), documents)
        assert keys(session, q) == scan(session, q.replace("é", "e"))
        session.rollback()


def _document(number: int, title: str) -> dict[str, Any]:
    return {
        "key": f"item/{number}",
        "kind": "item",
        "ref_pk": number,
        "date": date(2026, 1, 1),
        "length": 1,
        "title": stream([title], 1000),
        "summary": "",
        "body": "",
        "fields": [["title", title.replace("é", "e")]],
    }


LANGUAGE = st.text(
    alphabet=st.sampled_from("推理a1 -\"*|OR+.'\\&:()<>%_!「」🚀\u0301"), max_size=40
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(q=LANGUAGE)
def test_every_parsed_query_can_be_run(seeded: Database, q: str) -> None:
    try:
        parse_query(q)
    except Exception as error:
        assert type(error).__name__ == "BadRequest"  # noqa: PT017 - any other is the finding
        return
    with seeded.read() as session:
        keys(session, q, expand=True)


def test_names_with_symbols(database: Database) -> None:
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
        for q, expected in SYMBOL_HITS.items():
            assert titles_of_hits(session, q) == sorted(expected), q


SYMBOL_HITS = {
    "C++": ["用C++寫", "Ｃ＋＋17"],
    "c": ["用C++寫", "C#與C", "Ｃ＋＋17"],
    "c#": ["C#與C"],
    "gpt-4o": ["GPT-4o-mini", "gpt 4o"],
    "gpt4o": ["GPT-4o-mini", "gpt 4o"],
    "5": [],
    "0": [],
    "gpt": ["GPT-4o-mini", "gpt 4o", "GPT-5.2，"],
    "GPT-5.2": ["GPT-5.2，"],
    "1-bit": ["1-bit"],
    "kuae2.0": ["KUAE2.0"],
    "kuae*": ["KUAE2.0"],
    ".net": ["使用.NET", "ASP.NET"],
    "AT&T": ["AT&T"],
    "cafe": ["Café"],
    "ascend": ["Ascend 910"],
    "ascend*": ["ascending", "Ascend 910"],
    '"ascend 910"': ["Ascend 910"],
    "910 ascend": ["Ascend 910"],
}


def titles_of_hits(session: Session, q: str, *, expand: bool = False) -> list[str]:
    """Return the titles of the items that `q` finds, in order."""
    hit_keys = keys(session, q, expand=expand)
    titles = []
    for item_id, title in session.execute(select(col(Item.id), col(Item.title))):
        if f"item/{item_id}" in hit_keys:
            titles.append(title)
    return sorted(titles)


def spellings(session: Session, q: str) -> list[tuple[str, list[str]]]:
    query = matching.parse(session, Searched(q=q))
    assert query
    names = []
    for term in query.terms:
        others = [other.spelling for other in term.alternatives if other.spelling]
        names.append((term.typed, others))
    return names


def test_a_name_is_searched_for_by_its_other_spellings(seeded: Database) -> None:
    with seeded.read() as session:
        assert "NVIDIA" in dict(spellings(session, "輝達"))["輝達"]
        assert dict(spellings(session, "昇騰"))["昇騰"] == ["Ascend"]
        assert dict(spellings(session, '"昇腾"'))["昇腾"] == ["Ascend"]
        # The longest run of words that is a name.
        names = spellings(session, "GPU Moore Threads 推理")
        assert [typed for typed, others in names if others] == ["Moore Threads"]
        # Excluded words, prefixes and plain words get no other spelling.
        for q in ("-輝達", "輝達*", "推理", "AI", "model"):
            assert not [others for _, others in spellings(session, q) if others], q


def test_an_alternative_loses_nothing(seeded: Database) -> None:
    with seeded.read() as session:
        for q in ("輝達 OR AMD", "輝達|AMD", "AMD OR 輝達"):
            either = keys(session, "輝達", expand=True) | keys(session, "AMD", expand=True)
            assert keys(session, q, expand=True) >= either, q


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
        for q in ("輝達GPU", "GPU輝達", "-AMD 輝達GPU"):
            assert titles_of_hits(session, q, expand=True) == ["NVIDIA 的 GPU", "輝達GPU 降價"], q
        for q in ('"輝達GPU"', "「輝達GPU」"):
            assert titles_of_hits(session, q, expand=True) == ["輝達GPU 降價"], q


def test_an_ambiguous_spelling_is_not_expanded(database: Database) -> None:
    take_in(database, briefing(item("A", entities="輝達 / 昇騰")))
    with database.write() as session:
        ascend = session.scalars(select(Entity).where(col(Entity.slug) == "ascend")).one()
        assert spellings(session, "輝達")[0][1]
        alias = session.scalars(select(Alias).where(col(Alias.name) == "輝達")).one()
        assert ascend.pk
        session.add(Alias(entity_pk=ascend.pk, name=alias.name, key=alias.key))
        session.flush()
        assert not spellings(session, "輝達")[0][1]
        # The ambiguous name is no other spelling of NVIDIA either.
        assert "輝達" not in spellings(session, "NVIDIA")[0][1]
        session.rollback()
