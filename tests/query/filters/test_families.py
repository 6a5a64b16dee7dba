"""Roll-ups at every depth, and their mentioned members."""

import random
from typing import Any, get_args

import pytest
from sqlmodel import Session, col, select

from app.knowledge import knowledge
from app.normalize.identity import stable_id
from app.query.filters import families
from app.query.schemas.shared import Rollup
from app.store.db import Database
from app.store.tables import Entity
from tests.query import oracle

RELATIONS: tuple[Rollup, ...] = get_args(Rollup)


def entities(session: Session, *slugs: str) -> dict[str, Entity]:
    rows = {}
    for slug in slugs:
        rows[slug] = Entity(
            id=stable_id("e", slug), node=f"c:{slug}", slug=slug, name=slug, type="model"
        )
    session.add_all(rows.values())
    session.flush()
    return rows


def names(rows: dict[str, Entity], pks: set[int]) -> set[str]:
    return {slug for slug, row in rows.items() if row.pk in pks}


def test_members_are_found_at_every_depth_and_in_circles(database: Database) -> None:
    with database.write() as session:
        rows = entities(session, "top", "mid", "leaf", "other")
        top, mid, leaf, other = (row.pk or 0 for row in rows.values())
        rows["mid"].family_pk, rows["leaf"].family_pk = top, mid
        session.flush()
        assert families.with_members(session, [top], "family") == {top, mid, leaf}
        assert families.with_members(session, [mid, other], "family") == {mid, leaf, other}
        assert families.members_by_head(session, "family") == {top: {mid, leaf}, mid: {leaf}}
        assert families.with_members(session, [top], None) == {top}
        rows["top"].family_pk = leaf
        session.flush()
        assert families.with_members(session, [mid], "family") == {top, mid, leaf}
        assert families.mentioned(session, [top, mid, leaf], None) == []


def test_each_relation_counts_what_it_says(database: Database) -> None:
    with database.write() as session:
        rows = entities(session, "lab", "branch", "model", "size", "tool", "plugin", "branch-tool")
        pks = {slug: row.pk or 0 for slug, row in rows.items()}
        for slug, parent in (("branch", "lab"), ("size", "model"), ("plugin", "tool")):
            rows[slug].family_pk = pks[parent]
        for slug, maker in (("model", "lab"), ("tool", "lab"), ("branch-tool", "branch")):
            rows[slug].maker_pk = pks[maker]
        session.flush()
        expected = {
            "family": {"lab", "branch"},
            "maker": {"lab", "model", "size", "tool", "plugin"},
            "all": set(rows),
        }
        for relation in RELATIONS:
            members = families.with_members(session, [pks["lab"]], relation)
            assert names(rows, members) == expected[relation], relation
        assert families.with_members(session, [pks["model"]], "maker") == {pks["model"]}


def test_what_is_below_a_merged_entity_is_below_its_target(database: Database) -> None:
    with database.write() as session:
        rows = entities(
            session, "lab", "former-lab", "line", "model", "size", "former-model", "tiny"
        )
        pks = {slug: row.pk or 0 for slug, row in rows.items()}
        rows["former-lab"].merged_into_pk = pks["lab"]
        rows["former-model"].merged_into_pk = pks["model"]
        rows["line"].maker_pk = pks["former-lab"]
        rows["model"].family_pk = pks["line"]
        rows["size"].family_pk = pks["model"]
        rows["tiny"].family_pk = pks["former-model"]
        session.flush()
        for relation in ("maker", "all"):
            members = families.with_members(session, [pks["lab"]], relation)
            assert {"line", "model", "size", "tiny"} <= names(rows, members), relation
        assert families.members_by_head(session, "family")[pks["model"]] >= {
            pks["size"],
            pks["tiny"],
        }


def test_a_method_is_no_product_of_its_maker(database: Database) -> None:
    with database.write() as session:
        rows = entities(session, "lab", "model", "method")
        rows["model"].maker_pk = rows["method"].maker_pk = rows["lab"].pk
        rows["method"].type = "method"
        session.flush()
        for relation in ("maker", "all"):
            members = families.with_members(session, [rows["lab"].pk or 0], relation)
            assert names(rows, members) == {"lab", "model"}


def test_a_merged_entity_of_a_maker_comes_with_its_target_only(database: Database) -> None:
    with database.write() as session:
        rows = entities(session, "lab", "model", "double")
        rows["model"].maker_pk = rows["double"].maker_pk = rows["lab"].pk
        rows["double"].merged_into_pk = rows["model"].pk
        session.flush()
        for relation in ("maker", "all"):
            members = families.with_members(session, [rows["lab"].pk or 0], relation)
            assert names(rows, members) - {"double"} == {"lab", "model"}


@pytest.mark.parametrize("seed", range(4))
def test_members_are_those_of_an_oracle(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    with database.write() as session:
        rows = list(entities(session, *(f"s{n}" for n in range(24))).values())
        for row in rows:
            row.family_pk = dice.choice([None, dice.choice(rows).pk])
            row.maker_pk = dice.choice([None, None, dice.choice(rows).pk])
            row.type = dice.choice(["model", "model", "method"])
            if dice.random() < 0.1:
                row.merged_into_pk = dice.choice(rows).pk
        session.flush()
        for relation in RELATIONS:
            expected = oracle.members(session, relation)
            assert families.members_by_head(session, relation) == expected
            for row in rows:
                pk = row.pk or 0
                alone = families.with_members(session, [pk], relation)
                assert alone == {pk} | expected.get(pk, set())


def test_the_members_of_the_catalogue_are_those_of_an_oracle(seeded: Database) -> None:
    with seeded.read() as session:
        for relation in RELATIONS:
            assert families.members_by_head(session, relation) == oracle.members(session, relation)


@pytest.mark.parametrize(
    ("slug", "relation", "members"),
    [("qwen", "family", ["Qwen-Image-Layered"]), ("alibaba", "family", [])],
)
def test_only_mentioned_members_are_listed(
    seeded: Database, slug: str, relation: Any, members: list[str]
) -> None:
    with seeded.read() as session:
        pk = session.exec(select(col(Entity.pk)).where(col(Entity.slug) == slug)).one() or 0
        member_pks = families.with_members(session, [pk], relation) - {pk}
        refs = families.mentioned(session, member_pks, None)
        assert [ref.name for ref in refs] == members


@pytest.mark.parametrize(
    ("head", "relation", "member"),
    [
        ("claude", "family", "claude-code"),
        ("anthropic", "all", "claude-code"),
        ("deepseek", "maker", "deepseek-v3"),
        ("deepseek", "all", "deepseek-v3"),
        ("nvidia", "maker", "gb300"),
        ("alphabet", "all", "gemini-3"),
    ],
)
def test_the_catalogue_leads_from_makers_and_families_to_products(
    database: Database, head: str, relation: Rollup, member: str
) -> None:
    with database.write() as session:
        records = knowledge().catalogue.entities
        rows: dict[str, Entity] = {}
        waiting = [head, member]
        while waiting:
            slug = waiting.pop()
            if slug not in rows:
                rows |= entities(session, slug)
                record = records[slug]
                waiting += [parent for parent in (record.family, record.maker) if parent]
        for slug, row in rows.items():
            family, maker = records[slug].family, records[slug].maker
            row.family_pk = rows[family].pk if family else None
            row.maker_pk = rows[maker].pk if maker else None
        session.flush()
        members = families.with_members(session, [rows[head].pk or 0], relation)
        assert member in names(rows, members)
