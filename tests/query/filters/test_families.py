"""Families at every depth, and their mentioned members."""

from sqlmodel import col, select

from app.query.filters import families
from app.store.db import Database
from app.store.tables import Entity


def test_members_are_found_at_every_depth_and_in_circles(database: Database) -> None:
    with database.write() as session:
        rows = [
            Entity(id=f"e_{n}", node=f"c:{n}", slug=n, name=n, type="model")
            for n in ("top", "mid", "leaf", "other")
        ]
        session.add_all(rows)
        session.flush()
        top, mid, leaf, other = (row.pk or 0 for row in rows)
        rows[1].family_pk, rows[2].family_pk = top, mid
        session.flush()
        assert families.with_members(session, [top]) == {top, mid, leaf}
        assert families.with_members(session, [mid, other]) == {mid, leaf, other}
        assert families.members_by_head(session) == {top: {mid, leaf}, mid: {leaf}}
        rows[0].family_pk = leaf
        session.flush()
        assert families.with_members(session, [mid]) == {top, mid, leaf}
        assert families.mentioned(session, [top, mid, leaf], None) == []


def test_only_mentioned_members_are_listed(seeded: Database) -> None:
    with seeded.read() as session:
        qwen = session.exec(select(col(Entity.pk)).where(col(Entity.slug) == "qwen")).one() or 0
        member_pks = families.with_members(session, [qwen]) - {qwen}
        refs = families.mentioned(session, member_pks, None)
        assert [ref.name for ref in refs] == ["Qwen-Image-Layered"]
