import pytest

from app.parse.lines import Line
from app.parse.references import References
from app.parse.titles import Title, opening_title, read_title, take_rating


def title(text: str) -> Title:
    return read_title(Line(1, 0, len(text), text), References())


@pytest.mark.parametrize(
    ("text", "bare", "number"),
    [
        ("1. GPT-5 發布", "GPT-5 發布", "1"),
        ("**2. GPT-5 發布**", "GPT-5 發布", "2"),
        ("#3 GPT-5 發布", "GPT-5 發布", "3"),
        ("GPT-5 發布 `#4`", "GPT-5 發布", "4"),
        ("5️⃣ GPT-5 發布", "GPT-5 發布", "5"),
        ("① GPT-5 發布", "GPT-5 發布", "①"),
        ("3.5 Sonnet 更新", "3.5 Sonnet 更新", None),
        ("5 new ways to level up", "5 new ways to level up", None),
    ],
)
def test_a_title_loses_its_number(text: str, bare: str, number: str | None) -> None:
    read = title(text)
    assert read.text == bare
    assert (read.number.text if read.number else None) == number


@pytest.mark.parametrize(
    ("text", "label", "level"),
    [
        ("甲乙丙 ⭐️ 9.0/10", "⭐️ 9.0/10", "high"),
        ("甲乙丙 8.7/10", "8.7/10", "medium_high"),
        ("甲乙丙 ★★★☆☆", "★★★☆☆", "medium"),
        ("【必讀】甲乙丙", "必讀", "high"),
        ("甲乙丙（87 points）", "87 points", None),
    ],
)
def test_a_rating_becomes_importance_as_written(text: str, label: str, level: str | None) -> None:
    read = title(text)
    assert read.text == "甲乙丙"
    assert read.importance is not None
    assert (read.importance.label, read.importance.level) == (label, level)


@pytest.mark.parametrize(
    "text",
    [
        "[甲乙丙](https://a.example)",
        "甲乙丙（[來源](https://a.example)）",
        "甲乙丙 [↗](https://a.example)",
        "甲乙丙 ([Source](https://a.example)) {#id}",
    ],
)
def test_a_link_of_a_title_is_its_source(text: str) -> None:
    read = title(text)
    assert read.text == "甲乙丙"
    assert [link.target for link in read.links] == ["https://a.example"]


def test_an_opening_is_whole_sentences() -> None:
    assert opening_title("短句。" + "字" * 40 + "。其餘") == "短句。" + "字" * 40 + "。"
    assert len(opening_title("字" * 300)) <= 121
    assert opening_title("**甲** [乙](https://a.example)") == "甲 乙"


@pytest.mark.parametrize(
    ("rest", "level", "label", "text"),
    [
        ("(⭐⭐⭐⭐⭐) 價格減半。", "high", "⭐⭐⭐⭐⭐", "價格減半。"),
        ("（8.7/10）— 價格減半。", "medium_high", "8.7/10", "價格減半。"),
        ("★★★☆☆ 價格減半。", "medium", "★★★☆☆", "價格減半。"),
    ],
)
def test_a_rating_opens_the_text_after_a_title(
    rest: str, level: str, label: str, text: str
) -> None:
    rated, following = take_rating(title("甲"), Line(1, 0, len(rest), rest))
    assert rated.importance
    assert (rated.importance.level, rated.importance.label) == (level, label)
    assert following.text == text


def test_a_number_in_the_text_is_no_rating() -> None:
    rest = Line(1, 0, 8, "3 分鐘讀完。")
    assert take_rating(title("甲"), rest) == (title("甲"), rest)


@pytest.mark.parametrize(
    ("line", "text", "importance"),
    [
        ("3、丙公司融資【必讀】", "丙公司融資", "必讀"),
        ("Alpha ships a model [must read]", "Alpha ships a model", "must read"),
        ("乙公司開源框架 [1][2]", "乙公司開源框架", None),
        ("甲公司降價。https://a.com/1", "甲公司降價。", None),
    ],
)
def test_a_title_loses_what_stands_behind_it(line: str, text: str, importance: str | None) -> None:
    result = title(line)
    assert result.text == text
    assert (result.importance.label if result.importance else None) == importance
