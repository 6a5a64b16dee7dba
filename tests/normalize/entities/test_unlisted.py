"""Characters that look like a name which no catalogue has."""

import pytest

from app.normalize.entities.unlisted import unlisted_names


def names(text: str, *known: str) -> list[str]:
    mentions = []
    for name in known:
        start = text.index(name)
        mentions.append((start, start + len(name)))
    return [text[start:end] for start, end, _ in unlisted_names(text, mentions)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("團隊發布 OpenLogi，支援滑鼠。", ["OpenLogi"]),
        ("Munder Difflin 是一個框架。", ["Munder Difflin"]),
        ("程式語言 Zorb 1.27 發布", ["Zorb 1.27"]),
        ("Cloudflare 推出 Precursor，監控滑鼠", ["Cloudflare", "Precursor"]),
        ("They've cranked up the Zorbifier again.", ["Zorbifier"]),
        ("The Zorbifier's price rose.", ["Zorbifier"]),
        ("How We're Building Scam Alert on Zorbify With Care", ["Zorbify"]),
        ("**MokA**（一種方法）", ["MokA"]),
        ("研究者 Rumman Chowdhury 表示", ["Rumman Chowdhury"]),
        ("登頂 ZorbBench 88.4%，領先", ["ZorbBench"]),
        ("ZorbBench v2 89.2 % 為最高", ["ZorbBench v2"]),
    ],
)
def test_latin_names_are_found(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "This is However What Everyone Reads",
        "Read More: Introducing the Best Models",
        "速度為 3.8 Tbps，記憶體 16GB，解析度 4K",
        "執行長 CEO 與 API、PDF、JSON",
        "見 https://example.org/Zorbify 與 `Zorbify`",
        "don't, isn't, They've",
        "關鍵的「購買」與「技術中立」",
    ],
)
def test_ordinary_words_units_and_addresses_are_no_names(text: str) -> None:
    assert names(text) == []


def test_known_names_are_left_out_but_may_begin_one() -> None:
    text = "OpenAI 推出 Claude Managed Agents，由 OpenAI Zorbify 測試"
    known = ["OpenAI", "Claude"]
    assert names(text, *known) == ["Claude Managed Agents", "OpenAI Zorbify"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("遊戲《毀滅戰士》的渲染器", ["毀滅戰士"]),
        ("啟動「摸高計劃」", ["摸高計劃"]),
        ("由 歐洲核子研究組織（CERN）主持", ["CERN", "歐洲核子研究組織"]),
        ("他說「這是我們的計劃」", []),
    ],
)
def test_chinese_names_are_found(text: str, expected: list[str]) -> None:
    assert sorted(names(text)) == sorted(expected)


def test_forms_and_places_are_exact() -> None:
    text = "小說《銀色的門》與 Zorbify"
    found_names = unlisted_names(text, [])
    assert [(text[name.start : name.end], name.form) for name in found_names] == [
        ("銀色的門", "quoted"),
        ("Zorbify", "latin"),
    ]
