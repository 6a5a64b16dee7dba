"""What is one story, and what is not: by documents a reader would tell apart at a glance."""

import time
from datetime import date, timedelta
from typing import Any

import pytest

from app.normalize.stories.features import LISTED, TITLED, EntityMention, StoryFeatures
from app.normalize.stories.threads import (
    SPAN,
    WINDOW,
    StoryLink,
    StoryMember,
    StoryWindow,
    assign_thread,
    before,
    linked,
    thread_id,
    threaded,
)

DAY = date(2026, 3, 10)
_FILLER = [
    "新型電池材料量產時程公布", "歐洲議會審議資料法案", "城市無人機配送試點", "A museum digitises its archive", "量子糾錯碼的新下界", "農業感測網路降低用水",
    "Compiler notes for small teams", "海底電纜維修船隊擴編", "低溫電子顯微影像重建", "校園程式教育調查", "A history of type design", "衛星遙測監看森林火災",
]  # fmt: skip


def telling(
    name: str,
    title: str,
    text: str = "",
    *,
    days: int = 0,
    ordinal: int = 1,
    sources: str = "",
    papers: str = "",
    **named: Any,
) -> StoryFeatures:
    """An item; `named` gives the entities: `OpenAI="title org"`, `MIT="listed org"`."""
    names = {}
    for entity, said in named.items():
        where, kind = said.split()
        names[entity] = EntityMention(
            kind,
            {"title": TITLED, "listed": LISTED}.get(where, 0.35),
            len(names),
            frozenset({entity}),
        )
    day = DAY + timedelta(days)
    return StoryFeatures(
        name,
        f"daily:{day}",
        (day, "daily", ordinal),
        title,
        text,
        frozenset(sources.split()),
        frozenset(papers.split()),
        names,
    )


def filler(days: int = 0) -> list[StoryFeatures]:
    """A day of other news, so that what is rare is rare."""
    return [
        telling(f"f{days}.{at}", title, f"{title}。", days=days, ordinal=100 + at)
        for at, title in enumerate(_FILLER)
    ]


def members(*items: StoryFeatures) -> dict[str, StoryMember]:
    """The given items placed among other news."""
    held = [*items, *filler(-3), *filler(-2), *filler(-1)]
    links = linked(held, date.min, date.max)
    found = threaded(held, links)
    assert all(
        found[f"f{day}.{at}"].joined in {None, f"f{day - 1}.{at}"}
        for day in (-1, -2)
        for at in range(len(_FILLER))
    )
    return {item.id: found[item.id] for item in items}


def test_the_same_article_is_the_same_story() -> None:
    found = members(
        telling("a", "甲公司獲三億融資", "獲 3 億。", sources="s1"),
        telling("b", "甲公司完成融資", "獲 3 億。", days=1, sources="s1"),
        telling("c", "甲公司的融資細節", "獲 3 億，估值 66 億。", days=2, sources="s1"),
        telling("d", "別的事", "別的。", days=1, ordinal=2, sources="s2"),
    )
    thread = thread_id("a")
    assert found["a"] == StoryMember(thread, "new", None)
    assert found["b"] == StoryMember(thread, "duplicate", "a")
    assert (found["c"].thread, found["c"].role) == (thread, "update")
    assert found["d"] == StoryMember(thread_id("d"), "new", None)


def test_a_source_many_cite_is_no_evidence() -> None:
    items = [
        telling(f"i{at}", f"標題{'甲乙丙丁戊'[at]}{at}", ordinal=at, sources="home")
        for at in range(5)
    ]
    assert {member.role for member in members(*items).values()} == {"new"}


def test_a_paper_joins_across_the_sections_of_a_day() -> None:
    found = members(
        telling("a", "嗅覺資料集", papers="p"),
        telling("b", "SMELLNET（工具面）", ordinal=9, papers="p"),
    )
    assert found["b"] == StoryMember(thread_id("a"), "duplicate", "a")


def test_a_stub_joins_what_it_refers_to() -> None:
    told = telling("a", "以可及硬體實現的圖注意力網路偵測腦電癲癇", "自動偵測系統，用 EEG 與 GAT。")
    stub = telling(
        "b", "以可及 EEG + GAT 自動偵測癲癇", "（已於「模型與技術更新」詳述）", ordinal=9
    )
    assert members(told, stub)["b"] == StoryMember(thread_id("a"), "duplicate", "a")


STORY = (
    "Zyphra 宣布推出開源模型 Zamba，主打邊緣裝置推理，採用混合狀態空間架構，並公開訓練資料與權重。"
)


