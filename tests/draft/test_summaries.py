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
