from app.parse.headings import (
    groups_below,
    has_fields,
    item_level,
    promoted,
    section_level,
    split_at,
    with_bold_titles,
)
from app.parse.markdown import Block, MarkdownDocument


def blocks(text: str) -> list[Block]:
    return MarkdownDocument(text).blocks()


def test_the_level_of_sections() -> None:
    assert section_level(blocks("# 日報\n## 今日焦點\n### 甲")) == 2
    assert section_level(blocks("# 今日焦點\n## 甲")) == 1
    assert section_level(blocks("# 今日要聞\n## 今日焦點\n## 市場動態")) == 2
    assert section_level(blocks("# 甲\n## 乙\n## 丙")) == 2
    assert section_level(blocks("text")) == 2


def test_fields_are_no_items() -> None:
    assert item_level(blocks("### 摘要\n#### 甲")) == 4
    assert item_level(blocks("text")) == 7


def test_sections_that_are_no_headings_of_their_level() -> None:
    def found(text: str) -> list[int]:
        return [block.level for block in promoted(blocks(text), 2) if block.kind == "heading"]

    assert found("**今日焦點**\n\n### 甲") == [2, 3]
    assert found("## 工具與資源\n\n### 市場動態\n\n### 甲") == [2, 2, 3]
    assert found("## 模型與技術更新\n\n### 論文\n\n#### 甲") == [2, 3, 4]
    assert found("## 編輯洞察\n\n### 產業趨勢\n\n### 甲") == [2, 3, 3]


def test_groups_at_several_levels() -> None:
    assert [group.title for group in groups_below(blocks("text\n#### 甲\n### 乙\n#### 丙"))] == [
        "",
        "甲",
        "乙",
    ]
    assert [len(group.blocks) for group in split_at(blocks("a\n## b\nc\n\nd"), 2)] == [1, 2]


def test_bold_lines_above_fields_are_titles() -> None:
    result = list(
        with_bold_titles(blocks("**甲**\n\n摘要：乙\n\n**丙**\n摘要：丁\n\n**戊**\n\n文字"))
    )
    assert [(block.kind, block.lines[0].text) for block in result] == [
        ("heading", "**甲**"), ("paragraph", "摘要：乙"), ("heading", "**丙**"), ("paragraph", "摘要：丁"),
        ("paragraph", "**戊**"), ("paragraph", "文字"),
    ]  # fmt: skip


def test_fields_in_text_lists_and_quotes() -> None:
    assert all(
        has_fields(blocks(text))
        for text in ("**摘要**：甲", "- **來源**：甲", "> 重要性：高", "#### 來源\n甲")
    )
    assert not any(has_fields(blocks(text)) for text in ("text", "- 應用：甲", "**商業模式**：甲"))
