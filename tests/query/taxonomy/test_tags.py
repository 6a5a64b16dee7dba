"""Tags and keywords with their counts."""

from typing import Any

import pytest

from app.errors import NotFound
from app.query.request.taxonomy_params import TagList
from app.query.taxonomy import tags
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, document, item


def tag_counts(database: Database, **parameters: Any) -> dict[str, tuple[int, int]]:
    with database.read() as session:
        listing = tags.find(session, TagList.model_validate({"limit": 100} | parameters))
    return {out.name: (out.counts.tag, out.counts.keyword) for out in listing.entries}


def test_tags_and_keywords_are_counted_apart(seeded: Database) -> None:
    counts = tag_counts(seeded)
    # On both days, and written the same.
    assert counts["生成式AI"] == (2, 0)
    # A tag and a keyword of one day.
    assert counts["MLOps"] == (1, 1)
    assert counts["robotaxi"] == (0, 1)
    assert len(counts) == 5 + 5 - 1 + 12 + 15 - 1
    assert len(tag_counts(seeded, kind=["keyword"])) == 27
    assert len(tag_counts(seeded, kind=["tag"], **{"from": NEWER})) == 5
    assert next(iter(tag_counts(seeded, sort="-briefings,name"))) == "生成式AI"
    assert list(tag_counts(seeded, sort="name")) == sorted(counts)


@pytest.mark.parametrize("name", ["MLOps", "mlops", "ＭＬＯｐｓ"])
def test_any_spelling_finds_a_tag(seeded: Database, name: str) -> None:
    with seeded.read() as session:
        out = tags.one(session, name)
    assert (out.slug, str(out.first_seen), str(out.last_seen)) == ("mlops", OLDER, OLDER)
    assert out.links == {
        "self": "/v1/tags/mlops",
        "items": "/v1/items?tag=mlops",
        "keyword_items": "/v1/items?keyword=mlops",
    }


def test_an_unknown_tag_suggests_a_similar_name(seeded: Database) -> None:
    with (
        seeded.read() as session,
        pytest.raises(NotFound, match="There is no tag or keyword 'MLOp'; there is MLOps"),
    ):
        tags.one(session, "MLOp")
    with seeded.read() as session, pytest.raises(NotFound):
        tags.one(session, "—")


def test_the_tags_of_drafts_are_hidden(database: Database) -> None:
    take_in(database, document("2026-01-02", item("a"), tags="secret", draft=True))
    assert tag_counts(database) == {}


def test_q_is_part_of_a_tags_name(seeded: Database) -> None:
    for q in ("生成", "生成式ai", "式ＡＩ"):
        assert "生成式AI" in tag_counts(seeded, q=q), q
    assert all("生成" in name for name in tag_counts(seeded, q="生成"))
    assert tag_counts(seeded, q="nothing of the kind") == {}
