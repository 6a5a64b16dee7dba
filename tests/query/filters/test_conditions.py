"""Filters alone, repeated, with alternatives, negated and combined, counted against the seeds."""

import re
from typing import Any

import pytest

from app.query import items
from app.query.documents import briefings
from app.query.request.briefing_params import BriefingList
from app.query.request.item_params import ItemList
from app.query.schemas.items import ItemOut
from app.store.db import Database
from tests import shapes
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, document, item, lines
from tests.query.oracle import PARTS_OF_ITEM


def find_items(database: Database, **parameters: Any) -> list[ItemOut]:
    query = ItemList.model_validate(
        {"limit": 100, "include": "details,entities,sources,extra"} | parameters
    )
    with database.read() as session:
        listing = items.find(session, query, None)
    assert listing.rows.total == len(listing.entries)
    return shapes.items(listing)


def count_lines(day: str, pattern: str) -> int:
    """Count the lines of a seed that match."""
    return sum(bool(re.search(pattern, line)) for line in lines(day))


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({}, 57 + 22),
        ({"from": NEWER}, 57),
        ({"to": OLDER}, 22),
        ({"from": "2025-11-23", "to": "2025-12-22"}, 0),
        ({"channel": ["daily"]}, 79),
        ({"channel": ["!daily"]}, 0),
        (
            {"importance": ["high"]},
            count_lines(NEWER, r"^\*\*重要性\*\*：高") + count_lines(OLDER, r"^\*\*重要性\*\*：高"),
        ),
        ({"importance": ["high"]}, 23),
        ({"importance": ["medium"]}, 36 + 8),
        ({"importance": ["low"], "from": NEWER}, count_lines(NEWER, r"^\*\*重要性\*\*：低")),
        ({"importance": ["high|low"]}, 23 + 5),
        ({"importance": ["!high"]}, 79 - 23),
        ({"importance": ["!high|low"]}, 79 - 28),
        ({"importance": ["none"]}, 7),
        ({"importance": ["!none"]}, 72),
        ({"importance": ["none|low"]}, 12),
        ({"importance": ["high", "low"]}, 0),
        ({"kind": ["bullet"]}, 6),
        ({"kind": ["stub"]}, 1),
        ({"kind": ["!full"]}, 7),
        ({"section": ["headlines"]}, 6 + 4),
        ({"section": ["headlines|market"]}, 10 + 9),
        ({"section": ["!headlines", "!market"]}, 79 - 19),
        ({"section": ["headlines"], "from": NEWER, "importance": ["high"]}, 6),
        ({"tag": ["MLOps"]}, 22),
        ({"tag": ["mlops"]}, 22),
        ({"tag": ["生成式AI"]}, 79),
        ({"tag": ["生成式AI", "MLOps"]}, 22),
        ({"tag": ["!MLOps"]}, 57),
        ({"keyword": ["robotaxi"]}, 57),
        ({"keyword": ["MLOps"], "tag": ["MLOps"]}, 22),
        ({"keyword": ["醫療影像"]}, 0),
        ({"source": ["arxiv:2512.17527"]}, 1),
        ({"source": ["https://arxiv.org/abs/2512.17527v3"]}, 1),
        ({"publisher": ["qbitai.com"]}, 9),
        ({"publisher": ["www.qbitai.com"]}, 9),
        ({"publisher": ["!qbitai.com"]}, 70),
        (
            {"has": ["takeaways"]},
            count_lines(NEWER, r"^\*\*技術(啟示|洞察)\*\*")
            + count_lines(OLDER, r"^\*\*技術(啟示|洞察)\*\*"),
        ),
        ({"has": ["parent"]}, 6),
        ({"has": ["!sources"]}, 1),
        (
            {"has": ["entities"]},
            count_lines(NEWER, r"^\*\*關鍵實體\*\*") + count_lines(OLDER, r"^\*\*關鍵實體\*\*"),
        ),
        ({"has": ["applications", "technical"]}, 42),
        ({"has": ["parent|takeaways"]}, 6 + 16),
        ({"certainty": ["guessed"], "from": NEWER}, 0),
        ({"certainty": ["claimed"], "to": OLDER}, 0),
        ({"certainty": ["none"], "to": OLDER}, 22 - 10),
        ({"certainty": ["!none"], "to": OLDER}, 10),
        ({"certainty": ["guessed|claimed|undisclosed|none"]}, 79),
        ({"certainty": ["undisclosed", "claimed"]}, 3),
        ({"certainty": ["undisclosed|claimed"], "kind": ["bullet"]}, 2),
        ({"certainty": ["!undisclosed", "claimed"], "from": NEWER}, 3),
        ({"entity": ["SGLang"]}, 1),
        ({"entity": ["sglang", "deepseek"]}, 1),
        ({"entity": ["SGLang|CUDA"]}, 2),
        ({"entity": ["SGLang", "CUDA"]}, 0),
        ({"entity": ["!SGLang"]}, 78),
        ({"entity": ["NVLink"]}, 1),
        ({"entity_type": ["!other"]}, 55),
    ],
    ids=str,
)
def test_filters_of_items(seeded: Database, parameters: dict[str, Any], count: int) -> None:
    assert len(find_items(seeded, **parameters)) == count


