"""Synthetic documents are reproducible and parse like real ones."""

from itertools import chain, islice

import pytest

from app.parse.briefing import parse_briefing
from tests.bench import ingest
from tests.bench.corpus import SCALES, documents


def test_a_seed_gives_the_same_bytes_each_time() -> None:
    first = list(islice(documents(SCALES["S"]), 3))
    assert list(islice(documents(SCALES["S"]), 3)) == first
    assert list(islice(documents(SCALES["S"], seed=2), 3)) != first


def test_documents_parse_like_real_ones() -> None:
    for _, name, data in islice(documents(SCALES["S"]), 5):
        draft = parse_briefing(data, name)
        items = list(chain.from_iterable(section.items for section in draft.body.sections))
        assert draft.coverage.covered == draft.coverage.nonblank
        assert len(items) > 10
        assert sum(bool(item.entities) for item in items) > 0.8 * len(items)
        assert sum(bool(item.sources) for item in items) > 0.5 * len(items)


def test_a_daily_is_as_long_as_real_ones() -> None:
    sizes: list[int] = []
    links: list[int] = []
    items = 0
    for _, name, data in islice(documents(SCALES["D"]), 20):
        draft = parse_briefing(data, name)
        assert draft.coverage.covered == draft.coverage.nonblank
        sizes.append(len(data))
        for item in chain.from_iterable(section.items for section in draft.body.sections):
            items += 1
            links.append(len(item.sources))
    assert 6_000 < sum(sizes) / len(sizes) < 12_000
    assert 8 < items / len(sizes) < 14
    assert 0.3 < sum(links) / items < 0.9


def test_the_pace_of_ingestion_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    ingest.main(2, 1, "S")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[1:]] == [
        "S, into an empty database",
        "S, more",
        "S, into one of 3",
    ]
