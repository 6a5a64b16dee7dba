"""Names of documents, and the ids of the editions of a day."""

from itertools import permutations

import pytest

from app.normalize.editions import (
    Edition,
    document_name,
    document_stem,
    edition_ids,
    is_same_document,
    item_basis,
    name_parts,
)

DAY = "2026-06-01"


def edition(name: str, language: str | None = "zh-Hant", *, is_draft: bool = False) -> Edition:
    return Edition(name_parts(name).key, language, document_stem(name), is_draft)


@pytest.mark.parametrize(
    ("name", "key", "language"),
    [
        ("2026-06-01.md", "", None),
        ("2026-06-01-am.md", "am", None),
        ("2026-06-01-PM.markdown", "pm", None),
        ("20260601_summary.zh-tw.md", "", "zh-Hant"),
        ("2026-06-01.zh_CN.md", "", "zh-Hans"),
        ("2026-06-01-ai-daily-en.md", "", "en"),
        ("horizon-2026-06-01-summary-zh.md", "horizon", None),
        ("2026年6月1日 早報.md", "早報", None),
        ("2026-06-01/index.md", "", None),
        ("2026-06-01/papers.ja.md", "papers", "ja"),
        ("content/2026-06-01-noon/_index.md", "noon", None),
        ("2026-06-01-us.md", "us", None),
    ],
)
def test_a_name_is_read(name: str, key: str, language: str | None) -> None:
    parts = name_parts(name)
    assert (parts.key, parts.language) == (key, language)


def test_only_other_languages_and_keys_change_the_ids_of_items() -> None:
    for name in ("2026-06-01.md", "2026-06-01-summary-zh.md", "ai-daily.zh-tw.md"):
        assert item_basis(DAY, name) == DAY
    others = ("2026-06-01-am.md", "2026-06-01.en.md", "2026-06-01-am.en.md", "a.zh-cn.md")
    assert len({item_basis(DAY, name) for name in others} | {DAY}) == 5


@pytest.mark.parametrize(
    ("name", "values", "other_name", "other_values", "is_same"),
    [
        ("2026-06-01.md", {}, "2026-06-01.MD", {}, True),
        ("2026-06-01-am.md", {}, "2026-06-01-pm.md", {}, False),
        ("a.md", {"id": "x"}, "b.md", {"ID": " x "}, True),
        ("a.md", {"id": "x"}, "b.md", {"id": "y"}, False),
        ("2026-06-01/index.md", {}, "2026-06-01.md", {}, True),
        ("2026-06-01/index.md", {}, "2026-06-02/index.md", {}, False),
        ("a.md", {}, "b.md", {}, False),
    ],
)
def test_a_document_is_known_by_name_or_stated_id(
    name: str, values: dict[str, str], other_name: str, other_values: dict[str, str], is_same: bool
) -> None:
    assert is_same_document(name, values, other_name, other_values) == is_same


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["2026-06-01-am.md", "2026-06-01-pm.md"], ["", "-pm"]),
        (["2026-06-01-pm.md", "2026-06-01.md"], ["-pm", ""]),
        (["晚報.md", "早報.md", "午報.md"], ["-晚報", "", "-午報"]),
        (["evening.md", "noon.md", "papers.md"], ["-evening", "", "-papers"]),
        (["b.md", "a.md"], ["-b", ""]),
        (["2026-06-01.md"], [""]),
        (["papers.md"], [""]),
    ],
)
def test_the_primary_edition_has_the_id_of_the_day(names: list[str], ids: list[str]) -> None:
    editions = [edition(name) for name in names]
    assert edition_ids(DAY, editions) == [f"{DAY}{suffix}" for suffix in ids]


def test_ids_do_not_depend_on_the_order() -> None:
    editions = [
        edition("2026-06-01.md", "en"),
        edition("2026-06-01-daily.md", "en"),
        edition("2026-06-01.zh-tw.md", "zh-Hant"),
        edition("2026-06-01-am.en.md", "en"),
        edition("2026-06-01-am.zh-tw.md", "zh-Hant"),
    ]
    expected = dict(zip([e.stem for e in editions], edition_ids(DAY, editions), strict=True))
    assert len(set(expected.values())) == 5
    assert expected["2026-06-01.zh-tw"] == DAY
    assert expected["2026-06-01-am.zh-tw"] == f"{DAY}-am"
    assert expected["2026-06-01-am.en"] == f"{DAY}-am-en"
    for order in permutations(editions):
        ids = edition_ids(DAY, order)
        assert dict(zip([e.stem for e in order], ids, strict=True)) == expected


def test_a_draft_shadows_nothing_public() -> None:
    editions = [edition("2026-06-01.md", is_draft=True), edition("2026-06-01-pm.md")]
    assert edition_ids(DAY, editions)[1] == DAY


def test_an_id_has_at_most_64_characters() -> None:
    editions = [edition("a.md"), edition(f"{'long' * 20}.md")]
    channel = "c" * 40
    ids = edition_ids(f"{channel}:{DAY}", editions)
    assert len(set(ids)) == 2
    assert max(map(len, ids)) <= 64


def test_a_folder_belongs_to_a_name_that_says_no_day() -> None:
    assert document_name("2026-06-01", "index.md") == "2026-06-01/index.md"
    assert document_name("2026-06-01", "am.md") == "2026-06-01/am.md"
    assert document_name("posts", "2026-06-01.md") == "2026-06-01.md"
    assert document_name("posts", "a.md") == "a.md"
