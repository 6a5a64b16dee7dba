"""Differences of two briefings, counted again from the rows."""

from typing import Any

from sqlmodel import col, select

from app.query.documents import briefings
from app.query.request.briefing_params import DiffQuery
from app.query.schemas.trends import DiffOut
from app.query.time import diff
from app.store.db import Database
from app.store.tables import Briefing, BriefingTag, Citation, Entity, Mention, Source
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, document, item


def between(database: Database, first: str, second: str, **parameters: Any) -> DiffOut:
    query = DiffQuery.model_validate({"from": first, "to": second} | parameters)
    with database.read() as session:
        return diff.between(
            session, briefings.get(session, first), briefings.get(session, second), query, None
        )


def test_the_seeds(seeded: Database) -> None:
    changes = between(seeded, OLDER, NEWER)
    with seeded.read() as session:

        def of(day: str, column: Any, *conditions: Any) -> set[Any]:
            joined = (
                select(column).join(Briefing, col(Briefing.id) == day).where(*conditions).distinct()
            )
            return set(session.exec(joined))

        here = col(Mention.briefing_pk) == col(Briefing.pk)
        named = (here, col(Mention.entity_pk) == col(Entity.pk), col(Mention.item_pk).is_not(None))
        before, after = of(OLDER, col(Entity.id), *named), of(NEWER, col(Entity.id), *named)
        cited = (
            col(Citation.briefing_pk) == col(Briefing.pk),
            col(Citation.source_pk) == col(Source.pk),
            col(Citation.status) != "placeholder",
        )
        old, new = of(OLDER, col(Source.id), *cited), of(NEWER, col(Source.id), *cited)
        tagged = (col(BriefingTag.briefing_pk) == col(Briefing.pk),)
        lost = of(OLDER, col(BriefingTag.tag_pk), *tagged) - of(
            NEWER, col(BriefingTag.tag_pk), *tagged
        )
    entities = changes.entities
    assert {entry.id for entry in entities.entered} == after - before
    assert {entry.id for entry in entities.left} == before - after
    assert {entry.id for entry in (*entities.rose, *entities.fell)} <= before & after
    assert len(entities.rose) + len(entities.fell) + entities.stayed == len(before & after)
    assert all(entry.after / 57 > entry.before / 22 for entry in entities.rose)
    assert all(entry.after / 57 < entry.before / 22 for entry in entities.fell)
    assert {entry.id for entry in changes.sources.entered} == new - old
    assert {entry.id for entry in changes.sources.left} == old - new
    assert "MLOps" in {tag.name for tag in changes.tags.left}
    assert len({tag.slug for tag in changes.tags.left}) >= len(lost)
    assert changes.tags.stayed == 1
    assert (changes.from_.items, changes.to.items) == (22, 57)


def test_the_reverse_swaps_entered_and_left(seeded: Database) -> None:
    there, back = between(seeded, OLDER, NEWER), between(seeded, NEWER, OLDER)
    assert {entry.id for entry in there.entities.entered} == {
        entry.id for entry in back.entities.left
    }
    assert {entry.id for entry in there.entities.rose} == {entry.id for entry in back.entities.fell}
    assert there.entities.stayed == back.entities.stayed
    same = between(seeded, NEWER, NEWER)
    assert (same.entities.entered, same.entities.rose, same.tags.left, same.sources.entered) == (
        [],
        [],
        [],
        [],
    )


def test_sources_that_are_cited_more(database: Database) -> None:
    take_in(
        database,
        document("2026-01-01", item("a", sources="[x](https://a.com/x) | [y](https://a.com/y)")),
        "2026-01-01.md",
    )
    take_in(
        database,
        document(
            "2026-01-02",
            item("b", sources="[X](https://a.com/x)"),
            item("c", entities="Qwen", sources="[x](https://a.com/x) | [z](1)"),
        ),
        "2026-01-02.md",
    )
    changes = between(database, "2026-01-01", "2026-01-02", entity_type=["model"])
    assert [(entry.label, entry.before, entry.after) for entry in changes.sources.rose] == [
        ("X", 1, 2)
    ]
    assert [entry.url for entry in changes.sources.left] == ["https://a.com/y"]
    assert changes.sources.entered == []
    assert [entry.name for entry in changes.entities.entered] == ["Qwen"]
