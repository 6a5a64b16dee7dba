"""Clusters of the names of one document."""

from app.normalize.entities.name_clusters import MatchReason, NameClusters

FIRST = MatchReason("exact", 1.0, "first")
SECOND = MatchReason("fuzzy", 0.9, "second")


def test_joined_names_share_the_entity_of_one_of_them() -> None:
    clusters = NameClusters("abc")
    clusters.link("b", "slug", FIRST)
    clusters.join(["a", "b"], SECOND)
    assert clusters.root("a") == clusters.root("b")
    assert (clusters.slug("a"), clusters.slug("b"), clusters.slug("c")) == ("slug", "slug", None)


def test_names_of_two_entities_are_not_joined() -> None:
    clusters = NameClusters("ab")
    clusters.link("a", "one", FIRST)
    clusters.link("b", "two", FIRST)
    clusters.join(["a", "b"], SECOND)
    assert (clusters.slug("a"), clusters.slug("b")) == ("one", "two")


def test_the_first_link_reason_and_doubt_stay() -> None:
    clusters = NameClusters("ab")
    clusters.link("a", "one", FIRST)
    clusters.link("a", "two", SECOND)
    clusters.join(["a", "b"], SECOND)
    clusters.doubt(["b"], ["y", "x"])
    clusters.doubt(["b"], ["z"])
    assert clusters.slug("a") == "one"
    assert clusters.reasons == {"a": FIRST, "b": SECOND}
    assert clusters.doubts == {"b": ("x", "y")}
