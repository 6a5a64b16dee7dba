from app.draft.article import acts_of
from app.normalize.stories.features import IN_TEXT, LISTED, TITLED
from tests.draft.test_topics import article


def test_names_weigh_by_their_place() -> None:
    text = "報導。" * 80
    named = article("輝達的新平台", f"阿里巴巴也加入。{text}騰訊沒有回應。")
    weights = {}
    for node, mention in named.features.mentions.items():
        weights[node] = mention.weight
    assert weights["c:nvidia"] == TITLED
    assert weights["c:alibaba"] == LISTED
    assert weights["c:tencent"] == IN_TEXT


def test_papers_and_links_of_the_text_are_cited() -> None:
    named = article("論文", "見 arXiv:2512.17527 與 https://qbitai.com/2025/12/1.html。")
    assert len(named.features.papers) == 1
    assert len(named.features.sources) >= 2


def test_kinds_of_event_are_those_of_the_title_first() -> None:
    assert acts_of("微軟收購新創", "去年發布模型") == {"acquisition"}
    assert acts_of("微软的一天", "公司发布新模型") == {"release"}
    assert acts_of("Court rules against Apple", "") >= {"lawsuit"}


def test_a_sentence_that_repeats_the_title_is_not_quoted() -> None:
    named = article(
        "輝達發布平台並公布價格", "輝達發布平台並公布價格。第二句說明了供貨的時間與數量。"
    )
    assert [entry.text for entry in named.article.sentences] == ["第二句說明了供貨的時間與數量。"]


def test_a_version_that_stands_apart_from_its_name_is_a_subject() -> None:
    assert "c:deepseek-v4" in article("DeepSeek 開源 V4，上下文百萬字", "").features.subjects


def test_a_capital_at_the_start_of_a_sentence_makes_no_name() -> None:
    neutral = article("T", "The model is fast. Users like it. They ask OpenAI for more.").neutral
    assert "w:openai" in neutral
    assert not {"w:the", "w:users", "w:they"} & set(neutral)


def test_a_for_profit_company_reports_no_profit() -> None:
    assert acts_of("OpenAI became a for-profit company", "") == frozenset()
