"""What is counted over columns is what the rows say, whatever happened to them, and whoever wrote."""

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
from app.curate.acts import Curation
from app.errors import AppError
from app.query import entities, related, timelines, trends
from app.query.columns import mentions as facts
from app.query.columns import salience
from app.query.filters import conditions as filters
from app.query.filters import families
from app.query.request.entity_params import EntityList, RelatedQuery, TimelineQuery, TrendsQuery
from app.query.schemas.timelines import TimelineOut
from app.query.snapshot import dataset
from app.store.db import Database, WouldBlock
from app.store.derived import columns as kept
from app.store.tables import Briefing, Channel, Entity, Item, Mention
from tests.conftest import take_in
from tests.documents import document, item
from tests.query.request.test_intervals import start_of
from tests.query.test_related import by_hand

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
        st.tuples(st.integers(0, len(BODIES) - 1), st.sampled_from(["daily", "weekly"]), st.sampled_from(["", "OpenAI, Qwen"]), st.booleans(), st.booleans()),
    ),
    st.tuples(st.sampled_from(["merge", "split", "alias"]), NAME, NAME),
    st.tuples(st.just("undo"), st.integers(0, 5), st.none()),
)  # fmt: skip


def act(database: Database, done: list[str], what: str, one: Any, other: Any) -> None:
    try:
        if what == "ingest":
            body, channel, tags, ending, draft = other
            section = "今日焦點" if body % 2 else "產業趨勢與觀點"
            text = document(
                one,
                *BODIES[body],
                tags=tags,
                end=END if ending else "",
                draft=draft,
                section=section,
            )
            take_in(database, text, channel=channel)
        elif what == "undo":
            curate.undo(database, "daily", done[one % len(done)] if done else "j_none", SAID)
        elif what == "alias":
            done += curate.alias(database, "daily", one, other, None, "spelling", SAID).judgements
        elif what == "split":
            done += curate.split(database, "daily", one, [other], SAID).judgements
        else:
            done += curate.merge(database, "daily", one, other, SAID).judgements
    except AppError:
        pass


class Rows:
    """All that is stored, and the same questions answered from it in plain Python."""

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

        mentions = [row for row in self.mentions if row.entity_pk in pks and here(row)]
        published: Counter[str] = Counter(
            str(start_of(row.date, interval)) for row in self.items.values() if here(row)
        )
        kinds: defaultdict[Any, set[str]] = defaultdict(set)
        for row in mentions:
            kinds[row.item_pk or -row.briefing_pk].add(row.kind)
        said: Counter[str] = Counter(str(start_of(row.date, interval)) for row in mentions)
        weight: defaultdict[str, float] = defaultdict(float)
        held: defaultdict[str, list[Item]] = defaultdict(list)
        days = {row.pk: row.date for row in self.briefings}
        for place, named in kinds.items():
            if place < 0:
                weight[str(start_of(days[-place], interval))] += sum(
                    salience.KINDS[kind] for kind in named
                )
                continue
            row = self.items[place]
            headline = (
                1 + salience.HEADLINE / row.position if row.section_kind == "headlines" else 1.0
            )
            strongest = max(salience.KINDS[kind] for kind in named)
            start = str(start_of(row.date, interval))
            weight[start] += (
                strongest
                * salience.SECTIONS[row.section_kind]
                * salience.LEVELS[row.importance_level or "none"]
                * headline
            )
            held[start].append(row)
        return {
            "totals": {"items": sum(map(len, held.values())), "mentions": said.total(), "briefings": len({row.briefing_pk for row in mentions})},
            "briefings": Counter(str(start_of(row.date, interval)) for row in self.briefings if here(row)),
            "points": {
                start: (
                    len(held[start]),
                    count,
                    pytest.approx(weight[start], abs=1e-4),
                    round(len(held[start]) / published[start], 6) if published[start] else None,
                    [row.id for row in sorted(held[start], key=lambda row: (-row.importance_rank, row.date, row.ordinal, row.pk))[:3]],
                )
                for start, count in said.items()
            },
        }  # fmt: skip

    def together(
        self, pks: set[int], section: str | None
    ) -> tuple[int, int, list[tuple[Any, ...]]]:
        items = {
            pk for pk, row in self.items.items() if section is None or row.section_kind == section
        }
        named: defaultdict[int, set[int]] = defaultdict(set)
        for row in self.mentions:
            if row.item_pk in items:
                named[row.entity_pk or 0].add(row.item_pk or 0)
        own = set().union(*(named[pk] for pk in pks))
        found = [
            (
                self.entities[pk].id,
                len(held & own),
                len(held),
                by_hand(len(held & own), len(own), len(held), len(items)),
            )
            for pk, held in named.items()
            if pk not in pks and held & own
        ]
        return len(items), len(own), sorted(found, key=lambda one: (-one[3], -one[1], one[0]))


