"""The estimate of tokens that bounds every answer."""

BYTES_PER_TOKEN = 3
"""One token for three bytes of UTF-8: a Chinese character, or three letters."""
ESTIMATE = "one token for three bytes of UTF-8, rounded up"


def tokens(text: bytes) -> int:
    """Return the estimated number of tokens of a text."""
    return -(-len(text) // BYTES_PER_TOKEN)
