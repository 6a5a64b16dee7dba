"""Headers that a request repeats: every layer reads the same value of them."""

from app.errors import BadRequest

Headers = list[tuple[bytes, bytes]]
_LISTS = frozenset((b"accept", b"accept-language", b"accept-encoding", b"if-none-match"))
"""Headers whose repetition is one list (RFC 9110, 5.3)."""
_FIRST = frozenset((b"if-modified-since", b"x-request-id", b"authorization"))
"""Headers of one value; further ones are dropped."""
_HOST = b"host"
_READ = _LISTS | _FIRST | {_HOST}


def unified(headers: Headers) -> Headers:
    """Return headers in which each that decides on an answer stands once.

    The cache would otherwise store an answer to one value under another. Raises BadRequest for
    more than one `Host` (RFC 9112, 3.2).
    """
    names: set[bytes] = set()
    for name, _ in headers:
        if name in names:
            return _merged(headers)
        if name in _READ:
            names.add(name)
    return headers


def _merged(headers: Headers) -> Headers:
    places: dict[bytes, int] = {}
    merged: Headers = []
    for name, value in headers:
        place = places.get(name)
        if place is None:
            if name in _READ:
                places[name] = len(merged)
            merged.append((name, value))
        elif name == _HOST:
            raise BadRequest("Host: the header is repeated; expected it once (RFC 9112, 3.2).")
        elif name in _LISTS:
            merged[place] = name, merged[place][1] + b", " + value
    return merged
