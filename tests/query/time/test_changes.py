"""Positions and digests of changes."""

import hashlib
import json

import pytest

from app.errors import BadRequest, Gone
from app.query.request.change_params import ChangeList
from app.query.schemas.changes import ChangeOut
from app.query.time import changes
from app.store.db import Database
from tests.conftest import CHANNEL


def test_the_digest_is_that_of_the_documentation() -> None:
    text = '{"data":[{"a":"甲","b":null}],"position":"x-2","since":"x-1"}'
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert changes.digest("x-1", [{"b": None, "a": "甲"}], "x-2") == expected


def test_lines_are_the_shape(seeded: Database) -> None:
    with seeded.read() as session:
        page = changes.page(session, ChangeList(limit=20), CHANNEL)
        entries = [ChangeOut.model_validate_json(line) for line in page.listing.entries]
        dumped = [entry.model_dump(mode="json") for entry in entries]
        assert [json.loads(line) for line in page.listing.entries] == dumped
        assert changes.digest(page.since, dumped, page.position) == page.digest


def test_pages_join_without_a_gap(seeded: Database) -> None:
    with seeded.read() as session:
        since, walked = None, 0
        while True:
            query = ChangeList(since=since, limit=50)
            page = changes.page(session, query, CHANNEL)
            assert since in (None, page.since)
            walked += len(page.listing.entries)
            since = page.position
            if not page.listing.rows.next_cursor:
                break
        whole = changes.page(session, ChangeList(limit=1), CHANNEL)
        assert walked == whole.listing.rows.total > 100
        assert since == f"{page.since.partition('-')[0]}-{changes.newest(session)}"


@pytest.mark.parametrize(
    ("since", "error"), [("yesterday", BadRequest), ("-", BadRequest), ("0abc-1", Gone)]
)
def test_positions_that_are_none(seeded: Database, since: str, error: type[Exception]) -> None:
    with seeded.read() as session, pytest.raises(error):
        changes.page(session, ChangeList(since=since), CHANNEL)
