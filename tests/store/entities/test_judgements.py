"""Judgements are stored, and clusters are the same from any of their nodes."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlmodel import Session, col

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
NAMED_PAIRS = PAIRS.filter(lambda pair: pair[0].startswith("k:"))


@pytest.fixture
def briefing_pk(database: Database) -> int:
    """A briefing that judgements can have for their evidence."""
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


def root(session: Session, node: str) -> str:
    return judgements.region(session, [node]).clusters.root(node)


def test_an_undone_judgement_is_not_in_force(database: Database) -> None:
    with database.write() as session:
        first = judgements.record_act(session, act("k:a", "c:a"), "cli", None, NOW)
        assert root(session, "k:a") == "c:a"
        undoing = act("k:a", "c:a", "unsure", "undo")
        undo = judgements.record_act(session, undoing, "cli", None, NOW, undoes=first)
        assert judgements.undo_of(session, first) == undo
        assert judgements.judgements_on(session, ["k:a"]) == []
        assert root(session, "k:a") == "k:a"
        again = judgements.record_act(session, act("k:a", "c:a"), "cli", None, NOW)
        assert len({first.id, undo.id, again.id}) == 3
        assert judgements.pinned_nodes(session, NODES) == {"k:a", "c:a"}


def test_a_new_version_replaces_links_but_not_acts(database: Database, briefing_pk: int) -> None:
    link = JudgementLink("k:a", "k:bb", "pair", 1.0, "")
    doubt = JudgementLink("k:a", "c:b", "fuzzy", 0.9, "")
    with database.write() as session:
        judgements.record_act(session, act("k:d", "c:a"), "cli", "why", NOW)
        nodes = judgements.record_links(session, briefing_pk, [link], [], NOW)
        assert nodes == {"k:a", "k:bb"}
        assert judgements.withdraw_links(session, briefing_pk) == {"k:a", "k:bb"}
        nodes = judgements.record_links(session, briefing_pk, [], [doubt], NOW)
        assert nodes == {"k:a", "c:b"}
        verdicts = select(col(Judgement.verdict)).order_by(col(Judgement.pk))
        assert session.execute(verdicts).scalars().all() == ["positive", "unsure"]
        assert judgements.pinned_nodes(session, NODES) == {"k:d", "c:a", "c:b"}


def test_clusters_are_the_same_from_any_node(database: Database, briefing_pk: int) -> None:
    scored_links = st.lists(st.tuples(NAMED_PAIRS, st.sampled_from([0.8, 0.9, 1.0])), max_size=6)
    some_pairs = st.lists(PAIRS, max_size=3, unique=True)

    examples = 25 if database.is_sqlite else 8

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(scored_links, some_pairs, some_pairs)
    def check(
        scored: list[tuple[tuple[str, str], float]],
        merged: list[tuple[str, str]],
        split: list[tuple[str, str]],
    ) -> None:
        links = []
        for (left, right), score in dict(scored).items():
            links.append(JudgementLink(left, right, "pair", score, ""))
        expected = cluster(links, merged, split)
        with database.write() as session:
            session.execute(delete(Judgement))
            judgements.record_links(session, briefing_pk, links, [], NOW)
            for left, right in merged:
                judgements.record_act(session, act(left, right), "cli", None, NOW)
            for left, right in split:
                negative = act(left, right, "negative", "split")
                judgements.record_act(session, negative, "cli", None, NOW)
            for node in NODES:
                for whole in (False, True):
                    region = judgements.region(session, [node], whole=whole)
                    assert region.clusters.root(node) == expected.root(node), (node, whole)

    check()
