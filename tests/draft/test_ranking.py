from datetime import timedelta

from app.draft.ranking import History, rank, relative_importance, rises
from tests.draft.test_topics import NOON, article

START, END = NOON - timedelta(hours=12), NOON + timedelta(hours=12)
NAMES = {"c:nvidia": "輝達"}


def test_a_name_that_is_seldom_in_the_news_rises_most() -> None:
    articles = [article("輝達的平台", "", number) for number in range(3)]
    new = rises(articles, History({}, 28), {})["c:nvidia"]
    old = rises(articles, History({"c:nvidia": 84}, 28), {})["c:nvidia"]
    assert (new.articles, new.former_items) == (3, 0)
    assert new.rise > old.rise == 0


def test_more_publishers_and_novelty_weigh_more_and_are_the_reason() -> None:
    articles = [article("輝達的平台", "", number) for number in range(2)]
    history = History({}, 28)
    rising = rises(articles, history, {})
    first = rank(articles[:1], rising, history, NAMES, START, END)
    known = History({"c:nvidia": 90}, 28)
    later = rank(articles[:1], rises(articles, known, {}), known, NAMES, START, END)
    assert first.salience > later.salience
    assert first.reason == "1 家來源報導（a.example）；近 28 日首次出現：輝達"
    assert later.reason == "1 家來源報導（a.example）"


def test_without_history_nothing_is_new_or_rises() -> None:
    history = History({}, 0)
    articles = [article("輝達的平台", "", number) for number in range(2)]
    rising = rises(articles, history, {})
    result = rank(articles[:1], rising, history, NAMES, START, END)
    assert rising["c:nvidia"].rise == 0
    assert result.reason == "1 家來源報導（a.example）；今日 2 篇提及 輝達"


def test_without_history_a_frequent_name_weighs_more() -> None:
    history = History({}, 0)
    articles = [article("輝達的平台", "", number) for number in range(3)]
    articles.append(article("微軟的平台", "", 3))
    rising = rises(articles, history, {})
    names = {"c:nvidia": "輝達", "c:microsoft": "微軟"}
    frequent = rank(articles[2:3], rising, history, names, START, END)
    assert frequent.salience > rank(articles[3:], rising, history, names, START, END).salience


def test_concepts_and_classes_of_chips_do_not_rise() -> None:
    articles = [article("輝達的 GPU 與開源", "", number) for number in range(3)]
    assert set(rises(articles, History({}, 28), {})) == {"c:nvidia"}


def test_high_importance_is_for_the_first_quarter() -> None:
    levels = [relative_importance(4.0, place, 8) for place in range(1, 9)]
    assert levels == ["high"] * 2 + ["medium"] * 4 + ["low"] * 2
    assert relative_importance(3.0, 1, 8) == "medium"


def test_the_reason_names_the_subject_and_no_side_name() -> None:
    articles = [article("輝達的平台", "", 1), article("輝達的平台交給微軟", "", 2)]
    others = [article("微軟的一天", "", number) for number in range(3, 9)]
    history = History({}, 0)
    rising = rises([*articles, *others], history, {})
    names = {"c:nvidia": "輝達", "c:microsoft": "微軟"}
    assert "微軟" not in rank(articles, rising, history, names, START, END).reason


def test_an_article_that_names_a_member_names_its_family() -> None:
    articles = [article("Claude 的一天", "", 1), article("Claude Opus 4.5 的價格", "", 2)]
    rising = rises(articles, History({}, 0), {"c:claude-opus-4-5": "c:claude"})
    assert rising["c:claude"].articles == 2
