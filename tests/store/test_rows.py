import pytest

from app.store.rows import chunks, storable


def test_chunks_fit_a_statement_and_lose_nothing() -> None:
    runs = list(chunks(range(2_000)))
    assert [one for run in runs for one in run] == list(range(2_000))
    assert max(map(len, runs)) < 999
    assert list(chunks([])) == []


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("a\0b", "a\ufffdb"),
        ("a\ud800b\udfff", "a\ufffdb\ufffd"),
        ("漢字𠀀", "漢字𠀀"),
        ({"a\0": ["\0", ("x", None, 3)]}, {"a\ufffd": ["\ufffd", ["x", None, 3]]}),
        (None, None),
    ],
)
def test_storable(value: object, stored: object) -> None:
    assert storable(value) == stored
