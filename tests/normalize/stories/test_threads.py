"""Stories and different stories, by documents that a reader would tell apart at a glance."""

from datetime import date
from typing import Any

import pytest

from app.normalize.stories.features import StoryFeatures
from app.normalize.stories.links import CONFLICT, StoryLink, days_before, links_of_days
from app.normalize.stories.threads import (
    MAX_THREAD_DAYS,
    StoryMember,
    ThreadBuilder,
    assign_thread,
    thread_id,
)
from tests.stories import DAY, OTHER_TITLES, other_news, story


def members(*items: StoryFeatures) -> dict[str, StoryMember]:
    """Return the memberships of some items among other news."""
    everything = [*items, *other_news(-3), *other_news(-2), *other_news(-1)]
    links = links_of_days(everything, date.min, date.max)
    builder = ThreadBuilder()
    all_members = {}
    for item in sorted(everything, key=lambda item: item.position):
        all_members[item.id] = builder.assign(item, links[item.id])
    # The other news joins only its own repetitions.
    for day in (-1, -2):
        for index in range(len(OTHER_TITLES)):
            assert all_members[f"other{day}.{index}"].joined in {None, f"other{day - 1}.{index}"}
    return {item.id: all_members[item.id] for item in items}


def test_the_same_article_is_the_same_story() -> None:
    placed = members(
        story("a", "甲公司獲三億融資", "獲 3 億。", sources="s1"),
        story("b", "甲公司完成融資", "獲 3 億。", days=1, sources="s1"),
        story("c", "甲公司的融資細節", "獲 3 億，估值 66 億。", days=2, sources="s1"),
        story("d", "別的事", "別的。", days=1, ordinal=2, sources="s2"),
    )
    thread = thread_id("a")
    assert placed["a"] == StoryMember(thread, "new", None)
    assert placed["b"] == StoryMember(thread, "duplicate", "a")
    assert (placed["c"].thread, placed["c"].role) == (thread, "update")
    assert placed["d"] == StoryMember(thread_id("d"), "new", None)


def test_a_stub_joins_the_item_it_refers_to() -> None:
    full = story("a", "以可及硬體實現的圖注意力網路偵測腦電癲癇", "自動偵測系統，用 EEG 與 GAT。")
    stub = story("b", "以可及 EEG + GAT 自動偵測癲癇", "（已於「模型與技術更新」詳述）", ordinal=9)
    assert members(full, stub)["b"] == StoryMember(thread_id("a"), "duplicate", "a")


STORY = (
    "Zyphra 宣布推出開源模型 Zamba，主打邊緣裝置推理，採用混合狀態空間架構，並公開訓練資料與權重。"
)


def test_a_thing_in_both_titles_and_similar_texts_are_one_story() -> None:
    placed = members(
        story("a", "Zyphra 推出 Zamba 模型", STORY, Zamba="title model", Zyphra="title org"),
        story(
            "b",
            "Zamba 登上邊緣裝置排行榜",
            STORY.replace("宣布推出", "的"),
            days=2,
            Zamba="title model",
            Zyphra="listed org",
        ),
    )
    assert (placed["b"].thread, placed["b"].role) == (thread_id("a"), "continuing")


def test_unknown_names_join_too() -> None:
    placed = members(
        story("a", "Qzorb 發布 Vintrel 引擎", STORY),
        story("b", "Vintrel 引擎已開源", STORY, days=1),
    )
    assert placed["b"].joined == "a"


@pytest.mark.parametrize(
    ("title", "other_title"),
    [
        ("vLLM 發布 v0.26.0 版本", "vLLM 發布 v0.27.0 版本"),
        ("Zamba 1.5 模型發布", "Zamba 2.5 模型發布"),
    ],
)
def test_another_version_is_another_story(title: str, other_title: str) -> None:
    both = (
        story("a", title, "支援新硬體，修正錯誤。", vLLM="title product"),
        story("b", other_title, "支援新硬體，修正錯誤。", days=9, vLLM="title product"),
    )
    assert members(*both)["b"].role == "new"


