from datetime import timedelta

from app.draft.article import CollectedArticle
from app.draft.briefing import DraftBriefing, DraftTerms, compose
from app.draft.ranking import History
from app.knowledge import knowledge
from tests.draft.test_topics import NOON, article

TERMS = DraftTerms(NOON - timedelta(hours=12), NOON + timedelta(hours=12), 10)


def draft(*articles: CollectedArticle) -> DraftBriefing:
    return compose(articles, History({"c:microsoft": 3}, 5), TERMS, knowledge())


OPEN = article(
    "輝達傳擬收購新創", "知情人士說，輝達擬以 20 億美元收購一家新創公司，談判尚未結束。", 1
).article
SPORT = article("球隊贏得冠軍", "球迷在街上慶祝到深夜，市長也到場祝賀球隊。", 2).article
BARE = article("微軟的一天", "", 3).article


def test_rising_names_without_resolution_are_watched() -> None:
    (watched,) = draft(OPEN).watched
    assert watched.name == "輝達"
    assert "尚未結束" in watched.quote.text


def test_topics_that_cannot_be_quoted_or_are_of_other_fields_are_not_chosen() -> None:
    composed = draft(OPEN, SPORT, BARE)
    choices = {topic.title: topic.choice for topic in composed.topics}
    assert choices["球隊贏得冠軍"].startswith("it names no entity")
    assert choices["微軟的一天"] == "no article of it has a sentence that can be quoted"
    assert [topic.title for topic in composed.chosen] == ["輝達傳擬收購新創"]


def test_a_round_up_is_no_topic() -> None:
    text = "It was a long week. Nvidia and Microsoft did a lot of things."
    composed = draft(article("This week in AI: Nvidia and more", text, 4).article)
    assert composed.topics[0].choice == "it is a round-up of several events, by its title"


def test_the_lead_is_the_first_name_of_the_title() -> None:
    text = "亞馬遜起訴 Perplexity，指其 Comet 瀏覽器代理未表明身分即進入帳戶購物。"
    (topic,) = draft(article("Perplexity 遭亞馬遜控告 Comet 代理購物", text, 1).article).chosen
    assert topic.lead == "c:perplexity"


def test_a_name_is_written_as_the_articles_of_the_day_write_it() -> None:
    text = "SpaceX 表示，與夥伴的合作協議包含今年稍晚收購對方的權利。"
    composed = draft(article("SpaceX 取得收購權", text, 1).article)
    assert composed.names["c:spacex"] == "SpaceX"


def test_terms_that_many_articles_have_and_places_in_passing_are_no_key_entities() -> None:
    articles = []
    for number, name in enumerate(("輝達", "微軟", "英特爾", "高通")):
        text = f"北京时间周四，{name}表示新的晶片與 GPU 已經開始出貨。"
        articles.append(article(f"{name}的晶片", text, number).article)
    for topic in draft(*articles).chosen:
        assert not {"c:chip", "c:gpu", "c:beijing"} & set(topic.nodes)


def test_the_order_of_articles_changes_nothing() -> None:
    assert draft(OPEN, SPORT, BARE) == draft(BARE, OPEN, SPORT)


def test_headlines_are_of_several_sections_and_subjects() -> None:
    reports = []
    for number, name in enumerate(("輝達", "微軟", "亞馬遜")):
        text = f"{name}以 {number + 2} 億美元收購第 {number} 家新創公司，交易已經完成。"
        title = f"{name}收購第 {number} 家新創公司"
        reports.append(article(title, text, number).article)
    text = "輝達說新的模型由論文的研究團隊訓練，基準測試的得分提高。"
    reports.append(article("輝達公布模型的研究論文", text, 4).article)
    composed = draft(*reports)
    headlines = composed.headlines
    assert len(composed.chosen) == 4
    assert len({topic.lead for topic in headlines}) == len(headlines)
    assert sum(topic.placement.kind == "market" for topic in headlines) == 2
    assert len(headlines) + len(composed.section("market")) >= 3


def test_a_talk_that_another_article_says_is_settled_is_not_watched() -> None:
    text = "知情人士說，微軟正洽談以 20 億美元投資一家新創公司，談判可能在年底結束。"
    talk = article("微軟洽談投資新創", text, 5).article
    done = article("微軟完成對新創的投資", "微軟付清 45 億歐元，成為第一大股東。", 6).article
    rising = draft(talk, article("輝達的一天", text, 7).article)
    assert [entry.name for entry in rising.watched] == ["微軟"]
    assert not draft(talk, done).watched
