"""Texts stored as one run of bytes come back unchanged."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.query.names.text_table import TextTable

TEXTS = st.lists(st.text(st.sampled_from("aAé推🎉\udc80\u07ff\uffff"), max_size=6), max_size=8)


@given(TEXTS)
def test_each_text_comes_back(texts: list[str]) -> None:
    table = TextTable(texts)
    assert [table.text(row) for row in range(len(table))] == texts
    assert table.texts(np.arange(len(texts))) == texts


@given(TEXTS, st.text(st.sampled_from("aé推🎉"), max_size=2))
def test_a_prefix_is_a_range_of_sorted_texts(texts: list[str], prefix: str) -> None:
    texts.sort()
    first, last = TextTable(texts).prefix_range(prefix)
    assert texts[first:last] == [text for text in texts if text.startswith(prefix)]
