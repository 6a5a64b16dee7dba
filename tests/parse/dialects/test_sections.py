from app.parse.dialects import sections
from app.parse.draft import Body, ItemDraft
from app.parse.markdown import MarkdownDocument


def body(text: str) -> Body:
    document = MarkdownDocument(text)
    return sections.read(document, document.blocks())


def items(text: str) -> list[ItemDraft]:
    return [item for section in body(text).sections for item in section.items]


def test_sections_of_any_order_and_name_keep_their_content() -> None:
    result = body(
        "## 延伸閱讀\n- [甲](a) — 乙\n\n## 政策\n前言\n\n### 丙\n**摘要**：丁\n\n## 今日焦點\n\n## 今日焦點（續）\n### 戊\n己"
    )
    assert [(s.kind, s.title.text, len(s.items)) for s in result.sections] == [
        ("resources", "延伸閱讀", 0), ("other", "政策", 1), ("headlines", "今日焦點", 0), ("headlines", "今日焦點（續）", 1),
    ]  # fmt: skip
    assert result.sections[1].blurb
    assert result.sections[1].blurb.text == "前言"
    assert result.readings[0].note == "乙"


def test_a_container_is_the_parent_of_its_bullets_and_no_item() -> None:
    result = body(
        "## 市場動態\n### 其他市場消息\n引言\n\n- **甲**：乙 [丙](d)\n- **戊已於上文詳述，恕不重複。**\n- 己"
    )
    (section,) = result.sections
    assert [(i.kind, i.parent, i.title.text) for i in section.items] == [
        ("bullet", "其他市場消息", "甲")
    ]
    assert [c.title.text for c in section.containers] == ["其他市場消息"]
    assert [n.text for n in section.notes] == ["引言", "戊已於上文詳述，恕不重複。", "己"]


def test_items_under_no_section_have_one_without_a_title() -> None:
    result = body("# 日報\n\n## 甲\n**摘要**：乙\n\n## 丙\n**摘要**：丁")
    assert [(s.title.text, len(s.items)) for s in result.sections] == [("", 2)]


def test_a_category_gathers_items() -> None:
    result = items(
        "## 研究進展\n### 論文集\n#### 甲\n**摘要**：乙\n#### 丙\n**摘要**：丁\n### 戊\n**摘要**：己"
    )
    assert [(i.title.text, i.parent) for i in result] == [
        ("甲", "論文集"),
        ("丙", "論文集"),
        ("戊", None),
    ]


def test_what_follows_the_rule_below_an_item_is_the_sections() -> None:
    result = body("## 今日焦點\n### 甲\n**摘要**：乙\n\n---\n\n本節完。")
    assert not result.sections[0].items[0].extra
    assert [n.text for n in result.sections[0].notes] == ["本節完。"]


def test_watch_lists_and_keywords_stand_anywhere_in_the_editorial_and_the_resources() -> None:
    result = body(
        "## 編輯洞察\n一段。\n**關注清單**：甲；乙\n\n二段。\n\n## 延伸閱讀\n### 名詞解釋\n- 丙：丁\n\n關鍵詞：戊、己"
    )
    assert [w.text for w in result.watchlist] == ["甲", "乙"]
    assert [i.text and i.text.text for i in result.insight] == ["一段。", "二段。"]
    assert [b.term for b in result.background] == ["丙"]
    assert [k.text for k in result.keywords] == ["戊", "己"]


def test_a_watch_list_as_a_section_or_a_bullet() -> None:
    assert [w.text for w in body("## 關注清單\n- 甲").watchlist] == ["甲"]
    assert [w.text for w in body("## 編輯洞察\n- 一\n- **關注清單**：甲；乙\n- 二").watchlist] == [
        "甲",
        "乙",
    ]


def test_an_items_own_background_is_its_own() -> None:
    result = body("## 今日焦點\n### 甲\n**摘要**：乙\n\n**背景**：丙")
    assert not result.background
    assert result.sections[0].items[0].extra[0].text == "丙"


def test_lone_bold_lines_head_passages_of_the_editors() -> None:
    result = body("## 編輯洞察\n**總結**\n\n甲\n\n### 展望\n乙")
    assert [(i.title and i.title.text, i.text and i.text.text) for i in result.insight] == [
        ("總結", "甲"),
        ("展望", "乙"),
    ]


def test_a_linked_heading_is_title_and_source() -> None:
    (item,) = items("## 今日焦點\n### [甲](https://a.example)\n**摘要**：乙")
    assert item.title.text == "甲"
    assert item.sources[0].target == "https://a.example"


def test_a_document_without_headings_keeps_its_text() -> None:
    assert [p.text for p in body("甲\n\n- 乙").preamble] == ["甲", "- 乙"]
