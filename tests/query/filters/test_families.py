from sqlmodel import col, select

from app.query.filters import families
from app.store.db import Database
from app.store.tables import Entity


def test_a_family_is_all_below_it_however_far(database: Database) -> None:
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
        rows[0].family_pk = leaf
        session.flush()
        assert families.with_members(session, [mid]) == {top, mid, leaf}
        assert families.named(session, [top, mid, leaf], None) == []


def test_only_named_members_are_shown(seeded: Database) -> None:
    with seeded.read() as session:
        qwen = session.exec(select(col(Entity.pk)).where(col(Entity.slug) == "qwen")).one() or 0
        shown = families.named(session, families.with_members(session, [qwen]) - {qwen}, None)
        assert [ref.name for ref in shown] == ["Qwen-Image-Layered"]
