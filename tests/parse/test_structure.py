"""Trees, units and choices on small documents; whole layouts are in test_layouts.py."""

from typing import Any

import pytest

from app.parse.briefing import parse_briefing, parse_text
from app.parse.draft import ItemDraft
from app.parse.lines import Line
from app.parse.markdown import MarkdownDocument
from app.parse.references import References
from app.parse.structure.leads import read_lead
from app.parse.structure.rows import row_cells
from app.parse.structure.tree import build, cleaned, top_branches


def items(text: str) -> list[ItemDraft]:
    briefing = parse_briefing(text.encode(), "2026-01-01.md")
    return [item for section in briefing.body.sections for item in section.items]


def lead(text: str) -> tuple[str, str] | None:
    read = read_lead(Line(1, 0, len(text), text), References())
    return (read.title.text, read.rest.text) if read else None


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("**甲乙**：丙", "甲乙", "丙"),
        ("**甲乙。** 丙", "甲乙。", "丙"),
        ("🔥 **甲乙**", "甲乙", ""),
        ("[甲乙](https://a.example) — 丙", "甲乙", "丙"),
        ("路透：[甲乙丙](https://a.example)", "甲乙丙", ""),
        ("[AI] [甲/乙](https://a.example) — 丙", "甲/乙", "丙"),
        ("[Other] [zorb/hum](https://a.example) ★35,385 — Hums", "zorb/hum", "★35,385 — Hums"),
        ("[1] [甲乙](https://a.example) 與丙", None, None),
        ("- ", None, None),
        ("**微軟**最近發布", None, None),
        ("[OpenAI](https://a.example) 發布模型", None, None),
        ("[來源](https://a.example)", None, None),
        ("標題：甲乙", "甲乙", ""),
    ],
)
def test_a_lead_is_a_title_not_a_word_of_the_sentence(
    text: str, title: str | None, rest: str | None
) -> None:
    assert lead(text) == (None if title is None else (title, rest))


def tree_titles(text: str) -> list[str]:
    root = build(list(cleaned(MarkdownDocument(text).blocks(), [])), References())
    return [branch.text for branch in top_branches(root)]


def test_the_title_of_the_document_is_no_section() -> None:
    assert tree_titles("# A\n## B\n## C") == ["B", "C"]
    assert tree_titles("## 日報 2026/1/2\n### B\n### C\n## D") == ["B", "C", "D"]
    assert tree_titles("# A\n# B") == ["A", "B"]


def test_one_odd_heading_shifts_no_level() -> None:
    assert tree_titles("## A\n## B\n# C\n## D\n## E") == ["A", "B", "C", "D", "E"]


def test_a_double_title_is_one_heading() -> None:
    root = build(
        MarkdownDocument("## X\n### The tax\n### 稅\na\n### The sea\n### 海\nb").blocks(),
        References(),
    )
    (section,) = root.children
    assert [branch.text for branch in section.children] == ["The tax", "The sea"]
    assert section.children[0].other_titles[0].text == "稅"


def test_tables_of_contents_and_images_are_no_text() -> None:
    labels: list[Any] = []
    blocks = MarkdownDocument("- [a](#a)\n- [b](#b)\n\n![x](y.png)\n\ntext").blocks()
    remaining = list(cleaned(blocks, labels))
    assert [block.lines[0].text for block in remaining] == ["text"]
    assert len(labels) == 3


def test_labels_that_come_again_are_fields_known_or_not() -> None:
    text = "".join(
        f"## 星河科技發布第{number}號模型\n\n- **Zorb**：{number}\n- **Blarg**：https://a.example/{number}\n\n"
        for number in "一二三四"
    )
    read = items(text)
    assert len(read) == 4
    assert [field.label for field in read[0].extra] == ["Zorb", "Blarg"]
    assert read[0].sources[0].target == "https://a.example/一"


def test_a_category_is_no_item() -> None:
    text = "## 甲類\n\n- **甲的新聞**：乙 [丙](https://a.example)\n- **丁的新聞**：戊 [己](https://b.example)\n"
    assert [item.title.text for item in items(text)] == ["甲的新聞", "丁的新聞"]


def test_cells_of_a_row() -> None:
    text = r"| a | b \| c | d |"
    assert [cell.text for cell in row_cells(Line(1, 0, len(text), text))] == ["a", r"b \| c", "d"]


def test_sources_at_the_end_go_to_the_items_in_their_order() -> None:
    text = (
        "## News\n\n### 1. A first thing happened\n\nText of it.\n\n### 2. A second thing happened\n\n"
        "Text of it.\n\n## References\n\n- [x](https://a.example)\n- [y](https://b.example)\n"
    )
    targets = [[source.target for source in item.sources] for item in items(text)]
    assert targets == [["https://a.example"], ["https://b.example"]]


def test_a_blank_first_cell_has_the_value_above() -> None:
    text = (
        "| 公司 | 標題 | 連結 |\n|---|---|---|\n| 甲 | 新模型上線 | [x](https://a.example/1) |\n"
        "| | 程式碼公開 | [x](https://a.example/2) |\n| 乙 | 募資完成 | [x](https://b.example/1) |\n"
    )
    (section,) = parse_briefing(text.encode(), "2026-05-05.md").body.sections
    companies = [item.extra[0].text for item in section.items]
    assert companies == ["甲", "甲", "乙"]


