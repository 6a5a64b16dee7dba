"""Each filter alone, repeated, with alternatives, negated, together: counted against what the seeds say."""

import re
from typing import Any

import pytest

from app.query import briefings, items
from app.query.request.briefing_params import BriefingList
from app.query.request.item_params import ItemList
from app.query.schemas.items import ItemOut
from app.store.db import Database
from tests import shapes
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, document, item, lines


def found(database: Database, **given: Any) -> list[ItemOut]:
    query = ItemList.model_validate(
        {"limit": 100, "include": "details,entities,sources,extra"} | given
    )
    with database.read() as session:
        held = items.find(session, query, None)
    assert held.rows.total == len(held.entries)
    return shapes.items(held)


def warned(database: Database, **given: Any) -> list[str]:
    with database.read() as session:
        return items.find(session, ItemList.model_validate(given), None).warnings


def written(day: str, pattern: str) -> int:
    """How many lines of a seed match."""
    return sum(bool(re.search(pattern, line)) for line in lines(day))


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({}, 57 + 22),
        ({"from": NEWER}, 57),
        ({"to": OLDER}, 22),
        ({"from": "2025-11-23", "to": "2025-12-22"}, 0),
        ({"channel": ["daily"]}, 79),
        ({"channel": ["!daily"]}, 0),
        (
            {"importance": ["high"]},
            written(NEWER, r"^\*\*重要性\*\*：高") + written(OLDER, r"^\*\*重要性\*\*：高"),
        ),
        ({"importance": ["high"]}, 23),
        ({"importance": ["medium"]}, 36 + 8),
        ({"importance": ["low"], "from": NEWER}, written(NEWER, r"^\*\*重要性\*\*：低")),
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
            written(NEWER, r"^\*\*技術(啟示|洞察)\*\*")
            + written(OLDER, r"^\*\*技術(啟示|洞察)\*\*"),
        ),
        ({"has": ["parent"]}, 6),
        ({"has": ["!sources"]}, 1),
        (
            {"has": ["entities"]},
            written(NEWER, r"^\*\*關鍵實體\*\*") + written(OLDER, r"^\*\*關鍵實體\*\*"),
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
def test_filters(seeded: Database, given: dict[str, Any], count: int) -> None:
    assert len(found(seeded, **given)) == count


CHECKS: dict[str, Any] = {
    "summary": lambda shown: shown.summary is not None,
    "technical": lambda shown: shown.details.technical,
    "applications": lambda shown: shown.details.applications,
    "takeaways": lambda shown: shown.details.takeaways,
    "importance": lambda shown: shown.importance is not None,
    "reason": lambda shown: shown.importance and shown.importance.reason,
    "entities": lambda shown: any(named.listed for named in shown.entities),
    "sources": lambda shown: shown.sources,
    "parent": lambda shown: shown.parent is not None,
    "extra": lambda shown: shown.extra,
}


@pytest.mark.parametrize("what", CHECKS)
def test_has_means_what_is_shown(seeded: Database, what: str) -> None:
    having, lacking = found(seeded, has=[what]), found(seeded, has=[f"!{what}"])
    assert all(CHECKS[what](shown) for shown in having)
    assert not any(CHECKS[what](shown) for shown in lacking)
    assert len(having) + len(lacking) == 79


@pytest.mark.parametrize(
    ("given", "warning"),
    [
        ({"entity": ["Nobody"]}, "There is no entity 'Nobody'; nothing matches it."),
        ({"entity": ["!Nobody"]}, "There is no entity 'Nobody'; nothing is left out for it."),
        (
            {"entity": ["SGLang|Nobody"]},
            "There is no entity 'Nobody'; the other values of the parameter still count.",
        ),
        ({"tag": ["nothing"]}, "There is no tag 'nothing'; nothing matches it."),
        ({"keyword": ["nothing"]}, "There is no keyword 'nothing'; nothing matches it."),
        ({"source": ["s_none"]}, "There is no source 's_none'; nothing matches it."),
        (
            {"source": ["arxiv:9999.99999"]},
            "There is no source 'arxiv:9999.99999'; nothing matches it.",
        ),
        (
            {"publisher": ["example.org"]},
            "There is no publisher 'example.org'; nothing matches it.",
        ),
        ({"channel": ["weekly"]}, "There is no channel 'weekly'; nothing matches it."),
    ],
)
def test_an_unknown_id_is_a_warning(seeded: Database, given: dict[str, Any], warning: str) -> None:
    assert warned(seeded, **given) == [warning]


def test_a_known_id_warns_of_nothing(seeded: Database) -> None:
    assert warned(seeded, entity=["SGLang|!x|Qwen"], tag=["MLOps"]) == [
        "There is no entity '!x'; the other values of the parameter still count."
    ]
    assert (
        warned(seeded, entity=["SGLang"], tag=["MLOps"], publisher=["arxiv.org"], channel=["daily"])
        == []
    )


def test_an_unknown_value_of_a_negation_leaves_all(seeded: Database) -> None:
    assert len(found(seeded, entity=["!Nobody"])) == 79
    assert len(found(seeded, entity=["SGLang|Nobody"])) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "%",
        "_",
        "'",
        '"',
        "\\",
        "' OR 1=1 --",
        "𝕏",
        "\u202e",
        "a" * 256,
        "-1",
        "9" * 40,
        "🙂",
        "\t",
        "NaN",
    ],
)
@pytest.mark.parametrize("name", ["entity", "tag", "keyword", "source", "publisher", "channel"])
def test_hostile_values_match_nothing(seeded: Database, name: str, hostile: str) -> None:
    assert found(seeded, **{name: [hostile]}) == []
    assert warned(seeded, **{name: [hostile]})


@pytest.mark.parametrize(
    ("given", "days"),
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
        ({"channel": ["daily"]}, [NEWER, OLDER]),
        ({"channel": ["!daily"]}, []),
    ],
    ids=str,
)
def test_filters_of_briefings(seeded: Database, given: dict[str, Any], days: list[str]) -> None:
    with seeded.read() as session:
        held = briefings.find(session, BriefingList.model_validate(given))
    assert [shown.id for shown in shapes.briefings(held)] == days
    assert held.rows.total == len(days)


def test_importance_without_a_known_level(database: Database) -> None:
    """A label nobody knows is no level, and yet not none."""
    take_in(
        database,
        document("2026-01-02", item("a", importance="高"), item("b", importance="⁇"), item("c")),
    )
    assert [shown.title for shown in found(database, importance=["high"])] == ["a"]
    assert [shown.title for shown in found(database, importance=["none"])] == ["c"]
    assert [shown.title for shown in found(database, importance=["!high"])] == ["b", "c"]


def test_channels_are_apart(database: Database) -> None:
    take_in(database, document("2026-01-02", item("a")))
    take_in(database, document("2026-01-02", item("b")), channel="weekly")
    assert [shown.title for shown in found(database, channel=["weekly"])] == ["b"]
    assert [shown.title for shown in found(database, channel=["!weekly"])] == ["a"]
    assert {shown.briefing.id for shown in found(database)} == {"2026-01-02", "weekly:2026-01-02"}
