"""Emphasis beside Chinese, Japanese and Korean text."""

import pytest

from app.render.cjk_emphasis import is_cjk
from app.render.markup import to_html


def inline(markdown: str) -> str:
    return to_html(markdown).strip().removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(
    ("written", "html"),
    [
        (
            "**核心摘要：**團隊說**「青鳥」**的",
            "<strong>核心摘要：</strong>團隊說<strong>「青鳥」</strong>的",
        ),
        ("**重要性：**高", "<strong>重要性：</strong>高"),
        ("這是**「Qwen」**模型", "這是<strong>「Qwen」</strong>模型"),
        ("**Qwen（千問）**發布", "<strong>Qwen（千問）</strong>發布"),
        ("**結論。**這句話", "<strong>結論。</strong>這句話"),
        (
            "版本**《三體》**與**“引號”**的",
            "版本<strong>《三體》</strong>與<strong>“引號”</strong>的",
        ),
        ("これは**「強調」**です", "これは<strong>「強調」</strong>です"),
        ("**[連結](https://a.example/)**後", None),
        ("執行**`npm test`**後", "執行<strong><code>npm test</code></strong>後"),
        ("패키지를 **`npm publish`**를", "패키지를 <strong><code>npm publish</code></strong>를"),
        ("他*「說」*了", "他<em>「說」</em>了"),
        ("~~刪除。~~後", "<s>刪除。</s>後"),
        ("**(括號)**後", "<strong>(括號)</strong>後"),
        ("中文**a.**中文", "中文<strong>a.</strong>中文"),
        # An ideographic variation selector belongs to the character before.
        ("葛\U000e0100**(a)**後", None),
    ],
)
def test_emphasis_begins_and_ends_beside_cjk(written: str, html: str | None) -> None:
    rendered = inline(written)
    assert "**" not in rendered
    if html:
        assert rendered == html


@pytest.mark.parametrize(
    ("written", "html"),
    [
        # As CommonMark 0.31 has it where no CJK text is near.
        ("a * b * c", "a * b * c"),
        ('a*"foo"*', 'a*"foo"*'),
        ("**foo bar **", "**foo bar **"),
        ("a**(foo)**b", "a**(foo)**b"),
        ("snake_case_name", "snake_case_name"),
        ("中文_底線_中文", "中文_底線_中文"),
        ("**(**foo)", "**(**foo)"),
        ("***a** b*", "<em><strong>a</strong> b</em>"),
        ("foo-_(bar)_", "foo-<em>(bar)</em>"),
        ("** 空格 **", "** 空格 **"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4"),
    ],
)
def test_other_text_is_as_in_commonmark(written: str, html: str) -> None:
    assert inline(written) == html


@pytest.mark.parametrize("char", "中「。，（Ａ！ぁヿ가ᅡ〈ﾊ　𠀀")
def test_cjk_characters(char: str) -> None:
    assert is_cjk(char)


@pytest.mark.parametrize("char", 'aé."*“”…—·🚀⭐✅Я')
def test_other_characters(char: str) -> None:
    assert not is_cjk(char)
