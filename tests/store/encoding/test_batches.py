from itertools import chain

from app.store.encoding.batches import MAX_VALUES, batches


def test_batches_fit_a_statement_and_lose_nothing() -> None:
    runs = list(batches(range(2_000)))
    assert list(chain.from_iterable(runs)) == list(range(2_000))
    assert max(map(len, runs)) == MAX_VALUES < 999
    assert list(batches([])) == []
