from sqlmodel import col, select

from app.curate import acts
from app.curate.acts import Curation
from app.store.db import Database
from app.store.tables import Echo, Item
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item

TEXT = (
    briefing(
        "## 今日焦點（Top Headlines）\n\n"
        + "\n".join(
            [
                item("Zamba 模型登上榜首", "https://b.com/zamba", entities="Zamba"),
                item("別的事", entities="Qrouter"),
            ]
        )
    )
    + "\n## 編輯洞察\n\n### 今日趨勢\n\n邊緣推理升溫，Zamba 是一例。\n\n**關注清單**：\n\n1. Zamba 的下一步\n2. 無人提起的事\n"
    + "\n## 延伸閱讀與資源\n\n### 深度文章推薦\n\n- [Zamba, explained](https://b.com/zamba) — 值得一讀。\n\n### 本日關鍵詞\n\n`Zamba` `天氣`\n"
)


def echoes(database: Database) -> list[tuple[str, str, int, str, str]]:
    with database.read() as session:
        rows = session.exec(
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
        return [tuple(row) for row in rows]  # type: ignore[misc]


def test_the_four_places(database: Database) -> None:
    take_in(database, TEXT)
    title = "Zamba 模型登上榜首"
    assert echoes(database) == [
        (title, "insight", 1, "Zamba", "name"),
        (title, "watchlist", 1, "Zamba", "name"),
        (title, "reading", 1, "Zamba, explained", "source"),
        (title, "keyword", 1, "Zamba", "name"),
    ]
    take_in(database, TEXT.replace("Zamba", "Vintrel"))
    assert {echo[0] for echo in echoes(database)} == {"Vintrel 模型登上榜首"}
    take_in(database, TEXT.replace("title: 簡報", "title: 簡報\ndraft: true"))
    assert echoes(database) == []


def test_they_follow_the_names(database: Database) -> None:
    take_in(database, TEXT.replace("1. Zamba 的下一步", "1. Qrouter 的下一步"))
    assert ("別的事", "watchlist", 1, "Qrouter", "name") in echoes(database)
    acts.merge(database, CHANNEL, "Qrouter", "Zamba", Curation("tester"))
    assert ("Zamba 模型登上榜首", "watchlist", 1, "Qrouter", "name") in echoes(database)
