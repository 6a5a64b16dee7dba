import pytest

from app.errors import Unreadable
from app.parse.briefing import parse_briefing
from app.parse.draft import BriefingDraft


def read(text: str) -> BriefingDraft:
    return parse_briefing(text.encode(), "2026-01-01.md")


def codes(text: str) -> list[str]:
    return [warning.code for warning in read(text).warnings]


def test_a_document_without_items_warns() -> None:
    assert codes("# 日報\n\n今天沒有新聞。") == ["no_items"]


def test_sections_of_no_known_kind_warn() -> None:
    item = "\n\n- **{0}的標題**：[乙](https://a.example/{0})\n- **{0}丙的標題**：[丁](https://b.example/{0})\n"
    text = "".join(f"## {name}{item.format(name)}" for name in ("Qux", "Zorb", "Blarg"))
    (warning,) = read(text).warnings
    assert (warning.code, warning.line) == ("unknown_sections", 1)


@pytest.mark.parametrize("text", ["", "\n \n", "<!-- 只有註解 -->", "---\n---\n", "***"])
def test_a_document_without_text_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read(text)


def test_a_relative_link_without_a_base_is_a_link_without_a_source() -> None:
    text = "## 新聞\n\n### 甲公司發表模型\n\n見 [內部](foo/bar)\n\n### 乙公司推出服務\n\n見 [這裡](#top)\n"
    briefing = parse_briefing(text.encode(), "2026-01-02.md")
    warnings = [warning for warning in briefing.warnings if warning.code == "items_without_sources"]
    assert [warning.line for warning in warnings] == [3]


def test_a_linked_list_below_an_editorial_heading_warns() -> None:
    point = "- [{0} of the matter](https://{0}.example/1): long words on what it means to us.\n"
    news = (
        "## News\n\n- **A thing**: [a](https://a.example)\n- **B thing**: [b](https://b.example)\n"
    )
    text = f"{news}\n## Editor's insights\n\n{point.format('heart')}{point.format('end')}"
    (warning,) = read(text).warnings
    assert (warning.code, warning.line) == ("unread_blocks", 8)


def test_points_of_an_editor_without_links_do_not_warn() -> None:
    news = (
        "## News\n\n- **A thing**: [a](https://a.example)\n- **B thing**: [b](https://b.example)\n"
    )
    assert codes(f"{news}\n## Editor's insights\n\n- **Heart**: words\n- **End**: words\n") == []


def test_links_directly_above_first_items_warn() -> None:
    item = "Source: https://{0}.example/1\n### The {0} of the matter\n\nWords on {0}.\n\n"
    heart, lung, end, toe = map(item.format, ("heart", "lung", "end", "toe"))
    text = f"## News\n\n{heart}{lung}## Market\n\n{end}{toe}"
    warnings = [warning for warning in read(text).warnings if warning.code == "links_above_items"]
    assert [warning.line for warning in warnings] == [3]


def test_sources_that_pile_up_on_the_last_item_are_named() -> None:
    links = "[X](https://x.example/a)\n\n[Y](https://y.example/b)\n"
    text = f"# Daily\n\n## News\n\n### One\n\nWords.\n\n### Two\n\nWords.\n\n{links}"
    warnings = [warning.text for warning in read(text).warnings if warning.code == "piled_sources"]
    assert warnings == [
        "1 of 2 items have no source; L13, L15 stand at the last item of their section."
    ]
