"""The mix of paths is reproducible and follows Zipf's law."""

from collections import Counter

from tests.bench.questions import zipf

PATHS = [f"/{number}" for number in range(500)]


def test_draws_follow_zipf() -> None:
    drawn = zipf(PATHS, 20_000)
    assert drawn == zipf(PATHS, 20_000)
    assert drawn != zipf(PATHS, 20_000, seed=2)
    counts = Counter(drawn)
    assert len(counts) > 400
    assert 1.7 < counts["/0"] / counts["/1"] < 2.3
