import pytest

from app.draft.markdown import escaped
from app.preview import preview
from app.query.schemas.briefings import BriefingOut


@pytest.mark.parametrize(
    "title",
    [
        "1. 第一",
        "# 標題 `code` 與 *強調*",
        "- 破折號 [連結](x) <b>",
        "a_b_c | 表格 ~~刪除~~",
        "反斜線 \\ 與 !",
        "2) 第二 _強調_ AT&T &amp; ![圖](x)",
        "GPT-5.2：價格 $3 與 50%",
    ],
)
def test_nothing_in_a_title_is_interpreted(title: str) -> None:
    data = (
        "---\ntitle: 'T — 2026/06/02'\n---\n\n## 今日焦點（Top Headlines）\n\n"
        f"### {escaped(title)}\n\n**核心摘要**  \n一句話。\n"
    )
    briefing = BriefingOut.model_validate(preview(data.encode(), "2026-06-02.md", "daily"))
    (section,) = briefing.sections
    assert [item.title for item in section.items] == [title]


def test_breaks_become_spaces() -> None:
    assert escaped("一\n 二") == "一 二"
