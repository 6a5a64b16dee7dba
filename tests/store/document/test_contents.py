from collections import Counter
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

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
from tests.documents import NEWER, OLDER, briefing, item
from tests.rows import counts


def rows_of(session: Session, model: type[SQLModel], *order: Any) -> list[Any]:
    return list(session.execute(select(model).order_by(*order)).scalars())


def test_a_composite_cell_has_parts(database: Database) -> None:
    text = briefing(item("A", entities="NVLink/NVSwitch、OpenAI"))
    take_in(database, text)
    with database.read() as session:
        composite, plain, *parts = rows_of(session, Mention, col(Mention.pk))
    assert (composite.surface, composite.position) == ("NVLink/NVSwitch", 1)
    assert composite.entity_pk is None
    assert (plain.surface, plain.cell_pk, plain.position) == ("OpenAI", None, 2)
    assert [(part.surface, part.position) for part in parts] == [("NVLink", 1), ("NVSwitch", 2)]
    assert {part.cell_pk for part in parts} == {composite.pk}
    assert {part.cell_pk for part in parts} == {composite.pk}
    for row in (composite, plain):
        assert text[row.start_char : row.end_char] == row.surface


def test_citations_have_label_and_target(database: Database) -> None:
    take_in(database, briefing(item("A", "[X](http://a.com/x?utm_source=b)", "[Y](#)")))
    with database.read() as session:
        first, second = rows_of(session, Citation, col(Citation.position))
    assert (first.label, first.target) == ("X", "http://a.com/x?utm_source=b")
    assert (second.label, second.target) == ("Y", "#")
    assert (first.status, second.status) == ("ok", "placeholder")
    assert second.reason


def hedged_claims(database: Database, text: str) -> list[tuple[str, str, str]]:
    """Kind, field and text of the stored claims, which are checked to be in `text`."""
    claims = []
    with database.read() as session:
        for row in rows_of(session, Claim, col(Claim.start_char)):
            assert text[row.start_char : row.end_char] == row.surface
            claims.append((row.kind, row.field, row.text))
    return claims


def test_hedged_claims_follow_the_document(database: Database) -> None:
    summary = "官方宣稱無事。細節未公開。"
    text = briefing(item("X 疑似外洩", summary=summary), item("B"))
    take_in(database, text)
    assert hedged_claims(database, text) == [
        ("guessed", "title", "X 疑似外洩"),
        ("claimed", "summary", "官方宣稱無事。"),
        ("undisclosed", "summary", "細節未公開。"),
    ]
    text = briefing(item("X 疑似外洩", summary="官方並未宣稱無事。"), item("B"))
    take_in(database, text)
    assert hedged_claims(database, text) == [("guessed", "title", "X 疑似外洩")]
    text = briefing(item("X 疑似外洩"), draft="true")
    take_in(database, text)
    assert hedged_claims(database, text) == []


def test_the_special_parts_of_the_seeds_are_stored(seeded: Database) -> None:
    with seeded.read() as session:
        entries = rows_of(session, WatchlistEntry, col(WatchlistEntry.pk))
        assert len({entry.briefing_pk for entry in entries}) == 2
        for reading in rows_of(session, Reading, col(Reading.pk)):
            assert (reading.citation_pk is None) == (reading.target is None)
            if reading.citation_pk:
                assert session.get_one(Citation, reading.citation_pk).item_pk is None
        for insight in rows_of(session, Insight, col(Insight.pk)):
            assert insight.text or insight.title
        for note in rows_of(session, BackgroundNote, col(BackgroundNote.pk)):
            assert note.text


def by_day(session: Session, statement: Any) -> dict[str, Counter[Any]]:
    """Count the rows of a statement: by its first column, a date, and its second one."""
    numbers: dict[str, Counter[Any]] = {NEWER: Counter(), OLDER: Counter()}
    for day, value in session.execute(statement):
        numbers[str(day)][value] += 1
    return numbers


def test_the_seeds_have_their_sections_and_lists(seeded: Database) -> None:
    rows = counts(seeded)
    assert (rows["briefing"], rows["section"], rows["item"]) == (2, 16, 79)
    assert (rows["watchlist_entry"], rows["reading"], rows["background_note"]) == (10, 10, 9)


def test_the_items_of_the_seeds_have_their_kinds_and_levels(seeded: Database) -> None:
    with seeded.read() as session:
        kinds = by_day(session, select(col(Item.date), col(Item.kind)))
        levels = by_day(session, select(col(Item.date), col(Item.importance_level)))
    assert kinds == {NEWER: {"full": 50, "bullet": 6, "stub": 1}, OLDER: {"full": 22}}
    assert levels == {
        NEWER: {"high": 9, "medium": 36, "low": 5, None: 7},
        OLDER: {"high": 14, "medium": 8},
    }


def test_the_entity_cells_of_the_seeds_are_stored(seeded: Database) -> None:
    statement = select(col(Mention.date), col(Mention.kind)).where(
        col(Mention.kind) == "listed",
        col(Mention.cell_pk).is_(None),
    )
    with seeded.read() as session:
        cells = by_day(session, statement)
    assert cells == {NEWER: {"listed": 206}, OLDER: {"listed": 97}}


def test_the_citations_of_the_seeds_are_stored(seeded: Database) -> None:
    statement = (
        select(
            col(Item.date),
            col(Citation.status),
            col(Citation.target),
            col(Source.id),
        )
        .join(Item, col(Item.pk) == col(Citation.item_pk))
        .join(Source, col(Source.pk) == col(Citation.source_pk))
    )
    with seeded.read() as session:
        rows = session.execute(statement).all()
    assert Counter(str(row.date) for row in rows) == {NEWER: 62, OLDER: 31}
    statuses = Counter(row.status for row in rows)
    assert (statuses["placeholder"], statuses["opaque"]) == (3, 1)
    assert sum((row.target or "").lower().startswith("arxiv:") for row in rows) == 16
    assert len({row.id for row in rows if row.status != "placeholder"}) == 88


def test_repeated_watch_list_entries_have_ids_of_their_own(database: Database) -> None:
    watchlist = "\n## 編輯洞察\n\n**關注清單**：\n\n1. 同一件事\n2. 同一件事\n"
    take_in(database, briefing(item("A")) + watchlist)
    with database.read() as session:
        ids = [entry.id for entry in rows_of(session, WatchlistEntry, col(WatchlistEntry.pk))]
    assert len(set(ids)) == len(ids) == 2
