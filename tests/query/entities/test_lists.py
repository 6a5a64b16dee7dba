"""Entities with their counts, and timelines without gaps."""

from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from app.errors import BadRequest
from app.query.entities import lists as entity_lists
from app.query.entities import references
from app.query.request.entity_params import EntityList, TimelineQuery
from app.query.request.intervals import MAX_BUCKETS
from app.query.schemas.shared import Interval
from app.query.schemas.timelines import TimelineOut
from app.query.time import timelines
from app.store.db import Database
from tests.conftest import ENGINES, prepared, take_in
from tests.documents import NEWER, OLDER, document, item


def counts(database: Database, **parameters: Any) -> list[tuple[str, int]]:
    with database.read() as session:
        listing = entity_lists.find(
            session, EntityList.model_validate({"limit": 100} | parameters), None
        )
    return [(out.name, out.counts.items) for out in listing.entries]


def take_small(database: Database) -> None:
    take_in(
        database,
        document("2026-01-05", item("one", entities="Zorbex、Wumpo", importance="低")),
        "a.md",
    )
    take_in(
        database,
        document(
            "2026-01-06",
            item("two", entities="Zorbex", importance="中"),
            item("three", entities="Zorbex", importance="高"),
            item("four"),
        ),
        "b.md",
    )
    take_in(database, document("2026-03-03", item("five")), "c.md")
    take_in(
        database,
        document("2026-03-04", item("six", entities="zorbex"), section="產業趨勢與觀點"),
        "d.md",
    )


@pytest.fixture(params=ENGINES)
def small(request: pytest.FixtureRequest) -> Database:
    """Zorbex on three of four days, twice on the second; Wumpo once. Shared: read only.

    There is no briefing between 6 January and 3 March.
    """
    return prepared(request.param, take_small)


def timeline(database: Database, name: str = "Zorbex", **parameters: Any) -> TimelineOut:
    with database.read() as session:
        out = timelines.one(
            session,
            references.resolve(session, name),
            TimelineQuery.model_validate(parameters),
            None,
        )
    return TimelineOut.model_validate_json(orjson.dumps(out))


def test_counts_follow_the_filters(small: Database) -> None:
    assert counts(small) == [("Zorbex", 4), ("Wumpo", 1)]
    assert counts(small, sort="name") == [("Wumpo", 1), ("Zorbex", 4)]
    assert counts(small, sort="items,-name") == [("Wumpo", 1), ("Zorbex", 4)]
    assert counts(small, **{"from": "2026-01-06"}) == [("Zorbex", 3)]
    assert counts(small, section=["trends"]) == [("Zorbex", 1)]
    assert counts(small, section=["!trends"], sort="-last_seen") == [("Zorbex", 3), ("Wumpo", 1)]
    assert counts(small, entity_type=["!other"]) == []


def test_one_entity_has_its_dates_counts_and_names(small: Database) -> None:
    with small.read() as session:
        out = entity_lists.one(session, references.resolve(session, "ZORBEX"), None)
    assert (out.first_seen, out.last_seen) == (date(2026, 1, 5), date(2026, 3, 4))
    assert out.counts.model_dump() == {"items": 4, "mentions": 4, "briefings": 3}
    assert {"Zorbex", "zorbex"} >= {alias.name for alias in out.aliases}


@pytest.mark.parametrize(
    ("interval", "starts", "items", "briefings"),
    [
        ("week", ["2026-01-05", "2026-01-12"], [3, 0], [2, 0]),
        ("month", ["2026-01-01", "2026-02-01", "2026-03-01"], [3, 0, 1], [2, 0, 2]),
        ("quarter", ["2026-01-01"], [4], [4]),
        ("year", ["2026-01-01"], [4], [4]),
    ],
)
def test_intervals_cover_the_timeline_without_gaps(
    small: Database, interval: Interval, starts: list[str], items: list[int], briefings: list[int]
) -> None:
    out = timeline(small, interval=interval)
    assert [str(bucket.start) for bucket in out.buckets][: len(starts)] == starts
    assert [bucket.items for bucket in out.buckets][: len(items)] == items
    assert [bucket.briefings for bucket in out.buckets][: len(briefings)] == briefings
    assert out.totals.items == sum(bucket.items for bucket in out.buckets) == 4
    for before, after in zip(out.buckets, out.buckets[1:], strict=False):
        assert after.start == before.end + timedelta(days=1)