def test_sources_that_close_a_bullet_are_not_in_its_title() -> None:
    first = "A model waits for its turn (Courier, https://a.example/1; Quay, https://b.example/1)"
    second = "Heron raises forty million\n  Courier https://a.example/2 / Quay https://b.example/2"
    text = f"## Models\n\n- {first}\n- {second}\n"
    (section,) = parse_briefing(text.encode(), "2026-05-05.md").body.sections
    assert [item.title.text for item in section.items] == [
        "A model waits for its turn",
        "Heron raises forty million",
    ]
    for item in section.items:
        assert [source.label for source in item.sources] == ["Courier", "Quay"]


def _read(text: str) -> list[tuple[str, str, list[str | None]]]:
    """Return the label above each item, its title and the labels or targets of its sources."""
    outline: list[tuple[str, str, list[str | None]]] = []
    for section in parse_text(text, "2026-03-04.md").body.sections:
        for item in section.items:
            label = item.parent or section.title.text
            sources = [source.target or source.label for source in item.sources]
            outline.append((label, item.title.text, sources))
    return outline


def test_bold_lines_name_what_is_below_where_titles_are_bold_too() -> None:
    text = (
        "**FIRST**\n\n**Harbor opens early.** The port is full.\n\n**SECOND**\n\n"
        "- A boat that steers itself\n- A crane that waits\n"
    )
    assert [(label, title) for label, title, _ in _read(text)] == [
        ("FIRST", "Harbor opens early."),
        ("SECOND", "A boat that steers itself"),
        ("SECOND", "A crane that waits"),
    ]


def test_bold_lines_above_plain_text_are_titles() -> None:
    text = "**Harbor opens early**\n\nThe port is full.\n\n**A crane waits**\n\nIt stops.\n"
    assert [title for _, title, _ in _read(text)] == ["Harbor opens early", "A crane waits"]


def test_a_wrapped_line_is_no_title() -> None:
    wrapped = (
        "- The port of Varna has ended the trial of its cranes\n"
        "  after two weeks, and nobody was hurt.\n"
        "- Borealis gives its smallest model to schools, with a\n"
        "  limit of forty pupils a class.\n"
    )
    titles = [title for _, title, _ in _read(wrapped)]
    assert titles[0].startswith("The port of Varna has ended the trial of its cranes after two")


def test_a_line_that_had_room_is_a_title() -> None:
    text = (
        "- Cranes wait\n  The port of Varna has ended its trial after two weeks.\n"
        "- Models for schools\n  The limit is forty pupils a class and year.\n"
    )
    assert [title for _, title, _ in _read(text)] == ["Cranes wait", "Models for schools"]


def test_a_publisher_closes_titles_only_where_most_do() -> None:
    closed = "- Cranes wait in Varna — Harbor News\n- A model reads charts — The Quay\n"
    assert [sources for _, _, sources in _read(closed)] == [["Harbor News"], ["The Quay"]]
    single = (
        "- Cranes wait in Varna for a model — Orca 4\n- A model reads charts of the sea\n"
        "- Schools get forty seats a class\n"
    )
    assert not any(sources for _, _, sources in _read(single))


def test_a_gloss_in_brackets_is_no_publisher() -> None:
    text = (
        "- 北辰以檢索增強生成（RAG）\n- 阿里斯推出新的手機模型，可離線執行\n"
        "- 量筆科技募得八百萬美元，投入校對器\n"
    )
    assert not any(sources for _, _, sources in _read(text))


def test_a_quantity_in_brackets_is_no_publisher() -> None:
    text = "- 量筆科技完成募資（三億元）\n- 海港基金成立新的一期（2026年）\n"
    assert not any(sources for _, _, sources in _read(text))


def test_fields_with_the_same_mark_are_no_bullets() -> None:
    text = "### 阿里斯公開推理引擎\n👉 摘要：授權寬鬆\n👉 來源：[碼頭日報](https://d.example/1)\n"
    assert [title for _, title, _ in _read(text)] == ["阿里斯公開推理引擎"]


def test_a_day_before_a_title_is_its_note() -> None:
    text = (
        "- 2026-03-04: **Orca 4 mini** — for phones\n- 2026-03-03: **B4 Vision** — reads charts\n"
    )
    sections = parse_text(text, "2026-03-04.md").body.sections
    item = sections[0].items[0]
    assert (item.title.text, item.extra[0].text) == ("Orca 4 mini", "2026-03-04")


def test_capitals_with_one_text_each_are_titles() -> None:
    text = "PORTS\n\nThe cranes of Varna wait. https://h.example/1\n\nLAWS\n\nOslo decides. https://o.example/2\n"
    assert {label for label, _, _ in _read(text)} == {""}


def test_marked_lines_name_the_lines_below_that_close_with_a_source() -> None:
    text = "●產業\n阿里斯併購翻譯社（碼頭日報）\n北辰手錶開賣（北辰）\n●研究\n" + (
        "南湖大學縮小語音模型（南湖大學）\n港大團隊解讀海圖（港大）\n"
    )
    assert [(label.lstrip("●"), title, sources) for label, title, sources in _read(text)] == [
        ("產業", "阿里斯併購翻譯社", ["碼頭日報"]),
        ("產業", "北辰手錶開賣", ["北辰"]),
        ("研究", "南湖大學縮小語音模型", ["南湖大學"]),
        ("研究", "港大團隊解讀海圖", ["港大"]),
    ]


def test_marked_lines_above_plain_text_are_titles() -> None:
    text = "▼北辰開賣\n下月在三個城市上市\n▼量筆更名\n新名為量筆智能\n"
    assert [title for _, title, _ in _read(text)] == ["北辰開賣", "量筆更名"]
