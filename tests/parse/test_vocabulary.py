import pytest

from app.parse.vocabulary import (
    field_name,
    importance_level,
    is_container,
    is_pointer,
    is_weak,
    names_document_part,
    part_name,
    section_kind,
    undecorated,
)  # fmt: skip


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("今日焦點（Top Headlines）", "headlines"),
        ("一、今日焦点(Top Headlines)", "headlines"),
        ("🔥 今日焦點 🔥", "headlines"),
        ("**Top Headlines**", "headlines"),
        ("1. 模型與技術更新 | Model & Research Updates", "research"),
        ("Model and Research Updates", "research"),
        ("【工具與資源】", "tools"),
        ("產業與應用動態", "industry"),
        ("Industry Trends & Insights", "trends"),
        ("市場動態精選（Key Market Updates）", "market"),
        ("Editor’s Insight", "editorial"),
        ("編者按", "editorial"),
        ("延伸閱讀與資源", "resources"),
        ("政策與監管", None),
    ],
)
def test_sections(title: str, kind: str | None) -> None:
    assert section_kind(title) == kind


def test_a_heading_that_holds_a_section_name_is_one_only_when_asked_loosely() -> None:
    assert section_kind("今日焦點新聞三則") is None
    assert section_kind("今日焦點新聞三則", loose=True) == "headlines"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("核心摘要", "summary"), ("Summary", "summary"), ("技术细节", "technical"), ("Use Cases", "applications"), ("技術洞察",
        "takeaways"),
        ("關鍵實體 (Key Entities)", "entities"), ("重要程度", "importance"), ("📎 來源：", "sources"), ("商業模式", None),
    ],
)  # fmt: skip
def test_fields(label: str, name: str | None) -> None:
    assert field_name(label) == name


def test_parts_and_which_of_them_speak_of_the_document() -> None:
    assert [part_name(label) for label in ("關注清單", "推荐阅读", "Glossary", "本日關鍵詞", "摘要")] == [
        "watchlist", "readings", "background", "keywords", None,
    ]  # fmt: skip
    assert names_document_part("關注清單")
    assert not names_document_part("背景")
    assert not names_document_part("今日摘要")


def test_containers() -> None:
    assert all(
        map(
            is_container,
            ("其他技術更新（精選）", "快訊", "Other Updates", "更多市場消息", "Quick Hits"),
        )
    )
    assert not any(map(is_container, ("其他人怎麼看", "快訊平台上線", "Another update to Kestrel")))


@pytest.mark.parametrize(
    "text",
    [
        "（技術與應用已於「模型與技術更新」詳述，此處不重複）", "squared TNs 已在上文聚焦，恕不重複。", "詳見「今日焦點」",
        "已在「市場動態」一節介紹。",
        "Covered above.", "See the section on tools.",
    ],
)  # fmt: skip
def test_pointers(text: str) -> None:
    assert is_pointer(text)


@pytest.mark.parametrize(
    "text",
    [
        "公司已於「開發者大會」介紹新模型。",
        "我們看見「新模型」",
        "The paper was discussed widely.",
        "詳見" + "字" * 200,
    ],
)
def test_news_is_no_pointer(text: str) -> None:
    assert not is_pointer(text)


@pytest.mark.parametrize(
    ("label", "level"),
    [
        ("高", "high"), ("極高", "high"), ("中高", "medium_high"), ("中等", "medium"), ("中低", "medium_low"), ("低", "low"),
        ("High", "high"),
        ("Medium-High", "medium_high"), ("★★★", "high"), ("★☆☆", "low"), ("3/5", "medium"), ("🔴 高", "high"), ("高重要性",
        "high"), ("0/5", None), ("未定", None),
    ],
)  # fmt: skip
def test_levels(label: str, level: str | None) -> None:
    assert importance_level(label) == level


def test_decoration_and_weak_words() -> None:
    assert undecorated("### 🔧 **3. 工具** ：") == "工具"
    assert is_weak("應用")
    assert is_weak("Details:")
    assert not is_weak("核心摘要")
