"""The bigram index finds what a scan of every key finds."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.query.names.bigram_index import BigramIndex, starts_run

LETTERS = st.sampled_from("ab推🎉")
KEYS = st.lists(st.text(LETTERS, min_size=1, max_size=5), max_size=6)


def index_of(keys: list[str]) -> BigramIndex:
    return BigramIndex(keys, np.array([len(key) for key in keys], np.int64))


def rows_containing(keys: list[str], text: str) -> list[int]:
    return [row for row, key in enumerate(keys) if text in key]


@given(KEYS, LETTERS)
def test_rows_with_a_character(keys: list[str], char: str) -> None:
    rows = index_of(keys).rows_with_char(char).tolist()
    assert sorted(set(rows)) == rows_containing(keys, char)


@given(KEYS, st.text(LETTERS, max_size=5))
def test_rows_by_each_bigram(keys: list[str], key: str) -> None:
    expected = []
    for bigram in set(pairwise(key)):
        rows = rows_containing(keys, "".join(bigram))
        if rows:
            expected.append(rows)
    results = [rows.tolist() for rows in index_of(keys).rows_by_bigram(key)]
    assert sorted(results) == sorted(expected)


def test_starts_of_runs() -> None:
    assert starts_run(np.array([3, 3, 4, 3])).tolist() == [True, False, True, True]
    assert starts_run(np.array([], np.int64)).tolist() == []
