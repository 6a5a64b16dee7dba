from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from app.normalize.stories.threads import thread_id
from app.store.db import Database
from app.store.derived.thread_members import MemberRow, ThreadUpdate, replace_threads
from app.store.rows import insert_rows
from app.store.tables import Item, ItemLink, Thread, ThreadMember
from tests.conftest import take_in
from tests.documents import briefing, item

DAY = date(2026, 1, 2)
TITLES = ("海底電纜維修船隊擴編", "衛星遙測監看森林火災", "校園程式教育調查")


def seed(database: Database) -> list[tuple[int, str]]:
    """Ingest one item a day, none linked; returns (pk, id) of each."""
    for index, title in enumerate(TITLES):
        day = str(DAY + timedelta(index))
        take_in(database, briefing(item(title, f"https://a.com/{index}"), date=day))
    with database.read() as session:
        rows = session.execute(select(col(Item.pk), col(Item.id)).order_by(col(Item.date)))
        return [(row.pk, row.id) for row in rows]


def stored(database: Database) -> dict[str, list[tuple[int, str]]]:
    """Return (item pk, role) of the members of each thread."""
    statement = (
        select(col(Thread.id), col(ThreadMember.item_pk), col(ThreadMember.role))
        .join(ThreadMember, col(ThreadMember.thread_pk) == col(Thread.pk))
        .order_by(col(ThreadMember.item_pk))
    )
    members: dict[str, list[tuple[int, str]]] = {}
    with database.read() as session:
        for row in session.execute(statement):
            members.setdefault(row.id, []).append((row.item_pk, row.role))
    return members


def replace(database: Database, threads: Mapping[str, Sequence[MemberRow]]) -> None:
    with database.write() as session:
        replace_threads(session, threads)


def test_threads_are_inserted_updated_and_deleted(database: Database) -> None:
    (first, _), (second, _), (third, _) = seed(database)
    rows = [
        MemberRow(first, DAY, "new", None),
        MemberRow(second, DAY + timedelta(1), "update", first),
        MemberRow(third, DAY + timedelta(2), "continuing", second),
    ]
    replace(database, {"th_a": rows[:2]})
    assert stored(database) == {"th_a": [(first, "new"), (second, "update")]}

    replace(database, {"th_a": rows})
    assert [pk for pk, _ in stored(database)["th_a"]] == [first, second, third]
    with database.read() as session:
        thread = session.execute(select(Thread)).scalar_one()
    assert (thread.items, thread.first_date, thread.last_date) == (3, DAY, DAY + timedelta(2))

    replace(database, {"th_a": rows[:1]})
    assert stored(database) == {}


def test_an_item_moves_from_one_thread_to_another(database: Database) -> None:
    (first, _), (second, _), (third, _) = seed(database)
    moved = MemberRow(second, DAY + timedelta(1), "update", first)
    replace(database, {"th_a": [MemberRow(first, DAY, "new", None), moved]})
    begun = MemberRow(second, DAY + timedelta(1), "new", None)
    joined = MemberRow(third, DAY + timedelta(2), "duplicate", second)
    replace(database, {"th_a": [MemberRow(first, DAY, "new", None)], "th_b": [begun, joined]})
    assert stored(database) == {"th_b": [(second, "new"), (third, "duplicate")]}


def link(item_pk: int, earlier_pk: int) -> dict[str, object]:
    return {
        "item_pk": item_pk,
        "earlier_pk": earlier_pk,
        "signal": "article",
        "score": 0.95,
        "joins": True,
        "same": True,
        "news": False,
        "evidence": {},
    }


def test_items_linked_to_a_changed_thread_are_assigned_again(database: Database) -> None:
    (first, first_id), (second, second_id), (third, _) = seed(database)
    with database.write() as session:
        insert_rows(session, ItemLink, [link(third, second)])
        ThreadUpdate(session).run({third}, set(), set())
    assert list(stored(database)) == [thread_id(second_id)]

    # The second item joins the first: the third one follows, though its own links did not change.
    with database.write() as session:
        insert_rows(session, ItemLink, [link(second, first)])
        ThreadUpdate(session).run({second}, set(), set())
    assert stored(database) == {
        thread_id(first_id): [(first, "new"), (second, "duplicate"), (third, "duplicate")]
    }
