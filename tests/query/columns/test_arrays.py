from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np

from app.query.columns.arrays import build_segment, compact, rounded, run_starts
from app.store.encoding.columns import ITEM, KINDS, NAMED, pack

LISTED, TITLE, TAG = (KINDS.index(kind) for kind in ("listed", "title", "tag"))


def row(pk: int, day: date, items: list[tuple[int, ...]], named: list[tuple[int, ...]]) -> Any:
    assert all(len(cells) == len(ITEM) for cells in items)
    assert all(len(cells) == len(NAMED) for cells in named)
    return SimpleNamespace(
        briefing_pk=pk, date=day, channel_pk=1, items=pack(items), named=pack(named)
    )


def test_a_segment_by_hand() -> None:
    first = row(
        7,
        date(2026, 1, 5),
        [(70, 1, 1, 0, 5), (71, 2, 2, 0, 0)],
        [(1, 4, LISTED, 2), (1, 4, TITLE, 1), (0, 9, TAG, 1), (2, 9, TITLE, 300)],
    )
    second = row(8, date(2026, 1, 2), [], [])
    third = row(9, date(2026, 1, 4), [(90, 1, 1, 1, 6)], [(1, 4, TITLE, 1)])
    segment = build_segment([first, second, third])
    assert segment.briefing.tolist() == [0, 0, 0, 1, 2, 2]
    assert segment.items[:, 0].tolist() == [0, 70, 71, 0, 0, 90]
    assert segment.entities.tolist() == [4, 9]
    assert [
        segment.row[segment.begins[index] : segment.begins[index + 1]].tolist() for index in (0, 1)
    ] == [
        [1, 1, 5],
        [0, 2],
    ]
    assert segment.count.tolist() == [2, 1, 1, 1, 300]
    ends = segment.row_begins
    assert [segment.row_entities[ends[index] : ends[index + 1]].tolist() for index in range(6)] == [
        [1],
        [0],
        [1],
        [],
        [],
        [0],
    ]
    counts = segment.totals
    assert (counts.items.tolist(), counts.mentions.tolist(), counts.briefings.tolist()) == (
        [2, 1],
        [4, 301],
        [2, 1],
    )
    assert [date.fromordinal(day).day for day in (*counts.first, *counts.last)] == [4, 5, 5, 5]
    titles = segment.aggregate(
        np.array([True, True, True, True, True, False]),
        np.array([kind == "title" for kind in KINDS]),
    )
    assert (titles.items.tolist(), titles.mentions.tolist()) == ([1, 1], [1, 300])
    nothing = segment.aggregate(np.zeros(6, np.bool_), None)
    assert (nothing.mentions.tolist(), nothing.first.tolist()) == ([0, 0], [0, 0])


def test_a_segment_of_nothing() -> None:
    segment = build_segment([row(7, date(2026, 1, 5), [], [])])
    assert (len(segment.entities), segment.briefing.tolist(), segment.row_begins.tolist()) == (
        0,
        [0],
        [0, 0],
    )


def test_numbers_take_the_room_they_need() -> None:
    assert [
        compact(np.array(values)).dtype.itemsize for values in ([], [255], [256], [70_000])
    ] == [
        1,
        1,
        2,
        4,
    ]


def test_run_starts() -> None:
    assert run_starts(np.array([3, 3, 1, 3])).tolist() == [True, False, True, True]
    assert run_starts(np.array([])).tolist() == []


def test_numbers_are_rounded_as_ever() -> None:
    dice = np.random.default_rng(7)
    ties = dice.integers(0, 100_000, 500) / 10_000 + 0.00005
    values = np.concatenate(
        [ties, dice.random(500) * 100, dice.integers(1, 9, 300) / 640, [0.0, 1.0]]
    )
    for digits in (4, 6):
        assert rounded(values, digits).tolist() == [
            round(value, digits) for value in values.tolist()
        ]
        assert rounded(-values, digits).tolist() == [
            round(-value, digits) for value in values.tolist()
        ]
