from hypothesis import given
from hypothesis import strategies as st

from app.normalize.entities.clusters import JudgementLink, cluster

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


def test_a_cluster_goes_by_its_catalogued_node_else_by_the_longest() -> None:
    assert cluster([auto("k:a", "c:a")]).root("k:a") == "c:a"
    assert cluster([auto("k:a", "k:ccc"), auto("k:bb", "k:a")]).root("k:bb") == "k:ccc"


def test_no_link_makes_two_catalogued_entities_one_but_a_curator_does() -> None:
    links = [auto("k:a", "c:a"), auto("k:a", "c:b", 0.8)]
    assert cluster(links).root("c:b") == "c:b"
    assert cluster(links, [("c:a", "c:b")]).root("k:a") == "c:b"


def test_what_became_another_goes_by_it_however_long_or_catalogued() -> None:
    assert cluster([], [("k:ccc", "k:a")]).root("k:ccc") == "k:a"
    assert cluster([], [("c:a", "k:a")]).root("c:a") == "k:a"
    assert cluster([], [("k:a", "k:bb"), ("k:bb", "k:d")]).root("k:a") == "k:d"


def test_what_was_parted_is_joined_by_no_link_and_leaves_alone() -> None:
    links = [auto("k:d", "k:ccc", 0.8), auto("k:d", "k:e", 1.0), auto("k:e", "k:ccc", 0.9)]
    found = cluster(links, parted=[("k:e", "k:ccc")])
    assert (found.root("k:e"), found.root("k:d")) == ("k:e", "k:ccc")


def test_a_spelling_that_is_not_an_entity_goes_by_itself_only_there() -> None:
    found = cluster([], parted=[("k:a", "c:a")])
    assert found.named("a", "c:a") == "k:a"
    assert found.named("a", "c:b") == "c:b"
    assert found.named("bb", "c:a") == "c:a"
    assert cluster([], [("c:b", "c:a")], [("k:a", "c:a")]).named("a", "c:b") == "k:a"


@given(
    LINKS,
    st.lists(PAIRS, max_size=4),
    st.lists(PAIRS, max_size=4),
    st.randoms(use_true_random=False),
)
def test_the_order_does_not_matter_and_roots_are_their_own(
    links: list[JudgementLink], joined, parted, random
) -> None:  # type: ignore[no-untyped-def]
    found = cluster(links, joined, parted)
    mixed = [links[:], joined[:], parted[:]]
    for part in mixed:
        random.shuffle(part)
    again = cluster(*mixed)
    assert (found.roots, found.parted) == (again.roots, again.parted)
    assert all(found.root(root) == root for root in found.roots.values())


@given(LINKS, st.lists(PAIRS, max_size=3), st.lists(PAIRS, max_size=3))
def test_curators_have_the_first_word(links: list[JudgementLink], joined, parted) -> None:  # type: ignore[no-untyped-def]
    said, found = cluster([], joined), cluster(links, joined, parted)
    for left, right in joined:
        assert found.root(left) == found.root(right)
    for left, right in parted:
        assert found.root(left) != found.root(right) or said.root(left) == said.root(right)
    for one in ("c:a", "c:b", "c:c"):
        for other in ("c:a", "c:b", "c:c"):
            assert found.root(one) != found.root(other) or said.root(one) == said.root(other)
