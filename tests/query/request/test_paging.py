"""Cursors walk a list to its end, without gap or repeat."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlmodel import col, select

from app.errors import BadRequest
from app.query import items
from app.query.entities import lists as entity_lists
from app.query.request.cursors import encode_cursor
from app.query.request.entity_params import EntityList
from app.query.request.item_params import ItemList
from app.query.request.paging import (
    PageRows,
    SortColumn,
    bytewise,
    order_by,
    page,
    page_of_arrays,
    page_of_list,
    snapshot_briefing,
    up_to_snapshot,
)
from app.query.request.params import Paging
from app.store.db import Database
from app.store.tables import Item
from tests import shapes
from tests.conftest import take_in
from tests.documents import document, item

KEYS: dict[str, Any] = {
    "date": col(Item.date),
    "title": bytewise(col(Item.title)),
    "rank": col(Item.importance_rank),
}
TIES = (col(Item.date).desc(), col(Item.pk))


def sql(order: list[Any]) -> list[str]:
    return [str(part) for part in order]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (None, ["item.date DESC", "item.pk ASC"]),
        ("date", ["item.date ASC", "item.pk ASC"]),
        (
            "-rank,title",
            [
                "item.importance_rank DESC",
                "CAST(item.title AS VARCHAR) ASC",
                "item.date DESC",
                "item.pk ASC",
            ],
        ),
        ("date,-date", ["item.date ASC", "item.pk ASC"]),
        (" -rank , date ", ["item.importance_rank DESC", "item.date ASC", "item.pk ASC"]),
    ],
)
def test_order_by(sort: str | None, order: list[str]) -> None:
    assert sql(order_by(sort, "-date", KEYS, TIES)) == order


def test_text_is_sorted_by_its_bytes_on_every_server() -> None:
    """Databases with different collations give the same order."""
    compiled = str(order_by("title", "-date", KEYS, TIES)[0].compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]  # no types
    assert compiled == 'CAST(item.title AS VARCHAR) COLLATE "C" ASC'


@pytest.mark.parametrize("sort", ["titel", "date,,title", "--date", "date;drop", "-", ","])
def test_unknown_sort_keys_are_refused(sort: str) -> None:
    with pytest.raises(BadRequest, match=r"sort: .* is not valid") as caught:
        order_by(sort, "-date", KEYS, TIES)
    assert caught.value.errors[0]["parameter"] == "sort"


def walk(database: Database, **parameters: Any) -> list[str]:
    """Return the ids of all items, page by page."""
    ids: list[str] = []
    cursor = None
    with database.read() as session:
        while True:
            listing = items.find(
                session, ItemList.model_validate(parameters | {"cursor": cursor}), None
            )
            ids += [shape.id for shape in shapes.items(listing)]
            cursor = listing.rows.next_cursor
            if cursor is None:
                assert listing.rows.total == len(ids)
                return ids


@pytest.mark.parametrize(
    "sort",
    [
        None,
        "date",
        "title",
        "-title",
        "importance,-title",
        "-importance,position",
        "updated_at",
        "-updated_at,-title",
    ],
)
def test_every_page_size_walks_the_same_list(seeded: Database, sort: str | None) -> None:
    once = walk(seeded, limit=100, sort=sort)
    assert len(set(once)) == len(once) == 79
    for limit in (7, 78, 79) if sort else (1, 7, 78, 79):
        assert walk(seeded, limit=limit, sort=sort) == once


def test_the_order_is_the_one_asked_for(seeded: Database) -> None:
    with seeded.read() as session:
        rows = {row.id: row for row in session.exec(select(Item))}
    by_title = [rows[pk].title for pk in walk(seeded, limit=9, sort="title")]
    # Bytes of UTF-8 sort like code points, whatever the collation of the database.
    assert by_title == sorted(by_title)
    ranks = [
        (rows[pk].importance_rank, rows[pk].title)
        for pk in walk(seeded, limit=9, sort="-importance,title")
    ]
    assert ranks == sorted(ranks, key=lambda pair: (-pair[0], pair[1]))
    days = [(rows[pk].date, rows[pk].ordinal) for pk in walk(seeded, limit=9)]
    assert days == sorted(days, key=lambda pair: (-pair[0].toordinal(), pair[1]))


ODD = [
    "a~b",
    "a:b",
    "~~",
    'say "hi"',
    "back\\slash",
    "line\\nbreak",
    "it's",
    "x",
    "true",
    "i:3",
    "naïve",
    "日本語",
    "👍🏽",
    "a,b;c",
    "%00",
    "Z",
    "a",
    "Ä",
]


def test_titles_of_any_kind_can_be_walked(database: Database) -> None:
    take_in(database, document("2026-01-02", *(item(title) for title in ODD)))
    with database.read() as session:
        titles = dict(session.exec(select(col(Item.id), col(Item.title))).all())
    assert len(titles) == len(ODD)
    forwards = [titles[pk] for pk in walk(database, limit=1, sort="title")]
    assert forwards == sorted(titles.values())
    assert [titles[pk] for pk in walk(database, limit=1, sort="-title")] == forwards[::-1]


@pytest.mark.parametrize(
    ("database", "sort"),
    [*(("sqlite", sort) for sort in ("-date", "date", "title")), ("postgresql", "title")],
    indirect=["database"],
)
def test_documents_ingested_during_a_walk_move_nothing(database: Database, sort: str) -> None:
    for day in range(10, 16):
        take_in(
            database,
            document(f"2026-01-{day}", *(item(f"{name} {day}") for name in "bdf")),
            f"{day}.md",
        )
    before = set(walk(database, limit=100))
    seen: list[str] = []
    cursor, day = None, 20
    while True:
        with database.read() as session:
            listing = items.find(
                session, ItemList.model_validate({"limit": 2, "cursor": cursor, "sort": sort}), None
            )
        seen += [shape.id for shape in shapes.items(listing)]
        cursor = listing.rows.next_cursor
        if cursor is None:
            break
        if day < 24:
            # Newer, older, and between.
            for month in ("2025-12", "2026-02"):
                take_in(
                    database,
                    document(f"{month}-{day}", item(f"a {month} {day}"), item(f"e {month} {day}")),
                    f"{month}-{day}.md",
                )
            day += 1
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def first_page(database: Database, **parameters: Any) -> PageRows:
    with database.read() as session:
        return items.find(session, ItemList.model_validate(parameters), None).rows


def following_page(database: Database, cursor: str, **parameters: Any) -> PageRows:
    return first_page(database, cursor=cursor, **parameters)


@pytest.mark.parametrize("cursor", ["x", "!", "A" * 43, "A" * 5000])
def test_garbage_is_refused(seeded: Database, cursor: str) -> None:
    with pytest.raises(BadRequest, match="Invalid cursor"):
        following_page(seeded, cursor)


def test_a_cursor_continues_with_another_limit(seeded: Database) -> None:
    cursor = first_page(seeded, limit=3).next_cursor
    assert cursor
    assert following_page(seeded, cursor, limit=5).rows


@pytest.mark.parametrize(
    "other",
    [
        {"sort": "date"},
        {"importance": ["high"]},
        {"from": "2025-11-01"},
        {"entity": ["SGLang"]},
        {"channel": ["daily"]},
    ],
)
def test_a_cursor_of_another_walk_is_refused(seeded: Database, other: dict[str, Any]) -> None:
    cursor = first_page(seeded, limit=3).next_cursor
    assert cursor
    with pytest.raises(BadRequest, match="another list, filter or order"):
        following_page(seeded, cursor, **other)


def test_a_cursor_of_another_list_is_refused(seeded: Database) -> None:
    cursor = first_page(seeded, limit=3).next_cursor
    assert cursor
    with seeded.read() as session, pytest.raises(BadRequest, match="another list"):
        items.find(session, ItemList.model_validate({"cursor": cursor}), None, entity_pks={1})


@pytest.mark.parametrize(
    "bookmark",
    [
        "",
        ">",
        "<",
        ">x~x~x~x",
        ">i:1",
        ">s:a~s:b~s:c~s:d~s:e",
        f">d:2025-01-01~d:2025-01-01~i:{2**70}~i:1~i:1",
        ">d:9~q:1",
        ">b:~b:~b:~b:~b:",
        ">i:1~i:1~i:1~i:1",
        ">n:NaN~n:NaN~n:1~n:1",
        ">dt:x~d:1~i:1~i:1",
        "x:1",
        ">uuid:x~i:1~i:1~i:1",
    ],
)
def test_a_forged_bookmark_gets_a_page_or_a_refusal(seeded: Database, bookmark: str) -> None:
    """The checksum is no secret: a reader of the code can forge a cursor, but not cause a 500."""
    statement = select(col(Item.pk), col(Item.date), col(Item.channel_pk), col(Item.ordinal))
    order = [col(Item.date).desc(), col(Item.channel_pk), col(Item.ordinal), col(Item.pk)]
    query = Paging(cursor=encode_cursor("forged", [bookmark]))
    with seeded.read() as session:
        try:
            assert page(session, statement, order, query, scope="forged").total == 79
        except BadRequest as refusal:
            assert refusal.errors[0]["parameter"] == "cursor"  # noqa: PT017 - either is right


@pytest.mark.parametrize("key", [[], [1], [">i:1", ">i:1"], [None], [[">i:1"]]])
def test_a_cursor_of_a_statement_has_one_bookmark(seeded: Database, key: list[Any]) -> None:
    statement = select(col(Item.pk))
    query = Paging(cursor=encode_cursor("a", key))
    with seeded.read() as session, pytest.raises(BadRequest, match="Invalid cursor"):
        page(session, statement, [col(Item.pk)], query, scope="a")


ENTRIES = [((-2.0, 1.0, "b"), "first"), ((-1.0, 0.0, "a"), "third"), ((-2.0, 1.0, "c"), "second")]


def test_a_list_is_walked_by_its_sort_keys() -> None:
    seen: list[str] = []
    cursor = None
    while True:
        result = page_of_list(ENTRIES, 1, cursor, "list", 7)
        seen += result.rows
        cursor = result.next_cursor
        if cursor is None:
            break
    assert seen == ["first", "second", "third"]


@pytest.mark.parametrize("key", [[], [1.0, 2.0], [1.0, 2.0, 3.0], ["a", 2.0, "c"], [1, 2, "c", 4]])
def test_a_cursor_of_a_list_has_two_numbers_and_an_id(key: list[Any]) -> None:
    with pytest.raises(BadRequest, match="Invalid cursor"):
        page_of_list(ENTRIES, 1, encode_cursor("list", key), "list")


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=30),
    st.integers(1, 7),
)
def test_arrays_are_walked_in_their_order(pairs: list[tuple[int, int]], limit: int) -> None:
    columns = [SortColumn(np.array(column)) for column in zip(*pairs, strict=True)]

    def ids(indexes: list[int]) -> list[str]:
        return [f"{99 - index:02}" for index in indexes]

    seen: list[int] = []
    cursor = None
    while True:
        result = page_of_arrays(columns, ids, limit, cursor, "arrays")
        assert result.total == len(pairs)
        seen += result.rows
        cursor = result.next_cursor
        if cursor is None:
            break
    assert seen == sorted(range(len(pairs)), key=lambda index: (*pairs[index], ids([index])))


def test_a_walk_counts_up_to_its_snapshot(database: Database) -> None:
    """Later briefings are counted by the next walk."""
    take_in(
        database,
        document("2026-01-02", item("甲", entities="Zorbex、Wumpo"), item("乙", entities="Zorbex")),
    )
    query = EntityList(limit=1)
    with database.read() as session:
        began = entity_lists.find(session, query, None)
    take_in(
        database,
        document("2026-01-03", item("丙", entities="Wumpo、Quillon"), item("丁", entities="Wumpo")),
        "b.md",
    )
    with database.read() as session:
        then = entity_lists.find(session, EntityList(limit=1, cursor=began.rows.next_cursor), None)
        assert [
            (entity.name, entity.counts.mentions) for entity in (*began.entries, *then.entries)
        ] == [
            ("Zorbex", 2),
            ("Wumpo", 1),
        ]
        assert (then.rows.total, then.rows.next_cursor) == (2, None)
        assert [
            entity.name for entity in entity_lists.find(session, EntityList(), None).entries
        ] == [
            "Wumpo",
            "Zorbex",
            "Quillon",
        ]


def test_a_snapshot_is_the_newest_briefing(database: Database) -> None:
    with database.read() as session:
        assert snapshot_briefing(session, None, "empty") == 0
    take_in(database, document("2026-01-02", item("甲")))
    with database.read() as session:
        newest = snapshot_briefing(session, None, "a")
        assert up_to_snapshot(session, newest, col(Item.briefing_pk)) == []
        (condition,) = up_to_snapshot(session, newest - 1, col(Item.briefing_pk))
        assert str(condition) == "item.briefing_pk <= :briefing_pk_1"


def test_a_cursor_has_the_snapshot_of_its_walk(seeded: Database) -> None:
    query = EntityList(limit=2)
    with seeded.read() as session:
        cursor = entity_lists.find(session, query, None).rows.next_cursor
        newest = snapshot_briefing(session, None, "")
        assert snapshot_briefing(session, cursor, query.scope()) == newest
    with seeded.read() as session, pytest.raises(BadRequest, match="Invalid cursor"):
        snapshot_briefing(session, encode_cursor("a", [1]), "a")


@pytest.mark.parametrize(
    ("key", "snapshot"),
    [
        ([], None),
        ([], 1),
        ([1, "a"], None),
        (["1", "a"], 1),
        ([1, 2], 1),
        ([1, "a", "b"], 1),
        ([None, "a"], 1),
        ([1, "a"], 999_999_999_999),
        ([1.5, "a"], 0),
    ],
)
def test_a_forged_position_gets_a_page_or_a_refusal(
    seeded: Database, key: list[Any], snapshot: int | None
) -> None:
    query = EntityList(limit=2)
    cursor = encode_cursor(query.scope(), key, snapshot)
    with seeded.read() as session:
        total = entity_lists.find(session, query, None).rows.total
        try:
            page = entity_lists.find(session, EntityList(limit=2, cursor=cursor), None)
            assert page.rows.total <= total
        except BadRequest as refusal:
            assert refusal.errors[0]["parameter"] == "cursor"  # noqa: PT017 - either is right


def test_computed_keys_have_the_same_names_each_time(database: Database) -> None:
    take_in(database, document("2026-01-05", *(item(f"標題 {n}") for n in range(3))))
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    columns: Any = select(col(Item.pk), col(Item.title).label("name"))
    with database.read() as session:
        event.listen(session.get_bind(), "before_cursor_execute", note)
        order = order_by("-title", "title", KEYS, TIES)
        first, second = (page(session, columns, order, Paging(limit=2)) for _ in range(2))
        event.remove(session.get_bind(), "before_cursor_execute", note)

    assert [row._fields for row in first.rows] == [("pk", "name")] * 2
    assert [name for _, name in first.rows] == ["標題 2", "標題 1"]
    assert first == second
    half = len(statements) // 2
    assert statements[:half] == statements[half:]
