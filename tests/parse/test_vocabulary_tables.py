from collections.abc import Mapping
from typing import Any

import opencc
import pytest

from app.parse import vocabulary_tables as words
from app.parse.section_kinds import SECTION_KINDS
from app.parse.vocabulary import _phrases as phrases

TABLES: dict[str, Mapping[Any, str]] = {
    "sections": {kind: section.headings for kind, section in SECTION_KINDS.items()},
    "parts": words.PARTS,
    "fields": words.FIELDS,
    "levels": words.LEVELS,
}
SIMPLIFIED = opencc.OpenCC("t2s")


@pytest.mark.parametrize("name", TABLES)
def test_a_word_means_one_thing(name: str) -> None:
    stored = [word for text in TABLES[name].values() for word in set(phrases(text))]
    assert sorted(stored) == sorted(set(stored))


@pytest.mark.parametrize("name", TABLES)
def test_what_is_known_in_traditional_characters_is_known_in_simplified_ones(name: str) -> None:
    missing = {
        meaning: [w for w in phrases(text) if SIMPLIFIED.convert(w) not in phrases(text)]
        for meaning, text in TABLES[name].items()
    }
    assert not any(missing.values()), missing
