import pytest

from app.parse.language import find_language, stated_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("星河科技發布新模型，開發者可以試用。", "zh-Hant"),
        ("星河科技发布新模型，开发者可以试用。", "zh-Hans"),
        ("星雲社が新しいモデルを公開した。", "ja"),
        ("새로운 모델이 공개되었다", "ko"),
        ("Meridian ships a planner", "en"),
        ("Meridian 發布 Planner Mini，支援 API", "zh-Hant"),
        ("Notes on the 千問 model by its makers in plain English words", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_found_from_the_characters(text: str, language: str) -> None:
    assert find_language(text) == language


def test_the_front_matter_counts_before_the_file_name() -> None:
    assert stated_language("zh-TW", "2026-01-01.en.md") == "zh-Hant"
    assert stated_language(None, "2026-01-01.zh-cn.md") == "zh-Hans"
    assert stated_language("ja_JP", "") == "ja"
    assert stated_language("zh", "2026-01-01.md") is None
    assert stated_language(None, "2026-01-01.md") is None