@pytest.mark.parametrize("part", PARTS_OF_ITEM)
def test_has_agrees_with_the_parts_of_the_answer(seeded: Database, part: str) -> None:
    having, lacking = find_items(seeded, has=[part]), find_items(seeded, has=[f"!{part}"])
    assert all(PARTS_OF_ITEM[part](out) for out in having)
    assert not any(PARTS_OF_ITEM[part](out) for out in lacking)
    assert len(having) + len(lacking) == 79


@pytest.mark.parametrize(
    ("parameters", "days"),
    [
        ({}, [NEWER, OLDER]),
        ({"sort": "date"}, [OLDER, NEWER]),
        ({"sort": "title"}, [OLDER, NEWER]),
        ({"sort": "-title"}, [NEWER, OLDER]),
        ({"from": NEWER}, [NEWER]),
        ({"to": OLDER}, [OLDER]),
        ({"tag": ["MLOps"]}, [OLDER]),
        ({"tag": ["!MLOps"]}, [NEWER]),
        ({"keyword": ["robotaxi"]}, [NEWER]),
        ({"entity": ["SGLang"]}, [NEWER]),
        ({"entity": ["!SGLang"]}, [OLDER]),
        ({"entity": ["SGLang|CUDA"]}, [NEWER, OLDER]),
        ({"source": ["arxiv:2512.17527"]}, [NEWER]),
        ({"publisher": ["qbitai.com"], "from": NEWER}, [NEWER]),
        ({"publisher": ["arxiv.org"]}, [NEWER, OLDER]),
        ({"items": ["..999999999999999"]}, [NEWER, OLDER]),
        ({"channel": ["daily"]}, [NEWER, OLDER]),
        ({"channel": ["!daily"]}, []),
    ],
    ids=str,
)
def test_filters_of_briefings(
    seeded: Database, parameters: dict[str, Any], days: list[str]
) -> None:
    with seeded.read() as session:
        listing = briefings.find(session, BriefingList.model_validate(parameters))
    assert [out.id for out in shapes.briefings(listing)] == days
    assert listing.rows.total == len(days)


def test_an_unknown_importance_is_neither_a_level_nor_none(database: Database) -> None:
    """An unknown label has no level, but is not `none` either."""
    take_in(
        database,
        document("2026-01-02", item("a", importance="高"), item("b", importance="⁇"), item("c")),
    )
    assert [out.title for out in find_items(database, importance=["high"])] == ["a"]
    assert [out.title for out in find_items(database, importance=["none"])] == ["c"]
    assert [out.title for out in find_items(database, importance=["!high"])] == ["b", "c"]


def test_channels_are_separate(database: Database) -> None:
    take_in(database, document("2026-01-02", item("a")))
    take_in(database, document("2026-01-02", item("b")), channel="weekly")
    assert [out.title for out in find_items(database, channel=["weekly"])] == ["b"]
    assert [out.title for out in find_items(database, channel=["!weekly"])] == ["a"]
    assert {out.briefing.id for out in find_items(database)} == {"2026-01-02", "weekly:2026-01-02"}
