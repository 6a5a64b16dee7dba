"""Names by language, refs by pk, paths."""

import pytest
from sqlmodel import col, select

from app.query.snapshot.refs import entity_refs, path, publisher_refs, shown_name
from app.store.db import Database
from app.store.tables import Entity, Publisher


@pytest.mark.parametrize(
    ("names", "lang", "expected"),
    [
        ({"en": "Ascend", "zh-Hant": "昇騰", "zh-Hans": "昇腾"}, "en", "Ascend"),
        ({"en": "Ascend", "zh-Hant": "昇騰", "zh-Hans": "昇腾"}, "zh-Hans", "昇腾"),
        ({"en": "Ascend", "zh-Hans": "昇腾"}, "zh-Hant", "昇腾"),
        ({"zh-Hant": "昇騰"}, "zh-Hans", "昇騰"),
        ({"zh-Hant": "昇騰"}, "en", "usual"),
        ({"en": "Ascend"}, "zh-Hant", "usual"),
        ({"en": "Ascend"}, None, "usual"),
        ({}, "fr", "usual"),
    ],
)
def test_shown_name(names: dict[str, str], lang: str | None, expected: str) -> None:
    assert shown_name("usual", names, lang) == expected


def test_path() -> None:
    assert path("briefings", "weekly:2026-01-01") == "/v1/briefings/weekly:2026-01-01"
    assert path("tags", "醫療 a/b?c#d") == "/v1/tags/%E9%86%AB%E7%99%82%20a%2Fb%3Fc%23d"


def test_refs(seeded: Database) -> None:
    with seeded.read() as session:
        pks = [pk for pk in session.exec(select(col(Entity.pk))) if pk]
        refs = entity_refs(session, [*pks, *pks], None)
        assert sorted(refs) == sorted(pks)
        assert {ref.slug for ref in refs.values()} >= {"sglang", "qwen"}
        assert entity_refs(session, [], None) == {}
        # More than a statement takes parameters.
        assert len(entity_refs(session, [*pks, *range(10**6, 10**6 + 40_000)], None)) == len(pks)
        publishers = [pk for pk in session.exec(select(col(Publisher.pk))) if pk]
        assert {ref.id for ref in publisher_refs(session, publishers).values()} >= {
            "arxiv.org",
            "techcrunch.com",
        }
        assert publisher_refs(session, []) == {}
