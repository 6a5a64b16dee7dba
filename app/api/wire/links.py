"""Links in responses: the paths in bodies get the prefix under which a proxy serves."""

import re

# An object of links is flat, and quotes inside strings are escaped: no text matches.
# The first link tells them from a `links` of the front matter.
_FIRST_LINKS = rb"self|report|document|briefings"
_LINKS = re.compile(rb'"links":\{"(?:' + _FIRST_LINKS + rb')":[^{}]*\}')
_PATH = re.compile(rb'":"(?=/)')
_BUCKET_URL = re.compile(rb'(?<!\\)"url":"(?=/v1/)')


def prefixed(body: bytes, prefix: str) -> bytes:
    """Return a JSON body whose links begin with `prefix`; unchanged if the prefix is empty.

    Links are the strings of objects named `links`, and the `url` of a bucket.
    """
    if not prefix:
        return body
    encoded = prefix.encode()

    def add_prefix(match: re.Match[bytes]) -> bytes:
        return _PATH.sub(rb'":"' + encoded, match[0])

    body = _LINKS.sub(add_prefix, body)
    return _BUCKET_URL.sub(rb'"url":"' + encoded, body)
