"""Cursors walk every list to its end, without gap or repeat, and are good for nothing else."""

import base64
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql
from sqlmodel import col, select

from app.errors import BadRequest
from app.query import entities, items
from app.query.request.paging import (
    PageRows,
    _check,
    _encode,
    _open,
    _scope_hash,
    bytewise,
    order_by,
    page,
    snapshot_briefing,
    up_to_snapshot,
)
from app.query.request.params import EntityList, ItemList
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
    """Whatever collation a base was made with, two of them give one order."""
    compiled = str(order_by("title", "-date", KEYS, TIES)[0].compile(dialect=postgresql.dialect()))
    assert compiled == 'CAST(item.title AS VARCHAR) COLLATE "C" ASC'


@pytest.mark.parametrize("sort", ["titel", "date,,title", "--date", "date;drop", "-", ","])
def test_unknown_sort_keys_are_refused(sort: str) -> None:
    with pytest.raises(BadRequest, match="There is no sort key") as caught:
        order_by(sort, "-date", KEYS, TIES)
    assert caught.value.errors[0]["parameter"] == "sort"


def walk(database: Database, **given: Any) -> list[str]:
    """The ids of all items, page by page."""
    found: list[str] = []
    cursor = None
    with database.read() as session:
        while True:
            held = items.find(session, ItemList.model_validate(given | {"cursor": cursor}), None)
            found += [shown.id for shown in shapes.items(held)]
            cursor = held.rows.next_cursor
            if cursor is None:
                assert held.rows.total == len(found)
                return found


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
    # Bytes of UTF-8 sort like code points: the same on every engine, whatever the collation of the base.
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


@pytest.mark.parametrize("sort", ["-date", "date", "title"])
def test_ingesting_meanwhile_moves_nothing(database: Database, sort: str) -> None:
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
            held = items.find(
                session, ItemList.model_validate({"limit": 2, "cursor": cursor, "sort": sort}), None
            )
        seen += [shown.id for shown in shapes.items(held)]
        cursor = held.rows.next_cursor
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


def first(database: Database, **given: Any) -> PageRows:
    with database.read() as session:
        return items.find(session, ItemList.model_validate(given), None).rows


def follow(database: Database, cursor: str, **given: Any) -> PageRows:
    return first(database, cursor=cursor, **given)


@pytest.mark.parametrize(
    "garbage",
    [
        "x",
        "!",
        "A" * 43,
        "====",
        "%00",
        "é",
        "../..",
        "null",
        "0" * 1999,
        base64.urlsafe_b64encode(b"\xff" * 40).decode(),
        "A" * 5000,
    ],
)
def test_garbage_is_refused(seeded: Database, garbage: str) -> None:
    with pytest.raises(BadRequest, match="none of ours"):
        follow(seeded, garbage)


def test_a_tampered_cursor_is_refused(seeded: Database) -> None:
    cursor = first(seeded, limit=3).next_cursor
    assert cursor
    assert follow(seeded, cursor, limit=5).rows
    for at in range(0, len(cursor), 7):
        other = "A" if cursor[at] != "A" else "B"
        for changed in (
            cursor[:at] + other + cursor[at + 1 :],
            cursor[:at] + "!" + cursor[at:],
            cursor[:at] + cursor[at + 1 :],
        ):
            with pytest.raises(BadRequest):
                follow(seeded, changed)
    for changed in (cursor + "=", cursor + "A", cursor * 2, cursor.swapcase(), cursor + "\n"):
        with pytest.raises(BadRequest):
            follow(seeded, changed)


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
    cursor = first(seeded, limit=3).next_cursor
    assert cursor
    with pytest.raises(BadRequest, match="another list, filter or order"):
        follow(seeded, cursor, **other)


def test_a_cursor_of_another_list_is_refused(seeded: Database) -> None:
    cursor = first(seeded, limit=3).next_cursor
    assert cursor
    with seeded.read() as session, pytest.raises(BadRequest, match="another list"):
        items.find(session, ItemList.model_validate({"cursor": cursor}), None, of={1})


