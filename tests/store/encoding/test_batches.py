from itertools import chain

from app.store.encoding.batches import MAX_VALUES, batches


def test_batches_fit_a_statement_and_lose_nothing() -> None:
    all_batches = list(batches(range(2_000)))
    assert list(chain.from_iterable(all_batches)) == list(range(2_000))
    assert max(map(len, all_batches)) == MAX_VALUES < 999
    assert list(batches([])) == []
