from typing import Any

import pytest

from app import knowledge
from app.normalize.decide import decide
from app.normalize.report import quality
from app.parse.briefing import parse_briefing
from tests.documents import document, item


def report(text: str) -> dict[str, Any]:
    decided = decide(
        parse_briefing(text.encode(), "2026-01-02.md"),
        text,
        knowledge.knowledge(),
        "daily",
        "daily",
    )
    return quality.report(decided, text, knowledge.knowledge().catalogue)


def test_a_name_is_grounded_by_what_the_item_says_and_not_by_an_address() -> None:
    text = document(
        "2026-01-02",
        item(
            "輝達發布",
            entities="辉达、Gainsight、Acme（推）、ＱＷＥＮ",
            summary="qwen 與 Acme。",
            sources="[報導](https://a.com/gainsight-breach)",
        ),
        item("Gainsight 外洩", entities="Gainsight、報導", sources="[報導](https://a.com/)"),
    )
    assert report(text)["ungrounded"] == [{"item": 1, "surface": "Gainsight"}]


def test_names_of_the_insight_that_no_item_tells_of() -> None:
    text = document(
        "2026-01-02",
        item("NVIDIA 財報"),
        end="\n## 編輯洞察\n\nNVIDIA 與 OpenAI、OpenAI 的資料中心。\n",
    )
    assert [(one["kind"], one["name"]) for one in report(text)["dangling"]] == [
        ("insight", "OpenAI")
    ]


def test_figures() -> None:
    found = report(
        document(
            "2026-01-02",
            item("a", importance="高", entities="X1", sources="[x](1) | [y](https://a.com/y)"),
            item("b", importance="低 — 因為"),
        )
    )
    figures = quality.counts(found)
    assert (
        figures["items"],
        figures["listed"],
        figures["ungrounded"],
        figures["unreasoned"],
        figures["placeholder"],
    ) == (2, 1, 1, 1, 1)
    assert (figures["missing"], figures["repeated"], figures["articles_found"]) == (2, 0, 1)
    assert "articles_reported" not in figures


@pytest.mark.parametrize("cells", ["、".join(f"N{n}x" for n in range(40_000)), "、" * 100_000])
def test_a_monstrous_entity_line_costs_little(cells: str) -> None:
    assert (
        report(document("2026-01-02", item("a", entities=cells, summary="長" * 100_000)))
        is not None
    )
