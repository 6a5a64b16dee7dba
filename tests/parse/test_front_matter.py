from typing import Any

import pytest

from app.errors import TooLarge
from app.parse.draft import TextSpan
from app.parse.front_matter import (
    MAX_DEPTH,
    MAX_NODES,
    Format,
    find_front_matter,
    looks_like_front_matter,
    read_front_matter,
)
from app.parse.lines import cut_lines


def read(text: str, kind: Format = "yaml") -> tuple[dict[str, Any], tuple[str, ...]]:
    front_matter = read_front_matter(text.split("\n"), TextSpan(1, 3, 0, 0), kind)
    return front_matter.values, front_matter.problems


def test_every_scalar_is_text() -> None:
    values, problems = read(
        "a: NO\nb: on\nc: 1.10\nd: 2026-01-01\ne:\nf: [x, {y: null}]\ng: |\n  h\n  i"
    )
    assert values == {
        "a": "NO",
        "b": "on",
        "c": "1.10",
        "d": "2026-01-01",
        "e": "",
        "f": ["x", {"y": "null"}],
        "g": "h\ni",
    }
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


def test_nesting_one_deeper_than_the_cap_is_read_line_by_line() -> None:
    deepest = MAX_DEPTH - 1
    values, problems = read("a: " + "[" * deepest + "]" * deepest)
    assert isinstance(values["a"], list)
    assert not problems
    values, problems = read("a: " + "[" * (deepest + 1) + "]" * (deepest + 1))
    assert isinstance(values["a"], str)
    assert f"deeper than {MAX_DEPTH}" in problems[0]


def test_one_alias_is_taken_as_text() -> None:
    values, problems = read("a: &x y\nb: *x")
    assert values == {"a": "&x y", "b": "*x"}
    assert "anchors and aliases" in problems[0]


def test_one_node_too_many_is_read_line_by_line() -> None:
    rows = "\n".join(f"- {n}" for n in range(MAX_NODES))
    assert "more than" in read(f"a:\n{rows}")[1][0]


def test_json() -> None:
    values, problems = read('{"title": "甲", "n": 1.10, "draft": true, "x": null}', "json")
    assert values == {"title": "甲", "n": "1.10", "draft": "true", "x": ""}
    assert not problems


def fence(text: str) -> tuple[str, int, int] | None:
    place = find_front_matter(cut_lines(text))
    return (place.format, place.first, place.last) if place else None


def test_only_an_unindented_mark_closes_the_front_matter() -> None:
    text = "---\nnote: |\n  a\n  ---\n  b\ntags: [x]\n---\ntext"
    assert fence(text) == ("yaml", 1, 7)
    assert fence("\n+++\na = 1\n+++\n") == ("toml", 2, 4)
    assert fence('{\n"title": "a"\n}\ntext') == ("json", 1, 3)
    assert fence('---\n{"title": "a"}\n---\n') == ("json", 1, 3)
    assert fence("---\n\n## 今日焦點\n\n---") is None
    assert fence("{\nno json\n}") is None


def test_too_large() -> None:
    with pytest.raises(TooLarge, match="16 KiB"):
        read("a: " + "字" * 6_000)


def test_toml() -> None:
    values, problems = read(
        'title = "甲"\ndate = 2026-01-01\ndraft = true\nn = 1.10\n[x]\ny = ["z"]', "toml"
    )
    assert values == {
        "title": "甲",
        "date": "2026-01-01",
        "draft": "true",
        "n": "1.10",
        "x": {"y": ["z"]},
    }
    assert not problems
    values, problems = read("title = 甲", "toml")
    assert values == {"title": "甲"}
    assert "TOML" in problems[0]


def test_what_is_front_matter_at_all() -> None:
    assert looks_like_front_matter(["# comment", "", "title: a"])
    assert looks_like_front_matter([""])
    assert not looks_like_front_matter(["text"])
    assert not looks_like_front_matter(["Date: 2026-01-01", "", "## 今日焦點"])
    assert looks_like_front_matter(["a = 1"], toml=True)
    assert not looks_like_front_matter(["text"], toml=True)
