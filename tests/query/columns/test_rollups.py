"""Lists of entities under a roll-up, counted again from the rows."""

from collections import defaultdict
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from app.query.entities import lists as entity_lists
from app.query.request.entity_params import EntityList
from app.store.db import Database
from app.store.tables import Entity, Item, Mention
from tests.query import oracle

RELATIONS = ("family", "maker", "all")
Counts = tuple[int, int, int, str, str]
"""Items, mentions, briefings, first and last day."""


def counted(session: Session, relation: str, **under: Any) -> dict[str, tuple[Counts, set[str]]]:
    """Return the counts and the members of each entity, from the rows, by id."""
    rows = session.exec(select(Mention).where(col(Mention.entity_pk).is_not(None))).all()
    sections = {item.pk: item.section_kind for item in session.exec(select(Item))}
    mentions = [
        row
        for row in rows
        if row.kind in under.get("mention", [row.kind])
        and (under.get("section") in (None, [sections.get(row.item_pk)]))
    ]
    ids = {row.pk or 0: row.id for row in session.exec(select(Entity))}
    members = oracle.members(session, relation)
    by_entity: dict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_entity[mention.entity_pk or 0].append(mention)
    result = {}
    for pk, entity_id in ids.items():
        below = members.get(pk, set()) & by_entity.keys()
        theirs = [row for member in below | {pk} for row in by_entity.get(member, ())]
        if theirs:
            days = sorted(str(row.date) for row in theirs)
            counts = (
                len({row.item_pk for row in theirs} - {None}),
                len(theirs),
                len({row.briefing_pk for row in theirs}),
                days[0],
                days[-1],
            )
            result[entity_id] = (counts, {ids[member] for member in below})
    return result


def walked(session: Session, **query: Any) -> dict[str, tuple[Counts, set[str]]]:
    """Return the same of all pages of the list."""
    result = {}
    cursor = None
    while True:
        asked = EntityList.model_validate(query | {"limit": 100, "cursor": cursor})
        page = entity_lists.find(session, asked, None)
        for entry in page.entries:
            counts = entry.counts
            days = (str(entry.first_seen), str(entry.last_seen))
            members = {member.id for member in entry.members}
            result[entry.id] = (
                (counts.items, counts.mentions, counts.briefings, *days),
                members,
            )
        cursor = page.rows.next_cursor
        if cursor is None:
            assert page.rows.total == len(result)
            return result


# Lists under a roll-up are counted over columns in memory; one case shows that these are the same
# on PostgreSQL.
UNDER: list[dict[str, Any]] = [
    {},
    {"section": ["headlines"]},
    {"mention": ["title"]},
    {"sort": "name"},
]
CASES = [*product(["sqlite"], RELATIONS, UNDER), ("postgresql", "all", {})]


@pytest.mark.parametrize(("engine", "relation", "under"), CASES)
def test_counts_with_members_are_those_of_an_oracle(
    seeds: Callable[[str], Database], engine: str, relation: str, under: dict[str, Any]
) -> None:
    with seeds(engine).read() as session:
        result = walked(session, rollup=relation, **under)
        assert result == counted(session, relation, **under)
        assert any(members for _, members in result.values())


def test_a_head_that_nothing_names_is_listed_for_its_members(seeded: Database) -> None:
    with seeded.read() as session:
        alone = walked(session)
        together = walked(session, rollup="all")
        assert together.keys() > alone.keys()
        for added in together.keys() - alone.keys():
            assert together[added][1]


def test_family_is_another_name_of_a_roll_up(seeded: Database) -> None:
    with seeded.read() as session:
        assert walked(session, family=True) == walked(session, rollup="family")
        assert walked(session, family=True) != walked(session)


@pytest.mark.parametrize("relation", RELATIONS)
def test_the_items_of_a_listed_entity_are_as_many_as_it_counts(
    client: TestClient, relation: str
) -> None:
    page = client.get(f"/v1/entities?rollup={relation}&sort=-items&limit=30").json()
    assert any(entity["members"] for entity in page["data"])
    for entity in page["data"]:
        path = f"/v1/items?entity={entity['id']}&rollup={relation}&limit=1"
        meta = client.get(path).json()["meta"]
        assert meta["total"] == entity["counts"]["items"], entity["name"]
        listed = client.get(f"{entity['links']['items']}?rollup={relation}&limit=1").json()
        assert listed["meta"]["total"] == entity["counts"]["items"]
        assert listed["rollup"] == relation
        assert listed["members"] == entity["members"] == meta["members"]


def test_types_and_names_filter_the_heads(client: TestClient) -> None:
    page = client.get("/v1/entities?rollup=all&entity_type=org&limit=100").json()
    assert {entity["type"] for entity in page["data"]} == {"org"}
    named = client.get("/v1/entities?rollup=all&q=NVIDIA&limit=1").json()["data"]
    assert named[0]["slug"] == "nvidia"
    buckets = client.get("/v1/entities?rollup=all&group_by=entity_type").json()["data"]
    orgs = next(bucket for bucket in buckets if bucket["key"] == "org")
    assert orgs["count"] == page["meta"]["total"]
