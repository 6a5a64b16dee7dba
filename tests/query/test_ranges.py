"""Ranges, `has` and unknown ids, against the whole lists filtered in Python."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from app.query.documents import briefings
from app.query.entities import lists as entity_lists
from app.query.request.briefing_params import BriefingList
from app.query.request.entity_params import EntityList
from app.query.request.taxonomy_params import PublisherList, SourceList, TagList
from app.query.taxonomy import sources, tags
from app.store.db import Database
from app.store.tables import Entity
from tests.documents import NEWER, OLDER
from tests.query.test_oracle import everything

LISTS: dict[str, Any] = {
    "entities": lambda s, q: entity_lists.find(s, EntityList.model_validate(q), None),
    "tags": lambda s, q: tags.find(s, TagList.model_validate(q)),
    "sources": lambda s, q: sources.find(s, SourceList.model_validate(q)),
    "publishers": lambda s, q: sources.find_publishers(s, PublisherList.model_validate(q)),
    "briefings": lambda s, q: briefings.find(s, BriefingList.model_validate(q)),
}


def listed(database: Database, of: str, **parameters: Any) -> list[Any]:
    with database.read() as session:
        return everything(
            lambda p: LISTS[of](session, parameters | p),
            {"entities": "entities", "briefings": "briefings"}.get(of, "things"),
        )


@pytest.mark.parametrize(
    ("of", "parameters", "holds"),
    [
        ("entities", {"mentions": ["3.."]}, lambda e: e.counts.mentions >= 3),
        ("entities", {"mentions": ["1|4..6"]}, lambda e: e.counts.mentions in (1, 4, 5, 6)),
        ("entities", {"mentions": ["!1", "..5"]}, lambda e: 1 < e.counts.mentions <= 5),
        ("entities", {"items": ["0"]}, lambda e: e.counts.items == 0),
        (
            "entities",
            {"items": ["2..3"], "entity_type": ["org|model"]},
            lambda e: 2 <= e.counts.items <= 3 and e.type in ("org", "model"),
        ),
        (
            "entities",
            {"first_seen": [f"{NEWER}.."]},
            lambda e: e.first_seen >= date.fromisoformat(NEWER),
        ),
        ("entities", {"last_seen": [f"..{OLDER}"]}, lambda e: str(e.last_seen) <= OLDER),
        (
            "entities",
            {"first_seen": [OLDER], "last_seen": [f"!{OLDER}"]},
            lambda e: str(e.first_seen) == OLDER != str(e.last_seen),
        ),
        ("sources", {"citations": ["2.."]}, lambda s: s.citations >= 2),
        (
            "sources",
            {"status": ["arxiv|placeholder"]},
            lambda s: s.status in ("arxiv", "placeholder"),
        ),
        ("sources", {"has": ["arxiv_id"]}, lambda s: s.arxiv_id),
        ("sources", {"has": ["!url|arxiv_id"]}, lambda s: not s.url and not s.arxiv_id),
        ("sources", {"has": ["!publisher"]}, lambda s: not s.publisher),
        (
            "sources",
            {"publisher": ["!arxiv.org"]},
            lambda s: not s.publisher or s.publisher.id != "arxiv.org",
        ),
        ("publishers", {"citations": ["2..20"]}, lambda p: 2 <= p.citations <= 20),
        (
            "publishers",
            {"publisher": ["arxiv.org|techcrunch.com"]},
            lambda p: p.id in ("arxiv.org", "techcrunch.com"),
        ),
        (
            "tags",
            {"briefings": ["2"]},
            lambda t: str(t.first_seen) == OLDER and str(t.last_seen) == NEWER,
        ),
        ("tags", {"kind": ["keyword"]}, lambda t: t.counts.keyword),
        ("briefings", {"items": ["57"]}, lambda b: b.counts.items == 57),
        ("briefings", {"items": ["..30|100.."]}, lambda b: b.counts.items <= 30),
        ("briefings", {"items": ["!57"]}, lambda b: b.counts.items != 57),
    ],
    ids=lambda value: "" if callable(value) else str(value),
)
def test_filters(seeded: Database, of: str, parameters: dict[str, Any], holds: Any) -> None:
    whole, listing = listed(seeded, of), listed(seeded, of, **parameters)
    key = "slug" if of == "tags" else "id"
    expected = {getattr(entry, key) for entry in whole if holds(entry)}
    if "kind" not in parameters:
        assert 0 < len(expected) < len(whole)
    assert {getattr(entry, key) for entry in listing} == expected


@pytest.mark.parametrize("what", ["family", "maker", "external_ids"])
def test_entities_by_what_they_have(seeded: Database, what: str) -> None:
    with seeded.read() as session:
        rows = session.exec(
            select(
                col(Entity.id),
                col(Entity.family_pk),
                col(Entity.maker_pk),
                col(Entity.external_ids),
            )
        ).all()
    labels = {
        row[0]: dict(zip(("family", "maker", "external_ids"), row[1:], strict=True)) for row in rows
    }
    having, lacking = (
        listed(seeded, "entities", has=[what]),
        listed(seeded, "entities", has=[f"!{what}"]),
    )
    assert having
    assert all(labels[entry.id][what] for entry in having)
    assert not any(labels[entry.id][what] for entry in lacking)
    assert len(having) + len(lacking) == len(listed(seeded, "entities"))


@pytest.mark.parametrize("of", LISTS)
@pytest.mark.parametrize("name", ["entity", "tag", "keyword", "source", "publisher", "channel"])
def test_an_unknown_id_is_a_warning_on_every_list(seeded: Database, of: str, name: str) -> None:
    with seeded.read() as session:
        listing = LISTS[of](session, {name: ["Nobody"]})
        assert listing.warnings == [f"There is no {name} 'Nobody'; nothing matches it."]
        assert listing.rows.total == 0
        without = LISTS[of](session, {name: ["!Nobody"]})
    assert without.warnings == [f"There is no {name} 'Nobody'; nothing is left out for it."]
    assert without.rows.total > 0


def test_counts_are_those_under_the_filters(seeded: Database) -> None:
    """Counts are of the items that name SGLang."""
    listing = listed(seeded, "entities", entity=["SGLang"])
    assert {entry.counts.items for entry in listing} == {1}
    assert "Ascend" in {entry.name for entry in listing}
    assert listed(seeded, "entities", entity=["SGLang", "CUDA"]) == []
