"""Conditional requests."""

import pytest

from app.api.wire.validators import conditions, etag_matches, is_current

ETAG = b'W/"a"'
MODIFIED = b"Tue, 23 Dec 2025 06:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({b"if-none-match": ETAG}, True),
        ({b"if-none-match": b'"a"'}, True),
        ({b"if-none-match": b'"b", W/"a"'}, True),
        ({b"if-none-match": b"*"}, True),
        ({b"if-none-match": b'"b"'}, False),
        ({b"if-modified-since": MODIFIED}, True),
        ({b"if-modified-since": b"Wed, 24 Dec 2025 00:00:00 GMT"}, True),
        ({b"if-modified-since": b"Tue, 23 Dec 2025 05:59:59 GMT"}, False),
        ({b"if-modified-since": b"Tuesday, 23-Dec-25 06:00:00 GMT"}, True),
        ({b"if-modified-since": b"yesterday"}, False),
        ({b"if-modified-since": b""}, False),
        # An ETag counts more than a date.
        ({b"if-none-match": b'"b"', b"if-modified-since": MODIFIED}, False),
        ({b"if-none-match": ETAG, b"if-modified-since": b"yesterday"}, True),
    ],
)
def test_a_copy_is_current(headers: dict[bytes, bytes], expected: bool) -> None:
    assert is_current(conditions(headers), ETAG, MODIFIED) == expected


def test_an_answer_without_validators_is_never_current() -> None:
    for headers in ({b"if-none-match": b"*"}, {b"if-modified-since": MODIFIED}):
        assert not is_current(conditions(headers), b"", b"")


def test_etags_are_compared_weakly() -> None:
    assert etag_matches('W/"a"', '"a"')
    assert not etag_matches(None, '"a"')
