"""Faults in Chinese."""

import pytest

from app.explorer.sentences import in_words_of


@pytest.mark.parametrize(
    ("sentence", "chinese"),
    [
        ("There is no entity 'Qwne'; there is Qwen.", "沒有「Qwne」這個名稱；相近的是 Qwen。"),
        ("There is no entity 'Q'; there are A, B.", "沒有「Q」這個名稱；相近的有 A, B。"),
        ("There is no entity '{0}'.", "沒有「{0}」這個名稱。"),
        ("There is no tag 'zz'; nothing matches it.", "沒有標籤「zz」；沒有符合的項目。"),
        ("window: expected at most 90", "window：至多為 90。"),
        (
            "from: 'xx' is not valid; expected a date as YYYY-MM-DD",
            "from：「xx」不是日期；須寫成 YYYY-MM-DD。",
        ),
        ("Qwen cannot be merged into itself.", "Qwen 不能併入自己。"),
        ("j_1 says that A is not B; undo that first.", "j_1 判定 A 不是 B；請先撤銷該判定。"),
    ],
)
def test_a_known_sentence_is_told_in_chinese(sentence: str, chinese: str) -> None:
    assert in_words_of("zh-Hant", sentence) == (chinese, "zh-Hant")
    assert in_words_of("en", sentence) == (sentence, "en")


def test_the_mainland_has_its_own_words() -> None:
    sentence = "The document has 5 bytes; at most 4 are taken."
    assert in_words_of("zh-Hans", sentence) == ("文档有 5 字节；至多 4 字节。", "zh-Hans")


def test_an_unknown_sentence_stays_english() -> None:
    assert in_words_of("zh-Hant", "Something else.") == ("Something else.", "en")
