from typing import Any

from app.normalize.decide import Knowledge, decide
from app.normalize.entities.catalogue import Catalogue, CatalogueEntity
from app.normalize.report import quality
from app.normalize.report.quality import MAX_LISTED_NAMES
from app.parse.briefing import parse_briefing
from tests.documents import document, item

CATALOGUE = Catalogue(
    [
        CatalogueEntity("nvidia", "org", {"en": "NVIDIA", "zh-Hant": "輝達"}),
        CatalogueEntity("openai", "org", {"en": "OpenAI"}),
        CatalogueEntity("qwen", "model", {"en": "Qwen"}),
    ]
)


def report(text: str) -> dict[str, Any]:
    draft = parse_briefing(text.encode(), "2026-01-02.md")
    decided = decide(draft, text, Knowledge(CATALOGUE), "daily", "daily")
    return quality.report(decided, text, CATALOGUE)


def test_a_name_is_grounded_by_the_text_of_its_item_and_not_by_an_address() -> None:
    breach = item(
        "輝達發布",
        entities="辉达、Gainsight、Acme（推）、ＱＷＥＮ",
        summary="qwen 與 Acme。",
        sources="[報導](https://a.com/gainsight-breach)",
    )
    labelled = item("Gainsight 外洩", entities="Gainsight、報導", sources="[報導](https://a.com/)")
    text = document("2026-01-02", breach, labelled)
    assert report(text)["ungrounded"] == [{"item": 1, "surface": "Gainsight"}]


def test_names_of_the_insight_that_no_item_has() -> None:
    text = document(
        "2026-01-02",
        item("NVIDIA 財報"),
        end="\n## 編輯洞察\n\nNVIDIA 與 OpenAI、OpenAI 的資料中心。\n",
    )
    (reference,) = report(text)["dangling"]
    assert (reference["kind"], reference["name"]) == ("insight", "OpenAI")


def test_missing_fields_and_repeated_labels() -> None:
    repeated = item("b", importance="高 — 因為", entities="X1", sources="[y](https://a.com/y)")
    text = document("2026-01-02", item("a"), repeated + "\n**重要性**：低 — 因為\n")
    assert report(text)["fields"] == [
        {"item": 1, "missing": ["entities", "importance", "sources"], "repeated": []},
        {"item": 2, "missing": [], "repeated": ["重要性"]},
    ]


def test_counts() -> None:
    text = document(
        "2026-01-02",
        item("a", importance="高", entities="X1", sources="[x](1) | [y](https://a.com/y)"),
        item("b", importance="低 — 因為"),
    )
    numbers = quality.counts(report(text))
    expected = {
        "items": 2,
        "listed": 1,
        "ungrounded": 1,
        "unreasoned": 1,
        "placeholder": 1,
        "missing": 2,
        "repeated": 0,
        "articles_found": 1,
    }
    assert {name: numbers[name] for name in expected} == expected
    assert "articles_reported" not in numbers


def test_names_past_the_limit_are_not_looked_for() -> None:
    names = "、".join(f"N{number}x" for number in range(MAX_LISTED_NAMES + 1))
    ungrounded = report(document("2026-01-02", item("a", entities=names)))["ungrounded"]
    assert len(ungrounded) == MAX_LISTED_NAMES


def test_an_entity_line_of_separators_lists_nothing() -> None:
    assert report(document("2026-01-02", item("a", entities="、" * 1_000)))["listed"] == 0
