import pytest

from app.parse.footer import is_footer
from app.parse.kinds import Part
from app.parse.markdown import MarkdownDocument
from app.parse.parts import PartsReader


def read(part: Part, text: str) -> tuple[PartsReader, int]:
    document = MarkdownDocument(text)
    reader = PartsReader(document, {"d": "https://d.example"})
    return reader, len(reader.read(part, document.blocks()))


def test_watch_list_as_list_paragraph_or_inline() -> None:
    assert [
        w.text for w in read("watchlist", "1. 甲\n   續\n2. **乙** — 丙\n\n- [ ] 丁")[0].watchlist
    ] == [
        "甲\n   續",
        "**乙** — 丙",
        "丁",
    ]
    assert [w.text for w in read("watchlist", "甲；乙（一；二）; 丙")[0].watchlist] == [
        "甲",
        "乙（一；二）",
        "丙",
    ]
    assert read("watchlist", "| a |\n|---|")[1] == 1


@pytest.mark.parametrize(
    ("text", "title", "target", "note"),
    [
        ("- [甲](https://a.example) — 乙", "甲", "https://a.example", "乙"),
        ("- **[甲](a)**：乙\n  丙", "甲", "a", "乙\n  丙"),
        ("- 訪談：[甲](a) — 乙", "訪談：甲", "a", "乙"),
        ("- 甲 https://a.example：乙", "甲", "https://a.example", "乙"),
        ("- **甲**: https://a.example", "甲", "https://a.example", None),
        ("- <https://a.example>", "https://a.example", "https://a.example", None),
        ("- [甲][d] - 乙", "甲", "https://d.example", "乙"),
        ("- 《甲》——乙", "《甲》", None, "乙"),
        ("- Paper: subtitle (2026) — note", "Paper: subtitle (2026)", None, "note"),
        ("- 甲\n\n  乙", "甲", None, "乙"),
    ],
)
def test_readings(text: str, title: str, target: str | None, note: str | None) -> None:
    (reading,) = read("readings", text)[0].readings
    assert (reading.title, reading.target, reading.note) == (title, target, note)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("- **甲**：乙\n- 丙（D：E）：己", [("甲", "乙"), ("丙（D：E）", "己")]),
        ("甲 — 乙", [("甲", "乙")]),
        ("**甲**\n乙", [("甲", "乙")]),
        ("甲\n: 乙", [("甲", "乙")]),
        ("**甲**：乙\n續行", [("甲", "乙\n續行")]),
        ("只有文字。", [(None, "只有文字。")]),
    ],
)
def test_background(text: str, notes: list[tuple[str | None, str]]) -> None:
    assert [(note.term, note.text) for note in read("background", text)[0].background] == notes


def stats(text: str) -> tuple[int | None, int | None, int | None, str | None]:
    document = MarkdownDocument(text)
    reader = PartsReader(document, {})
    for block in document.blocks():
        if is_footer(block):
            reader.read_footer(block)
    result = reader.stats()
    return result.articles, result.topics, result.window_hours, result.generated_at


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "_資料來源：271 篇文章 | 分析主題：30 個_\n_資料收集時間：過去 24 小時 | 報告生成時間：2025/11/22 06:42:58 CST_",
            (271, 30, 24, "2025-11-22T06:42:58+08:00"),
        ),
        ("数据来源: 1,024 篇文章; 主题: 4; 覆盖范围: 过去 2 天", (1024, 4, 48, None)),
        ("Sources: 12 articles | Topics: 3 | Window: last 36 hours", (12, 3, 36, None)),
        (
            "- Articles: 7\n- Report generated: 2026-01-02 03:04 UTC+9",
            (7, None, None, "2026-01-02T03:04:00+09:00"),
        ),
        ("Generated on 2026-01-02 at 03:04Z", (None, None, None, "2026-01-02T03:04:00+00:00")),
        ("報告生成時間：2026/02/30 06:00 CST", (None, None, None, None)),
        ("報告生成時間：2026/02/03", (None, None, None, None)),
        ("來源：三篇文章", (None, None, None, None)),
    ],
)
def test_footer(text: str, expected: tuple[int | None, int | None, int | None, str | None]) -> None:
    assert stats(text) == expected


def test_ordinary_text_is_no_footer() -> None:
    assert not any(
        is_footer(block)
        for block in MarkdownDocument(
            "資料來源：12 篇文章\n但這一行是別的。\n\n**來源**：[甲](a)"
        ).blocks()
    )
