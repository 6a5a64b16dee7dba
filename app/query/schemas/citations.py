"""Shape of the evidence of a citation."""

from typing import NamedTuple

SERVICE = "Briefbase"
"""The publisher of a channel without a title."""


class DocumentPlace(NamedTuple):
    """Lines of a version of a document, by its hash; None for the whole."""

    sha256: str
    first_line: int | None = None
    last_line: int | None = None


class CitationEvidence(NamedTuple):
    """A place in a document: the hash of its version and its lines, None for the whole.

    `author` is the one that the document names, else the title of its channel.
    """

    sha256: str
    author: str
    language: str | None
    first_line: int | None = None
    last_line: int | None = None
