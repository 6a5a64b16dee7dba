"""Words of pages in the language of the reader."""

from typing import get_args

import pytest

from app.query.schemas.shared import EntityType, Level, SectionKind
from app.render.labels import label


@pytest.mark.parametrize(
    ("word", "lang", "text"),
    [
        ("research", "zh-Hant", "研究"),
        ("tools", "zh-Hans", "工具与应用"),
        ("industry", "en", "Industry"),
        ("org", None, "組織"),
        ("org", "zh-Hans", "组织"),
        ("org", "en", "Organisation"),
        ("medium_high", "en", "Medium high"),
    ],
)
def test_labels(word: str, lang: str | None, text: str) -> None:
    assert label(word, lang) == text


def test_every_closed_word_has_a_chinese_label() -> None:
    for word in (*get_args(SectionKind), *get_args(EntityType), *get_args(Level)):
        assert not label(word, "zh-Hant").isascii(), word
