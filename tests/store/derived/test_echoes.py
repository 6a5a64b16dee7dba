from sqlalchemy import select, text
from sqlmodel import col

from app.curate import acts
from app.curate.conduct import Curation
from app.store.db import Database
from app.store.derived import echoes, stored_json
from app.store.tables import Echo, Item
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item

ZAMBA = "Zamba 模型登上榜首"
TEXT = (
    briefing(
        "## 今日焦點（Top Headlines）\n",
        item(ZAMBA, "https://b.com/zamba", entities="Zamba"),
        item("別的事", entities="Qrouter"),
    )
    + "\n## 編輯洞察\n\n### 今日趨勢\n\n邊緣推理升溫，Zamba 是一例。\n"
    + "\n**關注清單**：\n\n1. Zamba 的下一步\n2. 無人提起的事\n"
    + "\n## 延伸閱讀與資源\n\n### 深度文章推薦\n\n"
    + "- [Zamba, explained](https://b.com/zamba) — 值得一讀。\n"
    + "\n### 本日關鍵詞\n\n`Zamba` `天氣`\n"
)
EchoFields = tuple[str, str, int, str, str]
"""Title of the item, place, position, text and signal."""


def stored(database: Database) -> list[EchoFields]:
    statement = (
        select(
            col(Item.title),
            col(Echo.place),
            col(Echo.position),
            col(Echo.text),
            col(Echo.signal),
        )
        .join(Item, col(Item.pk) == col(Echo.item_pk))
        .order_by(col(Echo.line), col(Echo.place))
    )
    with database.read() as session:
        rows = session.execute(statement).all()
    return [(row.title, row.place, row.position, row.text, row.signal) for row in rows]


def faults(database: Database) -> list[str]:
    with database.read() as session:
        return list(echoes.mismatches(session))


EXPECTED: list[EchoFields] = [
    (ZAMBA, "insight", 1, "Zamba", "name"),
    (ZAMBA, "watchlist", 1, "Zamba", "name"),
    (ZAMBA, "reading", 1, "Zamba, explained", "source"),
    (ZAMBA, "keyword", 1, "Zamba", "name"),
]


def test_the_four_places(database: Database) -> None:
    take_in(database, TEXT)
    assert stored(database) == EXPECTED
    take_in(database, TEXT.replace("Zamba", "Vintrel"))
    assert {title for title, *_ in stored(database)} == {"Vintrel 模型登上榜首"}
    take_in(database, TEXT.replace("title: 簡報", "title: 簡報\ndraft: true"))
    assert stored(database) == []


def test_echoes_follow_a_merge(database: Database) -> None:
    take_in(database, TEXT.replace("1. Zamba 的下一步", "1. Qrouter 的下一步"))
    assert ("別的事", "watchlist", 1, "Qrouter", "name") in stored(database)
    acts.merge(database, CHANNEL, "Qrouter", "Zamba", Curation("tester"))
    assert (ZAMBA, "watchlist", 1, "Qrouter", "name") in stored(database)
    assert faults(database) == []


def test_a_merge_of_a_name_outside_of_items_reaches_the_echoes(database: Database) -> None:
    take_in(database, TEXT.replace("Zamba 是一例", "Qwen 是一例"))
    acts.merge(database, CHANNEL, "Qwen", "Zamba", Curation("tester"))
    assert (ZAMBA, "insight", 1, "Qwen", "name") in stored(database)
    assert faults(database) == []
    # The stored JSON of an item contains its echoes.
    with database.read() as session:
        assert list(stored_json.mismatches(session)) == []


def test_damage_is_reported_and_mended(database: Database) -> None:
    take_in(database, TEXT)
    for damage, message in {
        "DELETE FROM echo WHERE place = 'insight'": "1 echoes are missing, 0 are wrong",
        "UPDATE echo SET score = 0.1": "4 echoes are missing, 4 are wrong",
        "UPDATE echo SET text = '' WHERE place = 'reading'": "1 echoes are missing, 1 are wrong",
    }.items():
        assert faults(database) == []
        with database.write() as session:
            session.execute(text(damage))
        (fault,) = faults(database)
        assert message in fault
        with database.write() as session:
            assert echoes.rebuild(session) == 1
        assert stored(database) == EXPECTED
    assert faults(database) == []
