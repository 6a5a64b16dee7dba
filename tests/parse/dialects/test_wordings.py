"""Wordings of other editors, each as a careful reader takes it."""

import pytest

from app.parse.dialects import sections
from app.parse.draft import Body
from app.parse.markdown import MarkdownDocument


def body(text: str) -> Body:
    document = MarkdownDocument(text)
    return sections.read(document, document.blocks())


@pytest.mark.parametrize(
    ("footer", "figures"),
    [
        ("_資料來源：271 篇 | 主題數：30_\n_時間範圍：24 小時_", (271, 30, 24)),
        ("Articles: 99 · Topics: 9 · Window: last 24h", (99, 9, 24)),
        ("文章數：99｜主題數：9", (99, 9, None)),
        ("*Sources: 99 articles | Topics: 45 | Past 24 hours*", (99, 45, 24)),
        ("共收錄 99 篇文章，分析主題 9 個", (99, 9, None)),
        ("Based on 99 articles, 9 topics over the past 24 hours.", (99, 9, 24)),
    ],
)
def test_footers(footer: str, figures: tuple[int | None, ...]) -> None:
    result = body(
        f"## 今日焦點\n### 甲\n**核心摘要**：甲。\n**來源**：https://a.com/\n\n---\n\n{footer}"
    )
    assert (result.stats.articles, result.stats.topics, result.stats.window_hours) == figures
    assert [link.target for link in result.sections[0].items[0].sources] == ["https://a.com/"]


def test_a_sentence_with_a_count_is_no_footer() -> None:
    result = body("## 今日焦點\n### 甲\n\n今年共 30 篇論文被接收。")
    assert result.stats.articles is None
    assert result.sections[0].items[0].summary[0].text == "今年共 30 篇論文被接收。"


@pytest.mark.parametrize(
    ("line", "entries"),
    [
        ("甲、乙、丙", ["甲", "乙", "丙"]),
        ("A, B, C", ["A", "B", "C"]),
        ("① 甲 ② 乙 ③ 丙", ["甲", "乙", "丙"]),
        ("1. 甲 2. 乙 3. GPT-5.2", ["甲", "乙", "GPT-5.2"]),
        ("(1) 甲 (2) 乙", ["甲", "乙"]),
        ("甲、乙；丙", ["甲、乙", "丙"]),
        (
            "模型價格與長期成本、算力供給如何影響企業採購的節奏與決策",
            ["模型價格與長期成本、算力供給如何影響企業採購的節奏與決策"],
        ),
    ],
)
def test_watch_lists_on_one_line(line: str, entries: list[str]) -> None:
    assert [
        entry.text for entry in body(f"## 編輯洞察\n\n**關注清單**：{line}").watchlist
    ] == entries


@pytest.mark.parametrize(
    "line",
    [
        "完整內容請見「工具與資源」。",
        "（本則內容已併入「工具與資源」）",
        "已合併至研究進展章節。",
        "請參考工具與資源一節。",
        "→ 參考「工具與資源」",
        "見下方研究進展。",
        "See Research & Models below.",
        "Covered in Tools & Resources.",
        "Full story in the Research section.",
    ],
)
def test_stubs(line: str) -> None:
    assert body(f"## 今日焦點\n### 乙\n\n{line}").sections[0].items[0].kind == "stub"


@pytest.mark.parametrize(
    "line", ["OpenAI 併入新團隊。", "Gemini sees more demand in Asia.", "法院已參考專家意見。"]
)
def test_short_news_is_no_stub(line: str) -> None:
    assert body(f"## 今日焦點\n### 乙\n\n{line}").sections[0].items[0].kind == "full"


def test_a_dash_for_the_colon() -> None:
    item = (
        body(
            "## Headlines\n### A\n**TL;DR** — A model.\n\n**Importance** — High\n\n**Entities** — A, B"
        )
        .sections[0]
        .items[0]
    )
    assert item.summary[0].text == "A model."
    assert item.importance
    assert (item.importance.level, item.importance.label) == ("high", "High")
    assert [cell.text for cell in item.entities] == ["A", "B"]


def test_a_note_behind_a_bare_url() -> None:
    item = (
        body("## 今日焦點\n### 甲\n**來源**：https://b.com/c（英文版）；https://d.com/。")
        .sections[0]
        .items[0]
    )
    assert [(link.label, link.target) for link in item.sources] == [
        ("英文版", "https://b.com/c"),
        (None, "https://d.com/"),
    ]


def test_a_slanted_blurb_that_is_a_section_word() -> None:
    (section,) = body("## 模型與技術更新\n\n_論文精選_\n\n### A\n\n**核心摘要**：x").sections
    assert section.blurb
    assert (section.blurb.text, len(section.items)) == ("論文精選", 1)


def test_a_short_item_cites_in_its_sentence() -> None:
    (section,) = body(
        "## 工具與資源\n\n### 其他工具（精選）\n\n- **uv** 發佈：[公告](https://a.sh/uv)，更快。\n- **zz**：[說明](https://a.sh/z) 更快"
    ).sections
    assert [
        (item.title.text, [link.target for link in item.sources]) for item in section.items
    ] == [
        ("uv", ["https://a.sh/uv"]),
        ("zz", ["https://a.sh/z"]),
    ]


@pytest.mark.parametrize(
    ("text", "level", "label", "reason"),
    [
        ("Medium/High", "medium_high", "Medium/High", None),
        ("高/中", "medium_high", "高/中", None),
        ("高/High — 重大", "high", "高/High", "重大"),
        ("8/10（高）", "high", "8/10（高）", None),
        ("8/10（高）— 重大", "high", "8/10（高）", "重大"),
        ("8/10（因為重大）", "medium_high", "8/10", "（因為重大）"),
    ],
)
def test_importance_said_twice(text: str, level: str, label: str, reason: str | None) -> None:
    importance = body(f"## 今日焦點\n### 甲\n**重要性**：{text}").sections[0].items[0].importance
    assert importance
    assert (importance.level, importance.label, importance.reason) == (level, label, reason)