def test_the_same_company_doing_something_else_is_another_story() -> None:
    placed = members(
        story(
            "a",
            "Stripe 收購 OpenRouter",
            "交易金額公布，雙方簽署協議。",
            Stripe="title org",
            OpenRouter="title org",
        ),
        story(
            "b",
            "Stripe 收購 PayPal",
            "交易金額公布，雙方簽署協議。",
            days=1,
            Stripe="title org",
            PayPal="title org",
        ),
        story(
            "c",
            "Stripe 擴大都柏林辦公室",
            "招募兩百名工程師。",
            days=1,
            ordinal=2,
            Stripe="title org",
        ),
    )
    assert {member.role for member in placed.values()} == {"new"}


LAWSUIT = "華特迪士尼公司控告稀宇科技的海螺影片服務侵犯角色著作權，要求賠償。"


def test_a_company_in_common_makes_no_story() -> None:
    placed = members(
        story("a", "迪士尼控告稀宇科技侵權", LAWSUIT, 迪士尼="title org", 稀宇科技="title org"),
        story(
            "b",
            "迪士尼樂園測試 AI 角色機器人",
            "迪士尼公司在樂園測試角色機器人，AI 服務影片公開。",
            days=1,
            迪士尼="title org",
        ),
        story(
            "c",
            "迪士尼串流業務季增 400 萬訂戶",
            "迪士尼公司公布串流服務影片訂戶季增 400 萬。",
            days=2,
            迪士尼="title org",
        ),
        story(
            "d",
            "稀宇科技推出海螺 4 影片模型",
            "稀宇科技推出海螺影片服務的新模型。",
            days=3,
            稀宇科技="title org",
        ),
        story(
            "e",
            "華特迪士尼與稀宇科技達成和解",
            LAWSUIT.replace("控告", "與"),
            days=4,
            迪士尼="title org",
            稀宇科技="title org",
        ),
        story(
            "f",
            "Mistral 完成 17 億歐元 C 輪融資",
            "法國 Mistral 宣布完成融資，估值 117 億歐元。",
            Mistral="title org",
        ),
        story(
            "g",
            "Mistral 推出 Medium 4 模型",
            "法國 Mistral 宣布推出模型。",
            days=1,
            Mistral="title org",
        ),
    )
    assert {name: member.joined for name, member in placed.items() if member.joined} == {"e": "a"}


@pytest.mark.parametrize(
    ("title", "other_title", "name", "entity_type"),
    [
        ("微軟在日本投資 30 億美元", "微軟在印度投資 40 億美元", "微軟", "org"),
        ("Perplexity 遭《紐約時報》控告", "Perplexity 遭《讀賣新聞》控告", "Perplexity", "product"),
        ("台積電公布七月營收", "台積電公布八月營收", "台積電", "org"),
        ("輝達公布第一季財報", "輝達公布第二季財報", "輝達", "org"),
        ("海螺 3 影片模型發布", "海螺 4 影片模型發布", "海螺", "model"),
    ],
)
def test_two_of_one_kind_are_two_stories(
    title: str, other_title: str, name: str, entity_type: str
) -> None:
    text = f"{name}對外說明，內容包括資料中心、雲端服務與人才培訓，要求公開。"
    names: dict[str, Any] = {name: f"title {entity_type}"}
    placed = members(
        story("a", title, text, **names),
        story("b", other_title, text, days=1, **names),
    )
    assert placed["b"].role == "new"


def test_two_names_of_unknown_type_are_two_stories() -> None:
    text = "該報控告 Perplexity 侵犯著作權，要求賠償。"
    placed = members(
        story(
            "a",
            "Perplexity 遭紐約時報控告",
            text,
            Perplexity="title product",
            紐約時報="title other",
        ),
        story(
            "b",
            "Perplexity 遭讀賣新聞控告",
            text,
            days=1,
            Perplexity="title product",
            讀賣新聞="title other",
        ),
    )
    assert placed["b"].role == "new"


