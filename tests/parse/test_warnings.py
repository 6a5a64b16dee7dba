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
