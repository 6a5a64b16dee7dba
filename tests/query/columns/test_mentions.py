"""Counts over columns agree with the rows after any sequence of changes."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from app.curate import acts as curate
from app.curate.conduct import Curation
from app.errors import AppError
from app.query.columns import mentions, salience
from app.query.entities import lists as entity_lists
from app.query.entities import related
from app.query.filters import entity_values
from app.query.request.entity_params import EntityList, RelatedQuery, TimelineQuery, TrendsQuery
from app.query.schemas.timelines import TimelineOut
from app.query.snapshot import dataset
from app.query.time import timelines, trends
from app.store.db import Database, WouldBlock
from app.store.derived import columns as stored_columns
from app.store.tables import Briefing, BriefingColumns, Channel, Entity, Item, Mention
from tests.conftest import take_in
from tests.documents import document, item
from tests.query import oracle
from tests.query.entities.test_related import by_hand
from tests.query.request.test_intervals import start_of

SAID = Curation("desk")
NAMES = ["NVIDIA", "Qwen", "Qwen3", "Foobar Lab", "Foobar", "Bazquux", "皮衣教主", "OpenAI"]
BODIES = [
    (
        item(
            "NVIDIA 甲",
            summary="皮衣教主出席。NVIDIA 與 Qwen3。",
            entities="NVIDIA, Foobar Lab",
            importance="高",
        ),
        item("乙", entities="Qwen, 千問, Bazquux"),
    ),
    (
        item("丙", entities="Foobar, Qwen3/Qwen", importance="低"),
        item("丁", summary="Foobar Lab。", importance="奇怪"),
    ),
    (item("戊 Bazquux", entities="Foobar Lab, NVIDIA, Qwen-Image-Layered"),),
    (item("己"),),
]
END = "\n## 明日關注\n\n- Qwen 新版\n- Foobar Lab 發表會\n\n## 編輯洞察\n\nNVIDIA 與 Bazquux 的一天。\n"
DAYS = ["2025-12-30", "2026-01-02", "2026-01-05", "2026-03-01"]
NAME = st.sampled_from(NAMES)
ACTS = st.one_of(
    st.tuples(
        st.just("ingest"),
        st.sampled_from(DAYS),
        st.tuples(
            st.integers(0, len(BODIES) - 1),
            st.sampled_from(["daily", "weekly"]),
            st.sampled_from(["", "OpenAI, Qwen"]),
            st.booleans(),
            st.booleans(),
        ),
    ),
    st.tuples(st.sampled_from(["merge", "split", "alias"]), NAME, NAME),
    st.tuples(st.just("undo"), st.integers(0, 5), st.none()),
)


def act(database: Database, done: list[str], what: str, entry: Any, argument: Any) -> None:
    try:
        if what == "ingest":
            body, channel, tags, ending, draft = argument
            section = "今日焦點" if body % 2 else "產業趨勢與觀點"
            text = document(
                entry,
                *BODIES[body],
                tags=tags,
                end=END if ending else "",
                draft=draft,
                section=section,
            )
            take_in(database, text, channel=channel)
        elif what == "undo":
            curate.undo(database, "daily", done[entry % len(done)] if done else "j_none", SAID)
        elif what == "alias":
            done += curate.alias(
                database, "daily", entry, argument, None, "spelling", SAID
            ).judgements
        elif what == "split":
            done += curate.split(database, "daily", entry, [argument], SAID).judgements
        else:
            done += curate.merge(database, "daily", entry, argument, SAID).judgements
    except AppError:
        pass


class Rows:
    """The stored rows, and the same questions answered from them in plain Python."""

    def __init__(self, session: Session) -> None:
        self.briefings = [row for row in session.exec(select(Briefing)) if not row.draft]
        self.items = {row.pk: row for row in session.exec(select(Item))}
        self.mentions = list(
            session.exec(select(Mention).where(col(Mention.entity_pk).is_not(None)))
        )
        self.entities = {row.pk or 0: row for row in session.exec(select(Entity))}
        self.channels = {row.pk: row.id for row in session.exec(select(Channel))}

    def timeline(self, pks: set[int], interval: str, channel: str | None) -> dict[str, Any]:
        def here(row: Any) -> bool:
            return channel is None or self.channels[row.channel_pk] == channel

        named = [row for row in self.mentions if row.entity_pk in pks and here(row)]
        published: Counter[str] = Counter(
            str(start_of(row.date, interval)) for row in self.items.values() if here(row)
        )
        kinds: defaultdict[Any, set[str]] = defaultdict(set)
        for row in named:
            kinds[row.item_pk or -row.briefing_pk].add(row.kind)
        mention_counts: Counter[str] = Counter(str(start_of(row.date, interval)) for row in named)
        weight: defaultdict[str, float] = defaultdict(float)
        items: defaultdict[str, list[Item]] = defaultdict(list)
        days = {row.pk: row.date for row in self.briefings}
        for place, place_kinds in kinds.items():
            if place < 0:
                weight[str(start_of(days[-place], interval))] += sum(
                    salience.KINDS[kind] for kind in place_kinds
                )
                continue
            item_row = self.items[place]
            headline = 1.0
            if item_row.section_kind == "headlines":
                headline += salience.HEADLINE / item_row.position
            strongest = max(salience.KINDS[kind] for kind in place_kinds)
            start = str(start_of(item_row.date, interval))
            weight[start] += (
                strongest
                * salience.SECTIONS[item_row.section_kind]
                * salience.LEVELS[item_row.importance_level or "none"]
                * headline
            )
            items[start].append(item_row)
        return {
            "totals": {
                "items": sum(map(len, items.values())),
                "mentions": mention_counts.total(),
                "briefings": len({row.briefing_pk for row in named}),
            },
            "briefings": Counter(
                str(start_of(row.date, interval)) for row in self.briefings if here(row)
            ),
            "points": {
                start: (
                    len(items[start]),
                    count,
                    pytest.approx(weight[start], abs=1e-4),
                    round(len(items[start]) / published[start], 6) if published[start] else None,
                    [
                        row.id
                        for row in sorted(
                            items[start],
                            key=lambda row: (-row.importance_rank, row.date, row.ordinal, row.pk),
                        )[:3]
                    ],
                )
                for start, count in mention_counts.items()
            },
        }

    def pairs(self, pks: set[int], section: str | None) -> tuple[int, int, list[tuple[Any, ...]]]:
        items = {
            pk for pk, row in self.items.items() if section is None or row.section_kind == section
        }
        named: defaultdict[int, set[int]] = defaultdict(set)
        for row in self.mentions:
            if row.item_pk in items:
                named[row.entity_pk or 0].add(row.item_pk or 0)
        subject = set().union(*(named[pk] for pk in pks))
        result = [
            (
                self.entities[pk].id,
                len(theirs & subject),
                len(theirs),
                by_hand(len(theirs & subject), len(subject), len(theirs), len(items)),
            )
            for pk, theirs in named.items()
            if pk not in pks and theirs & subject
        ]
        return (
            len(items),
            len(subject),
            sorted(result, key=lambda entry: (-entry[3], -entry[1], entry[0])),
        )


def check(session: Session) -> None:
    """Compare everything that is counted over columns with the rows."""
    rows = Rows(session)
    assert list(stored_columns.mismatches(session)) == []
    columns = mentions.mention_columns(session)
    assert columns.version == dataset.version(session).text
    named = sorted({row.entity_pk or 0 for row in rows.mentions})
    assert columns.entities.tolist() == named
    by_entity = [[row for row in rows.mentions if row.entity_pk == pk] for pk in named]
    counts = columns.totals
    assert counts.mentions.tolist() == [len(entity_mentions) for entity_mentions in by_entity]
    assert counts.items.tolist() == [
        len({row.item_pk for row in entity_mentions} - {None}) for entity_mentions in by_entity
    ]
    assert counts.briefings.tolist() == [
        len({row.briefing_pk for row in entity_mentions}) for entity_mentions in by_entity
    ]
    for asked, result in ((min, counts.first), (max, counts.last)):
        assert result.tolist() == [
            asked(row.date for row in entity_mentions).toordinal() for entity_mentions in by_entity
        ]
    for pk in named:
        for interval, rollup, channel in (
            ("day", None, None),
            ("week", "family", "weekly"),
            ("month", "all", None),
        ):
            pks = {pk} | (oracle.members(session, rollup).get(pk, set()) if rollup else set())
            expected = rows.timeline(pks, interval, channel)
            query = {"interval": interval, "rollup": rollup} | (
                {"channel": [channel]} if channel else {}
            )
            answer = TimelineOut.model_validate_json(
                orjson.dumps(timelines.one(session, pk, TimelineQuery.model_validate(query), None))
            )
            assert answer.totals.model_dump() == expected["totals"]
            assert {
                str(entry.start): entry.briefings for entry in answer.buckets if entry.briefings
            } == expected["briefings"]
            assert {
                str(entry.start): (
                    entry.items,
                    entry.mentions,
                    entry.salience,
                    entry.share,
                    [top.id for top in entry.top_items],
                )
                for entry in answer.buckets
                if entry.mentions
            } == expected["points"]
        for section in (None, "trends"):
            related_query = RelatedQuery.model_validate(
                {"limit": 100} | ({"section": [section]} if section else {})
            )
            page = related.find(session, pk, related_query, None)
            assert (
                page.extra["items"],
                page.extra["own"],
                [(entry.id, entry.count, entry.items, entry.g2) for entry in page.entries],
            ) == rows.pairs({pk}, section)
    listed(session, rows)
    for rollup in (None, "family", "maker", "all"):
        for entry in trends.find(
            session, TrendsQuery(support=1, window=30, baseline=60, rollup=rollup), None
        ).entries:
            pks = {
                pk
                for pk, row in rows.entities.items()
                if row.id in {entry.id, *(member.id for member in entry.members)}
            }
            entity_mentions = [row for row in rows.mentions if row.entity_pk in pks]
            assert entry.first_seen == min(row.date for row in entity_mentions)
            expected = rows.timeline(pks, "year", None)
            assert entry.items + entry.baseline <= expected["totals"]["items"]


def listed(session: Session, rows: Rows) -> None:
    """Compare lists of entities under filters with the rows."""
    asked: list[tuple[dict[str, Any], Any]] = [
        ({}, lambda row: True),
        ({"mention": ["!body", "title|tag"]}, lambda row: row.kind in ("title", "tag")),
        (
            {"from": "2026-01-01", "to": "2026-01-31"},
            lambda row: "2026-01-01" <= str(row.date) <= "2026-01-31",
        ),
        ({"channel": ["!weekly"]}, lambda row: rows.channels[row.channel_pk] != "weekly"),
        (
            {"section": ["headlines"]},
            lambda row: row.item_pk and rows.items[row.item_pk].section_kind == "headlines",
        ),
    ]
    names = {row.slug: row.name for row in rows.entities.values()}
    for under, holds in asked:
        expected: defaultdict[int, list[Mention]] = defaultdict(list)
        for row in rows.mentions:
            if holds(row):
                expected[row.entity_pk or 0].append(row)
        counts = {
            rows.entities[pk].slug: (
                len({row.item_pk for row in entity_mentions} - {None}),
                len(entity_mentions),
                len({row.briefing_pk for row in entity_mentions}),
            )
            for pk, entity_mentions in expected.items()
        }
        for sort, key in (
            ("-mentions,name", lambda entry: (-entry[1][1], names[entry[0]])),
            ("-items", lambda entry: -entry[1][0]),
        ):
            result = entity_lists.find(
                session, EntityList.model_validate({"limit": 100, "sort": sort} | under), None
            )
            counts_by_slug = [
                (entry.slug, (entry.counts.items, entry.counts.mentions, entry.counts.briefings))
                for entry in result.entries
            ]
            assert counts_by_slug == sorted(sorted(counts.items()), key=key)
            assert result.rows.total == len(counts)


@pytest.fixture
def other(database: Database) -> Iterator[Database]:
    """Open the database again, as another process does."""
    with closing(
        Database(database.url.render_as_string(hide_password=False), read_timeout=30)
    ) as opened:
        yield opened


@pytest.mark.parametrize(
    ("database", "examples"), [("sqlite", 8), ("postgresql", 4)], indirect=["database"]
)
def test_any_sequence_of_changes_is_counted(
    database: Database, other: Database, examples: int
) -> None:
    done: list[str] = []

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ACTS, min_size=1, max_size=4))
    def run(acts: list[Any]) -> None:
        # Each sequence continues where the last one ended.
        for entry in acts:
            act(database, done, *entry)
            with other.read() as session:
                assert mentions.mention_columns(session).version == dataset.version(session).text
        for opened in (other, database):
            with opened.read() as session:
                check(session)

    # Random acts may all be refused, or remove what they stored.
    for day in (1, 2):
        take_in(database, document(f"2025-12-0{day}", *BODIES[day], tags="OpenAI"))
    run()


def test_only_changed_segments_are_loaded_again(
    database: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mentions, "SEGMENT_BRIEFINGS", 2)
    for day in range(1, 6):
        take_in(database, document(f"2026-01-0{day}", *BODIES[day % 3], tags="OpenAI"))
        with other.read() as session:
            check(session)
    with other.read() as session:
        before = mentions.mention_columns(session).segments
    take_in(database, document("2026-01-03", *BODIES[3]))
    with other.read() as session:
        check(session)
        after = mentions.mention_columns(session).segments
    assert [entry for entry in after if after[entry] is not before[entry]] == [1]
    for day in (2, 3):
        take_in(database, document(f"2026-01-0{day}", *BODIES[3], draft=True))
    with other.read() as session:
        check(session)
        assert sorted(mentions.mention_columns(session).segments) == [0, 2]


def test_more_rows_than_a_byte_counts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mentions, "SEGMENT_BRIEFINGS", 1)
    take_in(database, document("2026-01-01", *(f"### Zorbex {n}\n\n摘要。\n" for n in range(300))))
    take_in(database, document("2026-01-02", item("甲", entities="Zorbex, " * 300)))
    with database.read() as session:
        columns = mentions.mention_columns(session)
        assert columns.starts.tolist() == [0, 301, 303]
        check(session)


def test_older_sessions_keep_their_version(database: Database) -> None:
    if database.in_memory:
        return
    take_in(database, document("2026-01-01", *BODIES[0]))
    with database.read() as old, database.read() as older:
        assert dataset.version(older).text == mentions.mention_columns(old).version
        for day in (2, 3, 4):
            take_in(database, document(f"2026-01-0{day}", *BODIES[1]))
            with database.read() as session:
                check(session)
        check(old)
        check(older)
    assert len(database.cache["mention columns"]) == 2


def test_the_event_loop_never_loads(database: Database) -> None:
    take_in(database, document("2026-01-01", *BODIES[0]))
    with database.read() as session:
        session.info["loop"] = True
        with pytest.raises(WouldBlock):
            mentions.mention_columns(session)
        session.info["loop"] = False
        columns = mentions.mention_columns(session)
        session.info["loop"] = True
        assert mentions.mention_columns(session) is columns


def test_concurrent_sessions_load_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(database, document("2026-01-01", *BODIES[0]))
    loaded, load = [], mentions._load

    def counted(*arguments: Any) -> Any:
        loaded.append(1)
        return load(*arguments)

    monkeypatch.setattr(mentions, "_load", counted)
    result: list[Any] = []

    def ask() -> None:
        with database.read() as session:
            result.append(mentions.mention_columns(session))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(loaded), len({id(entry) for entry in result}), len(result)) == (1, 1, 6)


def test_an_empty_database(database: Database) -> None:
    with database.read() as session:
        check(session)
        assert mentions.mention_columns(session).mentions([1]).row_sets().row.tolist() == []


def test_an_entity_without_mentions(database: Database) -> None:
    take_in(database, document("2026-01-01", item("甲", entities="Qwen")))
    with database.read() as session:
        (maker,) = entity_values.entity_pks(session, "Alibaba")
        answer = timelines.one(session, maker, TimelineQuery(), None)
        assert [(entry["items"], entry["salience"]) for entry in answer["buckets"]] == [(0, 0.0)]
        assert related.find(session, maker, RelatedQuery(), None).entries == []
        whole = entity_lists.one(session, maker, None)
        assert (whole.counts.mentions, whole.first_seen, whole.mentions, whole.related) == (
            0,
            None,
            {},
            [],
        )


def test_numbers_of_briefings_may_have_gaps(database: Database) -> None:
    take_in(database, document("2026-01-01", item("A", entities="OpenAI")))
    with database.write() as session:
        removed = BriefingColumns(
            briefing_pk=10**12,
            stamp=1,
            date=None,
            channel_pk=None,
            items=b"",
            named=b"",
        )
        session.add(removed)
    with database.read() as session:
        last = 10**12 // mentions.SEGMENT_BRIEFINGS
        assert list(mentions._segment_numbers(session)) == [0, last]
        assert sorted(mentions.mention_columns(session).segments) == [0]