@pytest.mark.parametrize(
    "place",
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
def test_a_forged_cursor_is_no_error_of_ours(seeded: Database, place: str) -> None:
    """The seal is no secret: whoever reads the code can make one, and must get nothing but 400 or a page."""
    statement = select(col(Item.pk), col(Item.date), col(Item.channel_pk), col(Item.ordinal))
    order = [col(Item.date).desc(), col(Item.channel_pk), col(Item.ordinal), col(Item.pk)]
    with seeded.read() as session:
        try:
            assert (
                page(
                    session, statement, order, 2, _encode(_scope_hash("forged"), place), "forged"
                ).total
                == 79
            )
        except BadRequest as refused:
            assert refused.errors[0]["parameter"] == "cursor"  # noqa: PT017 - either outcome is right


def test_a_walk_keeps_to_its_horizon(database: Database) -> None:
    """What is counted later is counted from the next walk on."""
    take_in(
        database,
        document("2026-01-02", item("甲", entities="Zorbex、Wumpo"), item("乙", entities="Zorbex")),
    )
    query = EntityList(limit=1)
    with database.read() as session:
        began = entities.find(session, query, None)
    take_in(
        database,
        document("2026-01-03", item("丙", entities="Wumpo、Quillon"), item("丁", entities="Wumpo")),
        "b.md",
    )
    with database.read() as session:
        then = entities.find(session, EntityList(limit=1, cursor=began.rows.next_cursor), None)
        assert [(one.name, one.counts.mentions) for one in began.entries + then.entities] == [
            ("Zorbex", 2),
            ("Wumpo", 1),
        ]
        assert (then.rows.total, then.rows.next_cursor) == (2, None)
        assert [one.name for one in entities.find(session, EntityList(), None).entities] == [
            "Wumpo",
            "Zorbex",
            "Quillon",
        ]


def test_horizons(database: Database) -> None:
    with database.read() as session:
        assert snapshot_briefing(session, None, "empty") == 0
    take_in(database, document("2026-01-02", item("甲")))
    with database.read() as session:
        newest = snapshot_briefing(session, None, "a")
        assert up_to_snapshot(session, newest, col(Item.briefing_pk)) == []
        assert (
            str(up_to_snapshot(session, newest - 1, col(Item.briefing_pk))[0])
            == "item.briefing_pk <= :briefing_pk_1"
        )
        assert (
            snapshot_briefing(session, _encode(_scope_hash("a"), f"{newest}@>i:1"), "a") == newest
        )


@pytest.mark.parametrize(
    "held",
    [
        "",
        "x@>i:1~s:a",
        "-1@>i:1~s:a",
        "٣@>i:1~s:a",
        "9" * 40 + "@>i:1~s:a",
        "1",
        "1@",
        "@",
        "1@x",
        "999999999999@>i:1~s:a",
    ],
)
def test_a_forged_horizon_is_no_error_of_ours(seeded: Database, held: str) -> None:
    query = EntityList(limit=2)
    with seeded.read() as session:
        whole = entities.find(session, query, None).rows.total
        try:
            found = entities.find(
                session, EntityList(limit=2, cursor=_encode(_scope_hash(query.scope()), held)), None
            )
            assert found.rows.total <= whole
        except BadRequest as refused:
            assert refused.errors[0]["parameter"] == "cursor"  # noqa: PT017 - either outcome is right


def test_the_horizon_is_in_the_cursor(seeded: Database) -> None:
    query = EntityList(limit=2)
    with seeded.read() as session:
        cursor = entities.find(session, query, None).rows.next_cursor
        assert cursor
        assert _open(cursor, _scope_hash(query.scope())).startswith(
            f"{snapshot_briefing(session, None, '')}@"
        )


def test_marks() -> None:
    assert _scope_hash("a") != _scope_hash("b")
    assert _check("m", "p") != _check("m", "q")
