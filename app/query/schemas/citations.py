"""Shape of the evidence of a citation."""

from typing import NamedTuple


class CitationEvidence(NamedTuple):
    """A place in a document: the hash of its version and its lines, None for the whole."""

    sha256: str
    author: str
    language: str | None
    first_line: int | None = None
    last_line: int | None = None
