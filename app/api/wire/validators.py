"""Conditional requests: ETags and dates of change, compared as RFC 9110 describes."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

Headers = Mapping[bytes, bytes]
"""Headers by their lower-case names; of repeated headers the last one."""


class Conditions(NamedTuple):
    """The conditions of a GET or HEAD request; None if a header is missing."""

    if_none_match: bytes | None
    if_modified_since: bytes | None


def conditions(headers: Headers) -> Conditions:
    """Return the conditions in the headers of a request."""
    return Conditions(headers.get(b"if-none-match"), headers.get(b"if-modified-since"))


def is_current(stated: Conditions, etag: bytes, last_modified: bytes) -> bool:
    """Whether the client's copy is current, so that 304 answers the request.

    `etag` and `last_modified` are of the response, b"" if it has none. If-Modified-Since counts
    only without If-None-Match (RFC 9110 13.2.2).
    """
    if stated.if_none_match is not None:
        # Most clients send back exactly the ETag of the last response.
        if stated.if_none_match == etag:
            return bool(etag)
        names = stated.if_none_match.decode("latin-1")
        return bool(etag) and etag_matches(names, etag.decode("latin-1"))
    if not stated.if_modified_since or not last_modified:
        return False
    if stated.if_modified_since == last_modified:
        return True
    since, modified = _moment(stated.if_modified_since), _moment(last_modified)
    return since is not None and modified is not None and modified <= since


def _moment(date: bytes) -> datetime | None:
    """Return an HTTP date, None if it is not valid: RFC 9110 ignores such a header."""
    try:
        moment = parsedate_to_datetime(date.decode("latin-1"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def etag_matches(header: str | None, etag: str) -> bool:
    """Whether If-Match or If-None-Match has an ETag, by weak comparison (RFC 9110 8.8.3.2)."""
    etags = [part.strip().removeprefix("W/") for part in (header or "").split(",")]
    return "*" in etags or etag.removeprefix("W/") in etags