def test_a_thing_in_both_titles_and_like_texts_are_one_story() -> None:
    found = members(
        telling("a", "Zyphra 推出 Zamba 模型", STORY, Zamba="title model", Zyphra="title org"),
        telling(
            "b",
            "Zamba 登上邊緣裝置排行榜",
            STORY.replace("宣布推出", "的"),
            days=2,
            Zamba="title model",
            Zyphra="listed org",
        ),
    )
    assert (found["b"].thread, found["b"].role) == (thread_id("a"), "continuing")


def test_names_nobody_knows_yet_join_too() -> None:
    found = members(
        telling("a", "Qzorb 發布 Vintrel 引擎", STORY),
        telling("b", "Vintrel 引擎已開源", STORY, days=1),
    )
    assert found["b"].joined == "a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vLLM 發布 v0.26.0 版本", "vLLM 發布 v0.27.0 版本"),
        ("Zamba 1.5 模型發布", "Zamba 2.5 模型發布"),
    ],
)
def test_another_version_is_another_story(one: str, other: str) -> None:
    both = (
        telling("a", one, "支援新硬體，修正錯誤。", vLLM="title product"),
        telling("b", other, "支援新硬體，修正錯誤。", days=9, vLLM="title product"),
    )
    assert members(*both)["b"].role == "new"


def test_the_same_company_doing_something_else_is_another_story() -> None:
    found = members(
        telling(
            "a",
            "Stripe 收購 OpenRouter",
            "交易金額公布，雙方簽署協議。",
            Stripe="title org",
            OpenRouter="title org",
        ),
        telling(
            "b",
            "Stripe 收購 PayPal",
            "交易金額公布，雙方簽署協議。",
            days=1,
            Stripe="title org",
            PayPal="title org",
        ),
        telling(
            "c",
            "Stripe 擴大都柏林辦公室",
            "招募兩百名工程師。",
            days=1,
            ordinal=2,
            Stripe="title org",
        ),
    )
    assert {member.role for member in found.values()} == {"new"}


LAWSUIT = "華特迪士尼公司控告稀宇科技的海螺影片服務侵犯角色著作權，要求賠償。"


def test_one_company_in_common_is_no_story() -> None:
    found = members(
        telling("a", "迪士尼控告稀宇科技侵權", LAWSUIT, 迪士尼="title org", 稀宇科技="title org"),
        telling(
            "b",
            "迪士尼樂園測試 AI 角色機器人",
            "迪士尼公司在樂園測試角色機器人，AI 服務影片公開。",
            days=1,
            迪士尼="title org",
        ),
        telling(
            "c",
            "迪士尼串流業務季增 400 萬訂戶",
            "迪士尼公司公布串流服務影片訂戶季增 400 萬。",
            days=2,
            迪士尼="title org",
        ),
        telling(
            "d",
            "稀宇科技推出海螺 4 影片模型",
            "稀宇科技推出海螺影片服務的新模型。",
            days=3,
            稀宇科技="title org",
        ),
        telling(
            "e",
            "華特迪士尼與稀宇科技達成和解",
            LAWSUIT.replace("控告", "與"),
            days=4,
            迪士尼="title org",
            稀宇科技="title org",
        ),
        telling(
            "f",
            "Mistral 完成 17 億歐元 C 輪融資",
            "法國 Mistral 宣布完成融資，估值 117 億歐元。",
            Mistral="title org",
        ),
        telling(
            "g",
            "Mistral 推出 Medium 4 模型",
            "法國 Mistral 宣布推出模型。",
            days=1,
            Mistral="title org",
        ),
    )
    assert {name: member.joined for name, member in found.items() if member.joined} == {"e": "a"}


@pytest.mark.parametrize(
    ("one", "other", "name", "kind"),
    [
        ("微軟在日本投資 30 億美元", "微軟在印度投資 40 億美元", "微軟", "org"),
        ("Perplexity 遭《紐約時報》控告", "Perplexity 遭《讀賣新聞》控告", "Perplexity", "product"),
        ("台積電公布七月營收", "台積電公布八月營收", "台積電", "org"),
        ("輝達公布第一季財報", "輝達公布第二季財報", "輝達", "org"),
        ("海螺 3 影片模型發布", "海螺 4 影片模型發布", "海螺", "model"),
    ],
)
def test_two_of_one_kind_are_two_stories(one: str, other: str, name: str, kind: str) -> None:
    text = f"{name}對外說明，內容包括資料中心、雲端服務與人才培訓，要求公開。"
    found = members(
        telling("a", one, text, **{name: f"title {kind}"}),
        telling("b", other, text, days=1, **{name: f"title {kind}"}),
    )
    assert found["b"].role == "new"


def test_two_names_of_no_known_kind_are_two_stories() -> None:
    text = "該報控告 Perplexity 侵犯著作權，要求賠償。"
    found = members(
        telling(
            "a",
            "Perplexity 遭紐約時報控告",
            text,
            Perplexity="title product",
            紐約時報="title other",
        ),
        telling(
            "b",
            "Perplexity 遭讀賣新聞控告",
            text,
            days=1,
            Perplexity="title product",
            讀賣新聞="title other",
        ),
    )
    assert found["b"].role == "new"


