from app.draft.figures import amounts, figures, unknown


def test_an_amount_is_the_same_in_all_languages() -> None:
    written = ("681 億美元", "681亿美元", "$68.1 billion", "68.1bn", "68,100 million")
    assert {frozenset(amounts(text)) for text in written} == {frozenset(["6.81e+10"])}


def test_power_is_no_amount() -> None:
    assert not amounts("200 兆瓦")


def test_large_numbers_are_figures_however_they_are_written() -> None:
    assert figures("13,000 times") == figures("1.3 萬倍")


def test_days_and_identifiers_are_no_figures() -> None:
    assert not figures("5月20日，論文 arXiv:2512.23675v1")


def test_numbers_in_chinese_characters_and_sizes_are_figures() -> None:
    assert figures("影響近八千人") == figures("nearly 8,000 people")
    assert figures("持股兩成五") == figures("25%")
    assert figures("包括1.6T参数") == figures("1.6 兆參數")
    assert not figures("starting on May 20")


def test_a_rounded_figure_is_not_new() -> None:
    assert not unknown(figures("about 512,000 lines"), figures("51 萬行"))
    assert unknown(figures("in 2027"), figures("2026 年"))
