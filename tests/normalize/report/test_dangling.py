import pytest

from app.normalize.report.dangling import dangling
from app.parse.briefing import parse_briefing
from tests.documents import document, item


def found(*items: str, end: str = "", section: str = "今日焦點") -> list[tuple[str, str]]:
    text = document("2026-01-02", *items, end=end, section=section)
    return [
        (one.kind, one.name)
        for one in dangling(parse_briefing(text.encode(), "2026-01-02.md"), text, [])
    ]


TOLD = item("Qwen 圖層編輯上線", summary="阿里的 Qwen 支援分層編輯。")


@pytest.mark.parametrize(
    "note",
    [
        "Qwen 圖層編輯、南港杯黑客松等內容已在其他段落涵蓋，恕不展開。",
        "- Qwen 图层编辑与 南港杯黑客松 已在上文聚焦，恕不重复。",
        "- **Qwen 圖層編輯、小工具類文章、南港杯黑客松皆已於前文介紹。**",
    ],
)
def test_a_thing_said_to_be_told_elsewhere(note: str) -> None:
    assert [(kind, name[:3]) for kind, name in found(TOLD, end=f"\n### 其他更新\n\n{note}\n")] == [
        ("told_elsewhere", "南港杯")
    ]


def test_a_stub_whose_story_is_told_nowhere() -> None:
    stub = "### {} \n\n（技術細節已於「模型與技術更新」詳述，此處不重複）\n"
    told = found(TOLD, stub.format("Qwen 圖層編輯"), end="\n## 模型與技術更新\n\n" + item("b"))
    assert told == []
    assert found(TOLD, stub.format("火星農場")) == [
        ("stub", "火星農場"),
        ("section", "模型與技術更新"),
    ]


def test_a_footnote_without_its_text() -> None:
    assert found(item("a", summary="見註[^1]與[^2]。"), end="\n[^1]: 有\n") == [
        ("footnote", "[^2]")
    ]


def test_keywords_and_articles_no_item_tells_of() -> None:
    end = "\n## 延伸閱讀與資源\n\n### 深度文章推薦\n- [Qwen 圖層](https://a.com/x) — 好\n- [月球基地計畫](https://b.com/y) — 好\n\n### 本日關鍵詞\n`Qwen` `量子糾纏`\n"
    assert found(TOLD, end=end) == [("reading", "月球基地計畫"), ("keyword", "量子糾纏")]


@pytest.mark.parametrize(
    "piece", ["[^a]", "「", "已於「x」詳述", "、恕不展開", "等", "### x\n\n不再重複\n\n"]
)
def test_hostile_text_costs_little(piece: str) -> None:
    assert found(item("a", summary=piece * (90_000 // len(piece)))) is not None
