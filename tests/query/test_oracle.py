"""Every filter and every bucket, on both engines, against an oracle in plain Python."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from app.query import items
from app.query.documents import briefings, quality
from app.query.entities import lists as entity_lists
from app.query.listing.dimensions import OF_BRIEFINGS, OF_ITEMS
from app.query.request.briefing_params import BriefingList, QualityList, WatchlistQuery
from app.query.request.entity_params import EntityList
from app.query.request.item_params import ItemList
from app.query.request.taxonomy_params import PublisherList, SourceList, TagList
from app.query.schemas.buckets import BucketOut
from app.query.stories import watchlist
from app.query.taxonomy import sources, tags
from app.store.db import Database
from tests import shapes
from tests.conftest import take_in
from tests.query.oracle import (
    BRIEFING_PARAMETERS,
    ITEM_PARAMETERS,
    Facts,
    Oracle,
    changed_at,
    meets,
    read,
)
from tests.store.derived.test_watchlist import day as watch_day

_FEW = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# A filter that all items match: counts are then of items, as the oracle's are.
EVERY_ITEM = {"kind": ["full|bullet|stub"]}


@cache
def oracle(database: Database) -> Oracle:
    with database.read() as session:
        return read(session)


def asked(
    facts: Mapping[str, Facts], names: tuple[str, ...], data: st.DataObject
) -> dict[str, Any]:
    """Draw a query of clauses of existing values."""
    parameters: dict[str, Any] = {}
    for name in data.draw(
        st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True), "parameters"
    ):
        values = st.sampled_from(
            sorted(set().union(*(entry_facts[name] for entry_facts in facts.values())))
        )
        clause = st.tuples(
            st.sampled_from(["", "!"]), st.lists(values, min_size=1, max_size=3)
        ).map(lambda c: c[0] + "|".join(c[1]))
        parameters[name] = data.draw(st.lists(clause, min_size=1, max_size=2), name)
    days = sorted(day for entry_facts in facts.values() for day in entry_facts["day"])
    for name in ("from", "to"):
        if data.draw(st.integers(0, 4), name) == 0:
            parameters[name] = data.draw(st.sampled_from(days))
    if parameters.get("from", "") > parameters.get("to", "9"):
        del parameters["from"]
    return parameters


@given(data=st.data())
@_FEW
def test_items(seeded: Database, data: st.DataObject) -> None:
    known = oracle(seeded)
    query = asked(known.facts, ITEM_PARAMETERS, data)
    with seeded.read() as session:
        result = items.find(session, ItemList.model_validate({"limit": 100} | query), None)
    assert {entry.id for entry in shapes.items(result)} == known.matching(known.facts, query)
    assert result.rows.total == len(result.entries)
    assert not result.warnings


@pytest.mark.parametrize("name", ITEM_PARAMETERS)
def test_each_value_of_each_parameter_of_items(seeded: Database, name: str) -> None:
    known = oracle(seeded)
    values = sorted(set().union(*(entry_facts[name] for entry_facts in known.facts.values())))[:12]
    with seeded.read() as session:
        for value, sign in product(values, ("", "!")):
            query = {name: [sign + value]}
            result = items.find(
                session, ItemList.model_validate({"limit": 100, "fields": "id"} | query), None
            )
            assert {entry.id for entry in shapes.items(result)} == known.matching(
                known.facts, query
            ), query


@given(data=st.data())
@_FEW
def test_briefings(seeded: Database, data: st.DataObject) -> None:
    known = oracle(seeded)
    query = asked(known.briefing_facts, BRIEFING_PARAMETERS, data)
    with seeded.read() as session:
        result = briefings.find(session, BriefingList.model_validate(query))
    assert {entry.id for entry in shapes.briefings(result)} == known.matching(
        known.briefing_facts, query
    )


@given(data=st.data())
@_FEW
def test_counts_under_filters_of_items(seeded: Database, data: st.DataObject) -> None:
    """Counts of entities, sources and publishers are of the items that match the filters."""
    known = oracle(seeded)
    query = EVERY_ITEM | asked(
        known.facts,
        tuple(n for n in ITEM_PARAMETERS if n not in ("has", "kind", "entity_type", "publisher")),
        data,
    )
    rows = [known.items[entry] for entry in sorted(known.matching(known.facts, query))]
    mentions = Counter(m.entity.id for entry in rows for m in entry.mentions if m.entity)
    cited = Counter(source.id for entry in rows for source in entry.sources)
    publishers = Counter(
        source.publisher.id for entry in rows for source in entry.sources if source.publisher
    )
    with seeded.read() as session:
        assert {
            e.id: e.counts.mentions
            for e in everything(
                lambda p: entity_lists.find(session, EntityList.model_validate(query | p), None),
                "entities",
            )
        } == mentions
        assert {
            s.id: s.citations
            for s in everything(
                lambda p: sources.find(session, SourceList.model_validate(query | p)), "things"
            )
        } == cited
        assert {
            p.id: p.citations
            for p in everything(
                lambda p: sources.find_publishers(session, PublisherList.model_validate(query | p)),
                "things",
            )
        } == publishers


@given(data=st.data())
@_FEW
def test_tags(seeded: Database, data: st.DataObject) -> None:
    known = oracle(seeded)
    query = asked(known.briefing_facts, BRIEFING_PARAMETERS, data)
    rows = known.matching(known.briefing_facts, query)
    counted = Counter(
        slug
        for entry in rows
        for slug in known.briefing_facts[entry]["tag"] | known.briefing_facts[entry]["keyword"]
    )
    tagged = Counter(slug for entry in rows for slug in known.briefing_facts[entry]["tag"])
    with seeded.read() as session:
        listing = everything(
            lambda p: tags.find(session, TagList.model_validate(query | p)), "things"
        )
    assert {entry.slug for entry in listing} == counted.keys()
    assert {entry.slug: entry.counts.tag for entry in listing if entry.counts.tag} == tagged


def test_what_changed_on_the_watch_list_and_in_quality(database: Database) -> None:
    for day in (
        watch_day(0, [("a", "")], ["SGLang 對昇騰的支援", "火星農場"]),
        watch_day(1, [("b", "")], ["Kimi 的定價"]),
        # It answers the first entry.
        watch_day(2, [("SGLang 支援昇騰", "SGLang、昇騰")]),
    ):
        take_in(database, *day)
    with database.read() as session:
        entries, reports = changed_at(session)
        times = sorted(set().union(*(facts["updated_since"] for facts in entries.values())))
        assert len(times) == 3
        for at, sign in product((*times, "2100-01-01"), ("", "!")):
            query = {"updated_since": [sign + at]}
            watched = watchlist.find(session, WatchlistQuery.model_validate(query), None)
            days = quality.over_time(session, QualityList.model_validate(query))
            assert {entry.id for entry in watched.entries} == _meeting(entries, query), query
            assert {day.briefing.id for day in days.entries} == _meeting(reports, query), query
            assert days.extra["briefings"] == len(days.entries)


def _meeting(facts: Mapping[str, Facts], query: Mapping[str, Any]) -> set[str]:
    meeting = set()
    for entry, entry_facts in facts.items():
        if all(meets(entry_facts, name, values) for name, values in query.items()):
            meeting.add(entry)
    return meeting


def everything(ask: Any, of: str) -> list[Any]:
    """Return all entries of a list, page by page."""
    result: list[Any] = []
    cursor = None
    while True:
        page = ask({"limit": 100, "cursor": cursor})
        result += shapes.briefings(page) if of == "briefings" else page.entries
        cursor = page.rows.next_cursor
        if cursor is None:
            assert page.rows.total == len(result)
            return result


def grouped(facts: Mapping[str, Facts], names: tuple[str, ...]) -> dict[str, int]:
    counts: defaultdict[str, int] = defaultdict(int)
    for entry_facts in facts.values():
        for keys in product(*(sorted(entry_facts[name]) or ["none"] for name in names)):
            counts[",".join(keys)] += 1
    return dict(counts)


PAIRS = [
    ("section", "importance"),
    ("entity", "section"),
    ("publisher", "entity_type"),
    ("month", "tag"),
    ("entity_type", "entity_type"),
]


def _item_buckets(session: Session, query: dict[str, Any], names: tuple[str, ...]) -> Any:
    under = {"group_by": ",".join(names)} | query
    return lambda page: items.buckets(session, ItemList.model_validate(under | page), None)


@pytest.mark.parametrize("names", [*((name,) for name in OF_ITEMS), *PAIRS], ids=",".join)
def test_buckets_of_items(seeded: Database, names: tuple[str, ...]) -> None:
    known = oracle(seeded)
    for query in (
        {},
        {"importance": ["high|none"], "section": ["!market"]},
        {"from": "2025-12-01"},
    ):
        facts = {entry: known.facts[entry] for entry in known.matching(known.facts, query)}
        with seeded.read() as session:
            listing = everything(_item_buckets(session, query, names), "buckets")
        assert {entry.key: entry.count for entry in listing} == grouped(
            facts, tuple(dict.fromkeys(names))
        )
        assert [(-entry.count, key(entry)) for entry in listing] == sorted(
            (-entry.count, key(entry)) for entry in listing
        )


def key(bucket: BucketOut) -> tuple[str, ...]:
    # The bucket of missing values comes first.
    return tuple("" if part.missing else part.key for part in bucket.parts)


@pytest.mark.parametrize(
    "name",
    sorted({*OF_BRIEFINGS} & {"section", "tag", "keyword", "channel", "day", "week", "month"}),
)
def test_buckets_of_briefings(seeded: Database, name: str) -> None:
    known = oracle(seeded)
    with seeded.read() as session:
        listing = everything(
            lambda p: briefings.buckets(
                session, BriefingList.model_validate({"group_by": name} | p), None
            ),
            "buckets",
        )
    assert {entry.key: entry.count for entry in listing} == grouped(known.briefing_facts, (name,))
