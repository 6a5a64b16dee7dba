from datetime import UTC, datetime, timedelta

import pytest

from app.draft.article import CollectedArticle, NamedArticle, named_article
from app.draft.topics import group
from app.knowledge import knowledge
from app.parse.language import find_language

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def article(title: str, text: str, order: int = 0, url: str = "") -> NamedArticle:
    candidate = CollectedArticle(
        id=f"n_{order}",
        source_id=f"s_{url or order}",
        url=url or f"https://a.example/{order}",
        publisher="a.example",
        title=title,
        text=text,
        language=find_language(title + text),
        moment=NOON + timedelta(minutes=order),
        authority=0.5,
        section=None,
    )
    return named_article(candidate, order, knowledge())


def sizes(*texts: tuple[str, str]) -> list[int]:
    articles = [article(title, text, order) for order, (title, text) in enumerate(texts)]
    return sorted(len(topic) for topic in group(articles))


def test_two_scripts_of_one_report_are_one_topic() -> None:
    hant = (
        "輝達發布 Rubin 平台，宣稱推論成本降低十倍",
        "輝達在大會上介紹新的 Rubin 平台與六款晶片。",
    )
    hans = (
        "英伟达发布 Rubin 平台，称推理成本降低十倍",
        "英伟达在大会上介绍新的 Rubin 平台与六款芯片。",
    )
    assert sizes(hant, hans) == [2]


def test_two_languages_of_one_report_are_one_topic() -> None:
    chinese = (
        "OpenAI 推出 GPT-5.2，錯誤減少三成",
        "OpenAI 說 GPT-5.2 在 44 種職業的任務上表現更好。",
    )
    english = ("OpenAI launches GPT-5.2 with 30% fewer errors", "GPT-5.2 does better on 44 jobs.")
    assert sizes(chinese, english) == [2]


@pytest.mark.parametrize(
    "other",
    [
        ("OpenAI sued by authors over training data", "Authors sued OpenAI in New York."),
        ("Anthropic launches Claude Opus 5", "Anthropic said Claude Opus 5 is out."),
        ("OpenAI launches GPT-5.1 for schools", "GPT-5.1 comes to schools."),
    ],
)
def test_another_event_is_another_topic(other: tuple[str, str]) -> None:
    chinese = (
        "OpenAI 推出 GPT-5.2，錯誤減少三成",
        "OpenAI 說 GPT-5.2 在 44 種職業的任務上表現更好。",
    )
    assert sizes(chinese, other) == [1, 1]


def test_one_paper_is_one_topic() -> None:
    first = article("A new attention", "See arXiv:2512.17527 for the paper.", 0)
    second = article("注意力的新方法", "論文：https://arxiv.org/abs/2512.17527v2", 1)
    assert [len(topic) for topic in group([first, second])] == [2]


def test_no_articles_are_no_topics() -> None:
    assert group([]) == []


# Of two articles alone no word is rare.
OTHERS = tuple(
    (f"{name}的新聞", f"{name}今天沒有任何值得報導的事情。")
    for name in ("微軟", "騰訊", "百度", "高通", "華為", "三星", "特斯拉", "英特爾")
)


RELEASE = (
    "OpenAI 推出 GPT-5.2，錯誤減少三成",
    "OpenAI 說 GPT-5.2 在 44 種職業的任務上表現更好。",
)


@pytest.mark.parametrize(
    "title",
    [
        "This week in AI: OpenAI launches GPT-5.2 and more",
        "GPT-5.2 實測：OpenAI 推出的新模型錯誤少了嗎",
        "觀點：OpenAI 推出 GPT-5.2 之後",
    ],
)
def test_a_round_up_a_review_or_an_opinion_joins_no_report(title: str) -> None:
    assert sizes(RELEASE, (title, RELEASE[1])) == [1, 1]


def test_results_with_other_amounts_are_two_events() -> None:
    first = ("輝達季度營收 570 億美元創紀錄", "輝達公布財報，資料中心營收達 512 億美元。")
    second = ("輝達上季營收 681 億美元", "輝達公布財報，資料中心營收達 623 億美元。")
    english = ("Nvidia revenue reaches $68.1 billion", "Data center revenue was $62.3 billion.")
    assert sizes(first, second, *OTHERS)[-1] == 1
    assert sizes(second, english, *OTHERS)[-2:] == [1, 2]


def test_rare_figures_join_reports_whose_titles_name_other_subjects() -> None:
    chinese = (
        "北京要求雲端業者暫緩採購 H20 後續晶片",
        "監管部門約談雲端業者。輝達股價下跌 1.8%，市值蒸發 870 億美元。",
    )
    english = (
        "Chinese regulators tell cloud firms to wait for Nvidia's new chip",
        "Officials in Beijing summoned cloud firms. Shares fell 1.8%, or $87 billion.",
    )
    assert sizes(chinese, english, *OTHERS)[-2:] == [1, 2]


def test_a_follow_up_on_one_model_is_another_event() -> None:
    first = (
        "Anthropic withholds Mythos, a model that finds thousands of flaws",
        "Anthropic will not release Mythos to the public. The model finds flaws in browsers.",
    )
    later = (
        "Brussels still waits for access to Anthropic's Mythos",
        "The European Commission has met Anthropic five times. The talks are at an early stage.",
    )
    assert sizes(first, later) == [1, 1]


def test_a_possessive_is_no_part_of_a_version() -> None:
    chinese = ("阿里發布 Qwen 3.7 Max", "模型連續作業 35 小時，呼叫工具 1,158 次。")
    english = ("Alibaba's Qwen 3.7 Max works for 35 hours", "It made 1,158 tool calls.")
    assert sizes(chinese, english) == [2]
