"""Decisions on names."""

from app.normalize.entities.decisions import NameCandidate, candidate_order, doubtful, new_decision
from app.normalize.entities.name_clusters import MatchReason


def test_a_doubt_has_all_candidates() -> None:
    decision = doubtful("Triton", "new:triton", ["language", "server"])
    assert (decision.outcome, decision.method) == ("uncertain", "ambiguous")
    assert decision.evidence == "several entities have this name"
    assert [candidate.entity for candidate in decision.candidates] == ["language", "server"]
    assert "translation" in doubtful("memory", "new:memory", ["memory-chip"]).evidence


def test_a_decision_has_its_reason() -> None:
    reason = MatchReason("exact", 1.0, "a name of NVIDIA")
    decision = new_decision("NVIDIA", "nvidia", "link", reason)
    assert (decision.method, decision.score, decision.evidence) == (
        "exact",
        1.0,
        "a name of NVIDIA",
    )


def test_the_highest_score_comes_first() -> None:
    low, high = NameCandidate("a", 0.1), NameCandidate("b", 0.9)
    assert sorted([low, high], key=candidate_order) == [high, low]
