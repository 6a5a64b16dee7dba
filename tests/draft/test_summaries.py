from app.draft.summaries import by_preference, extract
from app.normalize.text.idf import Idf
from tests.draft.test_topics import article

TEXT = (
    "輝達公布新平台的價格與供貨時間。分析師說成本將下降百分之四十。"
    "輝達公布了新平台的價格與供貨時間。天氣晴朗而且溫暖。客戶包括三家雲端業者，明年交付 500 套系統。"
)


def idf_of(*texts: str) -> Idf:
    idf = Idf()
    for text in texts:
        idf.add(set(text))
    return idf


def test_quotes_do_not_repeat_each_other() -> None:
    source = article("輝達公布新平台", TEXT).article
    quotes = extract([source], idf_of(TEXT))
    texts = [quote.text for quote in (*quotes.summary, *quotes.details)]
    assert len(texts) == len(set(texts))
    assert sum("供貨時間" in text for text in texts) == 1
    assert all(text in TEXT for text in texts)


def test_traditional_chinese_with_sentences_stands_for_a_topic() -> None:
    english = article("T", "The company shipped a new platform today.", 1).article
    chinese = article("輝達的平台", TEXT, 2).article
    empty = article("輝達與台積電發布", "", 3).article
    assert by_preference([english, empty, chinese])[0] == chinese


def test_an_article_without_sentences_gives_no_quotes() -> None:
    assert extract([article("T", "").article], Idf()).summary == ()


def test_a_summary_is_in_one_language_and_others_add_figures() -> None:
    chinese = article("輝達的平台", "輝達公布新平台，推論成本降為十分之一。", 1).article
    same = article("T", "Nvidia announced a platform that cuts inference costs.", 2).article
    figure = article("T", "Nvidia will ship 500 racks of the platform in March.", 3).article
    quotes = extract([chinese, same, figure], idf_of(TEXT))
    assert [quote.article for quote in quotes.summary] == [chinese]
    assert [quote.article for quote in quotes.details] == [figure]


def test_one_fact_in_two_scripts_is_quoted_once() -> None:
    hant = "三星電子的 HBM4 已通過輝達品質測試，預計二月開始供貨，速度達每秒 11.7 Gb。"
    hans = "三星电子 HBM4 通过英伟达质量测试，计划 2 月供货，速率 11.7Gbps。"
    articles = [article("T", hant, 1).article, article("T", hans, 2).article]
    assert len(extract(articles, idf_of(TEXT)).summary) == 1


def test_a_figure_is_quoted_once_in_two_languages() -> None:
    chinese = article("輝達的平台", "輝達以 17 億歐元買下一家新創公司的股份。", 1).article
    english = article("T", "Nvidia pays €1.7 billion for a stake in a startup.", 2).article
    assert extract([chinese, english], idf_of(TEXT)).details == ()


def test_the_lead_of_a_second_report_is_not_in_the_summary() -> None:
    first = article("輝達的平台", "輝達公布新平台。新平台的推論成本降為十分之一。", 1).article
    second = article("輝達新品", "今日凌晨，英伟达在大会上正式亮相全新一代系统。", 2).article
    quotes = extract([first, second], idf_of(TEXT))
    assert {quote.article for quote in quotes.summary} == {first}


def test_where_something_is_used_is_quoted_apart() -> None:
    sentences = [
        "輝達公布新平台的架構細節。",
        "新平台由台積電以最新的製程生產。",
        "輝達的新平台公布後股價上漲許多。",
        "此外，醫院的影像判讀工作也很適用。",
    ]
    quotes = extract([article("輝達公布新平台", "".join(sentences)).article], idf_of(TEXT))
    assert [quote.text for quote in quotes.uses] == [sentences[3]]


def texts_of(title: str, *texts: str) -> list[str]:
    articles = [article(title, text, number).article for number, text in enumerate(texts)]
    quotes = extract(articles, idf_of(*texts))
    return [quote.text for quote in (*quotes.summary, *quotes.details, *quotes.uses)]


def test_a_sentence_that_refers_back_stands_after_the_one_before_it() -> None:
    lead = "輝達公布新平台的價格與供貨時間。"
    middle = "分析師說各家業者的成本會下降許多。"
    back = "該公司也說這項計畫將在年底以前完成。"
    quotes = texts_of("輝達的平台", f"{lead}{middle}{back}")
    assert quotes[0] == lead
    assert back not in quotes or quotes.index(back) == quotes.index(middle) + 1
    assert back in texts_of("輝達的平台", f"{lead}{back}")


def test_a_sentence_in_another_language_that_refers_back_is_no_detail() -> None:
    english = "Nvidia announced a platform. Instead, about 400 racks will ship to customers."
    assert len(texts_of("輝達的平台", "輝達公布新平台的價格與供貨時間。", english)) == 1


def test_a_lead_stands_although_the_title_repeats_part_of_it() -> None:
    lead = "輝達公布新平台，價格與去年的產品相同。"
    text = f"{lead}客戶包括三家雲端業者。明年交付 500 套系統給客戶使用。供貨從 3 月開始逐步擴大。"
    assert texts_of("輝達公布新平台", text)[0] == lead


def test_a_detail_that_repeats_figures_in_another_unit_is_left_out() -> None:
    chinese = "輝達通知客戶，5 月 20 日起將停售約 10% 的晶片，影響近八千人。"
    english = "Nvidia will stop selling about 10% of its chips for 8,000 users from May 20."
    assert texts_of("輝達停售晶片", chinese, english) == [chinese]


def test_share_prices_are_no_technical_details() -> None:
    chinese = "輝達公布新平台，推論成本降為十分之一。"
    english = "Nvidia announced a platform. Nvidia shares rose 4% after hours in New York."
    assert texts_of("輝達的平台", chinese, english) == [chinese]
