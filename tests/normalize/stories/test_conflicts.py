import pytest

from app.normalize.stories.conflicts import (
    differ,
    kinds,
    one_version,
    places_of,
    title_versions,
    without,
)


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Mistral 推出 Medium 4 模型", {"4"}),
        ("海螺 4 影片模型", {"4"}),
        ("LangGraph 3", {"3"}),
        ("LangGraph 3.1 修補漏洞", {"3.1"}),
        ("Stripe 70 億美元收購", set()),
        ("OpenAI 3 月發布", set()),
        ("季增 400 萬訂戶", set()),
    ],
)
def test_versions_of_a_title(title: str, found: set[str]) -> None:
    assert title_versions(title) == found


def test_a_version_said_shorter() -> None:
    assert one_version("3", ["3.1"])
    assert one_version("3.1", ["3"])
    assert not one_version("3.0", ["3.1", "30"])


def test_places() -> None:
    assert places_of("微軟在日本投資") == {"japan"}
    assert places_of("Microsoft invests in New York and India; it tells us") == {"newyork", "india"}


def test_kinds_of_which_a_story_has_one() -> None:
    assert kinds("台積電公布七月營收") == {"month": {"7"}}
    assert kinds("十一月與 Q3，第二季") == {"month": {"11"}, "quarter": {"3", "2"}}
    assert kinds("3 個月內遭《讀賣新聞》控告") == {"quoted": {"读卖新闻"}}
    assert kinds("《彭博》報導：登月") == {}


def test_what_differs() -> None:
    assert differ("甲七月營收", "甲 8 月營收")
    assert not differ("甲七月營收", "甲 7 月營收")
    assert not differ("甲七月營收", "甲營收")


def test_names_taken_out() -> None:
    assert without("Meta 的 metadata，迪士尼樂園", ["Meta", "迪士尼", ""]) == (
        "的",
        "metadata",
        "乐园",
    )