def check(session: Session) -> None:
    """Everything that is counted over columns, asked of a session, against the rows it reads."""
    rows = Rows(session)
    assert kept.mismatches(session) == 0
    held = facts.mention_columns(session)
    assert held.version == dataset.version(session).text
    named = sorted({row.entity_pk or 0 for row in rows.mentions})
    assert held.entities.tolist() == named
    by_entity = [[row for row in rows.mentions if row.entity_pk == pk] for pk in named]
    counts = held.totals
    assert counts.mentions.tolist() == [len(own) for own in by_entity]
    assert counts.items.tolist() == [
        len({row.item_pk for row in own} - {None}) for own in by_entity
    ]
    assert counts.briefings.tolist() == [len({row.briefing_pk for row in own}) for own in by_entity]
    for asked, found in ((min, counts.first), (max, counts.last)):
        assert found.tolist() == [asked(row.date for row in own).toordinal() for own in by_entity]
    for pk in named:
        for interval, family, channel in (
            ("day", False, None),
            ("week", True, "weekly"),
            ("month", True, None),
        ):
            pks = families.with_members(session, [pk]) if family else {pk}
            wanted = rows.timeline(pks, interval, channel)
            query = {"interval": interval, "family": family} | (
                {"channel": [channel]} if channel else {}
            )
            shown = TimelineOut.model_validate_json(
                orjson.dumps(timelines.one(session, pk, TimelineQuery.model_validate(query), None))
            )
            assert shown.totals.model_dump() == wanted["totals"]
            assert {
                str(one.start): one.briefings for one in shown.buckets if one.briefings
            } == wanted["briefings"]
            assert {
                str(one.start): (
                    one.items,
                    one.mentions,
                    one.salience,
                    one.share,
                    [top.id for top in one.top_items],
                )
                for one in shown.buckets
                if one.mentions
            } == wanted["points"]
        for section in (None, "trends"):
            query = RelatedQuery.model_validate(
                {"limit": 100} | ({"section": [section]} if section else {})
            )
            page = related.find(session, pk, query, None)
            assert (
                page.extra["items"],
                page.extra["own"],
                [(one.id, one.count, one.items, one.g2) for one in page.entries],
            ) == rows.together({pk}, section)
    listed(session, rows)
    for family in (False, True):
        for one in trends.find(
            session, TrendsQuery(support=1, window=30, baseline=60, family=family), None
        ).entries:
            pks = {
                pk
                for pk, row in rows.entities.items()
                if row.id in {one.id, *(member.id for member in one.members)}
            }
            own = [row for row in rows.mentions if row.entity_pk in pks]
            assert one.first_seen == min(row.date for row in own)
            wanted = rows.timeline(pks, "year", None)
            assert one.items + one.baseline <= wanted["totals"]["items"]


def listed(session: Session, rows: Rows) -> None:
    """Lists of entities under filters, and counts of items, against the rows."""
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
        wanted: defaultdict[int, list[Mention]] = defaultdict(list)
        for row in rows.mentions:
            if holds(row):
                wanted[row.entity_pk or 0].append(row)
        counts = {
            rows.entities[pk].slug: (
                len({row.item_pk for row in own} - {None}),
                len(own),
                len({row.briefing_pk for row in own}),
            )
            for pk, own in wanted.items()
        }
        for sort, key in (
            ("-mentions,name", lambda one: (-one[1][1], names[one[0]])),
            ("-items", lambda one: -one[1][0]),
        ):
            found = entities.find(
                session, EntityList.model_validate({"limit": 100, "sort": sort} | under), None
            )
            told = [
                (one.slug, (one.counts.items, one.counts.mentions, one.counts.briefings))
                for one in found.entries
            ]
            assert told == sorted(sorted(counts.items()), key=key)
            assert found.rows.total == len(counts)


