"""How each daily lays out its sections, fields and links: one small file a dialect, and one line here."""

from collections.abc import Callable
from dataclasses import dataclass

from app.parse.dialects import horizon, sections
from app.parse.draft import Body
from app.parse.markdown import Block, Document


@dataclass(frozen=True, slots=True)
class Dialect:
    """A layout: whether a document is of it, and how it is read."""

    name: str
    matches: Callable[[Document, list[Block]], bool]
    read: Callable[[Document, list[Block]], Body]


# In order of detection; the last one reads anything.
DIALECTS = (
    Dialect("horizon", horizon.matches, horizon.read),
    Dialect("sections", lambda document, blocks: True, sections.read),
)


def detect(document: Document, blocks: list[Block]) -> Dialect:
    """The first dialect that recognises the document."""
    return next(dialect for dialect in DIALECTS if dialect.matches(document, blocks))
