from app.parse.draft import ItemDraft, Passage, TextSpan
from app.parse.fields import ItemReader
from app.parse.markdown import MarkdownDocument


def read(text: str, *, bullet: bool = False) -> ItemDraft:
    document = MarkdownDocument(text)
    reader = ItemReader(document, {}, bullet=bullet)
    reader.read(document.blocks())
    return reader.item(
        "bullet" if bullet else "full",
        1,
        None,
        Passage("題", TextSpan(1, 1, 0, 1)),
        TextSpan(1, 1, 0, 1),
    )


def test_labels_of_every_style_open_fields() -> None:
    for text in (
        "**核心摘要**\n甲\n\n**技術細節**\n- 乙\n\n**來源**：[丙](d)",
        "核心摘要：甲\n技術細節：乙\n來源：[丙](d)",
        "- **核心摘要**：甲\n- **技術細節**：\n  - 乙\n- **來源**：[丙](d)",
        "【核心摘要】甲\n【技術細節】\n- 乙\n【來源】[丙](d)",
        "#### 核心摘要\n甲\n\n#### 技術細節\n- 乙\n\n#### 來源\n- [丙](d)",
        "> **核心摘要**：甲\n>\n> **技術細節**：乙\n>\n> **來源**：[丙](d)",
        "**核心摘要**：甲 **技術細節**：乙 **來源**：[丙](d)",
        "| 核心摘要 | 甲 |\n|---|---|\n| 技術細節 | 乙 |\n| 來源 | [丙](d) |",
    ):
        item = read(text)
        result = (
            [p.text for p in item.summary],
            [n.text for n in item.details.technical],
            [s.target for s in item.sources],
        )
        assert result == (["甲"], ["乙"], ["d"]), text


def test_a_table_with_other_rows_is_no_table_of_fields() -> None:
    table = "| 摘要 | 甲 |\n|---|---|\n| 來源 | 乙 |\n| 丙 | 丁 |"
    assert read(table).summary[0].text == table


def test_a_label_given_twice_keeps_both() -> None:
    item = read(
        "**摘要**：甲\n**重要性**：高\n**來源**：[a](1)\n**摘要**：乙\n**重要性**：低\n**來源**：[b](2)"
    )
    assert [p.text for p in item.summary] == ["甲", "乙"]
    assert item.importance
    assert item.importance.label == "高"
    assert item.extra[0].text == "低"
    assert [s.target for s in item.sources] == ["1", "2"]


def test_nested_bullets_stay_nested() -> None:
    (node,) = read("**技術細節**\n- a\n  - b\n    - c\n      - d").details.technical
    assert node.children[0].children[0].children[0].text == "d"


def test_weak_words_are_content_below_a_list_field() -> None:
    item = read("**技術細節**\n- 應用：甲\n- 細節：乙")
    assert [n.text for n in item.details.technical] == ["應用：甲", "細節：乙"]
    assert not item.details.applications


def test_unknown_labels_and_loose_text_are_kept() -> None:
    item = read("**摘要**：甲\n\n**商業模式**：乙\n\n**來源**：[a](1)\n_編按：丙。_\n\n丁")
    assert [(f.label, f.text) for f in item.extra] == [
        ("商業模式", "乙"),
        (None, "_編按：丙。_\n\n丁"),
    ]


def test_text_without_labels_is_the_summary() -> None:
    item = read("甲。\n\n乙。[丙](https://d.example)")
    assert [p.text for p in item.summary] == ["甲。\n\n乙。"]
    assert item.sources[0].label == "丙"


def test_stubs_only_point_elsewhere() -> None:
    assert read("（詳見「今日焦點」）").kind == "stub"
    assert read("**核心摘要**：已於上文詳述。").kind == "stub"
    assert read("**核心摘要**：已於上文詳述。\n**來源**：[a](1)").kind == "full"


def test_names_of_groups_of_sources_are_no_sources() -> None:
    item = read("**來源**：\n- 官方：\n  - [甲](a)\n- 乙報")
    assert [(s.label, s.target) for s in item.sources] == [("甲", "a"), ("乙報", None)]
    assert "官方：" in [label.text for label in item.labels]


def test_links_alone_below_a_list_are_sources() -> None:
    item = read("**技術細節**\n- 甲\n\n[乙](a) · [丙](b)")
    assert [s.target for s in item.sources] == ["a", "b"]
    assert len(item.details.technical) == 1


def test_below_a_bullet_each_text_is_its_own() -> None:
    assert [p.text for p in read("甲\n\n乙", bullet=True).summary] == ["甲", "乙"]


def test_a_sentence_below_names_is_text() -> None:
    item = read("who: x\nentities: OpenAI\nThe new model listens. It costs half as much.")
    assert [cell.text for cell in item.entities] == ["OpenAI"]
    assert item.extra[-1].text == "The new model listens. It costs half as much."


def test_names_may_go_on_in_the_next_line() -> None:
    item = read("entities: OpenAI, Pelagic,\nTern Lab Inc.\nHeron")
    assert [cell.text for cell in item.entities] == ["OpenAI", "Pelagic", "Tern Lab Inc.", "Heron"]


def test_a_rating_under_a_label_of_ratings_is_the_importance() -> None:
    for label, rating, level in (
        ("**Score**", "8.7/10", "medium_high"),
        ("評分", "6/10", "medium"),
        ("熱度", "★★★", "high"),
        ("Rating", "4/5（高）", "high"),
    ):
        item = read(f"摘要：甲\n\n{label}：{rating}\n乙的內文。")
        assert item.importance, label
        assert (item.importance.label, item.importance.level) == (rating, level)
        assert [extra.text for extra in item.extra] == ["乙的內文。"]


def test_a_rating_beside_sources_is_no_source() -> None:
    item = read("**Source:** [a](https://a.example) | **Score:** 9/10")
    assert [source.label for source in item.sources] == ["a"]
    assert item.importance
    assert item.importance.label == "9/10"


def test_a_sentence_under_a_label_of_ratings_is_no_importance() -> None:
    item = read("**Score**: 4/5 of the users came back")
    assert item.importance is None
    assert item.extra[0].label == "Score"


def test_names_with_addresses_in_brackets_are_sources_in_their_order() -> None:
    for text in (
        "摘要：甲的內文。\n(港報, https://a.example/1; Quay, https://b.example/2)",
        "摘要：甲的內文。（港報, https://a.example/1；Quay, https://b.example/2）",
        "摘要：甲的內文。\n來源：港報 https://a.example/1 ／ Quay https://b.example/2",
        "摘要：甲的內文。\n港報 https://a.example/1 ／ Quay https://b.example/2",
        "摘要：甲的內文。港報 https://a.example/1 ／ Quay https://b.example/2",
    ):
        item = read(text)
        assert [(source.label, source.target) for source in item.sources] == [
            ("港報", "https://a.example/1"),
            ("Quay", "https://b.example/2"),
        ], text
        assert [passage.text for passage in item.summary] == ["甲的內文。"], text
