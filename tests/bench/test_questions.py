"""The mix is the same each time, and some paths are asked for far more often than others."""

from collections import Counter

from tests.bench.questions import zipf

PATHS = [f"/{number}" for number in range(500)]


def test_draws() -> None:
    drawn = zipf(PATHS, 20_000)
    assert drawn == zipf(PATHS, 20_000)
    assert drawn != zipf(PATHS, 20_000, seed=2)
    counts = Counter(drawn)
    assert len(counts) > 400
    assert 1.7 < counts["/0"] / counts["/1"] < 2.3
