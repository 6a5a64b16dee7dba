import pytest

from app.normalize.stories.conflicts import (
    MAX_CHARS,
    facets_conflict,
    is_among_versions,
    named_places,
    title_facets,
    title_versions,
    versions_conflict,
    words_without,
)


@pytest.mark.parametrize(
    ("title", "versions"),
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
def test_versions_of_a_title(title: str, versions: set[str]) -> None:
    assert title_versions(title) == versions


def test_a_shorter_version_agrees() -> None:
    assert is_among_versions("3", ["3.1"])
    assert is_among_versions("3.1", ["3"])
    assert not is_among_versions("3.0", ["3.1", "30"])


def test_places() -> None:
    assert named_places("微軟在日本投資") == {"japan"}
    assert named_places("Microsoft invests in New York and India; it tells us") == {
        "newyork",
        "india",
    }


def test_facets_of_which_a_story_has_one() -> None:
    assert title_facets("台積電公布七月營收") == {"month": {"7"}}
    assert title_facets("十一月與 Q3，第二季") == {"month": {"11"}, "quarter": {"3", "2"}}
    assert title_facets("3 個月內遭《讀賣新聞》控告") == {"quoted": {"读卖新闻"}}
    assert title_facets("《彭博》報導：登月") == {}


def test_different_months_conflict() -> None:
    july = title_facets("甲七月營收")
    assert facets_conflict(july, title_facets("甲 8 月營收"))
    assert not facets_conflict(july, title_facets("甲 7 月營收"))
    assert not facets_conflict(july, title_facets("甲營收"))


def test_unrelated_versions_conflict() -> None:
    assert versions_conflict({"3.1"}, {"3.2", "4"})
    assert not versions_conflict({"3.1", "5"}, {"3"})


def test_names_are_removed() -> None:
    assert words_without("Meta 的 metadata，迪士尼樂園", ["Meta", "迪士尼", ""]) == (
        "的",
        "metadata",
        "乐园",
    )


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    padding = "。" * (MAX_CHARS - 2)
    assert named_places(f"{padding}日本") == {"japan"}
    assert named_places(f"{padding}。日本") == frozenset()
