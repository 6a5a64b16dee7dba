import gc
import time

from app.parse.briefing import parse_briefing


def names(text: str) -> list[str]:
    briefing = parse_briefing(text.encode(), "2026-01-01.md")
    return [reading.name for reading in briefing.readings]


def test_the_score_and_the_runner_up_are_told() -> None:
    briefing = parse_briefing(
        "## 今日焦點\n### 甲\n**摘要**：乙\n**重要性**：高".encode(), "2026-01-01.md"
    )
    best, second = briefing.readings
    assert best.name == briefing.dialect == "sections"
    assert best.score >= second.score


def test_rated_headings_are_read_as_ranked_links() -> None:
    text = "## [A](https://a.example) ⭐️ 9.0/10\n\nb\n\n**標籤**: #c\n"
    assert names(text)[0] == "horizon"


def processor_seconds(count: int) -> float:
    rules = "\n---\n" * count
    text = f"## 今日焦點\n### 甲\n**摘要**：乙\n{rules}\n**來源**：[a](https://b.example)\n"
    data = text.encode()
    best = float("inf")
    # The collector walks all objects of the test process, which is not the reading's time.
    gc.disable()
    try:
        for _ in range(5):
            began = time.process_time()
            parse_briefing(data, "2026-01-01.md")
            best = min(best, time.process_time() - began)
    finally:
        gc.enable()
    return best


def test_reading_rules_between_two_labels_is_linear() -> None:
    """A doubling takes at most 2.2 times as long, measured over two doublings against noise.

    `tests/test_linear_reading.py` counts operations: exactly at most 2.
    """
    assert processor_seconds(14_000) <= 2.2**2 * processor_seconds(3_500)


def test_a_heading_whose_children_repeat_is_no_item() -> None:
    text = "## 模型\n\n### 國內\n\n#### 阿里巴巴發表新模型\n\n文 [a](https://a.com)\n\n"
    text += "#### 騰訊雲調降價格\n\n文 [b](https://b.com)\n\n### 國外\n\n"
    text += "#### 輝達財報超出預期\n\n文 [c](https://c.com)\n"
    briefing = parse_briefing(text.encode(), "2026-01-01.md")
    titles = [item.title.text for section in briefing.body.sections for item in section.items]
    assert titles == ["阿里巴巴發表新模型", "騰訊雲調降價格", "輝達財報超出預期"]


def test_a_rating_is_the_importance_and_not_the_text_below() -> None:
    text = "## News\n\n### Alpha ships\n\n**Importance**: 8.7/10\n\nText [s](https://a.com)\n\n"
    text += "### Beta opens\n\n**Importance**: 95 points\n\nText [s](https://b.com)\n"
    briefing = parse_briefing(text.encode(), "2026-01-01.md")
    labels: list[tuple[str | None, list[str]]] = []
    for item in briefing.body.sections[0].items:
        label = item.importance.label if item.importance else None
        labels.append((label, [passage.text for passage in item.summary]))
    assert labels == [
        ("8.7/10", ["Text [s](https://a.com)"]),
        ("95 points", ["Text [s](https://b.com)"]),
    ]


def test_two_numbers_in_brackets_are_two_citations() -> None:
    text = "## News\n\n### Alpha ships [1][2]\n\nText.\n\n### Beta opens [2]\n\nText.\n\n"
    text += "## References\n\n1. [R1](https://r.com/1)\n2. [R2](https://r.com/2)\n"
    briefing = parse_briefing(text.encode(), "2026-01-01.md", base="https://base.com/d/")
    items = briefing.body.sections[0].items
    assert [[source.target for source in item.sources] for item in items] == [
        ["https://r.com/1", "https://r.com/2"],
        ["https://r.com/2"],
    ]
