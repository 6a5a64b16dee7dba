"""Words around the news are told from news that begin alike."""

import pytest

from app.parse import notices

GREETINGS = ["Good morning, readers.", "Hey, welcome", "大家早上好，今天是", "おはようございます。"]
FAREWELLS = [
    "That’s it for today!",
    "Written by Jo Okafor",
    "欢迎关注公众号「码头」",
    "配信停止はこちら",
    "喜歡這期的話",
]
PREVIEWS = ["In today’s rundown:", "What's inside", "Here's what happened in AI today:", "本期看点"]
ADVERTISEMENTS = [
    "TOGETHER WITH VARNA CLOUD",
    "A message from our partner",
    "Agents that pass review (Sponsor)",
    "LOADER: FROM PDF TO PROMPT (SPONSOR) [4]",
    "業配｜文件載入器八折",
    "【PR】受信箱を静かにする",
    "■ PR",
]
NEWS = [
    "Hi-tech exports rise in Varna",
    "GM recalls its cranes",
    "Welcome to the era of patient agents",
    "Powered by Lift, Varna moves 900 boxes",
    "Together with Borealis, Varna builds a port",
    "In partnership with Oslo, Aris opens a lab",
    "Written by a model, a novel wins a prize in Oslo",
    "Manage your agents with Moor",
    "扫码支付新规出台",
    "内容创作 AI 平台发布",
    "Share prices fall",
    "Ads come to Aris",
    "PRs are written by agents",
]


@pytest.mark.parametrize("text", [*GREETINGS, *FAREWELLS, *PREVIEWS, *ADVERTISEMENTS])
def test_words_around_the_news_are_notices(text: str) -> None:
    assert notices.is_notice(text)


@pytest.mark.parametrize("text", NEWS)
def test_news_that_begin_alike_are_none(text: str) -> None:
    assert not notices.is_notice(text)


@pytest.mark.parametrize(
    "text",
    [
        "[View Online](https://a.example) | [Sign Up](https://b.example)",
        "Sign Up [1] | Advertise [2]",
    ],
)
def test_rows_of_short_links_navigate(text: str) -> None:
    assert notices.is_link_row(text)


@pytest.mark.parametrize(
    "text",
    [
        "[AI](https://a.example) | [Borealis opens its model to every port](https://b.example)",
        "Aris buys Vox [1]",
        "a   [1]   |   " * 11 + "(",  # took minutes as one pattern
    ],
)
def test_titles_with_links_are_no_rows(text: str) -> None:
    assert not notices.is_link_row(text)


def test_lines_of_tags_and_ends_are_told_from_text() -> None:
    assert notices.is_tag_line("#models #法律")
    assert not notices.is_tag_line("#1 in the charts")
    assert notices.is_end("— 完 —")
    assert not notices.is_end("完成融资")
