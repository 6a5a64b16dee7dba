"""The estimate of tokens that bounds every answer."""

BYTES_PER_TOKEN = 2
"""One token for two bytes of UTF-8.

Answers over real briefings have 2.19 to 3.4 bytes a token in cl100k_base, 2.25 to 3.4 in
o200k_base: ids, hashes and addresses take more tokens than prose.
"""
ESTIMATE = "one token for two bytes of UTF-8; common tokenizers count less for a whole answer"


def tokens(text: bytes) -> int:
    """Return the estimated number of tokens of a text."""
    return -(-len(text) // BYTES_PER_TOKEN)
