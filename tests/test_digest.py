"""A digest is written from the stories in the format asked for."""

import pytest

from app import digest
from app.errors import BadRequest
from app.query.request.digest_params import FORMATS, DigestFormat, DigestQuery
from app.store.db import Database


@pytest.mark.parametrize("format_", FORMATS)
def test_each_format_is_written(seeded: Database, format_: DigestFormat) -> None:
    params = DigestQuery(days=60, budget=1_500)
    with seeded.read() as session:
        body = digest.write(session, params, format_, "en", home="https://kb.example")
    assert b"https://kb.example/v1/items/i_" in body


def test_a_message_has_no_place_for_warnings(seeded: Database) -> None:
    params = DigestQuery(entity=["Nobody"])
    with seeded.read() as session:
        assert b"Nobody" in digest.write(session, params, "json", None)
        with pytest.raises(BadRequest, match="Nobody"):
            digest.write(session, params, "text", None)
