from datetime import timedelta

from app.draft.briefing import DraftBriefing, DraftTerms, compose
from app.draft.ranking import History
from app.knowledge import knowledge
from tests.draft.test_topics import NOON, article

TERMS = DraftTerms(NOON - timedelta(hours=12), NOON + timedelta(hours=12), 1)


def draft(history: History, *texts: tuple[str, str]) -> DraftBriefing:
    articles = [article(*text, number).article for number, text in enumerate(texts)]
    return compose(articles, history, TERMS, knowledge())


OPEN = ("輝達傳擬收購新創", "知情人士說，輝達擬以 20 億美元收購一家新創公司，談判尚未結束。")
REVIEW = ("Hands-on with Claude Code", "I used Claude Code for a whole day. It fixed ten bugs.")
ROUND_UP = ("This week in AI: Nvidia and more", "It was a long week. Nvidia did a lot of things.")


def test_the_name_that_is_watched_is_the_first_of_its_sentence() -> None:
    text = "三星電子的 HBM4 已通過輝達品質測試，預計二月開始供貨給客戶。"
    (watched,) = draft(History({}, 0), ("三星 HBM4 通過輝達驗證", text)).watched
    assert watched.name == "三星"


def test_a_plan_that_is_a_name_leaves_nothing_open() -> None:
    text = "Anthropic 宣布「玻璃翼計畫」，向四十家機構提供新的模型。"
    assert not draft(History({}, 0), ("Anthropic 只讓四十家機構使用模型", text)).watched


def test_with_history_only_names_that_rise_are_watched() -> None:
    assert draft(History({"c:nvidia": 1}, 28), OPEN).watched
    assert not draft(History({"c:nvidia": 2800}, 28), OPEN).watched


def test_reviews_are_read_before_reports_and_round_ups_never() -> None:
    quotes = draft(History({}, 0), OPEN, REVIEW, ROUND_UP).readings
    assert [quote.article.title for quote in quotes] == [REVIEW[0], OPEN[0]]


def test_background_is_technical_and_one_note_a_topic() -> None:
    composed = draft(
        History({}, 0), ("輝達 Vera Rubin 量產", "輝達宣布 Vera Rubin 已經開始量產出貨了。")
    )
    assert composed.background == (("Vera Rubin", "晶片，由 輝達 推出。"),)
