"""Titles of series from the titles of their issues."""

import pytest

from app.normalize.series import shared_title


@pytest.mark.parametrize(
    ("titles", "title"),
    [
        (
            ["Horizon Summary: 2026-08-16 (ZH)", "Horizon Summary: 2026-08-17 (ZH)"],
            "Horizon Summary",
        ),
        (["🤖 AI Daily Digest - 2026-08-21", "🤖 AI Daily Digest - 2026-08-20"], "AI Daily Digest"),
        (["2026-05-30 科技服務資訊週記", "2026-06-05 科技服務資訊週記"], "科技服務資訊週記"),
        (["06-25-日刊-AI日报", "06-26-日刊-AI日报"], "日刊-AI日报"),
        (["AI 晨報｜2026年8月1日（週六）", "AI 晨報｜2026年8月2日（週日）"], "AI 晨報"),
        (["The Batch, August 1, 2026", "The Batch, August 8, 2026"], "The Batch"),
        (["週報第 12 期", "週報第 13 期"], "週報"),
        # Titles of their own are no series.
        (["醫療影像與公平性 — 2025/12/23", "推理與硬體 — 2025/11/22"], None),
        (["AI 日報 2026-01-01"], None),
        (["2026-01-01", "2026-01-02"], None),
        ([], None),
    ],
)
def test_a_title_is_what_issues_share(titles: list[str], title: str | None) -> None:
    assert shared_title(titles) == title


def test_two_thirds_are_enough() -> None:
    titles = [f"AI 日報 2026-01-0{day}" for day in range(1, 5)]
    assert shared_title([*titles, "特刊", "年終回顧"]) == "AI 日報"
    assert shared_title([*titles, "特刊", "年終回顧", "增刊"]) is None