def test_no_thread_holds_two_at_odds() -> None:
    text = "LangGraph 新版支援持久狀態與代理圖。"
    found = members(
        telling("a", "LangGraph 3 即將推出", text, LangGraph="title product"),
        telling("b", "LangGraph 3.0 發佈", text, days=1, LangGraph="title product"),
        telling(
            "c",
            "LangGraph 3.1 修補漏洞",
            f"{text}修補 3.0 的漏洞。",
            days=2,
            LangGraph="title product",
        ),
    )
    assert (found["b"].joined, found["c"].role) == ("a", "new")


@pytest.mark.parametrize("title", ["Zyphra 推出 Zamba 模型", "Zyphra 推出 Zamba 新模型"])
def test_a_retelling_of_the_day_is_a_duplicate(title: str) -> None:
    names = {"Zamba": "title model", "Zyphra": "title org"}
    found = members(
        telling("a", "Zyphra 推出 Zamba 模型", STORY, **names),
        telling("b", title, STORY, ordinal=2, **names),
    )
    assert found["b"] == StoryMember(thread_id("a"), "duplicate", "a")


def test_a_headline_that_comes_every_day_joins_nothing() -> None:
    days = [telling(f"d{at}", "每日一圖", f"{_FILLER[at]}。", days=at) for at in range(10)]
    assert {member.role for member in members(*days).values()} == {"new"}


def test_the_window_ends() -> None:
    near = telling("b", "甲公司完成融資", days=WINDOW, sources="s1")
    far = telling("c", "甲公司完成融資", days=WINDOW + 1, sources="s1")
    assert members(telling("a", "甲公司獲三億融資", sources="s1"), near)["b"].joined == "a"
    assert members(telling("a", "甲公司獲三億融資", sources="s1"), far)["c"].joined is None


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


def test_one_likeness_is_not_enough_for_a_thread_of_three() -> None:
    thread_of = dict.fromkeys("abc", "t")
    held = {"t": [(DAY, "a"), (DAY, "b"), (DAY, "c")]}
    assert assign_thread("x", DAY, [link("x", "a")], thread_of, held).role == "new"
    supported = [link("x", "a"), link("x", "b", 0.45, joins=False)]
    assert assign_thread("x", DAY, supported, thread_of, held) == StoryMember(
        "t", "continuing", "a"
    )
    assert assign_thread(
        "x", DAY, [link("x", "a", 0.95, "article", same=True)], thread_of, held
    ) == StoryMember("t", "duplicate", "a")


def test_a_thread_does_not_go_on_for_ever() -> None:
    held = {"t": [(before(DAY, SPAN + 1), "a"), (DAY, "b")]}
    assert assign_thread(
        "x", DAY, [link("x", "b", 0.95, "article")], {"b": "t"}, held
    ) == StoryMember(thread_id("x"), "new", None)


def test_the_next_link_is_tried() -> None:
    held = {"t": [(DAY, "a"), (DAY, "b"), (DAY, "c")], "u": [(DAY, "d")]}
    links = [link("x", "a", 0.9), link("x", "d", 0.7)]
    assert assign_thread("x", DAY, links, {"a": "t", "d": "u"}, held) == StoryMember(
        "u", "continuing", "d"
    )


def test_ends_of_the_calendar() -> None:
    first, last = date.min, date.max
    held = [StoryFeatures(str(day), "b", (day, "daily", 1), "標題", "") for day in (first, last)]
    assert {item: links for item, links in linked(held, first, last).items() if links} == {}
    assert before(first) == first


def test_what_leaves_the_window_leaves_nothing_behind() -> None:
    items = filler()
    window = StoryWindow(items)
    for item in items:
        window.remove(item)
    assert (
        window.held,
        window.titles.size,
        window.candidates(telling("x", _FILLER[0], days=1)),
    ) == ({}, 0, [])


def test_a_document_of_stubs_and_of_one_word_takes_no_time() -> None:
    stubs = [
        telling(f"s{at}", f"同一個標題 {at} {at % 97}", "（詳見上文）", ordinal=at)
        for at in range(1_500)
    ]
    begun = time.process_time()
    assert len(linked(stubs, date.min, date.max)) == 1_500
    assert time.process_time() - begun < 20


def test_a_stub_finds_what_it_refers_to_on_a_full_day() -> None:
    told = telling(
        "a", "以可及硬體實現的圖注意力網路偵測腦電癲癇", "自動偵測系統，用 EEG 與 GAT。", ordinal=99
    )
    stub = telling("b", "EEG + GAT", "（詳見下文）", ordinal=1)
    found = members(told, stub)
    assert found["b"].role == "new"
    assert found["a"].joined == "b"
