from sqlmodel import col, select

from app.store.db import Database
from app.store.tables import (
    BackgroundNote,
    Citation,
    Claim,
    Insight,
    Item,
    Mention,
    Reading,
    Source,
    WatchlistEntry,
)
from tests.conftest import take_in
from tests.documents import briefing, item
from tests.rows import counts


def test_cells_and_parts(database: Database) -> None:
    text = briefing(item("A", entities="NVLink/NVSwitch、OpenAI"))
    take_in(database, text)
    with database.read() as session:
        rows = session.exec(select(Mention).order_by(col(Mention.pk))).all()
        composite, plain, *parts = rows
        assert (composite.surface, composite.entity_pk, composite.position) == (
            "NVLink/NVSwitch",
            None,
            1,
        )
        assert (plain.surface, plain.cell_pk, plain.position) == ("OpenAI", None, 2)
        assert [(part.surface, part.cell_pk, part.position) for part in parts] == [
            ("NVLink", composite.pk, 1),
            ("NVSwitch", composite.pk, 2),
        ]
        assert all(text[row.start_char : row.end_char] == row.surface for row in (composite, plain))


def test_citations_keep_label_and_target(database: Database) -> None:
    take_in(database, briefing(item("A", "[X](http://a.com/x?utm_source=b)", "[Y](#)")))
    with database.read() as session:
        first, second = session.exec(select(Citation).order_by(col(Citation.position))).all()
        assert (first.label, first.target, first.status) == (
            "X",
            "http://a.com/x?utm_source=b",
            "ok",
        )
        assert (second.label, second.target, second.status) == ("Y", "#", "placeholder")
        assert second.reason


def test_marked_claims_follow_the_document(database: Database) -> None:
    def held() -> list[tuple[str, str, str]]:
        with database.read() as session:
            rows = session.exec(select(Claim).order_by(col(Claim.start_char))).all()
            assert all(text[row.start_char : row.end_char] == row.surface for row in rows)
            return [(row.kind, row.field, row.text) for row in rows]

    text = briefing(item("X 疑似外洩", summary="官方宣稱無事。細節未公開。"), item("B"))
    take_in(database, text)
    assert held() == [
        ("guessed", "title", "X 疑似外洩"),
        ("claimed", "summary", "官方宣稱無事。"),
        ("undisclosed", "summary", "細節未公開。"),
    ]
    text = briefing(item("X 疑似外洩", summary="官方並未宣稱無事。"), item("B"))
    take_in(database, text)
    assert held() == [("guessed", "title", "X 疑似外洩")]
    text = briefing(item("X 疑似外洩"), draft="true")
    take_in(database, text)
    assert held() == []


def test_the_special_parts_of_the_seeds(seeded: Database) -> None:
    with seeded.read() as session:
        days = {row.briefing_pk for row in session.exec(select(WatchlistEntry))}
        assert len(days) == 2
        for reading in session.exec(select(Reading)):
            assert (reading.citation_pk is None) == (reading.target is None)
            if reading.citation_pk:
                assert session.get_one(Citation, reading.citation_pk).item_pk is None
        assert all(row.text or row.title for row in session.exec(select(Insight)))
        assert all(row.text for row in session.exec(select(BackgroundNote)))


def test_the_seeds_in_the_base(seeded: Database) -> None:
    held = counts(seeded)
    assert (held["briefing"], held["section"], held["item"]) == (2, 16, 79)
    assert (held["watchlist_entry"], held["reading"], held["background_note"]) == (10, 10, 9)
    with seeded.read() as session:
        of_items = session.exec(
            select(col(Item.date), col(Citation.status), col(Citation.target)).join(
                Item, col(Item.pk) == col(Citation.item_pk)
            )
        ).all()
        assert [
            sum(str(day) == wanted for day, *_ in of_items)
            for wanted in ("2025-12-23", "2025-11-22")
        ] == [62, 31]
        assert [
            sum(status == wanted for _, status, _ in of_items)
            for wanted in ("placeholder", "opaque")
        ] == [3, 1]
        assert sum((target or "").lower().startswith("arxiv:") for *_, target in of_items) == 16
        distinct = {
            source
            for source, status in session.exec(
                select(col(Source.id), col(Source.status))
                .join(Citation, col(Citation.source_pk) == col(Source.pk))
                .where(col(Citation.item_pk).is_not(None))
            )
            if status != "placeholder"
        }
        assert len(distinct) == 88
        cells = session.exec(
            select(col(Mention.date)).where(
                col(Mention.kind) == "listed", col(Mention.cell_pk).is_(None)
            )
        ).all()
        assert [
            sum(str(day) == wanted for day in cells) for wanted in ("2025-12-23", "2025-11-22")
        ] == [206, 97]
        levels = session.exec(select(col(Item.date), col(Item.importance_level))).all()
        assert [
            [
                sum(str(day) == wanted and level == one for day, level in levels)
                for one in ("high", "medium", "low", None)
            ]
            for wanted in ("2025-12-23", "2025-11-22")
        ] == [[9, 36, 5, 7], [14, 8, 0, 0]]
        kinds = session.exec(select(col(Item.date), col(Item.kind))).all()
        assert [
            [
                sum(str(day) == wanted and kind == one for day, kind in kinds)
                for one in ("full", "bullet", "stub")
            ]
            for wanted in ("2025-12-23", "2025-11-22")
        ] == [[50, 6, 1], [22, 0, 0]]


def test_watch_list_ids_tell_repetitions_apart(database: Database) -> None:
    take_in(database, briefing(item("A")) + "\n## 後續追蹤\n\n- 同一件事\n- 同一件事\n")
    with database.read() as session:
        found = session.exec(select(col(WatchlistEntry.id))).all()
        assert len(set(found)) == len(found)