def test_days_without_mentions_are_zeros(small: Database) -> None:
    out = timeline(small)
    assert (out.from_, out.to, len(out.buckets)) == (date(2026, 1, 5), date(2026, 3, 4), 59)
    by_day = {bucket.start: bucket for bucket in out.buckets}
    # Silence is 0 of 1 items; a gap has no items.
    silence, gap = by_day[date(2026, 3, 3)], by_day[date(2026, 2, 1)]
    assert (silence.items, silence.briefings, silence.share) == (0, 1, 0.0)
    assert (gap.items, gap.briefings, gap.share) == (0, 0, None)
    busy = by_day[date(2026, 1, 6)]
    assert (busy.items, busy.mentions, busy.briefings, busy.share) == (2, 2, 1, round(2 / 3, 6))
    assert [top.title for top in busy.top_items] == ["three", "two"]
    assert [
        top.title
        for top in timeline(small, top=1, **{"from": "2026-01-06", "to": "2026-01-06"})
        .buckets[0]
        .top_items
    ] == ["three"]


def test_a_timeline_follows_its_filters(small: Database) -> None:
    parameters: dict[str, Any] = {"from": "2026-01-06", "to": "2026-01-07", "channel": ["daily"]}
    out = timeline(small, **parameters)
    assert [bucket.items for bucket in out.buckets] == [2, 0]
    assert timeline(small, channel=["nowhere"]).warnings == [
        "There is no channel 'nowhere'; nothing matches it."
    ]
    assert timeline(small, channel=["nowhere"]).buckets == []


@pytest.mark.parametrize("interval", ["day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize(
    ("first", "last"), [("0001-01-01", "0001-12-31"), ("9999-01-01", "9999-12-31")]
)
def test_a_timeline_reaches_the_ends_of_the_calendar(
    small: Database, interval: Interval, first: str, last: str
) -> None:
    out = timeline(small, interval=interval, **{"from": first, "to": last})
    assert out.buckets[0].start <= date.fromisoformat(first)
    assert out.buckets[-1].end >= date.fromisoformat(last)


def test_a_timeline_that_is_too_long_is_refused(small: Database) -> None:
    first = date(2000, 1, 1)
    window: dict[str, Any] = {"from": first, "to": first + timedelta(days=MAX_BUCKETS - 1)}
    longest = timeline(small, **window)
    assert len(longest.buckets) == MAX_BUCKETS
    with pytest.raises(
        BadRequest, match=f"more than {MAX_BUCKETS} intervals of a day; pass a coarser interval"
    ) as caught:
        timeline(small, **(window | {"to": first + timedelta(days=MAX_BUCKETS)}))
    assert caught.value.errors[0]["parameter"] == "interval"
    assert (
        len(timeline(small, interval="year", **{"from": "1900-01-01", "to": "2026-01-01"}).buckets)
        == 127
    )


def test_drafts_do_not_count(database: Database) -> None:
    take_small(database)
    before = timeline(database)
    draft = document("2026-02-01", item("x", entities="Zorbex、Secret"), draft=True)
    take_in(database, draft, "e.md")
    after = timeline(database)
    assert after.buckets == before.buckets
    assert "Secret" not in dict(counts(database))


def test_the_seeds_have_a_timeline(seeded: Database) -> None:
    out = timeline(seeded, "SGLang", interval="month")
    assert [(bucket.items, bucket.briefings) for bucket in out.buckets] == [(0, 1), (1, 1)]
    assert out.buckets[1].share == round(1 / 57, 6)
    assert (str(out.from_), str(out.to)) == (OLDER, NEWER)
