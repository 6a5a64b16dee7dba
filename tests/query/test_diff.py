"""What two briefings differ in."""

from typing import Any

from sqlmodel import col, select

from app.query import briefings, diff
from app.query.request.briefing_params import DiffQuery
from app.query.schemas.trends import DiffOut
from app.store.db import Database
from app.store.tables import Briefing, BriefingTag, Citation, Entity, Mention, Source
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, document, item


def between(database: Database, one: str, other: str, **given: Any) -> DiffOut:
    query = DiffQuery.model_validate({"from": one, "to": other} | given)
    with database.read() as session:
        return diff.between(
            session, briefings.get(session, one), briefings.get(session, other), query, None
        )


def test_the_seeds(seeded: Database) -> None:
    shown = between(seeded, OLDER, NEWER)
    with seeded.read() as session:

        def of(day: str, column: Any, *conditions: Any) -> set[Any]:
            joined = (
                select(column).join(Briefing, col(Briefing.id) == day).where(*conditions).distinct()
            )
            return set(session.exec(joined))

        here = col(Mention.briefing_pk) == col(Briefing.pk)
        own = (here, col(Mention.entity_pk) == col(Entity.pk), col(Mention.item_pk).is_not(None))
        before, after = of(OLDER, col(Entity.id), *own), of(NEWER, col(Entity.id), *own)
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
    entities = shown.entities
    assert {one.id for one in entities.entered} == after - before
    assert {one.id for one in entities.left} == before - after
    assert {one.id for one in (*entities.rose, *entities.fell)} <= before & after
    assert len(entities.rose) + len(entities.fell) + entities.stayed == len(before & after)
    assert all(one.after / 57 > one.before / 22 for one in entities.rose)
    assert all(one.after / 57 < one.before / 22 for one in entities.fell)
    assert {one.id for one in shown.sources.entered} == new - old
    assert {one.id for one in shown.sources.left} == old - new
    assert "MLOps" in {tag.name for tag in shown.tags.left}
    assert len({tag.slug for tag in shown.tags.left}) >= len(lost)
    assert shown.tags.stayed == 1
    assert (shown.from_.items, shown.to.items) == (22, 57)


def test_back_is_the_same_turned_round(seeded: Database) -> None:
    there, back = between(seeded, OLDER, NEWER), between(seeded, NEWER, OLDER)
    assert {one.id for one in there.entities.entered} == {one.id for one in back.entities.left}
    assert {one.id for one in there.entities.rose} == {one.id for one in back.entities.fell}
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
    shown = between(database, "2026-01-01", "2026-01-02", entity_type=["model"])
    assert [(one.label, one.before, one.after) for one in shown.sources.rose] == [("X", 1, 2)]
    assert [one.url for one in shown.sources.left] == ["https://a.com/y"]
    assert shown.sources.entered == []
    assert [one.name for one in shown.entities.entered] == ["Qwen"]
