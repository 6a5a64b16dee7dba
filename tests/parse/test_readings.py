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
