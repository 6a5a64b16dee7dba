import pytest

from app.knowledge import knowledge
from app.normalize.text.counted import counts_something, ends_with_count
from app.normalize.text.folding import fold


@pytest.mark.parametrize(
    "text",
    [
        *("Gemini 3 天", "Claude 4 萬名用戶", "OpenAI 6 吉瓦", "GPT 4 月漲價", "Kimi 2 億美元"),
        *("Opus 4 hours", "Gemini 3 million users", "Grok 4 人團隊", "DeepSeek 3 個版本"),
        *("Llama 3 次下載", "Claude 4 家公司", "Gemini 2.5 倍", "Claude 3分鐘"),
    ],
)
def test_a_number_with_a_measure_counts(text: str) -> None:
    folded = fold(text)
    number_end = max(place for place, char in enumerate(folded) if char.isdigit()) + 1
    assert counts_something(folded, number_end)
    assert ends_with_count(folded, 0, number_end)


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Claude 4 家族亮相", "Claude 4"),
        ("Claude 4 個人版", "Claude 4"),
        ("Claude 4 名列第一", "Claude 4"),
        ("GPT 5 日前發布", "GPT 5"),
        ("GPT 5 台灣上市", "GPT 5"),
        ("GPT 5 人工評測", "GPT 5"),
        ("GPT 5 則支援更長的上下文", "GPT 5"),
        ("GPT-5 萬人測試", "GPT-5"),
        ("Qwen3 款式", "Qwen3"),
        ("Claude 4 models", "Claude 4"),
    ],
)
def test_a_version_before_another_word_stays(text: str, surface: str) -> None:
    matches = knowledge().scanner.scan(text)
    assert [text[match.start : match.end] for match in matches][:1] == [surface]


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("AMD 將供應 OpenAI 6 吉瓦的晶片", "c:openai"),
        ("GPT 4 月漲價", "c:gpt"),
        ("Claude 4 萬名用戶", "c:claude"),
    ],
)
def test_the_name_before_a_count_is_the_family(text: str, node: str) -> None:
    assert node in [match.node for match in knowledge().scanner.scan(text)]
