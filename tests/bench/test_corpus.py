"""The documents to measure with are the same each time, and read like real ones."""

from itertools import islice

import pytest

from app.parse.briefing import parse_briefing
from tests.bench import ingest
from tests.bench.corpus import SCALES, documents


def test_the_same_bytes_each_time() -> None:
    assert list(islice(documents(SCALES["S"]), 3)) == list(islice(documents(SCALES["S"]), 3))
    assert list(islice(documents(SCALES["S"]), 3)) != list(
        islice(documents(SCALES["S"], seed=2), 3)
    )


def test_they_read_like_real_ones() -> None:
    for _, name, data in islice(documents(SCALES["S"]), 5):
        draft = parse_briefing(data, name)
        items = [item for section in draft.body.sections for item in section.items]
        assert draft.coverage.covered == draft.coverage.nonblank
        assert len(items) > 10
        assert sum(bool(item.entities) for item in items) > 0.8 * len(items)
        assert sum(bool(item.sources) for item in items) > 0.5 * len(items)


def test_the_pace_of_taking_them_in(capsys: pytest.CaptureFixture[str]) -> None:
    ingest.main(2, 1, "S")
    shown = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in shown[1:]] == [
        "S, into an empty base",
        "S, more",
        "S, into one of 3",
    ]
