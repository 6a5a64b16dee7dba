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
        ("Zorbify Institute 發布報告", ["Zorbify Institute"]),
        ("機能「Humming」を公開。Humming は速い。", ["Humming", "Humming"]),
        ("論文《Notes on the Slow Machine》與 Zorbify", ["Notes on the Slow Machine", "Zorbify"]),
        ("《雷霆之錘》（Precursor）重製", ["雷霆之錘", "Precursor"]),
        ("QRDP（協作人機協議）上線。用 QRDP 交接。", ["QRDP", "QRDP"]),
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
        "叢集有 200EFLOPS，模型為 35B-A3B，提交 S-1 文件",
        "更好的 UIs、VMs 與 WebUI",
        "藍圖（Blueprint）與標註（Annotation）",
        "新增 Annotations、Plugins 與 Violets",
        "Contactless、Ultrafast 與 Influencer",
        "Workaround: turn it off. Frontend framework for all.",
        "之外：When Builds Itself",
        "Slow 與 slow 都寫：Trait 不是 trait",
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


def test_an_organisation_before_an_institute_is_part_of_its_name() -> None:
    assert names("Anthropic Institute 發布報告", "Anthropic") == ["Anthropic Institute"]


def test_a_repository_counts_whole_unless_its_project_is_known() -> None:
    text = (
        "[CopilotZorb/CopilotZorb](https://github.com/CopilotZorb/CopilotZorb) 很快，"
        "[zorb/quick](https://github.com/zorb/quick) 也是"
    )
    assert names(text) == ["CopilotZorb/CopilotZorb", "zorb/quick"]
    assert names(text, "quick") == ["CopilotZorb/CopilotZorb"]


def test_forms_and_places_are_exact() -> None:
    text = "小說《銀色的門》與 Zorbify"
    found_names = unlisted_names(text, [])
    assert [(text[name.start : name.end], name.form) for name in found_names] == [
        ("銀色的門", "quoted"),
        ("Zorbify", "latin"),
    ]
