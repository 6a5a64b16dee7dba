"""Items and briefings have their declared shape, and names in the language asked for."""

import pytest
from sqlmodel import col, select

from app.query import items
from app.query.documents import briefings
from app.query.request.item_params import ItemList
from app.query.schemas.briefings import BriefingOut
from app.query.schemas.items import ItemCore, ItemOut
from app.query.snapshot import stored_json
from app.store.db import Database
from app.store.tables import Item
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, document, item
from tests.shapes import whole


@pytest.mark.parametrize("day", [NEWER, OLDER])
@pytest.mark.parametrize("lang", [None, "en", "zh-Hant"])
def test_every_item_has_its_shape_alone_and_in_its_briefing(
    seeded: Database, day: str, lang: str | None
) -> None:
    with seeded.read() as session:
        within = (
            select(col(Item.pk))
            .where(col(Item.date) == whole(session, day).date)
            .order_by(col(Item.ordinal))
        )
        pks = [pk for pk in session.exec(within) if pk]
        alone = [
            ItemOut.model_validate_json(body) for body in stored_json.items(session, pks, lang)
        ]
        briefing = BriefingOut.model_validate_json(
            briefings.whole(session, briefings.get(session, day), lang)
        )
        core_items = [core_items for section in briefing.sections for core_items in section.items]
    assert [
        ItemCore(**{name: getattr(entry, name) for name in ItemCore.model_fields})
        for entry in alone
    ] == core_items
    assert [entry.updated_at.tzinfo for entry in alone]


def test_names_are_in_the_language_asked_for(database: Database) -> None:
    take_in(database, document("2026-01-02", item("甲", entities="輝達")))

    def named(lang: str) -> list[str]:
        with database.read() as session:
            (body,) = items.find(session, ItemList(include="entities"), lang).entries
        return [
            named.entity.name
            for named in ItemOut.model_validate_json(body).entities
            if named.entity
        ]

    assert (named("en"), named("zh-Hant")) == (["NVIDIA"], ["輝達"])


def test_text_may_have_the_separators_of_the_stored_bytes(database: Database) -> None:
    title = "甲 \x01 \x02 乙"
    take_in(database, document("2026-01-02", item(title, summary="一 \x01 二 \x02 三")))
    with database.read() as session:
        (core_items,) = whole(session, "2026-01-02").sections[0].items
        (body,) = items.find(session, ItemList(include="details,entities"), None).entries
    assert core_items.title == ItemOut.model_validate_json(body).title == title
    assert core_items.summary == "一 \x01 二 \x02 三"