@pytest.fixture
def beside(database: Database) -> Iterator[Database]:
    """The same base as another process has it."""
    with closing(
        Database(database.url.render_as_string(hide_password=False), read_timeout=30)
    ) as opened:
        yield opened


@pytest.mark.parametrize("examples", [8])
def test_any_sequence_is_counted_as_it_stands(
    database: Database, beside: Database, examples: int
) -> None:
    done: list[str] = []

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ACTS, min_size=1, max_size=4))
    def run(acts: list[Any]) -> None:
        # Each sequence goes on where the last one ended.
        for one in acts:
            act(database, done, *one)
            with beside.read() as session:
                assert facts.mention_columns(session).version == dataset.version(session).text
        for opened in (beside, database):
            with opened.read() as session:
                check(session)

    run()
    with beside.read() as session:
        assert len(session.exec(select(Briefing.pk)).all()) > 1


def test_segments_end_where_they_should(
    database: Database, beside: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "SEGMENT_BRIEFINGS", 2)
    for day in range(1, 6):
        take_in(database, document(f"2026-01-0{day}", *BODIES[day % 3], tags="OpenAI"))
        with beside.read() as session:
            check(session)
    with beside.read() as session:
        before = facts.mention_columns(session).segments
    take_in(database, document("2026-01-03", *BODIES[3]))
    with beside.read() as session:
        check(session)
        after = facts.mention_columns(session).segments
    assert [one for one in after if after[one] is not before[one]] == [1]
    for day in (2, 3):
        take_in(database, document(f"2026-01-0{day}", *BODIES[3], draft=True))
    with beside.read() as session:
        check(session)
        assert sorted(facts.mention_columns(session).segments) == [0, 2]


def test_more_places_than_a_byte_counts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "SEGMENT_BRIEFINGS", 1)
    take_in(database, document("2026-01-01", *(f"### Zorbex {n}\n\n摘要。\n" for n in range(300))))
    take_in(database, document("2026-01-02", item("甲", entities="Zorbex, " * 300)))
    with database.read() as session:
        held = facts.mention_columns(session)
        assert held.starts.tolist() == [0, 301, 303]
        check(session)


def test_whoever_began_before_goes_on(database: Database) -> None:
    if database.in_memory:
        return
    take_in(database, document("2026-01-01", *BODIES[0]))
    with database.read() as old, database.read() as older:
        assert dataset.version(older).text == facts.mention_columns(old).version
        for day in (2, 3, 4):
            take_in(database, document(f"2026-01-0{day}", *BODIES[1]))
            with database.read() as session:
                check(session)
        check(old)
        check(older)
    assert len(database.memo["mention columns"]) == 2


def test_the_event_loop_waits_for_nothing(database: Database) -> None:
    take_in(database, document("2026-01-01", *BODIES[0]))
    with database.read() as session:
        session.info["loop"] = True
        with pytest.raises(WouldBlock):
            facts.mention_columns(session)
        session.info["quick"] = False
        held = facts.mention_columns(session)
        session.info["quick"] = True
        assert facts.mention_columns(session) is held


def test_many_who_ask_at_once_load_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(database, document("2026-01-01", *BODIES[0]))
    loaded, load = [], facts._load

    def counted(*given: Any) -> Any:
        loaded.append(1)
        return load(*given)

    monkeypatch.setattr(facts, "_load", counted)
    found: list[Any] = []

    def ask() -> None:
        with database.read() as session:
            found.append(facts.mention_columns(session))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(loaded), len({id(one) for one in found}), len(found)) == (1, 1, 6)


def test_an_empty_base(database: Database) -> None:
    with database.read() as session:
        check(session)
        assert facts.mention_columns(session).mentions([1]).row_sets().row.tolist() == []


def test_whoever_is_only_a_maker(database: Database) -> None:
    take_in(database, document("2026-01-01", item("甲", entities="Qwen")))
    with database.read() as session:
        (maker,) = filters.entity_pks(session, "Alibaba")
        shown = timelines.one(session, maker, TimelineQuery(), None)
        assert [(one["items"], one["salience"]) for one in shown["buckets"]] == [(0, 0.0)]
        assert related.find(session, maker, RelatedQuery(), None).entries == []
        whole = entities.one(session, maker, None)
        assert (whole.counts.mentions, whole.first_seen, whole.mentions, whole.related) == (
            0,
            None,
            {},
            [],
        )
