from typing import Any

import pytest

from app.errors import TooLarge
from app.parse.draft import Span
from app.parse.front_matter import looks_like_front_matter, read_front_matter


def read(text: str, *, toml: bool = False) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = read_front_matter(text.split("\n"), Span(1, 3, 0, 0), toml=toml)
    return found.values, found.problems


def test_every_scalar_is_text() -> None:
    values, problems = read("a: NO\nb: on\nc: 1.10\nd: 2026-01-01\ne:\nf: [x, {y: null}]\ng: |\n  h\n  i")
    assert values == {"a": "NO", "b": "on", "c": "1.10", "d": "2026-01-01", "e": "", "f": ["x", {"y": "null"}], "g": "h\ni"}
    assert not problems


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("a: b: c", "b: c"), ("a: *強調* 字", "*強調* 字"), ("a: &x 值", "&x 值"), ("a: !重要 值", "!重要 值"), ("a: @甲", "@甲"),
        ("a: 50% off: now", "50% off: now"),
        ("a: [未完", "[未完"), ('a: "引號" 之後', '"引號" 之後'), ("a: it's: b", "it's: b"),
    ],
)  # fmt: skip
def test_a_value_that_is_no_yaml_is_taken_as_text_and_named(row: str, value: str) -> None:
    values, problems = read(f"x: 1\n{row}\ntags:\n  - t")
    assert values == {"x": "1", "a": value, "tags": ["t"]}
    assert "line 3" in problems[0]


def test_tabs_and_repeated_keys() -> None:
    values, problems = read("a:\n\t- b\na: c")
    assert values == {"a": "c"}
    assert "twice" in problems[0]


def test_bombs_are_defused() -> None:
    for text in (
        "a: " + "[" * 9_000,
        "a: &a [x]\nb: [*a, *a]\nc: *a",
        "- " * 400,
        "\n".join(" " * n + "a:" for n in range(100)),
        "a: {" * 2_000,
    ):
        values, problems = read(text)
        assert isinstance(values, dict)
        assert problems


def test_too_large() -> None:
    with pytest.raises(TooLarge, match="16 KiB"):
        read("a: " + "字" * 6_000)


def test_toml() -> None:
    values, problems = read('title = "甲"\ndate = 2026-01-01\ndraft = true\nn = 1.10\n[x]\ny = ["z"]', toml=True)
    assert values == {"title": "甲", "date": "2026-01-01", "draft": "true", "n": "1.10", "x": {"y": ["z"]}}
    assert not problems
    values, problems = read("title = 甲", toml=True)
    assert values == {"title": "甲"}
    assert "TOML" in problems[0]


def test_what_is_front_matter_at_all() -> None:
    assert looks_like_front_matter(["# comment", "", "title: a"])
    assert looks_like_front_matter([""])
    assert not looks_like_front_matter(["text"])
    assert not looks_like_front_matter(["Date: 2026-01-01", "", "## 今日焦點"])
    assert looks_like_front_matter(["a = 1"], toml=True)
    assert not looks_like_front_matter(["text"], toml=True)
