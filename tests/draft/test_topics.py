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
