"""Clusters of names: links of documents, judgements of curators."""

import itertools
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.normalize.entities.clusters import JudgementLink, Pair, cluster

NODES = ["c:a", "c:b", "c:c", "k:a", "k:bb", "k:ccc", "k:d", "k:e"]
PAIRS = st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(
    lambda pair: pair[0] != pair[1]
)


def auto(left: str, right: str, score: float = 0.9) -> JudgementLink:
    return JudgementLink(left, right, "pair", score, "")


LINKS = st.lists(
    st.builds(
        auto, st.sampled_from(NODES), st.sampled_from(NODES), st.sampled_from([0.8, 0.9, 1.0])
    ),
    max_size=8,
)


def test_the_root_is_the_catalogued_node_else_the_longest() -> None:
    assert cluster([auto("k:a", "c:a")]).root("k:a") == "c:a"
    assert cluster([auto("k:a", "k:ccc"), auto("k:bb", "k:a")]).root("k:bb") == "k:ccc"


def test_a_curator_joins_two_catalogued_entities_and_a_link_does_not() -> None:
    links = [auto("k:a", "c:a"), auto("k:a", "c:b", 0.8)]
    assert cluster(links).root("c:b") == "c:b"
    assert cluster(links, [("c:a", "c:b")]).root("k:a") == "c:b"


def test_a_merged_node_gets_the_root_the_curator_chose() -> None:
    assert cluster([], [("k:ccc", "k:a")]).root("k:ccc") == "k:a"
    assert cluster([], [("c:a", "k:a")]).root("c:a") == "k:a"
    assert cluster([], [("k:a", "k:bb"), ("k:bb", "k:d")]).root("k:a") == "k:d"


def test_no_link_joins_a_split_off_node_and_its_neighbours_stay() -> None:
    links = [auto("k:d", "k:ccc", 0.8), auto("k:d", "k:e", 1.0), auto("k:e", "k:ccc", 0.9)]
    clusters = cluster(links, cannot_link=[("k:e", "k:ccc")])
    assert (clusters.root("k:e"), clusters.root("k:d")) == ("k:e", "k:ccc")


def test_a_split_off_spelling_is_its_own_root_only_for_that_entity() -> None:
    clusters = cluster([], cannot_link=[("k:a", "c:a")])
    assert clusters.mention_root("a", "c:a") == "k:a"
    assert clusters.mention_root("a", "c:b") == "c:b"
    assert clusters.mention_root("bb", "c:a") == "c:a"
    merged = cluster([], [("c:b", "c:a")], [("k:a", "c:a")])
    assert merged.mention_root("a", "c:b") == "k:a"


@given(
    LINKS,
    st.lists(PAIRS, max_size=4),
    st.lists(PAIRS, max_size=4),
    st.randoms(use_true_random=False),
)
def test_order_does_not_matter_and_a_root_is_its_own_root(
    links: list[JudgementLink], must_link: list[Pair], cannot_link: list[Pair], random: Random
) -> None:
    clusters = cluster(links, must_link, cannot_link)
    shuffled_links, shuffled_must, shuffled_cannot = links[:], must_link[:], cannot_link[:]
    for judgements in (shuffled_links, shuffled_must, shuffled_cannot):
        random.shuffle(judgements)
    shuffled = cluster(shuffled_links, shuffled_must, shuffled_cannot)
    assert (clusters.roots, clusters.cannot_link) == (shuffled.roots, shuffled.cannot_link)
    assert all(clusters.root(root) == root for root in clusters.roots.values())


@given(LINKS, st.lists(PAIRS, max_size=3), st.lists(PAIRS, max_size=3))
def test_judgements_of_curators_outweigh_links(
    links: list[JudgementLink], must_link: list[Pair], cannot_link: list[Pair]
) -> None:
    merged = cluster([], must_link)
    clusters = cluster(links, must_link, cannot_link)

    def are_joined(left: str, right: str) -> bool:
        return clusters.root(left) == clusters.root(right)

    def are_merged(left: str, right: str) -> bool:
        return merged.root(left) == merged.root(right)

    for left, right in must_link:
        assert are_joined(left, right)
    for left, right in cannot_link:
        assert not are_joined(left, right) or are_merged(left, right)
    for left, right in itertools.combinations(("c:a", "c:b", "c:c"), 2):
        assert not are_joined(left, right) or are_merged(left, right)
