"""An act is one transaction: a dry run writes nothing, and the change log has every change."""

from sqlmodel import col, select

from app.store.db import Database
from app.store.tables import Change
from tests.curate.conftest import DRY_RUN, alias, identities, merge, split, version


def test_a_dry_run_lists_the_items_and_writes_nothing(two_documents: Database) -> None:
    before = identities(two_documents), version(two_documents)
    dry_runs = [
        merge(two_documents, "Bazquux", "NVIDIA", DRY_RUN),
        split(two_documents, "Qwen", "千問", curation=DRY_RUN),
        alias(two_documents, "NVIDIA", "皮衣教主", DRY_RUN),
    ]
    assert [act.items.total for act in dry_runs] == [2, 1, 2]
    for act in dry_runs:
        assert (act.dry_run, act.changed, act.judgements) == (True, True, [])
    assert (identities(two_documents), version(two_documents)) == before
    assert merge(two_documents, "Bazquux", "NVIDIA").items == dry_runs[0].items


def test_the_items_of_an_act_have_titles_in_the_order_of_their_ids(two_documents: Database) -> None:
    items = alias(two_documents, "NVIDIA", "皮衣教主", DRY_RUN).items
    assert {item.title for item in items.refs} == {"甲", "丙"}
    assert [item.id for item in items.refs] == items.ids == sorted(items.ids)


def test_a_dry_run_answers_as_the_act_does(two_documents: Database) -> None:
    dry_run = alias(two_documents, "Foobar Lab", "Foobar", DRY_RUN)
    act = alias(two_documents, "Foobar Lab", "Foobar")
    assert (dry_run.entity, dry_run.items) == (act.entity, act.items)


def test_the_change_log_has_every_entity_and_item(two_documents: Database) -> None:
    first_version = version(two_documents)
    act = merge(two_documents, "Bazquux", "NVIDIA")
    with two_documents.read() as session:
        changes = select(Change).where(col(Change.version) == first_version + 1)
        rows = session.exec(changes).all()
    kinds = {(row.action, row.object) for row in rows}
    assert kinds == {
        ("added", "judgement"),
        ("merged", "entity"),
        ("updated", "entity"),
        ("updated", "item"),
    }
    item_ids = {row.object_id for row in rows if row.object == "item"}
    assert item_ids == set(act.items.ids)