def test_conflicting_items_are_in_different_threads() -> None:
    text = "LangGraph 新版支援持久狀態與代理圖。"
    placed = members(
        story("a", "LangGraph 3 即將推出", text, LangGraph="title product"),
        story("b", "LangGraph 3.0 發佈", text, days=1, LangGraph="title product"),
        story(
            "c",
            "LangGraph 3.1 修補漏洞",
            f"{text}修補 3.0 的漏洞。",
            days=2,
            LangGraph="title product",
        ),
    )
    assert (placed["b"].joined, placed["c"].role) == ("a", "new")


@pytest.mark.parametrize("title", ["Zyphra 推出 Zamba 模型", "Zyphra 推出 Zamba 新模型"])
def test_the_same_report_on_the_same_day_is_a_duplicate(title: str) -> None:
    names: dict[str, Any] = {"Zamba": "title model", "Zyphra": "title org"}
    placed = members(
        story("a", "Zyphra 推出 Zamba 模型", STORY, **names),
        story("b", title, STORY, ordinal=2, **names),
    )
    assert placed["b"] == StoryMember(thread_id("a"), "duplicate", "a")


def link(
    item: str,
    earlier: str,
    score: float = 0.8,
    signal: str = "names",
    *,
    joins: bool = True,
    same: bool = False,
    news: bool = False,
) -> StoryLink:
    return StoryLink(item, earlier, signal, score, joins, same, news, {})


def test_one_similar_item_is_not_enough_for_a_thread_of_three() -> None:
    thread_of = dict.fromkeys("abc", "t")
    threads = {"t": [(DAY, "a"), (DAY, "b"), (DAY, "c")]}
    unsupported = [link("x", "a")]
    supported = [link("x", "a"), link("x", "b", 0.45, joins=False)]
    direct = [link("x", "a", 0.95, "article", same=True)]
    assert assign_thread("x", DAY, unsupported, thread_of, threads).role == "new"
    member = assign_thread("x", DAY, supported, thread_of, threads)
    assert member == StoryMember("t", "continuing", "a")
    member = assign_thread("x", DAY, direct, thread_of, threads)
    assert member == StoryMember("t", "duplicate", "a")


@pytest.mark.parametrize(
    ("signal", "thread"), [("names", thread_id("x")), ("article", "t")], ids=["names", "article"]
)
def test_a_conflict_refuses_similar_items_only(signal: str, thread: str) -> None:
    threads = {"t": [(DAY, "a"), (DAY, "b")]}
    links = [link("x", "b", signal=signal), link("x", "a", 0.0, CONFLICT, joins=False)]
    assert assign_thread("x", DAY, links, dict.fromkeys("ab", "t"), threads).thread == thread


@pytest.mark.parametrize(("days", "thread"), [(120, "t"), (121, thread_id("x"))], ids=str)
def test_a_thread_spans_at_most_120_days(days: int, thread: str) -> None:
    assert MAX_THREAD_DAYS == 120
    threads = {"t": [(days_before(DAY, days), "a"), (DAY, "b")]}
    links = [link("x", "b", 0.95, "article")]
    assert assign_thread("x", DAY, links, {"b": "t"}, threads).thread == thread


def test_the_next_link_is_tried_if_the_strongest_is_refused() -> None:
    threads = {"t": [(DAY, "a"), (DAY, "b"), (DAY, "c")], "u": [(DAY, "d")]}
    links = [link("x", "a", 0.9), link("x", "d", 0.7)]
    member = assign_thread("x", DAY, links, {"a": "t", "d": "u"}, threads)
    assert member == StoryMember("u", "continuing", "d")


@pytest.mark.parametrize(
    ("news", "role"), [((True, True), "update"), ((True, False), "duplicate")], ids=str
)
def test_an_update_has_new_numbers_against_every_report(news: tuple[bool, bool], role: str) -> None:
    threads = {"t": [(DAY, "a"), (DAY, "b")]}
    links = [
        link("x", "a", 0.9, same=True, news=news[0]),
        link("x", "b", 0.8, same=True, news=news[1]),
    ]
    assert assign_thread("x", DAY, links, dict.fromkeys("ab", "t"), threads).role == role
