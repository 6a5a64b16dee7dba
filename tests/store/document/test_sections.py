"""Items keep their ids from one version of a document to the next."""

from sqlalchemy import select
from sqlmodel import col

from app.store.db import Database
from app.store.document.sections import IMPORTANCE_RANKS
from app.store.tables import Item, Section
from tests.conftest import take_in
from tests.documents import briefing, item, section
from tests.rows import counts

A = item("甲公司發表新模型", "https://a.com/1")
B = item("乙實驗室開源框架", "https://b.com/2")
C = item("丙國通過法案", "https://c.com/3")
A_RETITLED = item("完全不同的標題", "https://a.com/1")


def ids(database: Database) -> dict[str, str]:
    """Ids of items by title."""
    with database.read() as session:
        return dict(session.execute(select(col(Item.title), col(Item.id))).all())


def test_ranks_rise_with_importance() -> None:
    assert IMPORTANCE_RANKS == {"high": 5, "medium_high": 4, "medium": 3, "medium_low": 2, "low": 1}


def test_an_untouched_item_keeps_its_id(database: Database) -> None:
    take_in(database, briefing(A, B, C))
    before = ids(database)
    report = take_in(database, briefing(C, item("丁", "https://d.com"), A, B))
    assert report.items == {"found": 4, "added": 1, "updated": 0, "kept": 3, "removed": 0}
    assert before.items() <= ids(database).items()


def test_a_retitled_item_keeps_its_id(database: Database) -> None:
    take_in(database, briefing(A, B))
    before = ids(database)["甲公司發表新模型"]
    report = take_in(database, briefing(A_RETITLED, B))
    assert ids(database)["完全不同的標題"] == before
    assert (report.items["updated"], report.items["kept"]) == (1, 1)


def test_the_former_title_beside_a_retitled_item_is_another_item(database: Database) -> None:
    take_in(database, briefing(A, B))
    before = ids(database)["甲公司發表新模型"]
    take_in(database, briefing(A_RETITLED, B))
    take_in(database, briefing(A_RETITLED, B, item("甲公司發表新模型", "https://new.com")))
    after = ids(database)
    assert after["完全不同的標題"] == before
    assert after["甲公司發表新模型"] != before


def test_an_item_in_another_section_keeps_its_id(database: Database) -> None:
    headlines, research = "今日焦點（Top Headlines）", "研究前沿"
    take_in(database, briefing(section(headlines, A, B), section(research, C)))
    before = ids(database)
    report = take_in(database, briefing(section(headlines, A), section(research, C, B)))
    assert ids(database) == before
    assert report.items["updated"] == 1
    statement = (
        select(col(Section.title))
        .join(Item, col(Item.section_pk) == col(Section.pk))
        .where(col(Item.title) == "乙實驗室開源框架")
    )
    with database.read() as session:
        assert session.execute(statement).scalar_one() == research


def test_ordinals_follow_the_new_order(database: Database) -> None:
    take_in(database, briefing(A, B, C))
    take_in(database, briefing(C, A))
    statement = select(col(Item.ordinal), col(Item.title)).order_by(col(Item.ordinal))
    with database.read() as session:
        rows = session.execute(statement).all()
    assert rows == [(1, "丙國通過法案"), (2, "甲公司發表新模型")]


def test_thousands_of_items_come_and_go(database: Database) -> None:
    # More than one statement takes parameters.
    take_in(database, briefing(*(item(f"舊 {number}") for number in range(1_000))))
    report = take_in(database, briefing(*(item(f"新 {number * 7919}") for number in range(100))))
    assert (report.items["removed"], counts(database)["item"]) == (1_000, 100)


def _ids_by_summary(database: Database) -> dict[str | None, str]:
    with database.read() as session:
        return dict(session.execute(select(col(Item.summary), col(Item.id))).all())


def test_items_of_one_title_that_are_put_back_in_reverse_keep_their_ids(
    database: Database,
) -> None:
    first, second = item("快訊", summary="一。"), item("快訊", summary="二。")
    take_in(database, briefing(A, first, second))
    before = _ids_by_summary(database)
    take_in(database, briefing(A))
    take_in(database, briefing(A, second, first))
    assert _ids_by_summary(database) == before


def test_the_second_of_one_title_alone_gets_its_id_back(database: Database) -> None:
    first, second = item("快訊", summary="一。"), item("快訊", summary="二。")
    take_in(database, briefing(A, first, second))
    before = _ids_by_summary(database)
    take_in(database, briefing(A))
    take_in(database, briefing(A, second))
    assert _ids_by_summary(database).items() <= before.items()
    take_in(database, briefing(A, second, first))
    assert before.items() <= _ids_by_summary(database).items()
