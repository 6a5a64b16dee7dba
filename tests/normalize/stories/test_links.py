"""Links between items, by documents that a reader would tell apart at a glance."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.normalize.stories import links as links_module
from app.normalize.stories.back_references import referred_item
from app.normalize.stories.features import StoryFeatures
from app.normalize.stories.links import (
    CONFLICT,
    LINK_WINDOW_DAYS,
    MAX_CANDIDATES,
    MAX_KEY_ITEMS,
    MAX_LINKS,
    MAX_STUBS,
    StoryLink,
    StoryWindow,
    days_before,
    links_of_days,
)
from tests.stories import OTHER_TITLES, other_news, story

STUB_TEXT = "（詳見上文）"


def links(*items: StoryFeatures) -> dict[str, list[StoryLink]]:
    """Return the links of some items among other news."""
    news = [*other_news(-3), *other_news(-2), *other_news(-1)]
    all_links = links_of_days([*items, *news], date.min, date.max)
    return {item.id: all_links[item.id] for item in items}


def joined(*items: StoryFeatures) -> list[tuple[str, str, str]]:
    """Return (item, earlier item, signal) of each link that joins."""
    joining = []
    for item_links in links(*items).values():
        for link in item_links:
            if link.joins:
                joining.append((link.item, link.earlier, link.signal))
    return joining


def test_a_paper_links_two_items() -> None:
    items = (story("a", "嗅覺資料集", papers="p"), story("b", "SMELLNET", ordinal=2, papers="p"))
    (link,) = links(*items)["b"]
    assert (link.signal, link.score, link.joins, link.same) == ("paper", 0.97, True, True)
    assert link.evidence == {"sources": ["p"]}


def test_an_article_links_two_items() -> None:
    items = (story("a", "甲獲融資", sources="s"), story("b", "甲完成增資", days=1, sources="s"))
    (link,) = links(*items)["b"]
    assert (link.signal, link.score, link.evidence) == ("article", 0.95, {"sources": ["s"]})


@pytest.mark.parametrize(("count", "is_evidence"), [(4, True), (5, False)])
def test_a_source_that_more_than_four_items_cite_is_no_evidence(
    count: int, is_evidence: bool
) -> None:
    items = []
    for index in range(count):
        title = f"標題{'甲乙丙丁戊'[index]}{index}"
        items.append(story(f"i{index}", title, ordinal=index, sources="home"))
    assert bool(joined(*items)) is is_evidence


def test_a_back_reference_links_a_stub() -> None:
    full = story("a", "以可及硬體實現的圖注意力網路偵測腦電癲癇", "自動偵測系統，用 EEG 與 GAT。")
    stub = story("b", "以可及 EEG + GAT 自動偵測癲癇", "（已於「模型與技術更新」詳述）", ordinal=9)
    (link,) = links(full, stub)["b"]
    assert (link.signal, link.score) == ("reference", 0.9)
    assert link.evidence == {"reference": "已於「模型與技術更新」詳述"}


def test_a_stub_may_precede_the_item_it_refers_to() -> None:
    full = story(
        "a",
        "以可及硬體實現的圖注意力網路偵測腦電癲癇",
        "自動偵測系統，用 EEG 與 GAT。",
        ordinal=99,
    )
    stub = story("b", "EEG + GAT", "（詳見下文）", ordinal=1)
    assert joined(full, stub) == [("a", "b", "reference")]


def test_a_headline_of_every_day_links_nothing() -> None:
    days = [story(f"d{day}", "每日一圖", f"{OTHER_TITLES[day]}。", days=day) for day in range(10)]
    assert joined(*days) == []


def test_the_window_ends() -> None:
    first = story("a", "甲公司獲三億融資", sources="s1")
    last = story("b", "甲公司完成融資", days=LINK_WINDOW_DAYS, sources="s1")
    late = story("c", "甲公司完成融資", days=LINK_WINDOW_DAYS + 1, sources="s1")
    assert joined(first, last) == [("b", "a", "article")]
    assert joined(first, late) == []


def test_a_joined_item_also_gets_its_conflicts() -> None:
    text = "LangGraph 新版支援持久狀態與代理圖。"
    older = story("a", "LangGraph 3.1 發佈", text, LangGraph="title product")
    newer = story("b", "LangGraph 3.2 發佈", text, days=1, LangGraph="title product")
    again = story("c", "LangGraph 3.2 上線", text, days=2, LangGraph="title product")
    conflicts = [
        link.earlier for link in links(older, newer, again)["c"] if link.signal == CONFLICT
    ]
    assert conflicts == ["a"]


def test_an_item_keeps_its_strongest_links() -> None:
    text = "Zamba 主打邊緣裝置推理，採用混合狀態空間架構。"
    items = []
    for day in range(MAX_LINKS + 2):
        items.append(story(f"i{day}", "Zamba 模型", text, days=day, Zamba="title model"))
    item_links = links(*items)[f"i{MAX_LINKS + 1}"]
    assert [link.earlier for link in item_links] == [f"i{day}" for day in range(MAX_LINKS, 0, -1)]


def test_the_ends_of_the_calendar() -> None:
    items = []
    for day in (date.min, date.max):
        items.append(StoryFeatures(str(day), "b", (day, "daily", 1), "標題", ""))
    all_links = links_of_days(items, date.min, date.max)
    assert all_links == {str(date.min): [], str(date.max): []}
    assert days_before(date.min) == date.min


def test_an_item_that_leaves_the_window_leaves_nothing_behind() -> None:
    items = other_news()
    window = StoryWindow(items)
    for item in items:
        window.remove(item)
    assert window.items == {}
    assert window.statistics.titles.size == 0
    assert window.candidates(story("x", OTHER_TITLES[0], days=1)) == []


def test_a_window_that_moves_finds_the_links_of_a_new_one() -> None:
    text = "Zamba 主打邊緣裝置推理，採用混合狀態空間架構。"
    items = []
    for day in range(0, 70, 5):
        items.append(story(f"i{day}", "Zamba 模型", text, days=day, Zamba="title model"))
        items.append(story(f"o{day}", OTHER_TITLES[day % len(OTHER_TITLES)], days=day, ordinal=9))
    late = story("late", "Zamba 模型上線", text, days=22, ordinal=1, Zamba="title model")
    begin = items[0].day
    window = StoryWindow()
    # Forward, back to a late day, and a day whose item was read again.
    again = [replace(item) if item.id == "i40" else item for item in [*items, late]]
    for sequence, first in ((items[:-4], 0), (items, 60), ([*items, late], 22), (again, 40)):
        days = (begin + timedelta(first), begin + timedelta(70))
        moved = links_of_days(sequence, *days, window)
        assert moved == links_of_days(sequence, *days)
        assert any(moved.values())
    # The last 30 days are in the window, nothing of those before.
    assert sorted(item.day for item in window.items.values())[0] == begin + timedelta(35)
    assert window.statistics.titles.size == len(window.items)


@pytest.mark.parametrize(("count", "candidate_count"), [(40, 39), (41, 0)])
def test_a_title_word_of_more_than_40_items_finds_no_candidates(
    count: int, candidate_count: int
) -> None:
    assert MAX_KEY_ITEMS == 40
    items = [story(f"i{index}", "同", ordinal=index) for index in range(count)]
    window = StoryWindow(items)
    assert len(window.candidates(items[-1])) == candidate_count


def test_an_item_has_at_most_60_candidates() -> None:
    items = []
    for index in range(MAX_CANDIDATES + 1):
        word = "甲乙丙"[index % 3]
        items.append(story(f"i{index}", word, ordinal=index))
    window = StoryWindow(items)
    item = story("x", "甲 乙 丙", days=1)
    assert len(window.candidates(item)) == MAX_CANDIDATES


@pytest.mark.parametrize(("count", "lookup_count"), [(50, 50), (51, 0)])
def test_more_than_50_stubs_of_a_briefing_refer_to_nothing(
    count: int, lookup_count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_STUBS == 50
    lookups: list[str] = []

    def counted(title: str, text: str, items: dict[str, str]) -> tuple[str, str] | None:
        lookups.append(title)
        return referred_item(title, text, items)

    monkeypatch.setattr(links_module, "referred_item", counted)
    stubs = [
        story(f"s{index}", f"標題 {index}", STUB_TEXT, ordinal=index) for index in range(count)
    ]
    window = StoryWindow(stubs)
    for stub in stubs:
        window.links(stub)
    # Each stub is looked up once, not once for each item of the briefing.
    assert len(lookups) == lookup_count
