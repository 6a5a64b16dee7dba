"""Every filter and every bucket, on both engines, against the same worked out in plain Python."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.query import briefings, entities, items, taxonomy
from app.query.listing.dimensions import OF_BRIEFINGS, OF_ITEMS
from app.query.request.briefing_params import BriefingList
from app.query.request.entity_params import EntityList
from app.query.request.item_params import ItemList
from app.query.request.taxonomy_params import PublisherList, SourceList, TagList
from app.query.schemas.buckets import BucketOut
from app.store.db import Database
from tests import shapes
from tests.query.oracle import BRIEFING_PARAMETERS, ITEM_PARAMETERS, Facts, Oracle, read

_FEW = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# An item filter that all items meet: counts are then of items, which is what the oracle has seen.
EVERY_ITEM = {"kind": ["full|bullet|stub"]}


@cache
def oracle(database: Database) -> Oracle:
    with database.read() as session:
        return read(session)


def asked(
    facts: Mapping[str, Facts], names: tuple[str, ...], data: st.DataObject
) -> dict[str, Any]:
    """A query of clauses made of values that are there."""
    given_: dict[str, Any] = {}
    for name in data.draw(
        st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True), "parameters"
    ):
        values = st.sampled_from(sorted(set().union(*(own[name] for own in facts.values()))))
        clause = st.tuples(
            st.sampled_from(["", "!"]), st.lists(values, min_size=1, max_size=3)
        ).map(lambda c: c[0] + "|".join(c[1]))
        given_[name] = data.draw(st.lists(clause, min_size=1, max_size=2), name)
    days = sorted(day for own in facts.values() for day in own["day"])
    for name in ("from", "to"):
        if data.draw(st.integers(0, 4), name) == 0:
            given_[name] = data.draw(st.sampled_from(days))
    if given_.get("from", "") > given_.get("to", "9"):
        del given_["from"]
    return given_


@given(data=st.data())
@_FEW
def test_items(seeded: Database, data: st.DataObject) -> None:
    known = oracle(seeded)
    query = asked(known.facts, ITEM_PARAMETERS, data)
    with seeded.read() as session:
        found = items.find(session, ItemList.model_validate({"limit": 100} | query), None)
    assert {one.id for one in shapes.items(found)} == known.matching(known.facts, query)
    assert found.rows.total == len(found.entries)
    assert not found.warnings


@pytest.mark.parametrize("name", ITEM_PARAMETERS)
def test_each_value_of_each_parameter_of_items(seeded: Database, name: str) -> None:
    known = oracle(seeded)
    values = sorted(set().union(*(own[name] for own in known.facts.values())))[:12]
    with seeded.read() as session:
        for value, sign in product(values, ("", "!")):
            query = {name: [sign + value]}
            found = items.find(
                session, ItemList.model_validate({"limit": 100, "fields": "id"} | query), None
            )
            assert {one.id for one in shapes.items(found)} == known.matching(known.facts, query), (
                query
            )


@given(data=st.data())
@_FEW
def test_briefings(seeded: Database, data: st.DataObject) -> None:
    known = oracle(seeded)
    query = asked(known.briefing_facts, BRIEFING_PARAMETERS, data)
    with seeded.read() as session:
        found = briefings.find(session, BriefingList.model_validate(query))
    assert {one.id for one in shapes.briefings(found)} == known.matching(
        known.briefing_facts, query
    )


@given(data=st.data())
@_FEW
def test_what_is_counted_in_items(seeded: Database, data: st.DataObject) -> None:
    """Entities, sources and publishers under filters of items: their counts are of just those items."""
    known = oracle(seeded)
    query = EVERY_ITEM | asked(
        known.facts,
        tuple(n for n in ITEM_PARAMETERS if n not in ("has", "kind", "entity_type", "publisher")),
        data,
    )
    held = [known.items[one] for one in sorted(known.matching(known.facts, query))]
    mentions = Counter(m.entity.id for one in held for m in one.mentions if m.entity)
    cited = Counter(source.id for one in held for source in one.sources)
    publishers = Counter(
        source.publisher.id for one in held for source in one.sources if source.publisher
    )
    with seeded.read() as session:
        assert {
            e.id: e.counts.mentions
            for e in everything(
                lambda p: entities.find(session, EntityList.model_validate(query | p), None),
                "entities",
            )
        } == mentions
        assert {
            s.id: s.citations
            for s in everything(
                lambda p: taxonomy.sources(session, SourceList.model_validate(query | p)), "things"
            )
        } == cited
        assert {s.id: s.citations for s in everything(lambda p: taxonomy.publishers(session, PublisherList.model_validate(query | p)), "things")} == publishers  # fmt: skip


@given(data=st.data())
@_FEW
def test_tags(seeded: Database, data: st.DataObject) -> None:
    known = oracle(seeded)
    query = asked(known.briefing_facts, BRIEFING_PARAMETERS, data)
    held = known.matching(known.briefing_facts, query)
    counted = Counter(
        slug
        for one in held
        for slug in known.briefing_facts[one]["tag"] | known.briefing_facts[one]["keyword"]
    )
    tagged = Counter(slug for one in held for slug in known.briefing_facts[one]["tag"])
    with seeded.read() as session:
        shown = everything(
            lambda p: taxonomy.tags(session, TagList.model_validate(query | p)), "things"
        )
    assert {one.slug for one in shown} == counted.keys()
    assert {one.slug: one.counts.tag for one in shown if one.counts.tag} == tagged


def everything(ask: Any, of: str) -> list[Any]:
    """All entries of a list, page by page."""
    found: list[Any] = []
    cursor = None
    while True:
        page = ask({"limit": 100, "cursor": cursor})
        found += shapes.briefings(page) if of == "briefings" else page.entries
        cursor = page.rows.next_cursor
        if cursor is None:
            assert page.rows.total == len(found)
            return found


def grouped(facts: Mapping[str, Facts], names: tuple[str, ...]) -> dict[str, int]:
    counts: defaultdict[str, int] = defaultdict(int)
    for own in facts.values():
        for keys in product(*(sorted(own[name]) or ["none"] for name in names)):
            counts[",".join(keys)] += 1
    return dict(counts)


PAIRS = [
    ("section", "importance"),
    ("entity", "section"),
    ("publisher", "entity_type"),
    ("month", "tag"),
    ("entity_type", "entity_type"),
]


@pytest.mark.parametrize("names", [*((name,) for name in OF_ITEMS), *PAIRS], ids=",".join)
def test_buckets_of_items(seeded: Database, names: tuple[str, ...]) -> None:
    known = oracle(seeded)
    for query in (
        {},
        {"importance": ["high|none"], "section": ["!market"]},
        {"from": "2025-12-01"},
    ):
        facts = {one: known.facts[one] for one in known.matching(known.facts, query)}
        with seeded.read() as session:
            shown = everything(lambda p: items.buckets(session, ItemList.model_validate({"group_by": ",".join(names)} | query | p), None), "buckets")  # noqa: B023  # fmt: skip
        assert {one.key: one.count for one in shown} == grouped(facts, tuple(dict.fromkeys(names)))
        assert [(-one.count, key(one)) for one in shown] == sorted(
            (-one.count, key(one)) for one in shown
        )


def key(bucket: BucketOut) -> tuple[str, ...]:
    # What is missing comes before all else.
    return tuple("" if part.missing else part.key for part in bucket.parts)


@pytest.mark.parametrize(
    "name",
    sorted({*OF_BRIEFINGS} & {"section", "tag", "keyword", "channel", "day", "week", "month"}),
)
def test_buckets_of_briefings(seeded: Database, name: str) -> None:
    known = oracle(seeded)
    with seeded.read() as session:
        shown = everything(
            lambda p: briefings.buckets(
                session, BriefingList.model_validate({"group_by": name} | p), None
            ),
            "buckets",
        )
    assert {one.key: one.count for one in shown} == grouped(known.briefing_facts, (name,))
