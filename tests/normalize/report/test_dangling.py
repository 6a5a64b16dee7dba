import pytest

from app.normalize.report import dangling as dangling_module
from app.normalize.report.dangling import NamedTargets, dangling
from app.parse.briefing import parse_briefing
from tests.documents import document, item

QWEN = item("Qwen 圖層編輯上線", summary="阿里的 Qwen 支援分層編輯。")
STUB = "### {}\n\n（技術細節已於「模型與技術更新」詳述，此處不重複）\n"


def references(*items: str, end: str = "") -> list[tuple[str, str]]:
    """Return (kind, name) of each dangling reference of a document."""
    text = document("2026-01-02", *items, end=end, section="今日焦點")
    draft = parse_briefing(text.encode(), "2026-01-02.md")
    return [(reference.kind, reference.name) for reference in dangling(draft, text, [])]


@pytest.mark.parametrize(
    "note",
    [
        "Qwen 圖層編輯、南港杯黑客松等內容已在其他段落涵蓋，恕不展開。",
        "- Qwen 图层编辑与 南港杯黑客松 已在上文聚焦，恕不重复。",
        "- **Qwen 圖層編輯、小工具類文章、南港杯黑客松皆已於前文介紹。**",
    ],
)
def test_a_name_said_to_be_covered_elsewhere(note: str) -> None:
    ((kind, name),) = references(QWEN, end=f"\n### 其他更新\n\n{note}\n")
    assert (kind, name[:3]) == ("told_elsewhere", "南港杯")


def test_a_stub_whose_story_no_item_covers() -> None:
    section = "\n## 模型與技術更新\n\n" + item("b")
    assert references(QWEN, STUB.format("Qwen 圖層編輯"), end=section) == []
    assert references(QWEN, STUB.format("火星農場")) == [
        ("stub", "火星農場"),
        ("section", "模型與技術更新"),
    ]


def test_a_footnote_without_its_text() -> None:
    noted = item("a", summary="見註[^1]與[^2]。")
    assert references(noted, end="\n[^1]: 有\n") == [("footnote", "[^2]")]


def test_keywords_and_articles_that_no_item_covers() -> None:
    end = (
        "\n## 延伸閱讀與資源\n\n### 深度文章推薦\n"
        "- [Qwen 圖層](https://a.com/x) — 好\n"
        "- [月球基地計畫](https://b.com/y) — 好\n"
        "\n### 本日關鍵詞\n`Qwen` `量子糾纏`\n"
    )
    assert references(QWEN, end=end) == [("reading", "月球基地計畫"), ("keyword", "量子糾纏")]


def test_an_unmentioned_entity_is_reported_once() -> None:
    text = document("2026-01-02", QWEN)
    draft = parse_briefing(text.encode(), "2026-01-02.md")
    targets = [NamedTargets("insight", name, 8) for name in ("OpenAI", "ＯｐｅｎＡＩ")]
    (reference,) = dangling(draft, text, targets)
    assert (reference.kind, reference.name, reference.line) == ("insight", "OpenAI", 8)
    assert reference.text == text.splitlines()[7].strip()


def test_past_the_comparisons_names_count_as_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    end = "\n## 延伸閱讀與資源\n\n### 本日關鍵詞\n`火星農場` `量子糾纏`\n"
    # A keyword is compared with each of the two items.
    monkeypatch.setattr(dangling_module, "MAX_COMPARISONS", 2)
    assert references(QWEN, item("b"), end=end) == [("keyword", "火星農場")]


@pytest.mark.parametrize("piece", ["[^a]", "「", "已於「x」詳述", "、恕不展開", "等"])
def test_a_long_summary_of_one_repeated_piece_is_read(piece: str) -> None:
    summary = piece * (20_000 // len(piece))
    kinds = {kind for kind, _ in references(item("a", summary=summary))}
    assert kinds <= {"footnote", "section"}


def test_many_stubs_are_each_reported() -> None:
    stubs = [f"### 事件{number}\n\n不再重複\n" for number in range(100, 200)]
    assert [kind for kind, _ in references(QWEN, *stubs)] == ["stub"] * 100
