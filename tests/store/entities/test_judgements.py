"""Judgements as they are kept, and clusters found from any of their nodes."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import col, select

from app.normalize.entities.clusters import JudgementLink, cluster
from app.store.db import Database
from app.store.entities import judgements
from app.store.entities.judgements import Act
from app.store.tables import Briefing, Channel, Judgement

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NODES = ["c:a", "c:b", "c:c", "k:a", "k:bb", "k:ccc", "k:d"]
PAIRS = st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(
    lambda pair: pair[0] != pair[1]
)
NAMED = PAIRS.filter(lambda pair: pair[0].startswith("k:"))


@pytest.fixture
def briefing(database: Database) -> int:
    with database.write() as session:
        channel = Channel(id="daily")
        session.add(channel)
        session.flush()
        row = Briefing(
            id="2026-01-01",
            channel_pk=channel.pk or 0,
            date=NOW.date(),
            dialect="daily",
            title="",
            created_at=NOW,
            updated_at=NOW,
        )
        session.add(row)
        session.flush()
        assert row.pk
        return row.pk


def act(left: str, right: str, verdict: str = "positive", kind: str = "merge") -> Act:
    return Act(kind, verdict, left, right, {"text": ""})


def test_what_was_undone_stands_no_more(database: Database) -> None:
    with database.write() as session:
        first = judgements.judge(session, act("k:a", "c:a"), "cli", None, NOW)
        assert judgements.region(session, ["k:a"]).clusters.root("k:a") == "c:a"
        undo = judgements.judge(
            session, act("k:a", "c:a", "unsure", "undo"), "cli", None, NOW, undoes=first
        )
        assert judgements.undoing(session, first) == undo
        assert judgements.standing_of(session, ["k:a"]) == []
        assert judgements.region(session, ["k:a"]).clusters.root("k:a") == "k:a"
        again = judgements.judge(session, act("k:a", "c:a"), "cli", None, NOW)
        assert len({first.id, undo.id, again.id}) == 3
        assert judgements.pinned(session, NODES) == {"k:a", "c:a"}


def test_a_document_says_anew_and_a_curator_stands(database: Database, briefing: int) -> None:
    with database.write() as session:
        judgements.judge(session, act("k:d", "c:a"), "cli", "why", NOW)
        assert judgements.record(
            session, briefing, [JudgementLink("k:a", "k:bb", "pair", 1.0, "")], [], NOW
        ) == {"k:a", "k:bb"}
        assert judgements.record(
            session, briefing, [], [JudgementLink("k:a", "c:b", "fuzzy", 0.9, "")], NOW
        ) == {"k:a", "k:bb", "c:b"}
        assert [
            row.verdict for row in session.exec(select(Judgement).order_by(col(Judgement.pk)))
        ] == ["positive", "unsure"]
        assert judgements.pinned(session, NODES) == {"k:d", "c:a", "c:b"}


def test_from_any_node_the_clusters_are_those_of_all_judgements(
    database: Database, briefing: int
) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.tuples(NAMED, st.sampled_from([0.8, 0.9, 1.0])), max_size=6),
        st.lists(PAIRS, max_size=3, unique=True),
        st.lists(PAIRS, max_size=3, unique=True),
    )
    def check(links, joined, parted) -> None:  # type: ignore[no-untyped-def]
        said = [
            JudgementLink(left, right, "pair", score, "")
            for (left, right), score in {pair: (pair, score) for pair, score in links}.values()
        ]
        with database.write() as session:
            session.execute(delete(Judgement))
            judgements.record(session, briefing, said, [], NOW)
            for left, right in joined:
                judgements.judge(session, act(left, right), "cli", None, NOW)
            for left, right in parted:
                judgements.judge(session, act(left, right, "negative", "split"), "cli", None, NOW)
            everything = cluster(said, joined, parted)
            for node in NODES:
                for whole in (False, True):
                    assert judgements.region(session, [node], whole=whole).clusters.root(
                        node
                    ) == everything.root(node), (node, whole)

    check()
