"""First requests are of every kind, and no two are alike."""

from tests.bench.first import Asked, Material, kinds, zipf_day

ABOUT = Material(
    entities=[{"id": "e_1", "name": "OpenAI"}, {"id": "e_2", "name": "輝達"}],
    words=["模型", "C++ & Go"],
    days=["2026-01-01", "2026-01-02"],
    texts=["OpenAI", "輝達"],
)


def test_each_kind_asks_something_else_each_time() -> None:
    asked = [request for requests in kinds(ABOUT).values() for request in requests]
    assert len(asked) == len(set(asked)) == 2 * len(kinds(ABOUT))
    assert Asked("/v1/search?q=C%2B%2B%20%26%20Go") in asked


def test_a_day_repeats_its_first_paths_most_often() -> None:
    pool = [Asked(f"/v1/{number}") for number in range(100)]
    day = zipf_day(pool)
    assert day.count(pool[0]) > 5 * day.count(pool[50])
